// `npm run check`: every check, none stopping the others; `--setup` (npm test) installs dependencies first.
// Ends with the plain line `N passed, N failed`: the tests, and each other check as one.
import { join } from 'node:path';
import { elapsed, run, say } from './console.mjs';
import { runMocha } from './mocha.mjs';
import { compile, orExplain, root, setUpDependencies } from './setup.mjs';

const tool = (path, ...args) => run(process.execPath, [join(root, path), ...args]);
const modules = 'node_modules';

let compiled;
const types = () => (compiled ??= compile());

/** The longest first: two run at a time, and end together. */
const checks = [
  { name: 'lint', work: () => tool(`${modules}/eslint/bin/eslint.js`, '.', '--max-warnings', '0') },
  { name: 'types', work: types },
  { name: 'format', work: () => tool(`${modules}/prettier/bin/prettier.cjs`, '--check', '.') },
  { name: 'layers', work: () => tool('scripts/layers.mjs') },
  { name: 'generated', work: () => tool('scripts/generate-client.mjs', '--check') },
  { name: 'breaking', work: () => types().then(() => tool('dist/scripts/breaking.js')) },
  { name: 'dead code', work: () => tool('scripts/dead-code.mjs') },
];

const totals = { passed: 0, failed: 0 };

function report(name, ok, startedAtMs, more = '') {
  say(`${name.padEnd(10)} ${ok ? 'ok    ' : 'FAILED'} ${elapsed(startedAtMs).padStart(8)}${more}`);
}

async function runCheck({ name, work }) {
  const startedAtMs = Date.now();
  const { code, output } = await work();
  if (code === 0) totals.passed++;
  else {
    totals.failed++;
    say(output.trimEnd());
  }
  report(name, code === 0, startedAtMs);
}

async function runTests() {
  const startedAtMs = Date.now();
  const counts = await runMocha([
    'dist/test/**/*.test.js',
    ...['--ignore', 'dist/test/peers/**'],
    // Many tests wait for processes of their own: two files at a time fill the time of each other.
    ...['--parallel', '--jobs', '2'],
  ]);
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  const pending = counts.pending > 0 ? `, ${String(counts.pending)} skipped` : '';
  const more = `  ${String(counts.passed)} passed, ${String(counts.failed)} failed${pending}`;
  report('tests', counts.failed === 0, startedAtMs, more);
}

process.chdir(root);
if (process.argv.includes('--setup')) await orExplain(setUpDependencies);

const startedAtMs = Date.now();
const queue = [...checks];
const worker = async () => {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) await runCheck(check);
};
await Promise.all([worker(), worker()]);
// Alone on the machine: the tests run ensembles, which mind a busy processor more than a linter does.
await runTests();

say(`all checks in ${elapsed(startedAtMs)}`);
say(`${String(totals.passed)} passed, ${String(totals.failed)} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
