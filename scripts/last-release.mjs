// The program as it was released last, made of the repository's own history into dist/last-release, for the tests of
// upgrades: `node scripts/last-release.mjs` prints the file to start. No compiler runs and nothing is fetched; the packages
// are those of now. Where the history is not here (a shallow clone, no repository) it says so and ends with 3.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { say } from './console.mjs';

/**
 * What an ensemble is upgraded from, and gone back to. With a release this names that one, `npm run recorded` writes its
 * bytes to test/recorded, and what only the one before needed goes (CONTRIBUTING.md, "A level, a protocol, a format").
 */
export const lastRelease = {
  /** The last revision that speaks protocol 5: before leadership was handed over, and before members were changed. */
  revision: 'd5531e4590060f56f8b70e3e4a5f38dcd2d8d6c8',
  protocol: 5,
  level: 1,
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Where it lies, made. */
export const home = join(root, 'dist', 'last-release', lastRelease.revision.slice(0, 8));
const program = join(home, 'dist', 'program', 'main.js');
const code = ['src', 'test/support/wire'];
const parts = [...code, 'proto', 'openapi', 'clients/console', 'package.json'];
const tools = ['scripts/bundle.mjs', 'scripts/licences.mjs'];

/** By its file as it is written, which is not the one that is started. */
const ownImport = /((?:from|import)\s*\(?["']\.[^"']*)\.ts(["'])/g;

const git = (...args) => spawnSync('git', args, { cwd: root, maxBuffer: 1 << 28 });

/** Why the revision can't be here; undefined where it is, or is missing for no reason. */
function noHistory() {
  const isShallow = git('rev-parse', '--is-shallow-repository');
  if (isShallow.status !== 0) return 'this is no git repository';
  return isShallow.stdout.toString().trim() === 'true' ? 'this is a shallow clone' : undefined;
}

function unpack() {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const archive = git('archive', lastRelease.revision, ...parts, ...tools);
  if (archive.status !== 0) throw new Error(archive.stderr.toString());
  const tar = spawnSync('tar', ['-x', '-C', home], { input: archive.stdout });
  if (tar.status !== 0) throw new Error(tar.stderr.toString());
}

/** Takes the types away, which is all that the compiler did: what it checked it checked then. */
async function strip() {
  const { transform, stop } = await import('esbuild');
  const files = code.flatMap((folder) =>
    readdirSync(join(home, folder), { recursive: true }).map((file) => join(folder, file)),
  );
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(home, file), 'utf8');
    const stripped = await transform(text, { loader: 'ts', target: 'node20' });
    const path = join(home, 'dist', file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, stripped.code.replaceAll(ownImport, '$1.js$2'));
  }
  await stop();
}

async function make() {
  unpack();
  await strip();
  symlinkSync(join(root, 'dist', 'vendor'), join(home, 'dist', 'vendor'));
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  const { bundle } = await import(pathToFileURL(join(home, 'scripts', 'bundle.mjs')).href);
  await bundle();
}

/** Gives the file to start, or says why there is none. */
export async function lastReleaseProgram() {
  if (existsSync(program)) return { program };
  if (git('cat-file', '-e', `${lastRelease.revision}^{commit}`).status !== 0) {
    const why = noHistory();
    if (why !== undefined) return { why };
    throw new Error(`the history has no revision ${lastRelease.revision}, the last release`);
  }
  await make();
  return { program };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { program: made, why } = await lastReleaseProgram();
  say(made ?? `the last release can't be made: ${why}`);
  if (made === undefined) process.exitCode = 3;
}
