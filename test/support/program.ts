import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../', import.meta.url));

function newestMs(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files.reduce(
    (newest, file) =>
      file.name.endsWith('.js')
        ? Math.max(newest, statSync(join(file.parentPath, file.name)).mtimeMs)
        : newest,
    0,
  );
}

/** The modules as the compiler wrote them: what a profile tells of them names their files. */
export const modules = join(dist, 'src', 'main.js');

function freshest(): string {
  const bundled = join(dist, 'program', 'main.js');
  const isFresh = existsSync(bundled) && statSync(bundled).mtimeMs >= newestMs(join(dist, 'src'));
  return isFresh ? bundled : modules;
}

/**
 * The file that is `quoll`: the bundle that users start, which a peer starts from in two thirds of the time; or, where the
 * compiler alone has run since it was made, the modules themselves.
 */
export const program = freshest();
