/** Each statement of two trades at once is seen to speak: a healthy world of two is spoilt in the one way that it is there for. */
import { describe, expect, test } from '@jest/globals';
import type { MemoryNode } from '@tercet/lightning';
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { performing, Tampered } from '../testing/tampered.js';
import type { Sight } from './sight.js';
import { SIDE_BY_SIDE } from './side-by-side.js';

const SOON_MS = 600_000;
/** Many trades are begun until two are where they must be. */
const LONG_MS = 60_000;

const feeOf = (trade: Tampered) =>
  trade.beside
    .data('taker')
    ?.ledger.find(({ kind, purpose }) => kind === 'payment' && purpose === 'retainFee');
const bothUnderWay = (trade: Tampered): boolean => performing(trade) && feeOf(trade) !== undefined;
/** What the taker pays in the trade beside it has no end. */
const besideNeverEnds = (trade: Tampered): void => {
  const fee = feeOf(trade);
  if (fee) trade.world.parties.taker.node.payments.set(fee.hash, { state: 'inFlight', htlcs: [] });
};

/** The node's daemon pays one after another, over all trades. */
function inTurn(trade: Tampered, node: MemoryNode): void {
  const pay = node.pay.bind(node);
  node.pay = (request) =>
    new Promise((resolve, reject) => {
      const tryNow = (): void => {
        if (node.payments.inFlightMsat > 0n) trade.world.later(SOON_MS, 'a payment waits its turn', tryNow);
        else pay(request).then(resolve, reject);
      };
      tryNow();
    });
}

/** The next payment of the agent doesn't arrive: only the end of its HTLCs gives it back. */
function agentsNextNeverArrives({ world }: Tampered): void {
  const { transit } = world.network;
  const forth = transit.forth.bind(transit);
  let isNext = true;
  transit.forth = (set, ways) => {
    const isStuck = isNext && set.payer === world.parties.agent.node.nodeId;
    if (isStuck) isNext = false;
    forth(set, isStuck ? { ...ways, arrive: () => undefined } : ways);
  };
}

const orderOf = ({ trade }: Sight) => trade.papers.order.signature;
/** The agent holds both, and will have two payouts. */
const bothPerformed = ({ sight, beside }: Tampered): boolean =>
  beside.isAgentHeld &&
  [sight, beside].every((one) => one.data('agent')?.fiatSent && one.in('agent', 'escrow', 'held'));

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S12',
    how: 'a hash of one trade is used in another',
    shape: 'AGENT_HELD',
    trades: 2,
    at: bothUnderWay,
    spoil(trade) {
      const fee = feeOf(trade);
      const { ledger } = trade.view('taker').state.data;
      if (fee) trade.edit('taker', { ledger: [...ledger, fee] });
      return trade.look();
    },
  },
  {
    number: 'S28',
    how: 'a deadline waits beside a payment that never ends',
    shape: 'AGENT_HELD',
    trades: 2,
    at: bothUnderWay,
    spoil(trade) {
      besideNeverEnds(trade);
      trade.world.network.skip(500);
      return trade.lookForHours();
    },
  },
  {
    number: 'S28',
    how: 'a message waits beside a payment that never ends',
    shape: 'AGENT_HELD',
    trades: 2,
    at: bothUnderWay,
    spoil(trade) {
      besideNeverEnds(trade);
      const { sent } = trade.view('taker').state.data;
      trade.edit('taker', { sent: { ...sent, agent: (sent.agent ?? 0) + 1 } });
      return trade.lookForHours();
    },
  },
  {
    number: 'A7',
    how: 'an order is given to a second taker',
    shape: 'AGENT_HELD',
    trades: 2,
    at: (trade) => performing(trade) && orderOf(trade.beside) === orderOf(trade.sight),
    spoil(trade) {
      trade.world.parties.maker.views.set(trade.beside.trade.tradeId, trade.view('maker'));
      return trade.look();
    },
  },
];

testThatEachSpeaks(SIDE_BY_SIDE, CASES);

describe('S28 a payment that never ends', () => {
  const stuck = async (): Promise<Tampered> => {
    const trade = await Tampered.at('AGENT_HELD', bothPerformed, 2);
    agentsNextNeverArrives(trade);
    return trade;
  };

  test(
    'delays nothing of another trade',
    async () => {
      expect(await (await stuck()).releaseToTheEnd()).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'is reported where a daemon pays one after another over all its trades',
    async () => {
      const trade = await stuck();
      inTurn(trade, trade.world.parties.agent.node);
      expect(await trade.releaseToTheEnd()).toContain('S28');
    },
    LONG_MS,
  );
});
