import { describe, expect, test } from '@jest/globals';
import type { Role } from '../messages/bodies.js';
import { ROLES } from '../messages/bodies.js';
import { partyOf } from '../parties.js';
import type { Cell } from '../testing/matrix.js';
import { allowedBy, BODY_TYPES, cellsOf, messageOf, outcome, strange } from '../testing/matrix.js';
import type { Reached } from '../testing/reached-states.js';
import { groundsOf, saidTo } from '../testing/reached-states.js';
import { SIDES_AND_SHAPES } from '../testing/steps.js';
import type { MachineName } from './state.js';

const GROUNDS = groundsOf(SIDES_AND_SHAPES).map((ground, index) => {
  const [side, shape] = SIDES_AND_SHAPES[index] ?? [];
  const parties = ROLES.map((role) => {
    const states = [...ground.reached[role]].map(([name, samples]) => ({
      name,
      samples,
      cells: cellsOf(ground, role, samples),
    }));
    return { role, states, cells: states.reduce((sum, { cells }) => sum + cells.length, 0) };
  });
  return { side, shape, ground, parties };
});

/**
 * By outcome, so that a cell that changes moves from one line to another. Where a stranger's words end otherwise than the
 * honest ones, both ends stand there. What the roles alone forbid is asserted below and not listed.
 */
function lines(cells: Cell[]): string[] {
  const ends = new Map<string, string>();
  for (const { asked, strange: isStrange, outcomes } of cells) {
    const end = outcomes.join(' or ');
    const honest = ends.get(asked);
    if (!isStrange) ends.set(asked, end);
    else if (end !== honest) ends.set(asked, `${String(honest)}, a stranger's ${end}`);
  }
  const byEnd = new Map<string, string[]>();
  for (const [asked, end] of ends) {
    if (end !== 'WRONG_ROLE') byEnd.set(end, [...(byEnd.get(end) ?? []), asked]);
  }
  return [...byEnd].sort(([a], [b]) => (a < b ? -1 : 1)).map(([end, asked]) => `${end}: ${asked.join(', ')}`);
}

describe.each(GROUNDS)('S30 role x command x state, maker: $side, $shape', ({ ground, parties }) => {
  test.each(parties)('$role: $cells cells, each as it was', ({ states }) => {
    const table = states
      .map(({ name, cells }) => [name, ...lines(cells)])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
    expect(table).toMatchSnapshot();
  });

  test.each(parties)('$role: $cells cells, none beyond what senders, seats and rows allow', ({ states }) => {
    const beyond = states.flatMap(({ name, samples, cells }) =>
      cells.flatMap((cell) => {
        const [sample] = samples;
        if (!sample) return [];
        const allowed = allowedBy(partyOf(sample.state.data), sample, cell);
        return cell.outcomes
          .filter((one) => !allowed.test(one))
          .map((one) => `${name}: ${cell.strange ? 'stranger as ' : ''}${cell.asked}: ${one}`);
      }),
    );
    expect(beyond).toEqual([]);
  });

  test.each(parties)(
    'S21 S31 $role: a replay is ignored, a gap refused, whatever is said and whoever says it',
    ({ role, states }) => {
      const wrong = states.flatMap(({ name, samples: [sample] }) =>
        sample ? wrongOrder(role, sample).map((what) => `${name}: ${what}`) : [],
      );
      expect(wrong).toEqual([]);
    },
  );

  function wrongOrder(role: Role, sample: Reached): string[] {
    return ROLES.filter((from) => from !== role).flatMap((from) =>
      BODY_TYPES.flatMap((type) => {
        const body = saidTo(ground, role, type);
        const again = outcome(role, sample, messageOf(from, strange(body), sample, 0));
        const gap = outcome(role, sample, messageOf(from, body, sample, 2));
        return again === 'ignored' && gap === 'OUT_OF_ORDER' ? [] : [`${from} ${type}: ${again}, ${gap}`];
      }),
    );
  }
});

test('the schedules come through every state of every table, but for these', () => {
  const reached = new Set<string>();
  const all = new Set<string>();
  for (const { parties } of GROUNDS) {
    for (const { state } of parties.flatMap(({ states }) => states.flatMap(({ samples }) => samples))) {
      const party = partyOf(state.data);
      for (const name of Object.keys(party) as MachineName[]) {
        reached.add(`${party[name].name} ${state.machines[name]}`);
        for (const one of Object.keys(party[name].states)) all.add(`${party[name].name} ${one}`);
      }
    }
  }
  expect([...all].filter((one) => !reached.has(one)).sort()).toMatchSnapshot();
});
