/** The network every demo, benchmark and end-to-end test runs on: a node for each party and one that is nobody's and routes between them. */
import { regtestBinaries, startNetwork, type NodeProvider, type RegtestNetwork } from '@tercet/regtest';

export const PARTIES = ['maker', 'taker', 'agent'] as const;
export type PartyName = (typeof PARTIES)[number];

/** The same of each party. */
export async function ofEach<T>(read: (party: PartyName) => Promise<T>): Promise<Record<PartyName, T>> {
  const [maker, taker, agent] = await Promise.all([read('maker'), read('taker'), read('agent')]);
  return { maker, taker, agent };
}

const CAPACITY_SAT = 10_000_000;

/** Each party has one channel with the router, half of it on either side. */
export const startTradeNetwork = (
  options: { provider?: NodeProvider; channelsEach?: number; lndArgs?: readonly string[] } = {},
): Promise<RegtestNetwork> =>
  startNetwork({
    binaries: regtestBinaries(),
    nodes: [...PARTIES, 'router'],
    channels: PARTIES.map((party) => ({
      from: party,
      to: 'router',
      capacitySat: CAPACITY_SAT,
      pushSat: CAPACITY_SAT / 2,
      count: options.channelsEach ?? 1,
    })),
    provider: options.provider,
    lndArgs: Object.fromEntries([...PARTIES, 'router'].map((name) => [name, options.lndArgs ?? []])),
  });
