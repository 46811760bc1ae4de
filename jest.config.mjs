const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^@tercet/cli/fuzz$': '<rootDir>/apps/cli/src/testing/fuzz.ts',
    '^@tercet/([a-z]+)/fuzz$': '<rootDir>/libs/$1/src/testing/fuzz.ts',
    '^@tercet/([a-z]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/'],
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/src/**/*.test.ts', '**/tools/{bootstrap,images}/*.test.mjs'],
      testPathIgnorePatterns: ['/node_modules/', '\\.(real|e2e)\\.test\\.ts$'],
    },
    {
      ...shared,
      displayName: 'real',
      testMatch: ['**/src/**/*.real.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/jest.real.mjs'],
    },
    // The same tests on processes and in containers: E2E_BACKEND says on which.
    { ...shared, displayName: 'e2e', testMatch: ['**/src/**/*.e2e.test.ts'] },
  ],
};
