// `node tools/start.mjs SCRIPT ...`: runs a script on the repository's own Node. A shell that has called an older `node`
// before remembers where that one is, and would take it again right after bootstrap has brought ours.
import { spawn } from 'node:child_process';

import { node } from './bootstrap/own-node.mjs';

const child = spawn(node(), process.argv.slice(2), { stdio: 'inherit' });
// The script ends by itself, and takes down what it has put up; so does this.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  console.error(`node can't be started: ${error.message}`);
  process.exitCode = 1;
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
