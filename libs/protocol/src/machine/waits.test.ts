import { describe, expect, test } from '@jest/globals';
import { groundsOf } from '../testing/reached-states.js';
import { performing, SIDES_AND_SHAPES } from '../testing/steps.js';
import type { TradeData } from './state.js';
import { due as dueFact, expectStep } from '../testing/cases.js';
import { ROLES } from '../messages/bodies.js';
import { partyOf, TABLES } from '../parties.js';
import { height, msat } from '../units.js';
import { BOUNDS } from './bounds.js';
import { ALARMS } from './alarms.js';
import type { MachineName, TradeState } from './state.js';
import { isTerminal } from './rest.js';
import { endsByDeadline, machine, on, state, to } from './table.js';

/** No wait without an end: its own deadline, or somebody who has one, down to a height wherever sats are locked. */

const MACHINES: readonly MachineName[] = ['deal', 'engine', 'escrow', 'debt', 'claim'];
const OWED: NonNullable<TradeData['obligation']> = {
  to: 'taker',
  amountMsat: msat(1),
  why: 'Owed so.',
  attempt: 1,
};
/** Not a machine of the trade: the wait ends where it stands. */
const NEVER_BEGINS = 'it never begins';
const ELSEWHERE = ['deadline', NEVER_BEGINS, 'node', 'journal', 'agent', 'owed', 'proof'];
const STATES = TABLES.flatMap((table) =>
  Object.entries(table.states).map(([name, spec]) => [`${table.name} ${name}`, table, spec] as const),
);

describe('S14 S45 S59: every wait has its end', () => {
  test.each(STATES.filter(([, , { at }]) => at === 'work'))(
    '%s has a deadline that leaves it, or says who ends it',
    (_, __, spec) => expect(endsByDeadline(spec) || spec.endedBy !== undefined).toBe(true),
  );

  test('a table with a wait that nothing ends is none', () => {
    const lonely = () =>
      machine('x', 'a', { a: state({}, [on('agreed', to('b'), 'A7')]), b: state({ at: 'end' }) });
    expect(lonely).toThrow('table x: a: waits without a deadline, and nothing says who ends the wait');
  });

  test('where sats are locked it is a height, never a time', () => {
    const timed = /^(deal\.|debt$)/;
    const trade = performing('sell', 'PEER_HELD');
    for (const role of ROLES) {
      const data: TradeData = { ...trade.data(role), performingUntil: height(1173), obligation: OWED };
      for (const [name, table, { until }] of STATES) {
        const heights = Object.values(until).flatMap((at) => at(data) ?? []);
        if (!timed.test(table.name))
          expect([name, heights.every((at) => 'height' in at)]).toEqual([name, true]);
      }
    }
  });

  test('the reasons are all used, and by work only', () => {
    const used = new Set(STATES.flatMap(([, , spec]) => spec.endedBy ?? []));
    expect([...used].sort()).toEqual(Object.keys(BOUNDS).sort());
    expect(STATES.filter(([, , { at, endedBy }]) => at !== 'work' && endedBy !== undefined)).toEqual([]);
  });
});

/** Who ends the wait of a machine in the end, from one to the next. */
function endOf(s: TradeState, name: MachineName, seen: MachineName[] = []): string {
  const party = partyOf(s.data);
  const spec = party[name].states[s.machines[name]];
  const where = `${party[name].name} ${s.machines[name]}`;
  if (seen.includes(name)) return `${where} waits in a circle`;
  const left = spec?.rows.some(
    (row) => row.on === 'due' && row.to !== undefined && `${name}.${row.name ?? ''}` in s.deadlines,
  );
  if (left) return 'deadline';
  const bound = spec?.endedBy;
  if (bound === undefined) return `${where} has no deadline now`;
  if (ELSEWHERE.includes(bound)) return bound;
  const next = MACHINES.find((one) => one === bound);
  if (next === undefined) return `${where} is no state to be in: ${bound}`;
  if (party[next].states[s.machines[next]]?.at !== 'work')
    return s.machines[name] === party[name].initial ? NEVER_BEGINS : `${where} waits for what has ended`;
  return endOf(s, next, [...seen, name]);
}

describe('S14: in every state that schedules come through', () => {
  const grounds = groundsOf(SIDES_AND_SHAPES, 60);
  const reached = grounds.flatMap(({ reached: of }) =>
    ROLES.flatMap((role) => [...of[role].values()].flat().map(({ state: one }) => one)),
  );
  const open = reached.filter((one) => {
    const { deal } = one.machines;
    return !isTerminal(partyOf(one.data), one) && deal !== 'new';
  });

  test('each machine that works waits for a deadline, the own node, or what is owed', () => {
    const wrong = open.flatMap((one) => {
      const party = partyOf(one.data);
      return MACHINES.filter((name) => party[name].states[one.machines[name]]?.at === 'work')
        .map((name) => endOf(one, name))
        .filter((end) => !ELSEWHERE.includes(end));
    });
    expect([...new Set(wrong)]).toEqual([]);
  });

  test('whoever has a payment in a hold has a height before it, or was told that it passed', () => {
    const locked = open.filter(({ data }) =>
      data.ledger.some(
        ({ purpose, kind, status }) =>
          purpose === 'escrow' && (kind === 'hold' ? status === 'accepted' : status === 'live'),
      ),
    );
    expect(locked.length).toBeGreaterThan(100);
    const without = locked.filter(
      ({ deadlines, data }) => !Object.values(deadlines).some((at) => 'height' in at) && !data.told,
    );
    expect([...new Set(without.map(({ machines }) => JSON.stringify(machines)))]).toEqual([]);
  });
});

describe('S14 S45: a wait that outlives its height is told once, and goes on', () => {
  const told = STATES.flatMap(([name, table, spec]) =>
    Object.keys(spec.until)
      .filter((deadline) => deadline in ALARMS)
      .map((deadline) => [`${name}: ${deadline}`, table, name.split(' ')[1] ?? '', deadline] as const),
  );

  test.each(told)('%s', (_, table, where, deadline) => {
    const [side, shape] = table.name.startsWith('PEER')
      ? (['sell', 'PEER_HELD'] as const)
      : (['sell', 'AGENT_HELD'] as const);
    const trade = performing(side, shape);
    const role = ROLES.find((one) =>
      Object.values(partyOf(trade.data(one))).some(({ name }) => name === table.name),
    );
    const machineName = MACHINES.find((one) => role && partyOf(trade.data(role))[one].name === table.name);
    if (!role || !machineName) throw new Error(`nobody runs ${table.name}`);
    const end = table.states[where]?.until[deadline]?.(trade.data(role));
    const at = end && 'height' in end ? end.height : 0;
    expect(at).toBeGreaterThan(trade.tip);
    expectStep(trade, role, {
      rule: 'told once',
      in: { [machineName]: where },
      tip: () => at,
      fact: dueFact(`${machineName}.${deadline}`),
      keeps: { told: [{ alarm: deadline, height: at }] },
    });
    const after = {
      ...trade.data(role),
      told: [{ alarm: deadline as keyof typeof ALARMS, height: height(at) }],
    };
    expect(table.states[where]?.until[deadline]?.(after)).toBeUndefined();
  });
});
