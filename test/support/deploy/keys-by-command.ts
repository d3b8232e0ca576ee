import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { program } from '../program.ts';

/** Runs a shell's command line in which `quoll` is the one that is tested. */
export function runQuollCommand(command: string, folder: string): void {
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', `quoll() { "$NODE" "$QUOLL" "$@"; }; ${command}`],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, QUOLL: program },
    },
  );
  assert.equal(status, 0, stdout + stderr);
}
