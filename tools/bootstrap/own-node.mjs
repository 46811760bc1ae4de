import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from './cache.mjs';

/** The repository's own Node 24, where npm had one for this platform. */
export const ownNode = join(repositoryRoot, 'node_modules/.bin/node');

/** What the daemons and their tests run on: asked for when it is needed, since bootstrap may just have brought it. */
export const node = () => (existsSync(ownNode) ? ownNode : process.execPath);
