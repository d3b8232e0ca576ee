import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files below a folder, as paths from it. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

describe('the tests', () => {
  it('of one file or folder of src stand in test/unit where it stands in src', () => {
    const strangers = filesBelow('test/unit').filter((file) => {
      const source = join('src', file.replace(/\.test\.ts$/, ''));
      return !file.endsWith('.test.ts') || !(existsSync(`${source}.ts`) || existsSync(source));
    });
    assert.deepEqual(strangers, [], 'what several tests share goes to test/support');
  });

  it('have a README that names every folder, and no other', () => {
    const [, table = ''] = readFileSync('test/README.md', 'utf8').split(
      '## Which folder proves what',
    );
    const named = [...table.matchAll(/^\| `([\w-]+)\/` /gm)].map(([, name = '']) => name);
    const folders = readdirSync('test', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    assert.deepEqual(named.toSorted(), folders.toSorted());
  });
});
