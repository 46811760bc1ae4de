/** Guards the Node version before anything native is loaded: on Node 20 the SQLite binding would end the process without a word. */
const LEAST_NODE_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < LEAST_NODE_MAJOR) {
  process.stderr.write(
    `Node ${process.versions.node} is too old; Tercet needs ${String(LEAST_NODE_MAJOR)}. Start it with: npm run start, or node_modules/.bin/node.\n`,
  );
  process.exitCode = 2;
} else {
  // Loading takes a second, in which nothing is open yet. As process 1 of a container it would ignore the signal otherwise.
  const leave = () => process.exit(0);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, leave);
  const { main } = await import('./daemon.js');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, leave);
  await main();
}
