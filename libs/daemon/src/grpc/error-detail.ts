import { rpc, TercetError } from '@tercet/protocol';

/** Trailer that carries an encoded ErrorDetail. */
export const DETAIL_TRAILER = 'tercet-error-bin';
/** Trailers share one header block; peers refuse a block above 8 KiB. */
const LARGEST_DETAIL_BYTES = 4096;
const LONGEST_TEXT = 1000;

const clipped = (text: string): string =>
  text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 3)}...`;

/** What of an error goes on the wire: everything but its cause and stack. Too many details are left out whole. */
export function encodeDetail(error: TercetError): Uint8Array {
  const detail = {
    code: error.code,
    message: clipped(error.message),
    wayOut: clipped(error.wayOut),
    details: { ...error.details },
  };
  const whole = rpc.ErrorDetail.encode(detail).finish();
  if (whole.length <= LARGEST_DETAIL_BYTES) return whole;
  return rpc.ErrorDetail.encode({ ...detail, details: {} }).finish();
}

/**
 * The error that came over the wire, or undefined where the bytes aren't one: they are a stranger's, and are shown on
 * a terminal, so that control characters go out.
 */
export function decodeDetail(bytes: Uint8Array, cause: unknown): TercetError | undefined {
  const detail = parsed(bytes);
  if (detail === undefined || !/^[A-Z][A-Z0-9_]{1,63}$/.test(detail.code)) return undefined;
  return new TercetError(detail.code, shown(detail.message), {
    wayOut: shown(detail.wayOut),
    details: Object.fromEntries(
      Object.entries(detail.details).map(([key, value]) => [shown(key), shown(value)]),
    ),
    cause,
  });
}

function parsed(bytes: Uint8Array): rpc.ErrorDetail | undefined {
  try {
    return rpc.ErrorDetail.decode(bytes);
  } catch {
    // Not protobuf: as good as no detail, and the gRPC status still says what kind of failure it was.
    return undefined;
  }
}

const shown = (text: string): string => clipped(text.replace(/\p{C}/gu, ' '));
