// Prints {"lnd","btcd"}: the paths of the pinned test nodes. Exits 1, saying what to do, when they aren't built.
import { existsSync } from 'node:fs';

import { binariesFor, installedGo } from './cache.mjs';

const goVersion = installedGo();
const { lnd, btcd } = goVersion ? binariesFor(goVersion) : {};
if (lnd && existsSync(lnd) && existsSync(btcd)) {
  console.log(JSON.stringify({ lnd, btcd }));
} else {
  console.error('lnd and btcd for tests are not built yet: npm run bootstrap');
  process.exitCode = 1;
}
