import { expect, test } from '@jest/globals';
import { Random } from './random.js';
import { drawStage } from './second.js';

const SEEDS = Array.from({ length: 2000 }, (_, seed) => seed);
const stageOf = (seed: number, trades?: 1 | 2) => drawStage(new Random(seed), { seed, trades });

test('one schedule in twenty or so has two trades, and the first is what it is alone', () => {
  const two = SEEDS.filter((seed) => stageOf(seed).scenes.length === 2);
  expect(two.length / SEEDS.length).toBeGreaterThan(0.03);
  expect(two.length / SEEDS.length).toBeLessThan(0.07);
  for (const seed of two) expect(stageOf(seed).scenes[0]).toEqual(stageOf(seed, 1).scenes[0]);
});

test('what is drawn for a second trade is drawn beside: the generator goes on as without it', () => {
  for (const seed of SEEDS.slice(0, 50)) {
    const [alone, beside] = [new Random(seed), new Random(seed)];
    drawStage(alone, { seed, trades: 1 });
    drawStage(beside, { seed, trades: 2 });
    expect(beside.next()).toBe(alone.next());
  }
});

test('the second has its own keys and the same agent; some take the same order', () => {
  const stages = SEEDS.slice(0, 200).map((seed) => stageOf(seed, 2).scenes);
  let sameOrder = 0;
  for (const [first, second] of stages) {
    expect(second?.nonces.taker).not.toBe(first.nonces.taker);
    expect(second?.nonces.agent).not.toBe(first.nonces.agent);
    expect([second?.retainFee, second?.successFee]).toEqual([first.retainFee, first.successFee]);
    if (second?.nonces.maker === first.nonces.maker) sameOrder += 1;
  }
  expect(sameOrder).toBeGreaterThan(10);
  expect(sameOrder).toBeLessThan(60);
});
