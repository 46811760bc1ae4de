/** The images that `npm run images` builds; libs/regtest and the compose files know them by the same names. */
export const images = {
  shared: 'tercet/shared',
  'maker-daemon': 'tercet/maker-daemon',
  'taker-daemon': 'tercet/taker-daemon',
  'escrow-agent': 'tercet/escrow-agent',
  node: 'tercet-local/node:24',
  redis: 'tercet-local/redis',
  postgres: 'tercet-local/postgres',
  btcd: 'tercet-regtest/btcd',
  lnd: 'tercet-regtest/lnd',
};

/** What each daemon's image is built from. */
export const daemons = [
  { app: 'maker-daemon', role: 'maker', port: 10_101 },
  { app: 'taker-daemon', role: 'taker', port: 10_201 },
  { app: 'escrow-agent', role: 'agent', port: 10_301 },
];

/** Not built, and used where it is there; docker/compose.regtest.yaml names the same. */
export const bitcoindImage = process.env.BITCOIND_IMAGE ?? 'bitcoin/bitcoin:30';

export const publicBase = 'node:24-bookworm-slim';
