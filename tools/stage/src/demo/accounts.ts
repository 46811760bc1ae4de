/** Balances read from the nodes, and what they must be after a trade: to the millisatoshi. */
import type { rpc } from '@tercet/protocol';
import { fundsOf, ownMsat, type RegtestNetwork } from '@tercet/regtest';
import { untilTrue } from '../stage/wait.js';
import { ofEach, PARTIES, type PartyName } from '../stage/layout.js';

export type Balances = Record<PartyName, bigint>;

/** What leaves the three parties together or moves between them as fee, by kind. */
export interface Fees {
  retain: bigint;
  success: bigint;
  routing: bigint;
  chain: bigint;
}

/** Waits until no HTLC is pending anywhere, then reads what each party owns off chain. */
export async function readBalances(network: RegtestNetwork): Promise<Balances> {
  await untilTrue(
    'no HTLC is pending',
    async () => {
      const all = await Promise.all(Object.values(network.nodes).map((node) => fundsOf(node)));
      return all.every((funds) => funds.pendingHtlcs.length === 0);
    },
    { deadlineMs: 30_000, everyMs: 25 },
  );
  return ofEach(async (party) => ownMsat(await fundsOf(network.node(party))));
}

/** Routing fees a party paid in a trade, from its own account book. */
export const routingOf = (trade: rpc.Trade): bigint =>
  trade.ledger.filter((line) => line.status === 'paid').reduce((sum, line) => sum + line.feeMsat, 0n);

export interface Expected {
  balances: Balances;
  fees: Fees;
}

/**
 * What the terms say must have moved: the payer gives the price, the payee gets the payout, the taker pays the retain
 * fee, the agent keeps both fees; whoever pays also pays for the routing of its payments.
 */
export function expectedAfter(
  before: Balances,
  views: Record<PartyName, rpc.Trade>,
  payer: 'maker' | 'taker',
): Expected {
  const terms = views.agent.terms;
  if (!terms) throw new Error('the trade has no terms');
  const payee = payer === 'maker' ? 'taker' : 'maker';
  const routing = Object.fromEntries(PARTIES.map((party) => [party, routingOf(views[party])])) as Balances;
  const after: Balances = {
    maker: before.maker - routing.maker,
    taker: before.taker - routing.taker - terms.retainFeeMsat,
    agent: before.agent - routing.agent + terms.retainFeeMsat + terms.successFeeMsat,
  };
  after[payer] -= terms.priceMsat;
  after[payee] += terms.priceMsat - terms.successFeeMsat;
  const concession = lateTries(views.agent);
  after[payee] -= concession;
  after.agent += concession;
  return {
    balances: after,
    fees: {
      retain: terms.retainFeeMsat,
      success: terms.successFeeMsat,
      routing: routing.maker + routing.taker + routing.agent,
      chain: 0n,
    },
  };
}

/** Tries of a payout at the agent's cost, and what comes off from then on: its fee limit, half a percent or 10 sat (docs/protocol.md). */
const TRIES_AT_AGENTS_COST = 3;
const feeLimit = (amountMsat: bigint): bigint => (amountMsat > 2_000_000n ? amountMsat / 200n : 10_000n);

/**
 * What the payee's payout lost because its node was out of reach for the first tries. Which of more than three counted
 * only the agent knows: those within one block count once.
 */
function lateTries({ ledger, terms }: rpc.Trade): bigint {
  const paid = ledger.find(
    ({ purpose, kind, status }) => purpose === 'payout' && kind === 'payment' && status === 'paid',
  );
  if (!terms || !paid || paid.attempt <= TRIES_AT_AGENTS_COST) return 0n;
  return paid.amountMsat === terms.payoutMsat ? 0n : feeLimit(terms.payoutMsat);
}

/** Where balances differ from what they must be; empty = every millisatoshi is accounted for. */
export const differences = (expected: Balances, actual: Balances): string[] =>
  PARTIES.filter((party) => expected[party] !== actual[party]).map(
    (party) => `${party}: ${actual[party].toString()} msat instead of ${expected[party].toString()}`,
  );
