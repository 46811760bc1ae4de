import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { repositoryRoot } from '../bootstrap/cache.mjs';
import { Stop } from './docker.mjs';
import { daemons } from './names.mjs';
import { closure, isLoaded } from './production.mjs';
import { Tree } from './tree.mjs';

/** Only for compilers. */
const isTypes = (folder) => folder.includes('node_modules/@types/');

/**
 * What all daemons share: packages, libraries and the command line, laid out as in the repository, so that Node finds
 * everything as it does there. Sources must be compiled.
 */
export function sharedTree() {
  const tree = new Tree();
  const lock = readJson('package-lock.json');
  const apps = daemons.map(({ app }) => `apps/${app}`);
  for (const path of closure(lock, [...apps, 'apps/cli'])) {
    // An optional package for another platform isn't installed.
    if (apps.includes(path) || isTypes(path) || !existsSync(join(repositoryRoot, path))) continue;
    if (path.includes('node_modules/')) addPackage(tree, path);
    else addWorkspace(tree, path);
  }
  for (const file of ['health.mjs', 'tercet']) tree.file(join(repositoryRoot, 'docker', file), file);
  const { name, version } = readJson('package.json');
  tree.text('package.json', JSON.stringify({ name, version, private: true, type: 'module' }));
  return tree;
}

/** What is one daemon's own. */
export function daemonTree(app) {
  const tree = new Tree();
  addWorkspace(tree, `apps/${app}`, 'app');
  // One name for all, so that their images start in the same words.
  tree.link(`apps/${app}`, 'app/daemon');
  return tree;
}

/** A package without the packages inside it: those of them that are needed are in the closure by themselves. */
function addPackage(tree, path) {
  for (const file of filesUnder(join(repositoryRoot, path), true)) {
    const inside = relative(join(repositoryRoot, path), file);
    if (isLoaded(file) && !isForeign(path, inside)) tree.file(file, join(path, inside));
  }
}

/** better-sqlite3 ships the C sources of SQLite, and what it compiled of them for every platform. */
function isForeign(path, file) {
  if (path !== 'node_modules/better-sqlite3') return false;
  if (/^(deps|src)\//.test(file)) return true;
  return file.startsWith('prebuilds/') && !file.includes(`${process.platform}-${process.arch}`);
}

function addWorkspace(tree, path, folder = '') {
  const dist = join(repositoryRoot, path, 'dist');
  if (!existsSync(dist)) throw new Stop(`${path} is not compiled: npm run bootstrap`);
  for (const file of filesUnder(dist)) {
    if (isLoaded(file)) tree.file(file, join(folder, path, 'dist', relative(dist, file)));
  }
  const { name, version, type, exports } = readJson(join(path, 'package.json'));
  tree.text(join(folder, path, 'package.json'), JSON.stringify({ name, version, type, exports }));
  if (!path.startsWith('libs/')) return;
  const link = join('node_modules', name);
  tree.link(relative(dirname(link), path), link);
}

function filesUnder(folder, skipPackages = false) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipPackages && entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path, skipPackages);
    return entry.isFile() ? [path] : [];
  });
}

function readJson(path) {
  return JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8'));
}
