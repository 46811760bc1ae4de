#!/usr/bin/env node
// Imports nothing but this at first: an older Node would stop inside a library with words nobody understands.
const OLDEST_NODE = 22;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `tercet needs Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}: run it as "npm run tercet --", which brings its own.\n`,
  );
  process.exitCode = 1;
} else {
  const [{ runCli }, { terminalIo }] = await Promise.all([import('./program.js'), import('./io.js')]);
  // Whoever reads may stop early, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  process.exitCode = await runCli(process.argv.slice(2), terminalIo());
}
