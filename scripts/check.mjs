// `npm run check`: every check, none stopping the others. `--setup` (npm test) installs dependencies first, and leaves out
// what `--style` (npm run lint) runs alone: linter and formatter cost two minutes of one core, and find no fault that a user
// could meet before CI does.
// Ends with the plain line `N passed, N failed`: the tests, and each other check as one.
import { join } from 'node:path';
import { elapsed, run, say } from './console.mjs';
import { runMocha } from './mocha.mjs';
import { compile, orExplain, root, setUpDependencies } from './setup.mjs';

const tool = (path, ...args) => run(process.execPath, [join(root, path), ...args]);
const modules = 'node_modules';

let compiled;
const types = () => (compiled ??= compile());

const testFiles = (...folders) => folders.map((folder) => `dist/test/${folder}/**/*.test.js`);
/** Whose tests run peers as processes; those that take longest first, so that none is left over at the end. */
const withPeers = testFiles('integration', 'scenarios', 'contract', 'fuzz');
const simulated = testFiles('sim');
const ignored = (files) => files.flatMap((file) => ['--ignore', file]);

const style = [
  { name: 'lint', work: () => tool(`${modules}/eslint/bin/eslint.js`, '.', '--max-warnings', '0') },
  { name: 'format', work: () => tool(`${modules}/prettier/bin/prettier.cjs`, '--check', '.') },
];
const checks = [
  { name: 'types', work: types },
  { name: 'layers', work: () => tool('scripts/layers.mjs') },
  { name: 'generated', work: () => tool('scripts/generate-client.mjs', '--check') },
  { name: 'dead code', work: () => tool('scripts/dead-code.mjs') },
  // These wait for the compiler.
  { name: 'limits', work: () => types().then(() => tool('dist/scripts/limits.js', '--check')) },
  {
    name: 'settings',
    work: () => types().then(() => tool('dist/scripts/configuration.js', '--check')),
  },
  { name: 'breaking', work: () => types().then(() => tool('dist/scripts/breaking.js')) },
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

async function runTests(name, args) {
  const startedAtMs = Date.now();
  const counts = await runMocha(args);
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  const pending = counts.pending > 0 ? `, ${String(counts.pending)} skipped` : '';
  const more = `  ${String(counts.passed)} passed, ${String(counts.failed)} failed${pending}`;
  report(name, counts.failed === 0, startedAtMs, more);
}

async function simulations() {
  await types();
  await runTests('simulator', simulated);
}

async function testsWithoutPeers() {
  await types();
  const others = ignored([...withPeers, ...simulated, ...testFiles('peers', 'hostile', 'long')]);
  await runTests('tests', ['dist/test/**/*.test.js', ...others]);
}

const works = (list) => list.map((check) => () => runCheck(check));

/** What runs in one process fills one core, as the linter does: side by side, both cores are busy until the end. */
async function sideBySide(queue) {
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  };
  await Promise.all([worker(), worker()]);
}

process.chdir(root);
const isTest = process.argv.includes('--setup');
const isStyle = process.argv.includes('--style');
if (isTest || isStyle) await orExplain(setUpDependencies);

const startedAtMs = Date.now();
if (isStyle) await sideBySide(works(style));
else {
  // The compiler first, on which all tests wait; the others meanwhile.
  await sideBySide([
    ...works(checks),
    simulations,
    testsWithoutPeers,
    ...works(isTest ? [] : style),
  ]);
  // Alone on the machine: peers mind a busy processor more than a linter does. They wait much for each other, so that
  // several files at a time fill the time of two cores.
  await runTests('with peers', [...withPeers, '--parallel', '--jobs', '3']);
}

say(`all checks in ${elapsed(startedAtMs)}`);
say(`${String(totals.passed)} passed, ${String(totals.failed)} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
