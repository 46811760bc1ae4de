/**
 * `npm run fuzz -- [--inputs N] [--seed S] [--decoder NAME] [--path P]`: mutated inputs for every decoder. Exit 0 only
 * where each was decoded or refused by the rules. `--decoder invoice-lnd` starts a real lnd and lets it judge.
 */
import { parseArgs } from 'node:util';
import { invoiceLndDecoder } from './invoice-lnd.js';
import { allDecoders, fuzzAll, reportText } from './decoders.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    decoder: { type: 'string' },
    path: { type: 'string' },
  },
});

/** The one that needs a real node is given inputs only where it is asked for by name. */
const BY_NODE = 'invoice-lnd';

const known = allDecoders();
const chosen =
  values.decoder === BY_NODE
    ? [await invoiceLndDecoder()]
    : known.filter(({ name }) => values.decoder === undefined || name === values.decoder);
if (chosen.length === 0) {
  process.stderr.write(`--decoder is one of ${[...known.map(({ name }) => name), BY_NODE].join(', ')}\n`);
  process.exitCode = 2;
}
let given = 0;
const run = { inputs: Number(values.inputs), seed: Number(values.seed), path: values.path };
for await (const report of fuzzAll(chosen, run)) {
  process.stdout.write(`${reportText(report)}\n`);
  given += report.inputs;
  if (report.failure) process.exitCode = 1;
}
const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
process.stdout.write(`${given} inputs, seed ${values.seed}, ${memory} MB at the end\n`);
