/** Each statement of where the sats are is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import { blocks, msat, type PaymentHash } from '@tercet/protocol';
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { performing, type Tampered } from '../testing/tampered.js';
import { MONEY } from './money.js';

const OTHER = 'cd'.repeat(32) as PaymentHash;

const paidOut = (trade: Tampered) =>
  trade
    .view('agent')
    .state.data.ledger.some(
      ({ purpose, kind, status }) => purpose === 'payout' && kind === 'payment' && status === 'paid',
    );
const payoutUnderWay = (trade: Tampered) =>
  trade.sight.in('agent', 'escrow', 'payingFirst') && trade.sight.in('agent', 'debt', 'paying');
const isAgents = (trade: Tampered, holds: (trade: Tampered) => boolean) =>
  trade.sight.trade.view('agent') !== undefined && holds(trade);
const whenPaidOut = (trade: Tampered) => isAgents(trade, paidOut);
const payRequest = (trade: Tampered, change: object) => ({
  request: 'lnmem' as never,
  hash: trade.hash,
  amountMsat: msat(1n),
  maxFeeMsat: msat(0n),
  cltvLimit: blocks(27),
  attemptSeconds: 1,
  ...change,
});
const agentsPayout = (trade: Tampered) => {
  const line = trade
    .view('agent')
    .state.data.ledger.find(({ purpose, kind }) => purpose === 'payout' && kind === 'payment');
  if (!line) throw new Error('no payout');
  return line;
};

const CASES: readonly SpoiltCase[] = [
  {
    number: 'S1',
    how: 'a second payout is under way',
    shape: 'AGENT_HELD',
    at: whenPaidOut,
    spoil(trade) {
      const line = { ...agentsPayout(trade), hash: OTHER };
      trade.edit('agent', { ledger: [...trade.view('agent').state.data.ledger, line] });
      trade.world.parties.agent.node.payments.set(OTHER, { state: 'inFlight', htlcs: [] });
      return trade.look();
    },
  },
  {
    number: 'S2',
    how: 'another invoice takes the place of the one being paid',
    shape: 'AGENT_HELD',
    at: whenPaidOut,
    spoil(trade) {
      trade.editLine('agent', ({ hash }) => hash === agentsPayout(trade).hash, { status: 'live' });
      return trade.step(
        'agent',
        trade.edit('agent', { payoutRequest: { hash: OTHER, request: '' as never } }, { debt: 'paying' }),
      );
    },
  },
  {
    number: 'S3',
    how: 'a payout that was paid is booked as failed',
    shape: 'AGENT_HELD',
    at: whenPaidOut,
    spoil: (trade) =>
      trade.step(
        'agent',
        trade.editLine('agent', ({ hash }) => hash === agentsPayout(trade).hash, { status: 'failed' }),
      ),
  },
  {
    number: 'S4',
    how: 'one msat more than owed is paid',
    shape: 'AGENT_HELD',
    at: whenPaidOut,
    spoil(trade) {
      const { hash, amountMsat } = agentsPayout(trade);
      const request = payRequest(trade, { hash, amountMsat: msat(amountMsat + 1n) });
      trade.world.log.note(trade.world.parties.agent.node, { kind: 'pay', hash, request });
      return trade.look();
    },
  },
  {
    number: 'S5',
    how: 'a payout may take longer than its hold',
    shape: 'AGENT_HELD',
    at: (trade) => isAgents(trade, payoutUnderWay),
    spoil(trade) {
      const { hash, amountMsat } = agentsPayout(trade);
      const request = payRequest(trade, { hash, amountMsat, cltvLimit: blocks(500) });
      trade.world.log.note(trade.world.parties.agent.node, { kind: 'pay', hash, request });
      return trade.look();
    },
  },
  {
    number: 'S6',
    how: 'the hold is cancelled beside its payout',
    shape: 'AGENT_HELD',
    at: whenPaidOut,
    spoil(trade) {
      trade.world.log.note(trade.world.parties.agent.node, { kind: 'cancelHold', hash: trade.hash });
      return trade.look();
    },
  },
  {
    number: 'S7',
    how: 'a cancel follows a settle',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { node } = trade.world.parties[trade.host];
      trade.world.log.note(node, { kind: 'settleHold', hash: trade.hash });
      trade.world.nowMs += 60_000;
      trade.world.log.note(node, { kind: 'cancelHold', hash: trade.hash });
      return trade.look();
    },
  },
  ...(
    [
      ['S8', 'settled'],
      ['S24', 'cancelled'],
    ] as const
  ).map(([number, status]): SpoiltCase => ({
    number,
    how: `a held hold is booked as ${status}`,
    shape: 'AGENT_HELD',
    at: performing,
    spoil: (trade) =>
      trade.step(
        'agent',
        trade.editLine('agent', ({ kind }) => kind === 'hold', { status }),
      ),
  })),
  {
    number: 'S9',
    how: 'a trade is called over while its hold is held',
    shape: 'PEER_HELD',
    at: performing,
    spoil: (trade) => trade.step(trade.host, { ...trade.view(trade.host), terminal: true }),
  },
  {
    number: 'S12',
    how: 'a hash stands twice in a book',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const { ledger } = trade.view('agent').state.data;
      return trade.step('agent', trade.edit('agent', { ledger: [...ledger, ...ledger] }));
    },
  },
  {
    number: 'S13',
    how: 'the payee performs without locked',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      trade.edit(trade.sight.payee, { locked: undefined });
      return trade.look();
    },
  },
  {
    number: 'S54',
    how: 'a payout starts though its hold is on chain',
    shape: 'AGENT_HELD',
    at: (trade) => isAgents(trade, payoutUnderWay),
    spoil(trade) {
      const { node } = trade.world.parties.agent;
      node.channelActive = false;
      trade.look();
      trade.world.nowMs += 90_000;
      const { hash, amountMsat } = agentsPayout(trade);
      const request = payRequest(trade, { hash, amountMsat });
      trade.world.log.note(node, { kind: 'pay', hash, request });
      return trade.look();
    },
  },
  {
    number: 'S55',
    how: 'a hold of another amount is locked',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const { terms } = trade.view('agent').state.data;
      if (!terms) throw new Error('no terms');
      trade.edit('agent', { terms: { ...terms, priceMsat: msat(terms.priceMsat + 1n) } });
      return trade.step('agent', trade.view('agent'));
    },
  },
];

testThatEachSpeaks(MONEY, CASES);
