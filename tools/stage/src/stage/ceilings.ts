/** Settings of a daemon for which many trades within an hour are no reason to hold anything back. */
export const NO_CEILING = {
  ceilings: {
    largestTradeSat: 10_000_000,
    openTrades: 10_000,
    satsPerHour: 2_100_000_000_000_000,
    messagesPerMinute: 1_000_000,
    newTradesPerMinute: 1_000_000,
  },
};
