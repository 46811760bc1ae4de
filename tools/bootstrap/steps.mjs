import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { binariesFor, buildTags, nodesModule } from './cache.mjs';
import { engineInstalled, enginePackages } from './engine.mjs';
import { buildStamp, hasPostgres, nodesBuilt, sourcesFingerprint } from './facts.mjs';
import { node, ownNode } from './own-node.mjs';
import { run, StepFailed } from './run.mjs';

const temporary = new Set();

/** Removes what a stopped build left half done. */
export function removeTemporary() {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
}

/** How each step of plan.mjs is carried out. */
export const steps = {
  async system({ missingPackages }) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get update', 'apt-get', ['update'], { env });
    const install = ['install', '-y', '--no-install-recommends', ...missingPackages];
    await run(`apt-get install ${missingPackages.join(' ')}`, 'apt-get', install, { env });
    if (!hasPostgres())
      throw new StepFailed('PostgreSQL was installed, but its initdb and postgres are not found.');
  },

  /** Debian's engine; nothing of it starts by itself. busybox is the shell of images made here. */
  async engine() {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const install = ['install', '-y', '--no-install-recommends', ...enginePackages];
    await run('apt-get update', 'apt-get', ['update'], { env });
    await run(`apt-get install ${enginePackages.join(' ')}`, 'apt-get', install, { env });
    if (!engineInstalled()) throw new StepFailed('The engine was installed, but dockerd is not found.');
  },

  async packages() {
    await run('npm ci: the packages of package-lock.json, Node 24 among them', 'npm', [
      'ci',
      '--no-audit',
      '--no-fund',
    ]);
    if (Number.parseInt(process.versions.node, 10) < 24 && !existsSync(ownNode)) {
      throw new StepFailed(
        'npm has no Node 24 for this machine: install Node 24.9 or newer, then run this again.',
      );
    }
  },

  /** Built beside its place and renamed into it, so that nobody ever finds half of it. */
  async nodes({ goVersion }) {
    const { folder } = binariesFor(goVersion);
    const building = `${folder}.${process.pid}`;
    temporary.add(building);
    mkdirSync(building, { recursive: true });
    await goBuild('btcd (about 20 s)', 'github.com/btcsuite/btcd', join(building, 'btcd'));
    await goBuild(
      'lnd (3 to 4 min on two cores)',
      'github.com/lightningnetwork/lnd/cmd/lnd',
      join(building, 'lnd'),
    );
    if (!nodesBuilt(goVersion)) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(building, folder);
    }
    removeTemporary();
    console.error(`  they are in ${folder}`);
  },

  async sources() {
    const fingerprint = sourcesFingerprint();
    await run('tsc: compile the sources', node(), ['node_modules/typescript/bin/tsc', '-b']);
    mkdirSync(dirname(buildStamp), { recursive: true });
    writeFileSync(buildStamp, fingerprint);
  },
};

function goBuild(title, importPath, output) {
  const args = ['build', '-trimpath', '-ldflags', '-s -w', '-tags', buildTags, '-o', output, importPath];
  return run(`go build ${title}`, 'go', args, {
    cwd: nodesModule,
    env: { GOTOOLCHAIN: 'local', CGO_ENABLED: '0' },
  });
}
