import { describe, expect, test } from '@jest/globals';
import { TABLES } from '../parties.js';
import { performing } from '../testing/steps.js';
import { alarmsNow } from './alarms.js';
import { waitsOf } from './waits.js';

const waits = (name: string, state: string) => {
  const table = TABLES.find((one) => one.name === name);
  return table && waitsOf(table).find((wait) => wait.state === state);
};

describe('what is printed of waits is what the tables say', () => {
  test('counted from the height that it belongs to', () => {
    expect(waits('AGENT_HELD.agent', 'held')).toEqual({
      state: 'held',
      deadlines: [{ name: 'forcedSettle', at: 'A - 24', then: 'takingCustody' }],
      otherwise: undefined,
    });
    expect(waits('AGENT_HELD.agent', 'custody')?.deadlines).toEqual([
      { name: 'custodyEnd', at: 'decide-by + 1008', then: 'it begins anew or owing or repaying' },
    ]);
    expect(waits('deal.taker', 'offered')?.deadlines).toMatchObject([{ at: 'start + 20 min' }]);
    expect(waits('PEER_HELD.payer', 'held')).toMatchObject({
      deadlines: [
        { at: 'A - 12', then: 'told, and it goes on waiting' },
        { at: 'decide-by - 2', then: 'a ruling that came too early is taken' },
      ],
      otherwise: 'node',
    });
  });

  test.each(TABLES.map((table) => [table.name, table] as const))('%s: every wait', (_, table) => {
    const working = Object.keys(table.states).filter((state) => table.states[state]?.at === 'work');
    expect(waitsOf(table).map(({ state }) => state)).toEqual(working);
  });
});

describe('S14: an alarm is shown while its wait lasts', () => {
  const { states } = performing('sell', 'PEER_HELD');
  const alarms = (escrow: string, tip: number) =>
    alarmsNow({
      ...states.maker,
      machines: { ...states.maker.machines, escrow },
      data: { ...states.maker.data, told: [{ alarm: 'nearEnd', height: tip as never }] },
    }).map(({ alarm }) => alarm);
  const A = states.maker.data.locked?.A ?? 0;

  test.each([
    ['told of this hold', 'held', A - 12, ['nearEnd']],
    ['told of another height', 'held', A - 13, []],
    ['what it was told of has ended', 'refunded', A - 12, []],
  ])('%s', (_, escrow, tip, expected) => {
    expect(alarms(escrow, tip)).toEqual(expected);
  });
});
