/** `npm run demo`: four trades between three daemons on real nodes, every millisatoshi accounted for. */
import { hasCode } from '@tercet/protocol';
import { Stage } from '../stage/stage.js';
import { startTradeNetwork } from '../stage/layout.js';
import { readOptions } from './plan.js';
import { followAll } from './progress.js';
import { jsonLine, page } from './report.js';
import { runTrade, type DemoResult } from './run-trade.js';

async function main(): Promise<number> {
  const { json, trades } = readOptions(process.argv.slice(2));
  const say = (line: string) => {
    if (!json) process.stdout.write(`${line}\n`);
  };
  say('Starting btcd and four lnd nodes: maker, taker, agent, and a router that belongs to nobody ...');
  const network = await startTradeNetwork();
  const results: DemoResult[] = [];
  try {
    say('Starting three daemons: escrow-agent, maker-daemon, taker-daemon ...');
    const stage = await Stage.put({ network });
    try {
      const watching = new AbortController();
      const followers = json ? [] : followAll(stage, watching.signal, say);
      for (const trade of trades) {
        say(`\n${trade.engine} / ${trade.shape} / ${trade.direction}`);
        const result = await runTrade(stage, trade, (step) => say(`  ${step}`));
        results.push(result);
        if (json) process.stdout.write(`${jsonLine(result)}\n`);
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

try {
  process.exitCode = await main();
} catch (error) {
  if (!hasCode(error, 'DEMO_OPTIONS')) throw error;
  process.stderr.write(`${error.message} ${error.wayOut}\n`);
  process.exitCode = 2;
}
