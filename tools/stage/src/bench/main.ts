/** `npm run bench -- NAME [--json]`: figures anybody can measure again. */
import { parseArgs } from 'node:util';
import { benchTrades } from './trades.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    'in-flight': { type: 'string', default: '1,16' },
    rounds: { type: 'string', default: '3' },
    'per-place': { type: 'string', default: '4' },
  },
});

const BENCHES: Record<string, () => Promise<void>> = {
  trades: () =>
    benchTrades({
      inFlight: values['in-flight'].split(',').map(Number),
      rounds: Number(values.rounds),
      perPlace: Number(values['per-place']),
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
