import tseslint from 'typescript-eslint';

const tests = ['**/*.test.ts', '**/testing/**/*.ts'];

/** House rules on top of typescript-eslint's strictest set. */
const houseRules = {
  eqeqeq: 'error',
  'no-empty': 'error',
  'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
  'no-unsafe-finally': 'error',
  'no-useless-catch': 'error',
  'no-async-promise-executor': 'error',
  'no-promise-executor-return': 'error',
  'no-fallthrough': 'error',
  'no-self-compare': 'error',
  'no-control-regex': 'error',
  'max-lines': ['error', { max: 500 }],
  '@typescript-eslint/no-empty-function': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // Heights and amounts are read by people in templates; everything else must say how it becomes text.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  'no-restricted-syntax': [
    'error',
    {
      selector: "TSAsExpression > TSAsExpression[typeAnnotation.type='TSUnknownKeyword']",
      message: 'A cast through unknown hides a wrong type: parse it, or mend the type.',
    },
  ],
};

/** What would make a transition depend on anything but its state and its fact. */
const impure = [
  { object: 'Date', property: 'now' },
  { object: 'Math', property: 'random' },
  { object: 'crypto', property: 'getRandomValues' },
  { object: 'process', property: 'env' },
].map((rule) => ({ ...rule, message: 'The protocol is pure: this comes to it as a fact.' }));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/gen/**', '**/node_modules/**'] },
  // A rule that is wrong here is changed here, where everybody sees it.
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: houseRules,
  },
  {
    files: ['libs/protocol/src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-properties': ['error', ...impure],
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval', 'setImmediate'],
    },
  },
  {
    // What is printed goes through the log, which knows what must stay secret.
    files: ['libs/*/src/**/*.ts', 'apps/*-daemon/src/**/*.ts', 'apps/escrow-agent/src/**/*.ts'],
    ignores: tests,
    rules: { 'no-console': 'error' },
  },
  {
    // Whoever replaces the curve can forge any signature.
    files: ['**/*.ts'],
    ignores: ['libs/simulator/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@tercet/protocol',
              importNames: ['replaceCurve'],
              message: 'Signatures are faked in the simulator alone.',
            },
          ],
        },
      ],
    },
  },
  {
    files: tests,
    // `expect(port.method)` names a mock, it doesn't call it.
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.strict] },
);
