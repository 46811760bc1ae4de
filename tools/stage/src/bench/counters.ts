/** What the daemons count themselves, from their metrics. */
import { ofEach, type PartyName } from '../stage/layout.js';

/** Totals over the three daemons since they started. */
export interface Counters {
  commits: number;
  signatures: number;
  verifications: number;
}

const NAMES: Record<keyof Counters, string> = {
  commits: 'tercet_journal_commits_total',
  signatures: 'tercet_signatures_total',
  verifications: 'tercet_verifications_total',
};

/** @param addresses host:port of each daemon's metrics. */
export async function readCounters(addresses: Record<PartyName, string>): Promise<Counters> {
  const texts = await ofEach((party) => pageAt(addresses[party]));
  const total = (name: string) => Object.values(texts).reduce((sum, text) => sum + valueIn(text, name), 0);
  return {
    commits: total(NAMES.commits),
    signatures: total(NAMES.signatures),
    verifications: total(NAMES.verifications),
  };
}

/** @param address host:port of a daemon's metrics. @param name of a metric without labels of its own. */
export const readMetric = async (address: string, name: string): Promise<number> =>
  valueIn(await pageAt(address), name);

const pageAt = async (address: string): Promise<string> => (await fetch(`http://${address}/metrics`)).text();

function valueIn(text: string, name: string): number {
  const found = new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`${name} is not among the metrics`);
  return Number(found);
}

/** What was counted in between, for each of so many trades. */
export const perTrade = (before: Counters, after: Counters, trades: number): Counters => ({
  commits: share(after.commits - before.commits, trades),
  signatures: share(after.signatures - before.signatures, trades),
  verifications: share(after.verifications - before.verifications, trades),
});

const share = (count: number, trades: number): number => Math.round((count / trades) * 10) / 10;
