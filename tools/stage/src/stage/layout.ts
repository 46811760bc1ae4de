/** The network every demo, benchmark and end-to-end test runs on: a node for each party and one that is nobody's and routes between them. */
import {
  regtestBinaries,
  startNetwork,
  type ChannelSpec,
  type NodeProvider,
  type RegtestNetwork,
} from '@tercet/regtest';

export const PARTIES = ['maker', 'taker', 'agent'] as const;
export type PartyName = (typeof PARTIES)[number];

/** The same of each party. */
export async function ofEach<T>(read: (party: PartyName) => Promise<T>): Promise<Record<PartyName, T>> {
  const [maker, taker, agent] = await Promise.all([read('maker'), read('taker'), read('agent')]);
  return { maker, taker, agent };
}

const CAPACITY_SAT = 10_000_000;

interface TradeNetwork {
  provider?: NodeProvider;
  /** Channels of each party with the router. Default: one. */
  channelsEach?: number;
  /** Parties that have a channel with each other, besides. */
  direct?: readonly (readonly [PartyName, PartyName])[];
  lndArgs?: readonly string[];
}

const channel = (from: PartyName, to: string, count = 1): ChannelSpec => ({
  from,
  to,
  capacitySat: CAPACITY_SAT,
  pushSat: CAPACITY_SAT / 2,
  count,
});

/** Each party has a channel with the router, half of it on either side. */
export const startTradeNetwork = (options: TradeNetwork = {}): Promise<RegtestNetwork> =>
  startNetwork({
    binaries: regtestBinaries(),
    nodes: [...PARTIES, 'router'],
    channels: [
      ...PARTIES.map((party) => channel(party, 'router', options.channelsEach)),
      ...(options.direct ?? []).map(([from, to]) => channel(from, to)),
    ],
    provider: options.provider,
    lndArgs: Object.fromEntries([...PARTIES, 'router'].map((name) => [name, options.lndArgs ?? []])),
  });
