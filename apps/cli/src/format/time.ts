/** What a Date can hold (ECMA-262). */
const LAST_MS = 8.64e15;

/** `2026-11-25 03:45 UTC`; a time that no calendar has is `-`. */
export const showTime = (ms: bigint | number): string => {
  const time = Number(ms);
  if (!(Math.abs(time) <= LAST_MS)) return '-';
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
};

/** `90 min`, `3 h`, `2 days`. */
export const showMinutes = (minutes: number): string => {
  if (minutes >= 2880 && minutes % 1440 === 0) return `${minutes / 1440} days`;
  return minutes >= 60 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
};
