import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MessageFact } from './facts.js';
import { COMMANDS } from './facts.js';
import { initialState, step } from './step.js';
import type { MachineName } from './state.js';
import { BODIES, ROLES, SENDERS } from '../messages/bodies.js';
import type { BodyType, Role } from '../messages/bodies.js';
import { partyOf, TABLES } from '../parties.js';
import { RandomSchedule } from '../testing/random-schedule.js';
import { beforeAck, fiatSent, performing, SIDES_AND_SHAPES } from '../testing/steps.js';
import { ThreeParties } from '../testing/three-parties.js';
import { msat } from '../units.js';

/** S30: every cell that isn't here is refused. `state: commands`, of a table; what refuses with a reason isn't listed. */
const OPEN: Record<string, Record<string, string>> = {
  'deal.taker': { new: 'cmdTake', soliciting: 'cmdCancel' },
  'fiat.payer': {
    locked: 'cmdRelease cmdCancel',
    performing: 'cmdRelease',
    answering: 'cmdRelease',
    unanswered: 'cmdRelease',
    endangered: 'cmdRelease',
  },
  'fiat.payee': {
    awaitingDetails: 'cmdCancel',
    asking: 'cmdCancel',
    performing: 'cmdSent cmdCancel',
    sent: 'cmdCancel',
    tooLate: 'cmdCancel',
  },
  'AGENT_HELD.payer': { paying: 'cmdCancel', payingElsewhere: 'cmdCancel' },
  'AGENT_HELD.payee': { waiting: 'cmdCancel' },
  'PEER_HELD.payer': { awaitingInvoice: 'cmdCancel', paying: 'cmdCancel' },
  'PEER_HELD.payee': { open: 'cmdCancel', accepted: 'cmdCancel' },
};

describe('S30: commands by state, deny by default', () => {
  const cells = TABLES.flatMap((table) =>
    Object.keys(table.states).map((state) => [table.name, state, table] as const),
  );
  test.each(cells)('%s %s', (name, state, table) => {
    const rows = table.states[state]?.rows ?? [];
    const open = COMMANDS.filter((command) =>
      rows.some((row) => row.on === command && row.refuse === undefined),
    );
    expect(open.join(' ')).toBe(OPEN[name]?.[state] ?? '');
  });

  test.each(SIDES_AND_SHAPES)(
    'a command without a row is refused in words, and changes nothing: %s %s',
    (side, shape) => {
      const trade = performing(side, shape);
      for (const role of ROLES) {
        const party = partyOf(trade.data(role));
        for (const name of Object.keys(party) as MachineName[]) {
          for (const state of Object.keys(party[name].states)) {
            const start = initialState(party, trade.data(role));
            const before = { ...start, machines: { ...start.machines, [name]: state } };
            for (const kind of ['cmdSent', 'cmdRelease'] as const) {
              if (party[name].states[state]?.rows.some((row) => row.on === kind)) continue;
              expect(step(party, before, { kind, at: trade.at }, { keys: trade.keys[role] })).toMatchObject({
                result: 'refused',
                refusal: { code: 'WRONG_STATE' },
              });
            }
          }
        }
      }
    },
  );
});

test('a fact from outside is one machine’s business: engine and escrow never wait for the same word at once', () => {
  const both: string[] = [];
  for (const [side, shape] of SIDES_AND_SHAPES) {
    for (const role of ROLES) {
      const party = partyOf(new ThreeParties(side, shape).data(role));
      const kinds = (name: 'engine' | 'escrow') =>
        new Set(Object.values(party[name].states).flatMap((spec) => spec.rows.map((row) => row.on)));
      const escrow = kinds('escrow');
      for (const kind of kinds('engine'))
        if (kind in BODIES && escrow.has(kind)) both.push(`${party.engine.name} ${kind}`);
    }
  }
  // Before `secured` the escrow takes a cancel, afterwards the engine. A notice that it is too late reaches a payee whose
  // escrow takes none. "Settled" is the agent's escrow's.
  expect([...new Set(both)]).toEqual(['fiat.agent cancelRequest']);
});

const message = (trade: ThreeParties, from: Role, to: Role, type: BodyType, sequence?: number): MessageFact =>
  ({
    kind: type,
    at: trade.at,
    from,
    sequence: sequence ?? (trade.data(to).received[from] ?? 0) + 1,
    envelopeId: `${from}/${type}`,
    body: { type },
  }) as MessageFact;

