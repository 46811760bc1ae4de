// What a daemon needs at run time: the closure of its dependencies, read from the lock, without what only people and compilers read.

/**
 * The lock's folders of everything that these packages depend on, themselves included; optional ones too, where they
 * are installed is for the caller to see.
 * @param {{ packages: Record<string, { link?: boolean, resolved?: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }> }} lock
 * @param {readonly string[]} roots folders of workspaces, as `apps/maker-daemon`
 * @returns {string[]} sorted
 */
export function closure(lock, roots) {
  const found = new Set();
  const todo = [...roots];
  for (let folder = todo.pop(); folder !== undefined; folder = todo.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies, optionalDependencies } = lock.packages[folder] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const at = resolveFrom(lock, folder, name);
      if (at !== undefined) todo.push(at);
    }
  }
  return [...found].sort();
}

/** As Node looks a package up: beside the one that asks, then further out; a link leads to its workspace. */
function resolveFrom(lock, folder, name) {
  for (let at = folder; ; at = outer(at)) {
    const candidate = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    const entry = lock.packages[candidate];
    if (entry) return entry.link ? entry.resolved : candidate;
    if (at === '') return undefined;
  }
}

const outer = (folder) => {
  const end = folder.lastIndexOf('/node_modules/');
  return end < 0 ? '' : folder.slice(0, end);
};

/** Types, sources' maps and documentation: nothing of them is loaded. Licences stay. */
const notLoaded = /\.(d\.[mc]?ts|map|md|markdown|tsbuildinfo)$|\.(test|real\.test)\.js$/i;

export const isLoaded = (path) => !notLoaded.test(path) && !path.includes('/dist/testing/');
