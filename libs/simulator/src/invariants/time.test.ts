/** Each statement of heights is seen to speak: a healthy trade is spoilt in the one way that it is there for. */
import { height, type PaymentHash } from '@tercet/protocol';
import { testThatEachSpeaks, type SpoiltCase } from '../testing/spoilt.js';
import { performing } from '../testing/tampered.js';
import { TIME } from './time.js';

const OTHER = 'cd'.repeat(32) as PaymentHash;

const CASES: readonly SpoiltCase[] = [
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
];

testThatEachSpeaks(TIME, CASES);
