/** kill -9 of each daemon at every step of a trade of each shape, then restart: the trade completes, nothing is paid twice. */
import { PARTIES } from '../stage/layout.js';
import { startTrade, type TradeSpec } from '../stage/trade.js';
import { useGround, type Blow } from './fire/ground.js';
import { nameOf, stepsOf } from './fire/steps.js';

const HALF_HOUR_MS = 30 * 60_000;

const SPECS: TradeSpec[] = [
  { shape: 'AGENT_HELD', direction: 'maker-sells' },
  { shape: 'PEER_HELD', direction: 'maker-buys' },
];

const words = (blows: readonly Blow[]): string[] =>
  blows.map(({ party, step }) => `${party} at ${nameOf(step)}`);

describe('kill -9', () => {
  const ground = useGround();

  /** What a trade that nobody disturbs writes into the three journals. */
  async function allSteps(spec: TradeSpec): Promise<Blow[]> {
    const { trade } = await ground().tradeUnder([], spec);
    const lists = await Promise.all(
      PARTIES.map(async (party) => {
        const steps = await stepsOf(ground().stage.daemons[party], trade.tradeId);
        return steps.map((step) => ({ party, step }));
      }),
    );
    expect(lists.every((list) => list.length >= 8)).toBe(true);
    return lists.flat();
  }

  /** One blow for each daemon a trade: the first steps of all three, then the second ones, and so on. */
  function rounds(blows: readonly Blow[]): Blow[][] {
    const lists = PARTIES.map((party) => blows.filter((blow) => blow.party === party));
    return Array.from({ length: Math.max(...lists.map((list) => list.length)) }, (_, round) =>
      lists.flatMap((list) => list[round] ?? []),
    );
  }

  test.each(SPECS)(
    'S1 S7 S8 S21 S23 S26: every daemon at every step of $shape, $direction',
    async (spec) => {
      const late: Blow[] = [];
      for (const blows of rounds(await allSteps(spec))) {
        late.push(...(await ground().tradeUnder(blows, spec)).missed);
      }
      // Which of two facts comes first is a race; one that made the other needless comes in another trade.
      const never: Blow[] = [];
      for (const blow of late) never.push(...(await ground().tradeUnder([blow], spec)).missed);
      expect(words(never)).toEqual([]);
    },
    HALF_HOUR_MS,
  );

  test.each([
    ...SPECS.map((spec) => ({ ...spec, kind: 'holdAccepted' })),
    ...SPECS.map((spec) => ({ ...spec, kind: 'release' })),
  ])(
    'S1 S7 S23: all three at once, when $kind is stored, $shape, $direction',
    async ({ kind, ...spec }) => {
      const party = kind === 'holdAccepted' && spec.shape === 'PEER_HELD' ? 'maker' : 'agent';
      let fell = false;
      ground().at(party, { kind, nth: 1 }, () => {
        fell = true;
        for (const each of PARTIES) ground().meanwhile(ground().killAndStart(each));
      });
      const trade = await startTrade(ground().stage, spec);
      await ground().finish(trade);
      expect(fell).toBe(true);
    },
    HALF_HOUR_MS,
  );
});
