import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/** The program of the last release; undefined where the history that it is made of is not here, which is said. */
export function lastRelease(): string | undefined {
  const made = spawnSync(process.execPath, ['scripts/last-release.mjs'], { encoding: 'utf8' });
  if (made.status === 3) {
    process.stdout.write(`      not run: ${made.stdout.trim()}\n`);
    return undefined;
  }
  assert.equal(made.status, 0, made.stderr);
  return made.stdout.trim();
}
