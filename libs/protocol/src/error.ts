/**
 * The one error class. `code` is stable and part of the interface; `message` says what happened and what it means for
 * somebody's sats; `wayOut` what to do. `cause` stays on this side of every wire (style.md "Words people read").
 */
export class TercetError extends Error {
  readonly code: string;
  readonly wayOut: string;
  readonly details: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: { wayOut: string; details?: Record<string, string>; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TercetError';
    this.code = code;
    this.wayOut = options.wayOut;
    this.details = options.details ?? {};
  }
}

/** Whether an error is ours and carries this code. */
export const hasCode = (error: unknown, code: string): error is TercetError =>
  error instanceof TercetError && error.code === code;
