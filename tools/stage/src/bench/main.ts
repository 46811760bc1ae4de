/** `npm run bench -- NAME [--json]`: figures anybody can measure again. */
import { parseArgs } from 'node:util';
import { benchSoak } from './soak.js';
import { benchTrades } from './trades.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    'in-flight': { type: 'string', default: '1,4,16,32' },
    nodes: { type: 'string', default: 'lnd,memory' },
    store: { type: 'string', default: 'sqlite,postgres' },
    rounds: { type: 'string', default: '2' },
    'per-place': { type: 'string', default: '4' },
    minutes: { type: 'string', default: '30' },
    'per-minute': { type: 'string', default: '30' },
    'kills-per-minute': { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
});

/** A list of these words. Throws, naming them, on another one. */
const words = <W extends string>(text: string, known: readonly W[]): W[] =>
  text.split(',').map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw new Error(`"${word}" is none of ${known.join(', ')}`);
    return found;
  });

const BENCHES: Record<string, () => Promise<void>> = {
  trades: () =>
    benchTrades({
      inFlight: values['in-flight'].split(',').map(Number),
      nodes: words(values.nodes, ['lnd', 'memory'] as const),
      stores: words(values.store, ['sqlite', 'postgres'] as const),
      rounds: Number(values.rounds),
      perPlace: Number(values['per-place']),
      json: values.json,
    }),
  soak: () =>
    benchSoak({
      minutes: Number(values.minutes),
      perMinute: Number(values['per-minute']),
      killsPerMinute: Number(values['kills-per-minute']),
      seed: Number(values.seed),
      json: values.json,
    }),
};

const bench = BENCHES[positionals[0] ?? ''];
if (bench) {
  await bench();
} else {
  process.stderr.write(`npm run bench -- NAME; there are: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
}
