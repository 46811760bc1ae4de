/** `npm run bench -- NAME [--json]`: figures anybody can measure again. */
import { parseArgs } from 'node:util';
import { benchGrowth } from './growth.js';
import { benchRecovery } from './recovery.js';
import { benchSimulator } from './simulator.js';
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
    'warm-up': { type: 'string', default: '100' },
    minutes: { type: 'string', default: '30' },
    'per-minute': { type: 'string', default: '30' },
    'kills-per-minute': { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    trades: { type: 'string' },
    real: { type: 'string', default: '200' },
    schedules: { type: 'string', default: '3000' },
  },
});

const numbers = (text: string): number[] => text.split(',').map(Number);

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
      inFlight: numbers(values['in-flight']),
      nodes: words(values.nodes, ['lnd', 'memory'] as const),
      stores: words(values.store, ['sqlite', 'postgres'] as const),
      rounds: Number(values.rounds),
      perPlace: Number(values['per-place']),
      warmUp: Number(values['warm-up']),
      json: values.json,
    }),
  recovery: () =>
    benchRecovery({
      trades: numbers(values.trades ?? '1000,10000'),
      real: Number(values.real),
      json: values.json,
    }),
  growth: () => benchGrowth({ trades: numbers(values.trades ?? '100,10000,100000'), json: values.json }),
  simulator: () =>
    benchSimulator({
      schedules: Number(values.schedules),
      seed: Number(values.seed),
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
