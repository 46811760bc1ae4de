import { isInstalled, plan } from './plan.mjs';

const ready = {
  nodeVersion: '20.20.2',
  goVersion: 'go1.26.8',
  isRoot: true,
  hasApt: true,
  missingPackages: [],
  packagesInstalled: true,
  nodesBuilt: true,
  sourcesBuilt: true,
  engineWanted: false,
  enginePresent: false,
};

describe('what bootstrap does', () => {
  test.each([
    ['everything there', {}, []],
    [
      'a bare machine',
      {
        missingPackages: ['redis-server', 'postgresql'],
        packagesInstalled: false,
        nodesBuilt: false,
        sourcesBuilt: false,
      },
      ['system', 'packages', 'nodes', 'sources'],
    ],
    ['no nodes in the cache', { nodesBuilt: false }, ['nodes']],
    ['a changed source', { sourcesBuilt: false }, ['sources']],
    [
      'a changed lock, whose packages the sources are built against',
      { packagesInstalled: false },
      ['packages', 'sources'],
    ],
    ['no Redis', { missingPackages: ['redis-server'] }, ['system']],
    ['not root, nothing to install', { isRoot: false }, []],
    ['containers wanted, no engine', { engineWanted: true }, ['engine']],
    ['containers wanted, an engine there', { engineWanted: true, enginePresent: true, isRoot: false }, []],
    ['the oldest Go that works', { goVersion: 'go1.25.10' }, []],
    ['a Go without patch number', { goVersion: 'go1.27' }, []],
  ])('%s', (_, difference, steps) => {
    expect(plan({ ...ready, ...difference })).toEqual({ steps });
  });

  test.each([
    ['Node too old', { nodeVersion: '18.19.0' }, /^Node 18\.19\.0 is too old: install Node 20/],
    ['no Go', { goVersion: undefined }, /^Go is missing.*install Go 1\.25\.10 or newer/],
    ['Debian 12 Go', { goVersion: 'go1.19.8' }, /^go1\.19\.8 is too old.*1\.25\.10/],
    ['one patch too old', { goVersion: 'go1.25.9' }, /too old/],
    ['a release candidate of it', { goVersion: 'go1.25rc2' }, /too old/],
    [
      'not root',
      { isRoot: false, missingPackages: ['redis-server', 'postgresql'] },
      /sudo apt-get install -y redis-server postgresql/,
    ],
    [
      'no engine and not root',
      { engineWanted: true, isRoot: false },
      /^No container engine answers.*DOCKER_HOST/,
    ],
    ['no engine and no apt', { engineWanted: true, hasApt: false }, /^No container engine answers/],
    ['no apt', { hasApt: false, missingPackages: ['postgresql'] }, /^Missing: postgresql\. Install with/],
    [
      'two things wrong: the first is named',
      { goVersion: undefined, isRoot: false, missingPackages: ['postgresql'] },
      /^Go is missing/,
    ],
  ])('is refused: %s', (_, difference, sentence) => {
    expect(plan({ ...ready, ...difference }).blockedBy).toMatch(sentence);
  });
});

describe('node_modules against the lock', () => {
  const entry = { version: '1.0.0', integrity: 'sha512-a' };
  const link = { resolved: 'libs/a', link: true };
  test.each([
    ['the same', { 'node_modules/a': entry }, { 'node_modules/a': entry }, true],
    [
      'another version',
      { 'node_modules/a': entry },
      { 'node_modules/a': { ...entry, version: '1.0.1' } },
      false,
    ],
    [
      'other content',
      { 'node_modules/a': entry },
      { 'node_modules/a': { ...entry, integrity: 'sha512-b' } },
      false,
    ],
    ['one missing', { 'node_modules/a': entry }, {}, false],
    ['one of another platform missing', { 'node_modules/a': { ...entry, optional: true } }, {}, true],
    ['a nested one missing', { 'node_modules/a/node_modules/b': entry }, {}, false],
    ['a workspace, linked', { 'libs/a': {}, 'node_modules/@t/a': link }, { 'node_modules/@t/a': link }, true],
    ['a workspace, not linked', { 'libs/a': {}, 'node_modules/@t/a': link }, {}, false],
  ])('%s', (_, lock, installed, expected) => {
    expect(isInstalled({ packages: lock }, { packages: installed })).toBe(expected);
  });

  test('nothing installed', () => {
    expect(isInstalled({ packages: { 'node_modules/a': entry } }, {})).toBe(false);
  });
});
