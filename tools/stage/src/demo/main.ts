/** `npm run demo`: four trades between three daemons on real nodes, every millisatoshi accounted for. */
import { parseArgs } from 'node:util';
import { Stage } from '../stage/stage.js';
import { startTradeNetwork } from '../stage/layout.js';
import { select } from './plan.js';
import { followAll } from './progress.js';
import { jsonLine, page } from './report.js';
import { runTrade, type DemoResult } from './run-trade.js';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const say = (line: string) => {
  if (!values.json) process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
  const trades = select(values.only);
  say('Starting btcd and four lnd nodes: maker, taker, agent, and a router that belongs to nobody ...');
  const network = await startTradeNetwork();
  const results: DemoResult[] = [];
  try {
    say('Starting three daemons: escrow-agent, maker-daemon, taker-daemon ...');
    const stage = await Stage.put({ network });
    try {
      const watching = new AbortController();
      const followers = values.json ? [] : followAll(stage, watching.signal, say);
      for (const trade of trades) {
        say(`\n${trade.engine} / ${trade.shape} / ${trade.direction}`);
        const result = await runTrade(stage, trade, (step) => say(`  ${step}`));
        results.push(result);
        if (values.json) process.stdout.write(`${jsonLine(result)}\n`);
      }
      watching.abort();
      await Promise.all(followers);
    } finally {
      await stage.strike();
    }
  } finally {
    await network.stop();
  }
  say('');
  for (const result of results) say(`${page(result)}\n`);
  const faults = results.flatMap((result) => result.faults);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main();
