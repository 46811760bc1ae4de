import { readOptions } from './plan.js';

describe('what the demo is asked for', () => {
  test.each([
    [[], 4, false],
    [['--json', '--only', 'fiat'], 4, true],
    [['--only', 'fiat/PEER_HELD'], 2, false],
    [['--only=fiat/PEER_HELD/maker-sells'], 1, false],
  ])('%j', (args, count, json) => {
    const options = readOptions(args);
    expect([options.trades.length, options.json]).toEqual([count, json]);
  });

  test.each([
    [['--only', 'fiat/PEER'], 'there are: fiat/AGENT_HELD/maker-sells'],
    [['--nope'], "Unknown option '--nope'"],
    [['PEER_HELD'], 'PEER_HELD'],
  ])('%j is told in a sentence', (args, part) => {
    expect(() => readOptions(args)).toThrow(part);
  });
});
