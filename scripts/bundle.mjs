// The program in a few files, dist/program: to find and read its thousand modules one by one is a third of what a peer's
// start takes, and most of what a command's does.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licencesOf } from './licences.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, 'dist', 'program');

/** The files that `bundle` writes and others ask for, as paths from the root. */
export const bundled = ['dist/program/main.js', 'dist/program/LICENSES'];

/** Modules find their files (definitions, pages, threads) from where they lie themselves, which is not where the bundle does. */
const ownPlaces = {
  name: 'own places',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/(src|vendor)\/.*\.js$/ }, ({ path }) => {
      const place = JSON.stringify(relative(program, path));
      const folder = JSON.stringify(`/${relative(program, dirname(path))}`);
      const contents = readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`)
        .replaceAll('import.meta.dirname', `(import.meta.dirname + ${folder})`);
      return { contents, loader: 'js' };
    });
  },
};

/** Makes dist/program of dist/src, with all packages but SQLite's binding, and their licences. */
export async function bundle() {
  // Not there before the dependencies are.
  const { build, stop } = await import('esbuild');
  rmSync(program, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['dist/src/main.js'],
    outdir: program,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['better-sqlite3'],
    sourcemap: true,
    sourcesContent: false,
    banner: {
      // Under a name that no module of the bundle has.
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
    plugins: [ownPlaces],
    metafile: true,
    logLevel: 'warning',
  });
  await stop();
  writeFileSync(join(program, 'LICENSES'), licencesOf(Object.keys(metafile.inputs)));
}
