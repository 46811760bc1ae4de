import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { binariesFor, installedGo, repositoryRoot } from './cache.mjs';
import { engineAnswers, engineInstalled } from './engine.mjs';
import { isInstalled } from './plan.mjs';

/** Looks at the machine and the checkout; changes nothing. */
export function gatherFacts({ engineWanted = false } = {}) {
  const goVersion = installedGo();
  return {
    nodeVersion: process.versions.node,
    goVersion,
    isRoot: process.getuid?.() === 0,
    hasApt: onPath('apt-get'),
    missingPackages: [
      ...(onPath('redis-server') ? [] : ['redis-server']),
      ...(hasPostgres() ? [] : ['postgresql']),
      ...(hasFaketime() ? [] : ['faketime']),
    ],
    packagesInstalled: packagesInstalled(),
    nodesBuilt: goVersion !== undefined && nodesBuilt(goVersion),
    sourcesBuilt: sourcesBuilt(),
    engineWanted,
    enginePresent: engineWanted && (engineAnswers() || engineInstalled()),
  };
}

/** Debian keeps the server's programs out of PATH, one folder per version. */
export function hasPostgres() {
  const debian = '/usr/lib/postgresql';
  const folders = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, 'bin'))
    : [];
  return ['initdb', 'postgres'].every(
    (program) => onPath(program) || folders.some((folder) => isExecutable(join(folder, program))),
  );
}

/** The library under which tests set a daemon's clock; Debian keeps it in a folder of the machine's architecture. */
function hasFaketime() {
  const libraries = '/usr/lib';
  const folders = existsSync(libraries) ? readdirSync(libraries) : [];
  return folders.some((name) => existsSync(join(libraries, name, 'faketime/libfaketime.so.1')));
}

export function nodesBuilt(goVersion) {
  const { lnd, btcd } = binariesFor(goVersion);
  return isExecutable(lnd) && isExecutable(btcd);
}

function packagesInstalled() {
  const record = join(repositoryRoot, 'node_modules/.package-lock.json');
  return (
    existsSync(record) && isInstalled(readJson(join(repositoryRoot, 'package-lock.json')), readJson(record))
  );
}

const buildStamp = join(repositoryRoot, 'node_modules/.cache/tercet/built');

export { buildStamp };

/** Changes whenever a file that tsc reads is added, removed or written. */
export function sourcesFingerprint() {
  const hash = createHash('sha256');
  const roots = ['libs', 'apps', 'tools/stage'].map((folder) => join(repositoryRoot, folder));
  const files = [
    ...roots.flatMap(sourcesUnder),
    ...readdirSync(repositoryRoot)
      .filter((name) => /^tsconfig.*\.json$/.test(name))
      .map((name) => join(repositoryRoot, name)),
  ];
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function sourcesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesUnder(path);
      return /\.(m?tsx?|json)$/.test(entry.name) ? [path] : [];
    });
}

function sourcesBuilt() {
  if (!existsSync(buildStamp) || readFileSync(buildStamp, 'utf8') !== sourcesFingerprint()) return false;
  const { references } = readJson(join(repositoryRoot, 'tsconfig.json'));
  const built = ({ path }) => existsSync(join(repositoryRoot, path, 'dist/.tsbuildinfo'));
  return references.filter(({ path }) => existsSync(join(repositoryRoot, path, 'src'))).every(built);
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
