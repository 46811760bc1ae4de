// `npm run images`: builds the three daemons' images and prints their sizes.
//   --base IMAGE   the base image; `local` makes one from this machine's Node. Default: node:24-bookworm-slim, or the
//                  local one, said so, where no registry can be reached
//   --regtest      also btcd and lnd as pinned, and stand-ins for the public Redis and PostgreSQL images
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { repositoryRoot } from '../bootstrap/cache.mjs';
import { engineAnswers } from '../bootstrap/engine.mjs';
import { daemonTree, sharedTree } from './context.mjs';
import { ask, build, inputsLabel, Stop } from './docker.mjs';
import { buildLocal } from './local.mjs';
import { daemons, images, publicBase } from './names.mjs';

const { values } = parseArgs({
  options: { base: { type: 'string' }, regtest: { type: 'boolean', default: false } },
});

async function main() {
  if (!engineAnswers()) {
    throw new Stop(
      'No container engine answers. Start yours, set DOCKER_HOST to it, or let `npm run test:containers` start one of its own.',
    );
  }
  const base = await baseImage();
  const args = { BASE: idOf(base) ?? base };
  await step(images.shared, () => buildTree('shared.Dockerfile', images.shared, sharedTree(), args));
  const shared = idOf(images.shared);
  for (const { app, role, port } of daemons) {
    const args = { SHARED: shared, ROLE: role, PORT: String(port) };
    await step(images[app], () => buildTree('daemon.Dockerfile', images[app], daemonTree(app), args));
  }
  if (values.regtest) {
    for (const name of ['redis', 'postgres', 'btcd', 'lnd']) await step(images[name], () => buildLocal(name));
  }
  // What these replaced is of no use any more, and a hundred megabytes each.
  ask('image', 'prune', '--force', '--filter', `label=${inputsLabel}`);
}

const idOf = (image) => ask('image', 'inspect', '--format', '{{.Id}}', image);

async function baseImage() {
  if (values.base !== undefined && values.base !== 'local') return values.base;
  if (values.base === undefined && publicIsThere()) return publicBase;
  if (values.base === undefined) {
    console.log(`${publicBase} can't be pulled here: the base is made from this machine's own Node 24.`);
  }
  await step(images.node, () => buildLocal('node'));
  return images.node;
}

function publicIsThere() {
  return (
    ask('image', 'inspect', publicBase) !== undefined || ask('pull', '--quiet', publicBase) !== undefined
  );
}

const buildTree = (file, tag, tree, args) =>
  build({
    tag,
    dockerfile: join(repositoryRoot, 'docker', file),
    inputs: tree.fingerprint(),
    layOut: (context) => tree.layOut(context),
    args,
  });

/** Prints the size of what a step built, and how long that took. */
async function step(image, work) {
  const start = Date.now();
  const isNew = await work();
  const size = `${(Number(ask('image', 'inspect', '--format', '{{.Size}}', image)) / 1e6).toFixed(0)} MB`;
  const how = isNew ? `built in ${((Date.now() - start) / 1000).toFixed(1)} s` : 'unchanged';
  console.log(`${image.padEnd(24)}${size.padStart(7)}  ${how}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
