/** Exit codes of the three daemons; part of the interface for supervisors and scripts. */
export const EXIT = {
  /** Ordered shutdown, everything closed. */
  ok: 0,
  /** Something failed that has no words of ours: a bug. A supervisor may start again, the journal resumes. */
  fault: 1,
  /** The configuration can't be used; starting again changes nothing. */
  configuration: 2,
  /** Start refused for a reason outside (node, Redis, store, port); the sentence says what to do, then start again. */
  refused: 3,
  /** Shut down, but a part failed to close or took too long. The journal is whole. */
  unclean: 4,
} as const;

/** After a second signal: 128 + its number, as a shell reports it. */
export const exitCodeOfSignal = (signal: 'SIGTERM' | 'SIGINT'): number =>
  128 + (signal === 'SIGINT' ? 2 : 15);

/** For a daemon that didn't start. */
export const exitCodeOfRefusal = (code: string): number =>
  code === 'CONFIG_INVALID' || code === 'MAINNET_NOT_ALLOWED' ? EXIT.configuration : EXIT.refused;
