// `npm run test:nodes`: the core's tests (units, properties, conversations, the store, some seeds of the simulator), and long
// lines of pipelined requests and clients that end their side, which hang on Node's own ways, under the other versions of Node
// that are supported. Their builds are on npm. SQLite's binding is compiled for each, so each runs in a copy of its own below
// a temporary directory, which is removed; side by side, since each fills one core.
// `npm run test:nodes -- 24` runs one. With `--core` only what needs no SQLite, which takes a fraction of the time: CI's share.
// Ends with the plain line `N passed, N failed`.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { elapsed, run, say } from './console.mjs';
import { orExplain, root, setUp } from './setup.mjs';

/** Exact, so that a run of today can be had tomorrow. `npm test` has Node 20, or whichever this is. */
const versions = { 20: '20.19.5', 22: '22.23.3', 24: '24.21.0' };

const folders = ['unit', 'property', 'conversations', 'contract/store'];
/** Of the doors, what stands on parts of Node that have no contract. */
const files = ['contract/rest/pipelines', 'contract/rest/client-ends'];
/** What runs without SQLite's binding, and so in the clone itself. */
const coreFolders = [
  'conversations',
  ...['base', 'model', 'server', 'service', 'sockets', 'state', 'wire', 'zab'].map(
    (name) => `unit/${name}`,
  ),
];
const seeds = [
  ['core', '163'],
  ['core', '164'],
  ['peer', '7'],
  ['peer', '8'],
];

const isCore = process.argv.includes('--core');
const asked = process.argv.slice(2).filter((word) => word !== '--core');

/** What a copy has of its own: compiled modules find their packages from where they lie. */
const copied = ['dist', 'package.json', '.mocharc.json'];
const linked = ['clients', 'docs', 'examples', 'openapi', 'proto', 'scripts', 'src', 'test'];
const binding = 'better-sqlite3';

/** Installs that build of Node, and gives the folder that has its bin and its headers. */
async function installNode(version, folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  await must('npm', ['install', '--prefix', folder, ...quiet, `node@${version}`]);
  const headers = readdirSync(folder, { recursive: true }).find((file) =>
    file.endsWith(join('include', 'node', 'node.h')),
  );
  if (headers === undefined) throw new Error(`node@${version} brought no headers`);
  return dirname(dirname(dirname(join(folder, headers))));
}

async function must(program, args, env = {}) {
  const { code, output } = await run(program, args, { env });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${output}`);
}

/** A copy of what is built, with the packages of the clone but SQLite's, which is compiled for this Node. */
async function makeCopy(folder, node) {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true });
  for (const path of linked) symlinkSync(join(root, path), join(folder, path));
  const own = realpathSync(join(root, 'node_modules'));
  for (const name of readdirSync(own)) {
    if (name !== binding) symlinkSync(join(own, name), join(modules, name));
  }
  cpSync(join(own, binding), join(modules, binding), { recursive: true });
  rmSync(join(modules, binding, 'build'), { recursive: true, force: true });
  const gyp = join(npmFolder(), 'node_modules/node-gyp/bin/node-gyp.js');
  await must(
    join(node, 'bin/node'),
    [gyp, 'rebuild', '--release', `--nodedir=${node}`, '-C', join(modules, binding)],
    // Whoever runs this by npm may have set it to the headers of another Node.
    { ...pathOf(node), npm_config_nodedir: node, npm_package_config_node_gyp_nodedir: node },
  );
}

/** npm brings node-gyp along. */
function npmFolder() {
  const roots = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  const folder = join(roots, 'npm');
  if (!existsSync(folder)) throw new Error(`npm is not in ${roots}`);
  return folder;
}

const pathOf = (node) => ({ PATH: `${join(node, 'bin')}${delimiter}${process.env.PATH}` });

async function testUnder(major) {
  const startedAtMs = Date.now();
  const folder = mkdtempSync(join(tmpdir(), `quoll-node-${major}-`));
  const counts = { passed: 0, failed: 0 };
  try {
    const node = await installNode(versions[major], join(folder, 'node'));
    const place = isCore ? root : join(folder, 'copy');
    if (!isCore) await makeCopy(place, node);
    const readyIn = elapsed(startedAtMs);
    await runTests({ place, node, countsFile: join(folder, 'counts.json') }, counts);
    await runSeeds({ place, node }, counts);
    say(
      `Node ${versions[major]}: ${String(counts.passed)} passed, ${String(counts.failed)} failed, ` +
        `in ${elapsed(startedAtMs)} (ready in ${readyIn})`,
    );
  } catch (error) {
    say(`Node ${versions[major]}: ${error instanceof Error ? error.message : String(error)}`);
    counts.failed++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return counts;
}

async function runTests({ place, node, countsFile: file }, counts) {
  const script = join(place, 'node_modules/mocha/bin/mocha.js');
  const tests = (isCore ? coreFolders : folders).map(
    (folder) => `dist/test/${folder}/**/*.test.js`,
  );
  if (!isCore) tests.push(...files.map((file) => `dist/test/${file}.test.js`));
  const reporter = join(root, 'scripts/mocha-reporter.cjs');
  const { code, output } = await run(
    'sh',
    ['-c', 'cd "$0" && exec "$@"', place, 'node', script, '--reporter', reporter, ...tests],
    { env: { ...pathOf(node), MOCHA_COUNTS_FILE: file } },
  );
  const { passed, failed } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0 };
  if (code !== 0) say(output.trimEnd());
  counts.passed += passed;
  counts.failed += code !== 0 && failed === 0 ? 1 : failed;
}

async function runSeeds({ place, node }, counts) {
  const script = join(place, 'dist/test/sim/run.js');
  for (const [ring, seed] of isCore ? seeds.filter(([ring]) => ring === 'core') : seeds) {
    const { code, output } = await run(
      join(node, 'bin/node'),
      [script, '--ring', ring, '--seed', seed],
      { timeoutMs: 120_000 },
    );
    if (code === 0) counts.passed++;
    else {
      counts.failed++;
      say(output.trimEnd());
    }
  }
}

await orExplain(setUp);
const unknown = asked.filter((major) => !(major in versions));
if (unknown.length > 0) {
  say(`There are Node ${Object.keys(versions).join(', ')}, and no ${unknown.join(', ')}.`);
  process.exit(2);
}
const own = process.versions.node.split('.')[0];
const majors = asked.length > 0 ? asked : Object.keys(versions).filter((major) => major !== own);
const all = await Promise.all(majors.map(testUnder));
const sum = (name) => all.reduce((total, counts) => total + counts[name], 0);
say(`${String(sum('passed'))} passed, ${String(sum('failed'))} failed`);
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
