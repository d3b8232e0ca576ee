// Makes a clone ready to run: dependencies, then the build. Does nothing, quickly, when nothing is to be done.
// `npm start` and `npm test` call this first, so it uses nothing but Node.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundled } from './bundle.mjs';
import { run, say, withProgress } from './console.mjs';
import { holdingLock } from './lock.mjs';
import { vendor, vendored } from './vendor.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

const installedLock = at('node_modules', '.package-lock.json');
const sqliteBinding = at('node_modules/better-sqlite3/build/Release/better_sqlite3.node');
const abiStamp = at('node_modules', '.node-abi');
const buildStamp = at('dist', '.built');
const hooks = 'scripts/hooks';

/** A step that cannot go on, said in words that a newcomer can act on. */
export class SetupFailed extends Error {}

/** Node 20.19 or 22.12 and above: what the `engines` field says. */
function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return;
  throw new SetupFailed(
    `Quoll needs Node 20.19 or later in the 20 series, or 22.12 or later; this is ${process.versions.node}.\n` +
      'Install one from https://nodejs.org and run the same command again.',
  );
}

const isThere = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

function missingBuildTools() {
  const missing = ['make', 'python3'].filter((program) => !isThere(program));
  if (!['c++', 'g++', 'clang++'].some(isThere)) missing.unshift('a C++ compiler');
  return missing;
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Why `npm ci` must run, or undefined. Contents are compared and not file times: a checkout touches the lock file without
 * changing it. Optional packages may be absent (they are for other systems).
 */
function installReason() {
  if (!existsSync(installedLock)) return 'no dependencies yet';
  const wanted = readJson(at('package-lock.json')).packages;
  const installed = readJson(installedLock).packages;
  for (const [path, { version, optional = false }] of Object.entries(wanted)) {
    if (path === '') continue;
    if (path in installed ? installed[path].version !== version : !optional) {
      return `${path.replace(/^.*node_modules\//, '')} is not at ${version}`;
    }
  }
  if (!existsSync(sqliteBinding)) return 'the SQLite binding is missing';
  const abi = existsSync(abiStamp) ? readFileSync(abiStamp, 'utf8') : process.versions.modules;
  return abi === process.versions.modules ? undefined : 'they were built for another Node';
}

async function install(reason) {
  if (existsSync(at('node_modules')) && lstatSync(at('node_modules')).isSymbolicLink()) {
    throw new SetupFailed(
      `Dependencies are out of date (${reason}), and node_modules is a link.\n` +
        'Run npm ci where it points to.',
    );
  }
  const missing = missingBuildTools();
  if (missing.length > 0) {
    say(`Note: ${missing.join(', ')} not found; needed unless a ready-made SQLite binding fits.`);
  }
  const { code, output } = await withProgress(
    `Installing dependencies (${reason}); the SQLite binding compiles for a minute or two`,
    () => run('npm', ['ci', '--strict-allow-scripts', '--no-audit', '--no-fund']),
  );
  if (code !== 0) {
    throw new SetupFailed(
      `${output.trimEnd()}\n\nnpm ci failed (see above).` +
        (missing.length > 0
          ? `\nMissing here: ${missing.join(', ')}. On Debian or Ubuntu:\n` +
            '  sudo apt-get install -y build-essential python3'
          : ''),
    );
  }
  writeFileSync(abiStamp, process.versions.modules);
}

/** Every file below `folder`, as paths from the root. */
export function filesBelow(folder) {
  if (!existsSync(at(folder))) return [];
  return readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** With `clients/typescript`, what tsconfig.json includes. */
const compiledFolders = ['src', 'test', 'scripts'];

const outputOf = (source) => `dist/${source.replace(/\.ts$/, '.js')}`;

/** The compiler forgets nothing it once wrote: a test whose source is gone would run for ever. */
function removeStaleOutputs(sources) {
  const wanted = new Set(sources.map(outputOf));
  for (const folder of compiledFolders.map((each) => `dist/${each}`)) {
    for (const output of filesBelow(folder)) {
      const script = output.replace(/(\.js\.map|\.d\.ts)$/, '.js');
      if (script.endsWith('.js') && !wanted.has(script)) rmSync(at(output), { force: true });
    }
  }
}

/** Whether the build is older than a source, or lacks an output. Mends what the compiler would not notice. */
function needsBuild() {
  const sources = compiledFolders.flatMap(filesBelow).filter((file) => file.endsWith('.ts'));
  removeStaleOutputs(sources);
  if (!sources.every((source) => existsSync(at(outputOf(source))))) {
    // Its incremental memory says what it wrote, not what is still there.
    rmSync(at('dist/.tsbuildinfo'), { force: true });
    return true;
  }
  if (![buildStamp, ...[...vendored, ...bundled].map((file) => at(file))].every(existsSync)) {
    return true;
  }
  const builtAtMs = statSync(buildStamp).mtimeMs;
  // Of scripts/ all files: some .mjs are compiled along, for those that import them. An installation may change what is
  // vendored.
  return [...sources, ...filesBelow('scripts'), 'tsconfig.json']
    .map((file) => at(file))
    .concat(installedLock)
    .some((file) => statSync(file).mtimeMs >= builtAtMs);
}

/** Compiles, vendors and bundles; the stamp has the time of the start, so that a source saved meanwhile is newer. */
export async function compile() {
  needsBuild();
  const startedAt = new Date();
  await vendor();
  const result = await run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', root]);
  if (result.code === 0) {
    await bundle();
    writeFileSync(buildStamp, '');
    utimesSync(buildStamp, startedAt, startedAt);
  }
  return result;
}

/** Dependencies alone: what the checks need before they can run. */
export async function setUpDependencies() {
  process.chdir(root);
  checkNodeVersion();
  if (installReason() === undefined) return;
  await holdingLock(at('.setup.lock'), async () => {
    const reason = installReason();
    if (reason !== undefined) await install(reason);
  });
}

export async function setUp() {
  await setUpDependencies();
  if (!needsBuild()) return;
  await holdingLock(at('.setup.lock'), async () => {
    if (!needsBuild()) return;
    const { code, output } = await withProgress('Building', compile);
    if (code !== 0) throw new SetupFailed(`${output.trimEnd()}\n\nThe build failed (see above).`);
  });
}

/** One line for those who have not switched the check of commit messages on; it is theirs to decide. */
function offerHooks() {
  if (process.env.CI || !existsSync(at('.git'))) return;
  const { stdout } = spawnSync('git', ['config', 'core.hooksPath'], { encoding: 'utf8' });
  if (stdout?.trim() === hooks) return;
  say(`To have commit messages checked as you write them: git config core.hooksPath ${hooks}`);
}

/** Runs `work`; a set-up that failed ends the process with its words and without a stack. */
export async function orExplain(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SetupFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await orExplain(setUp);
  // Other scripts of package.json begin with a set-up too.
  if (process.env.npm_lifecycle_event === 'setup') offerHooks();
}
