import { closure, isLoaded } from './production.mjs';

describe('what goes into an image', () => {
  const packages = {
    'apps/maker': { dependencies: { '@t/daemon': '*' }, devDependencies: { jest: '1' } },
    'node_modules/@t/daemon': { link: true, resolved: 'libs/daemon' },
    'libs/daemon': { dependencies: { a: '1', b: '1' } },
    'libs/daemon/node_modules/b': { version: '2' },
    'node_modules/a': { dependencies: { c: '1' }, optionalDependencies: { gone: '1' } },
    'node_modules/a/node_modules/c': { dependencies: { b: '1' } },
    'node_modules/b': { version: '1' },
    'node_modules/c': { version: '1' },
    'node_modules/jest': { version: '1' },
  };

  test('the dependencies, each in the version that Node would find', () => {
    expect(closure({ packages }, ['apps/maker'])).toEqual([
      'apps/maker',
      'libs/daemon',
      'libs/daemon/node_modules/b',
      'node_modules/a',
      'node_modules/a/node_modules/c',
      'node_modules/b',
    ]);
  });

  test.each([
    ['dist/index.js', true],
    ['LICENSE', true],
    ['build/Release/better_sqlite3.node', true],
    ['grpc/protos/rpc.proto', true],
    ['dist/index.d.ts', false],
    ['dist/index.js.map', false],
    ['README.md', false],
    ['dist/grpc/server.test.js', false],
    ['libs/journal/dist/testing/postgres.js', false],
  ])('%s', (path, expected) => {
    expect(isLoaded(path)).toBe(expected);
  });
});
