// Runs compiled tests and counts them.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './console.mjs';
import { root } from './setup.mjs';

/** Resolves with the counts; a run that died before its end counts as one failure more. */
export async function runMocha(args, timeoutMs = 600_000) {
  const folder = mkdtempSync(join(tmpdir(), 'quoll-counts-'));
  const file = join(folder, 'counts.json');
  const reporter = join(root, 'scripts', 'mocha-reporter.cjs');
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const { code } = await run(process.execPath, [mocha, '--reporter', reporter, ...args], {
    env: { MOCHA_COUNTS_FILE: file },
    live: true,
    timeoutMs,
  });
  const counts = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, failed: 0, pending: 0 };
  rmSync(folder, { recursive: true });
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}
