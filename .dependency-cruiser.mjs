// Imports run one way: apps -> daemon -> {jobs, journal, lightning, bitcoin, nostr} -> protocol.

const tests = '(\\.test\\.ts$|/testing/|^tools/stage/src/(e2e|fuzz)/)';
const adapters = '^libs/(jobs|journal|lightning|bitcoin|nostr)/';
/** Real and simulated worlds: for tests, the demo and benchmarks, which live in tools/stage. */
const worlds = '^libs/(regtest|simulator)/';

/** A library that only one layer may touch: what everybody else sees is that layer's port. */
const rawTool = (layer, packages, also = []) => ({
  name: `only-${layer}-knows-${packages[0]}`,
  severity: 'error',
  from: { pathNot: [`^libs/${layer}/`, tests, ...also] },
  to: { path: `(^|/)node_modules/(${packages.join('|')})/` },
});

export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { pathNot: '/gen/' } },
    },
    {
      name: 'protocol-imports-no-other-layer',
      severity: 'error',
      from: { path: '^libs/protocol/' },
      to: { path: '^(libs|apps|tools)/', pathNot: ['^libs/protocol/', worlds] },
    },
    {
      name: 'adapters-import-only-protocol',
      comment: 'jobs, journal, lightning, bitcoin and nostr know the protocol, and nothing of each other.',
      severity: 'error',
      from: { path: adapters },
      to: { path: '^(libs|apps|tools)/', pathNot: ['^libs/$1/', '^libs/protocol/', worlds] },
    },
    {
      name: 'regtest-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/regtest/' },
      to: { path: '^(libs|apps|tools)/', pathNot: '^libs/regtest/' },
    },
    {
      name: 'simulator-needs-no-real-node',
      severity: 'error',
      from: { path: '^libs/simulator/' },
      to: { path: '^libs/regtest/' },
    },
    {
      name: 'no-lib-imports-an-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|tools)/' },
    },
    {
      name: 'apps-share-only-libs',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^(apps|tools)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'worlds-are-for-tests-and-the-stage',
      severity: 'error',
      from: { pathNot: [tests, '^tools/stage/', worlds] },
      to: { path: worlds },
    },
    {
      name: 'packages-by-name',
      comment:
        "Another package is imported by its name, so through its index, not through its folder's files.",
      severity: 'error',
      from: { path: '^((?:libs|apps|tools)/[^/]+)/' },
      to: {
        path: '^(libs|apps|tools)/',
        pathNot: [
          '^$1/',
          '^libs/[^/]+/src/index\\.ts$',
          '^apps/[^/]+/src/daemon\\.ts$',
          // What a package gives the fuzzer, under a name of its own.
          '^(libs|apps)/[^/]+/src/testing/fuzz\\.ts$',
        ],
      },
    },
    {
      name: 'product-imports-no-test',
      severity: 'error',
      from: { pathNot: [tests] },
      to: { path: tests },
    },
    {
      name: 'product-needs-no-dev-package',
      severity: 'error',
      from: { pathNot: [tests] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
    rawTool('lightning', ['lightning'], ['^libs/regtest/', '^tools/stage/']),
    rawTool('journal', ['kysely', 'pg', 'better-sqlite3'], ['^libs/regtest/src/postgres-server\\.ts$']),
    rawTool('jobs', ['bullmq', 'ioredis']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs|apps|tools)/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    // Package names lead to sources there, so that one graph spans all packages.
    tsConfig: { fileName: 'tools/imports.tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
};
