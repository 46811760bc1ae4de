/** `npm run playground`: a regtest network and three daemons that stay up, to try every command by hand. */
import { once } from 'node:events';
import { PARTIES } from '../stage/layout.js';
import { Stage } from '../stage/stage.js';

const say = (line: string) => process.stdout.write(`${line}\n`);

say('Starting btcd, four lnd nodes and three daemons ...');
const stage = await Stage.put();
try {
  say('\nThree people, three data folders. In another terminal:\n');
  for (const party of PARTIES) {
    say(
      `  alias ${party}='npm run --silent tercet -- --role ${party} --data-dir ${stage.daemons[party].spec.dir}'`,
    );
  }
  say(
    [
      '',
      "  maker offer sell 100000 95.00 EUR --method 'SEPA instant' --settlement-minutes 60 --details 'IBAN ...' --out order.txt",
      '  taker take order.txt        # then: taker trade ID, taker sent ID, maker release ID',
      '',
      'Enter mines a block, Ctrl-C ends it all.',
    ].join('\n'),
  );
  process.stdin.on('data', () => {
    void stage.network.mine(1).then((height) => say(`height ${String(height)}`));
  });
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process.stdin, 'end')]);
} finally {
  say('Stopping ...');
  process.stdin.destroy();
  await stage.strike();
}
