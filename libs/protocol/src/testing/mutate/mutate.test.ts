import { describe, expect, test } from '@jest/globals';
import { ask, due, keep, machine, on, raise, refuse, state, to, when } from '../../machine/table.js';
import { TABLES } from '../../parties.js';
import { fiatSent } from '../steps.js';
import { height } from '../../units.js';
import { caughtBy, coverage, testsFor } from './judge.js';
import { movesMoney } from './money.js';
import type { Mutant } from './mutants.js';
import { mutantsOf } from './mutants.js';
import { Endless, Probe } from './probe.js';
import type { Verdict } from './report.js';
import { asText, moneyScore } from './report.js';
import { Suite } from './suite.js';

const sample = () =>
  machine('sample', 'open', {
    open: state({ until: { over: () => ({ height: height(100) }) } }, [
      on(
        'cmdRelease',
        when((d) => d.fiatSent === true),
        to('closed'),
        keep(() => ({ releaseSigned: true })),
        ask(() => []),
        raise({ kind: 'released' }),
        'S1',
      ),
      on('cmdRelease', refuse('NOT_YET', 'Not yet.', 'Wait.'), 'S1'),
      due('over', to('closed'), 'S1'),
    ]),
    shut: state({ endedBy: 'node' }, []),
    closed: state({ at: 'end' }),
  });

test('every part of every row is changed once, and every deadline either way', () => {
  const row = 'sample open cmdRelease#0:';
  expect(mutantsOf(sample()).map(({ id }) => id)).toEqual([
    `${row} dropped`,
    `${row} guard 1 dropped`,
    `${row} guard 1 negated`,
    `${row} guard 1 a block early`,
    `${row} guard 1 a block late`,
    `${row} stays`,
    `${row} to shut`,
    `${row} ask 1 skipped`,
    `${row} keep 1 skipped`,
    `${row} raise 1 skipped`,
    `${row} below #1`,
    'sample open cmdRelease#1: dropped',
    'sample open cmdRelease#1: refusal skipped',
    'sample open due:over#2: dropped',
    'sample open due:over#2: stays',
    'sample open due:over#2: to shut',
    'sample open until over: early',
    'sample open until over: late',
  ]);
});

test('no two mutants of all tables have one name', () => {
  const ids = TABLES.flatMap(mutantsOf).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe('judging', () => {
  /** One test of the real tables: a release pays the payee first and settles then. */
  const suite = new Suite();
  suite.describe('a release', () => {
    const trade = fiatSent('sell', 'AGENT_HELD');
    suite.test.each([['released']])('ends %s', (end) => {
      trade.command('maker', 'cmdRelease');
      trade.settle();
      expect(trade.state('agent', 'escrow')).toBe(end);
    });
  });
  const mutant = (id: string): Mutant => {
    const found = TABLES.flatMap(mutantsOf).find((one) => one.id === id);
    if (!found) throw new Error(`no mutant ${id}`);
    return found;
  };
  const judged = (id: string) => {
    const wrong = mutant(id);
    const probe = new Probe(TABLES);
    try {
      const tests = testsFor(wrong, coverage(suite, probe));
      return {
        tests: tests.length,
        by: caughtBy(suite, probe, wrong, tests),
        money: movesMoney(wrong, probe),
      };
    } finally {
      probe.remove();
    }
  };

  test('a settle that is skipped is caught, by the test that it breaks', () =>
    expect(judged('AGENT_HELD.agent payingFirst debtPaid#0: ask 1 skipped')).toEqual({
      tests: 1,
      by: 'a release > ends released',
      money: true,
    }));

  test('what a test does not look at survives', () =>
    expect(judged('fiat.payer answering cmdRelease#1: keep 1 skipped')).toEqual({
      tests: 1,
      by: undefined,
      money: true,
    }));

  test('a row that no test comes to has none that could notice', () =>
    expect(judged('AGENT_HELD.agent refundingFromCustody holdSettled#0: dropped')).toMatchObject({
      tests: 0,
      by: undefined,
    }));

  test('the tables are the real ones again afterwards', () => {
    const before = TABLES.map(({ states }) => states);
    judged('AGENT_HELD.agent payingFirst debtPaid#0: ask 1 skipped');
    expect(TABLES.map(({ states }) => states)).toEqual(before);
    for (const { open } of suite.blocks) for (const { run } of open()) run();
  });

  test('a test that fails on the real tables stops everything', () => {
    const broken = new Suite();
    broken.test('never', () => expect(1).toBe(2));
    const probe = new Probe(TABLES);
    expect(() => coverage(broken, probe)).toThrow('"never" fails without any mutant');
    probe.remove();
  });

  test('a trade that goes on for ever is ended by the number of its rows', () => {
    const probe = new Probe(TABLES);
    try {
      const trade = fiatSent('sell', 'AGENT_HELD');
      probe.reset(3);
      trade.command('maker', 'cmdRelease');
      expect(() => trade.settle()).toThrow(Endless);
    } finally {
      probe.remove();
    }
  });

  test('a test that answers later could never fail, so it is none', () => {
    const later = new Suite();
    later.test('later', () => Promise.resolve());
    expect(() => later.blocks[0]?.open()[0]?.run()).toThrow('asynchronous');
  });
});

test('the score counts what can be caught, and names what was not', () => {
  const verdict = (id: string, more: Partial<Verdict>): Verdict => ({
    id,
    kind: 'row dropped',
    table: 'sample',
    money: true,
    tests: 1,
    ...more,
  });
  const verdicts = [
    verdict('a', { caughtBy: 'some test' }),
    verdict('b', {}),
    verdict('c', { equivalent: 'nobody could see it' }),
    verdict('d', { money: false, tests: 0 }),
  ];
  expect(moneyScore(verdicts)).toEqual({ mutants: 2, caught: 1, percent: 50 });
  const text = asText(verdicts);
  expect(text).toContain('c: nobody could see it');
  expect(text).toMatch(/rows that move money:\n {2}b\n/);
  expect(text).toMatch(/other rows:\n {2}d {2}\(no test comes here\)/);
});
