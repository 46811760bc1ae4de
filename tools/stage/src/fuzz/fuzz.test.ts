import { expect, test } from '@jest/globals';
import { TercetError } from '@tercet/protocol';
import { codeOfRefusal, decoder, fuzz } from '@tercet/protocol/fuzz';
import fc from 'fast-check';
import { allDecoders, fuzzAll, reportText } from './decoders.js';

/** A first look; `npm test` gives twenty times as many, of another seed each time. */
const INPUTS = 1_000;

test(`S25 S31 S36 S37 ${INPUTS} mutated inputs: each decoder takes them, or refuses them by a code`, async () => {
  const failed: string[] = [];
  const reached: [string, boolean][] = [];
  for await (const report of fuzzAll(allDecoders(), { inputs: INPUTS, seed: 1 })) {
    if (report.failure) failed.push(reportText(report));
    reached.push([report.name, Object.keys(report.outcomes).length > 1]);
  }
  expect(failed).toEqual([]);
  // One that has but one word for every input isn't reached.
  expect(reached.filter(([, isReached]) => !isReached)).toEqual([]);
}, 60_000);

const refuse = (code: string, message: string): never => {
  throw new TercetError(code, message, { wayOut: 'None.' });
};
const pollute = (): string => {
  Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true });
  return 'decoded';
};
const crash = (): never => {
  throw new TypeError('x is not a function');
};

test.each<[string, () => string, RegExp]>([
  ['an error that is none of ours', crash, /x is not a function/],
  ['a code that is none', () => refuse('lower case', ''), /no stable code/],
  ['a refusal that tells a secret', () => refuse('SOME_CODE', 'the password is hunter2'), /tells a secret/],
  ['a prototype that is changed', pollute, /prototype was changed/],
])('the fuzzer itself notices %s, and says how to see it again', async (_, answer, why) => {
  const one = decoder<number>({
    name: 'planted',
    inputs: fc.nat(),
    feed() {
      try {
        return answer();
      } catch (error) {
        return codeOfRefusal(error, ['hunter2']);
      }
    },
  });
  const report = await fuzz(one, { inputs: 10, seed: 1 });
  Reflect.deleteProperty(Object.prototype, 'polluted');
  expect(report.failure?.why).toMatch(why);
  expect(reportText(report)).toContain('npm run fuzz -- --decoder planted --seed 1 --path 0');
});
