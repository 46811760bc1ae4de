/** Waits before a broken stream is taken up again; an abort ends the wait. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Up to half of it less: of thousands of streams that broke at once not all ask the node in the same moment. */
export const pauseSpread: Pause = (ms, signal) => pause(ms * (0.5 + Math.random() / 2), signal);

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
