/** What stands in the way or is to be done, from facts alone: nothing here looks at the machine. */

/** lnd 0.21 can't be built by an older Go. */
const oldestGo = [1, 25, 10];
const oldestNode = 20;

/**
 * @typedef {object} Facts
 * @property {string} nodeVersion        as `process.versions.node` gives it
 * @property {string | undefined} goVersion  `go1.26.8`, undefined where there is no Go
 * @property {boolean} isRoot
 * @property {boolean} hasApt
 * @property {string[]} missingPackages  of redis-server, postgresql and faketime
 * @property {boolean} packagesInstalled node_modules holds what package-lock.json names
 * @property {boolean} nodesBuilt        lnd and btcd are in the cache
 * @property {boolean} sourcesBuilt      dist is up to date with the sources
 * @property {boolean} engineWanted      containers are to be run
 * @property {boolean} enginePresent     a container engine answers, or one of our own can be started
 *
 * @typedef {'packages' | 'system' | 'engine' | 'nodes' | 'sources'} Step
 */

/**
 * The steps that are missing, in the order in which they run, or the one thing that a person has to do first.
 * @param {Facts} facts
 * @returns {{ steps: Step[], blockedBy?: undefined } | { blockedBy: string }}
 */
export function plan(facts) {
  const blockedBy = obstacle(facts);
  if (blockedBy !== undefined) return { blockedBy };
  /** @type {[Step, boolean][]} */
  const missing = [
    ['system', facts.missingPackages.length > 0],
    ['engine', lacksEngine(facts)],
    ['packages', !facts.packagesInstalled],
    ['nodes', !facts.nodesBuilt],
    ['sources', !facts.sourcesBuilt || !facts.packagesInstalled],
  ];
  return { steps: missing.filter(([, isMissing]) => isMissing).map(([step]) => step) };
}

/** @param {Facts} facts */
const lacksEngine = ({ engineWanted, enginePresent }) => engineWanted && !enginePresent;

/** @param {Facts} facts */
function obstacle(facts) {
  const { nodeVersion, goVersion, isRoot, hasApt, missingPackages } = facts;
  if (Number.parseInt(nodeVersion, 10) < oldestNode) {
    return `Node ${nodeVersion} is too old: install Node ${oldestNode} or newer (https://nodejs.org), then run this again.`;
  }
  const wantedGo = oldestGo.join('.');
  if (goVersion === undefined) {
    return `Go is missing, and lnd and btcd are built with it: install Go ${wantedGo} or newer (https://go.dev/dl), put it on PATH, then run this again.`;
  }
  if (isOlder(goVersion, oldestGo)) {
    return `${goVersion} is too old to build lnd: install Go ${wantedGo} or newer (https://go.dev/dl), put it on PATH before the old one, then run this again.`;
  }
  if (lacksEngine(facts) && !(isRoot && hasApt)) {
    return 'No container engine answers, and only root can install and start one here (Debian, Ubuntu): start yours, set DOCKER_HOST to it, then run this again.';
  }
  if (missingPackages.length === 0) return undefined;
  const names = missingPackages.join(' ');
  if (!hasApt)
    return `Missing: ${names}. Install with this system's own package manager, then run this again.`;
  if (!isRoot) return `Missing: ${names}. Run \`sudo apt-get install -y ${names}\`, then run this again.`;
  return undefined;
}

/** @param {string} version `go1.26.8`, `go1.26rc1` or `go1.27` */
function isOlder(version, oldest) {
  const parts = /^go(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (!parts) return true;
  const found = parts.slice(1).map((part) => Number(part ?? 0));
  const different = oldest.findIndex((wanted, index) => wanted !== found[index]);
  return different !== -1 && found[different] < oldest[different];
}

/**
 * Whether node_modules is what the lock names, read from the record that npm keeps of what it installed. A package for
 * another platform may be absent; every other one is there in that very version.
 * @param {{ packages?: Record<string, LockEntry> }} lock       package-lock.json
 * @param {{ packages?: Record<string, LockEntry> }} installed  node_modules/.package-lock.json
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean }} LockEntry
 */
export function isInstalled(lock, installed) {
  return Object.entries(lock.packages ?? {})
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, wanted]) => {
      const found = installed.packages?.[path];
      if (!found) return wanted.optional === true;
      if (wanted.link) return found.link === true && found.resolved === wanted.resolved;
      return found.version === wanted.version && found.integrity === wanted.integrity;
    });
}
