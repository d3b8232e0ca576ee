import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buf } from '../support/buf.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function run(program: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('proto/', () => {
  it('is as buf would have it', () => {
    run(process.execPath, buf, 'lint');
    run(process.execPath, buf, 'format', '--diff', '--exit-code');
  });

  it('is what src/generated was made from', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quoll-generated-'));
    try {
      run(process.execPath, 'scripts/generate-proto.mjs', '--into', folder);
      const fresh = filesIn(join(folder, 'quoll/v1'));
      const protos = readdirSync(join(root, 'proto/quoll/v1')).sort();
      assert.deepEqual(
        Object.keys(fresh),
        protos.map((name) => name.replace(/proto$/, 'ts')),
      );
      const advice = 'run node scripts/generate-proto.mjs and commit what it writes';
      assert.deepEqual(filesIn(join(root, 'src/generated/quoll/v1')), fresh, advice);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
