import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const deterministic = 'src/{base,model,zab,state,ports,service,server}/**/*.ts';
const synchronous = 'src/{base,model,zab,state}/**/*.ts';

const clock = 'Time comes from the Clock port.';
const locale = 'Locales differ between machines: compare and print by code point.';
const sync = 'The core is synchronous: return what must be done, do not await it.';

const nondeterministic = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
  { selector: "CallExpression[callee.name='Date']", message: clock },
  {
    selector: 'CallExpression[callee.property.name=/^(localeCompare|toLocale.*)$/]',
    message: locale,
  },
];
const asynchronous = [
  { selector: ':function[async=true]', message: sync },
  { selector: 'AwaitExpression', message: sync },
  { selector: 'ForOfStatement[await=true]', message: sync },
  { selector: "Identifier[name='Promise']", message: sync },
];
/** One way to write each thing, everywhere. */
const hands = [
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression',
    message: 'Write the properties plainly.',
  },
  {
    selector: "BinaryExpression[operator='in'][left.value='kind']",
    message: 'Whether it is a refusal, isRefusal tells (src/model/error-code.ts).',
  },
];
const impureGlobals = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['clearTimeout', 'clearInterval', 'clearImmediate'],
  ...['process', 'performance', 'crypto', 'fetch', 'Buffer', 'Intl', 'globalThis'],
];

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'data/', 'src/generated/', 'clients/typescript/schema.ts'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-console': 'error',
      curly: ['error', 'multi-line'],
      eqeqeq: 'error',
      // Another list for the same file replaces this one: each below begins with it.
      'no-restricted-syntax': ['error', ...hands],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config reads the environment.' },
      ],
    },
  },
  {
    files: [deterministic],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: clock },
        { object: 'Math', property: 'random', message: 'Randomness comes from the Random port.' },
      ],
      'no-restricted-syntax': ['error', ...hands, ...nondeterministic],
    },
  },
  {
    files: [synchronous],
    rules: { 'no-restricted-syntax': ['error', ...hands, ...nondeterministic, ...asynchronous] },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    // Run by bare Node, outside the compiled program.
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-console': 'off' },
  },
);
