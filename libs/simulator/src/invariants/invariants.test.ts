/** Each invariant is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import { describe, expect, test } from '@jest/globals';
import { blocks, height, msat, type PaymentHash, type Preimage } from '@tercet/protocol';
import { MAIL_CASES } from '../testing/mail-cases.js';
import { ended, performing, type SpoiltCase, Tampered } from '../testing/tampered.js';
import { UNRELEASED_CASES } from '../testing/unreleased-cases.js';
import { INVARIANTS } from './table.js';

const OTHER = 'cd'.repeat(32) as PaymentHash;
const PREIMAGE = 'ef'.repeat(32) as Preimage;

const paidOut = (trade: Tampered) =>
  trade
    .view('agent')
    .state.data.ledger.some(
      ({ purpose, kind, status }) => purpose === 'payout' && kind === 'payment' && status === 'paid',
    );
const payoutUnderWay = (trade: Tampered) =>
  trade.sight.in('agent', 'escrow', 'payingFirst') && trade.sight.in('agent', 'debt', 'paying');
const isAgents = (trade: Tampered, holds: (trade: Tampered) => boolean) =>
  trade.world.view('agent') !== undefined && holds(trade);
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
  ...MAIL_CASES,
  ...UNRELEASED_CASES,
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
    number: 'S9',
    how: 'all is over and somebody still waits',
    shape: 'PEER_HELD',
    at: performing,
    spoil: (trade) => trade.end(),
  },
  {
    number: 'S9',
    how: 'all is over and a payment is still in flight',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const htlc = {
        amountMsat: msat(1n),
        feeMsat: msat(0n),
        lastHopExpiry: height(1),
        firstHopExpiry: height(1),
      };
      trade.world.parties.maker.node.payments.set(OTHER, {
        state: 'inFlight',
        htlcs: [{ ...htlc, state: 'inFlight' }],
      });
      return trade.end();
    },
  },
  {
    number: 'S10',
    how: 'a node has a msat more',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.world.parties.maker.node.balanceMsat += 1n;
      return trade.look();
    },
  },
  {
    number: 'S10',
    how: 'the agent keeps the price',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const { agent, taker } = trade.world.parties;
      agent.node.balanceMsat += 100_000_000n;
      taker.node.balanceMsat -= 100_000_000n;
      return trade.end();
    },
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
    number: 'S14',
    how: 'a hold stays held beyond its forced settle',
    shape: 'AGENT_HELD',
    at: (trade) => performing(trade) && trade.sight.in('agent', 'escrow', 'held'),
    spoil(trade) {
      const A = trade.view('agent').state.data.locked?.A ?? 0;
      trade.world.network.skip(A - 20 - trade.world.height);
      return trade.lookForHours();
    },
  },
  {
    number: 'S16',
    how: 'the preimage is sent at A',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { payee } = trade.sight;
      trade.letter(
        'agent',
        payee,
        { type: 'preimage', sealed: { to: payee, text: '' }, feeInvoice: null },
        trade.view('agent').state.data.locked?.A,
      );
      return trade.look();
    },
  },
  {
    number: 'S45',
    how: 'a hold in custody is cancelled',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.edit('agent', {}, { escrow: 'custody' });
      trade.world.parties.agent.node.invoices.cancel(trade.hash);
      return trade.look();
    },
  },
  {
    number: 'S47',
    how: 'a refund begins while somebody pays',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.step('agent', trade.view('agent'));
      return trade.step('agent', trade.edit('agent', {}, { engine: 'refunding' }));
    },
  },
  {
    number: 'S47',
    how: 'an agent that was away refunds by silence as soon as it is back',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const now = trade.world.height;
      const { log } = trade.world;
      log.outages.push({ role: 'agent', of: 'daemon', from: height(now - 45), until: height(now - 5) });
      trade.step('agent', trade.edit('agent', { performingUntil: height(now - 40) }));
      const due = { kind: 'due', name: 'engine.graceEnd' } as const;
      return trade.step('agent', trade.edit('agent', {}, { engine: 'refunding' }), due);
    },
  },
  {
    number: 'S49',
    how: 'too short a window is locked',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { locked } = trade.view('agent').state.data;
      if (!locked) throw new Error('nothing is locked');
      return trade.step('agent', trade.edit('agent', { locked: { ...locked, E: height(locked.E - 100) } }));
    },
  },
  {
    number: 'S49',
    how: 'two have locked different heights',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { locked } = trade.view('maker').state.data;
      if (!locked) throw new Error('nothing is locked');
      trade.edit('maker', { locked: { ...locked, E: height(locked.E + 1) } });
      return trade.step('taker', trade.view('taker'));
    },
  },
  {
    number: 'S52',
    how: 'the payer waits beyond the height it was shown',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      trade.edit(trade.sight.payer, { lockedUntil: height(trade.world.height - 20) });
      return trade.lookForHours();
    },
  },
  {
    number: 'S58',
    how: 'the agent locks twice',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const at = height(1);
      const body = {
        type: 'locked',
        hash: OTHER,
        h: at,
        E: at,
        A: at,
        performBy: at,
        answerBy: at,
        decideBy: at,
      } as const;
      trade.letter('agent', 'maker', body);
      return trade.look();
    },
  },
  {
    number: 'S58',
    how: 'a host holds on without locked',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      trade.edit(
        trade.host,
        { locked: undefined, leaseEnd: height(trade.world.height - 10), fiatSent: false },
        { engine: 'idle' },
      );
      return trade.lookForHours();
    },
  },
  {
    number: 'S19',
    how: 'a step has the number of the one before',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.step('agent', trade.view('agent'));
      return trade.step('agent', trade.view('agent'));
    },
  },
  {
    number: 'S20',
    how: 'an ended deal goes on',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.step('agent', trade.view('agent'));
      return trade.step('agent', trade.edit('agent', {}, { deal: 'offered' }));
    },
  },
  {
    number: 'S21',
    how: 'one message is taken twice',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const fact = {
        kind: 'release',
        from: trade.sight.payer,
        sequence: 9,
        envelopeId: 'x',
        body: { type: 'release' },
      } as const;
      trade.step('agent', trade.view('agent'), fact);
      return trade.step('agent', trade.view('agent'), fact);
    },
  },
  {
    number: 'S25',
    how: 'a daemon fails in a way it should not',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      trade.world.parties.maker.errors.push('TypeError');
      return trade.look();
    },
  },
  {
    number: 'S34',
    how: 'the agent gives the preimage away unasked',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { payee } = trade.sight;
      trade.letter('agent', payee, { type: 'preimage', sealed: { to: payee, text: '' }, feeInvoice: null });
      return trade.look();
    },
  },
  {
    number: 'S48',
    how: 'nobody notices that the payer was robbed',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      trade.world.underWay.get(trade.hash)?.take(PREIMAGE);
      return trade.lookForHours();
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
  {
    number: 'S56',
    how: 'released, and the payee has nothing',
    shape: 'AGENT_HELD',
    at: ended,
    spoil(trade) {
      const { payee } = trade.sight;
      trade.world.parties[payee].node.balanceMsat -= 200_000_000n;
      return trade.end();
    },
  },
  {
    number: 'S59',
    how: 'nobody performed, and the payer has lost its sats',
    shape: 'AGENT_HELD',
    at: performing,
    spoil(trade) {
      const { payer } = trade.sight;
      trade.world.parties[payer].node.payments.set(trade.hash, { state: 'failed', reason: 'OTHER' });
      return trade.end();
    },
  },
  {
    number: 'S60',
    how: 'the payer is sent the preimage',
    shape: 'PEER_HELD',
    at: performing,
    spoil(trade) {
      const { payer } = trade.sight;
      trade.letter('agent', payer, { type: 'preimage', sealed: { to: payer, text: '' }, feeInvoice: null });
      return trade.look();
    },
  },
];

describe.each(CASES)('$number $how', ({ number, shape, at, spoil }) => {
  test(`is reported, ${shape}`, async () => {
    expect(spoil(await Tampered.at(shape, at))).toContain(number);
  });
});

test('every invariant has a case here that breaks it', () => {
  const count = (numbers: readonly { number: string }[], number: string) =>
    numbers.filter((one) => one.number === number).length;
  const without = INVARIANTS.filter(({ number }) => count(CASES, number) < count(INVARIANTS, number));
  expect(without).toEqual([]);
});
