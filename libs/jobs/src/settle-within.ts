/** Waits until all have ended, well or not, but no longer than `ms`. Answers whether they did. */
export const settleWithin = async (ms: number, work: Iterable<Promise<unknown>>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = await Promise.race([Promise.allSettled(work).then(() => true), late]);
  clearTimeout(timer);
  return ended;
};
