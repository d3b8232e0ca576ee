// What each folder of src/ may import besides itself. A folder or an import that is not listed is an error.
const mayImport = {
  base: [],
  model: ['base'],
  zab: ['base', 'model'],
  state: ['base', 'model'],
  ports: ['base', 'model'],
  service: ['base', 'model'],
  config: ['base', 'model'],
  server: ['base', 'model', 'ports', 'service', 'state', 'zab'],
  // The types of proto/, made by scripts/generate-proto.mjs.
  generated: [],
  wire: ['base', 'model'],
  adapters: ['base', 'model', 'ports', 'wire'],
  frontends: ['base', 'model', 'ports', 'service', 'wire', 'generated'],
  cli: ['base', 'model', 'config'],
  // The composition root puts the pieces together, so it alone may name them all; only main.ts and index.ts name it.
  compose: [
    ...['base', 'model', 'zab', 'state', 'ports', 'service', 'config'],
    ...['server', 'wire', 'adapters', 'frontends'],
  ],
};

// The two ways into the program, each with the folders that it may import.
const entrances = { 'main.ts': ['cli', 'compose'], 'index.ts': ['compose'] };

// What the folders of test/ that others build on may import of test/ besides themselves; the simulator and the bench of the
// conversations run alone, in a copy (scripts/mutants.mjs).
const testsMayImport = {
  sim: ['support/model'],
  support: ['sim'],
  conversations: ['support/model'],
};

// Decides and never does: no Node built-in, no package.
const pure = '^src/(base|model|zab|state|ports|service|server)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(mayImport).map(([folder, allowed]) => ({
      name: `layer-${folder}`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
    })),
    ...Object.entries(entrances).map(([file, allowed]) => ({
      name: `layer-${file}`,
      severity: 'error',
      from: { path: `^src/${file.replace('.', '[.]')}$` },
      to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})/` },
    })),
    {
      name: 'entrances-are-not-imported',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(main|index)[.]ts$' },
    },
    {
      name: 'layer-unknown',
      comment: 'Every folder of src/ has a line in the table above.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(mayImport).join('|')})/` },
      to: {},
    },
    {
      name: 'core-has-no-io',
      severity: 'error',
      from: { path: pure },
      to: {
        dependencyTypes: [
          ...['core', 'npm', 'npm-dev', 'npm-optional'],
          ...['npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'],
        ],
      },
    },
    {
      name: 'frontends-are-strangers',
      severity: 'error',
      from: { path: '^src/frontends/([^/]+)/' },
      to: { path: '^src/frontends/', pathNot: '^src/frontends/$1/' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'src-knows-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    ...Object.entries(testsMayImport).map(([folder, allowed]) => ({
      name: `tests-${folder}`,
      severity: 'error',
      from: { path: `^test/${folder}/`, pathNot: `^test/${folder}/[^/]+[.]test[.]ts$` },
      to: { path: '^test/', pathNot: `^test/(${[folder, ...allowed].join('|')})/` },
    })),
    {
      name: 'tests-are-strangers',
      comment: 'What two folders of tests need stands in test/support.',
      severity: 'error',
      from: { path: '^test/([^/]+)/' },
      to: { path: '^test/', pathNot: '^test/($1|sim|support|bench/rivals)/' },
    },
    {
      name: 'tests-support-model',
      comment: 'The simulator is built on it, and it is copied with the simulator.',
      severity: 'error',
      from: { path: '^test/support/model/' },
      to: { pathNot: '^(src/(base|model)|test/support/model)/' },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