describe('S31: replay before role, role before state', () => {
  const trade = performing('sell', 'AGENT_HELD');
  test('a message seen before is ignored, whoever sent it', () =>
    expect(trade.fact('agent', message(trade, 'maker', 'agent', 'performing', 1))).toEqual({
      result: 'ignored',
    }));
  test('a number that leaves a gap is out of order', () => {
    const next = (trade.data('agent').received.taker ?? 0) + 1;
    expect(trade.fact('agent', message(trade, 'taker', 'agent', 'fiatSent', next + 1))).toMatchObject({
      refusal: { code: 'OUT_OF_ORDER' },
    });
  });
  test('a message that no state of this party takes is in the wrong state', () =>
    expect(trade.fact('agent', message(trade, 'taker', 'agent', 'invoice'))).toMatchObject({
      refusal: { code: 'WRONG_STATE' },
    }));

  /** By hand, not from SENDERS: maker pays, taker performs. */
  const MAY: Record<Role, string> = {
    maker:
      'tradeResponse retain payerExpiry fiatDetails escrowQuery release cancelRequest obligation freshInvoice',
    taker:
      'solicit takeOrder invoice accepted performing escrowQuery fiatSent cancelRequest cancelled obligation freshInvoice notice',
    agent:
      'signedTerms tradeResponse retained locked performingAck escrowStatus ruling preimage cancelled custody obligation freshInvoice notice',
  };
  test.each(ROLES)('S30: what a %s may say, and nothing else', (from) => {
    const to = from === 'agent' ? 'maker' : 'agent';
    for (const type of Object.keys(SENDERS) as BodyType[]) {
      const code = (() => {
        if (MAY[from].split(' ').includes(type)) return 'not asked';
        const result = trade.fact(to, message(trade, from, to, type));
        return result.result === 'refused' ? result.refusal.code : result.result;
      })();
      expect([type, code]).toEqual([type, MAY[from].split(' ').includes(type) ? 'not asked' : 'WRONG_ROLE']);
    }
  });
});

describe('S21: messages of different senders have no order among them', () => {
  test.each(SIDES_AND_SHAPES)('any delivery order leads to the same states: %s %s', (side, shape) => {
    const start = new ThreeParties(side, shape);
    start.take();
    const settled = performing(side, shape);
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 60, maxLength: 90 }), (picks) => {
        // Multiples of 100 only move mail, work and node events.
        const run = new RandomSchedule(start.copy(), 0).run(picks.map((pick) => pick * 100));
        run.trade.settle();
        expect(run.broken).toEqual([]);
        for (const role of ROLES) {
          expect(run.trade.states[role].machines).toEqual(settled.states[role].machines);
          expect(run.trade.data(role).early).toEqual([]);
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});

test.each(SIDES_AND_SHAPES)(
  'S25: a debt that is claimed before there are terms breaks nothing: %s %s',
  (side, shape) => {
    const trade = new ThreeParties(side, shape);
    trade.take();
    const body = { type: 'obligation', why: 'x', amountMsat: msat(1n), attempt: 1 } as const;
    const claimed: MessageFact = {
      kind: 'obligation',
      at: trade.at,
      from: 'agent',
      sequence: 1,
      envelopeId: 'x',
      body,
    };
    expect(trade.fact('taker', claimed)).toMatchObject({ result: 'taken', path: [] });
    expect(trade.state('taker', 'claim')).toBe('none');
  },
);

describe('S20: a trade that is over', () => {
  test('counts and forgets what was under way, so that the sender isn’t stuck', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    trade.command('maker', 'cmdRelease');
    trade.settle();
    const before = trade.states.taker;
    const late = message(trade, 'agent', 'taker', 'performingAck');
    expect(trade.fact('taker', late).result).toBe('taken');
    expect(trade.states.taker.machines).toEqual(before.machines);
    expect(trade.data('taker').early).toEqual([]);
    expect(trade.data('taker').received.agent).toBe((before.data.received.agent ?? 0) + 1);
  });

  test('one sender’s early mail leaves room for another’s', () => {
    const trade = beforeAck('sell', 'AGENT_HELD');
    const flood = Array.from({ length: 20 }, () =>
      trade.fact('taker', message(trade, 'maker', 'taker', 'freshInvoice')),
    );
    expect(flood.filter(({ result }) => result === 'taken').length).toBeLessThanOrEqual(16);
    trade.settle();
    expect(trade.state('taker')).toBe('performing');
  });
});
