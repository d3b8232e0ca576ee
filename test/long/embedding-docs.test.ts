import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// The programs of docs/embedding.md, each run as it stands there, by a Node of its own. Every one must end by itself.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

const typed = `
import { startEnsemble, startPeer, type EmbeddedPeer, type Ensemble } from 'quoll';
export const ensemble: Ensemble = await startEnsemble({ peers: 3, limits: { dataBytesMax: 5 } });
export const peer: EmbeddedPeer = await startPeer({ dataDir: ensemble.peer(1).url });
export const code: string = (await peer.failed).code;
// @ts-expect-error There is no such option.
await startPeer({ dataDir: '', htp: {} });
// @ts-expect-error Data must be kept somewhere.
await startPeer({});
`;

describe('docs/embedding.md', function () {
  this.timeout(60_000);
  const text = readFileSync(join(root, 'docs/embedding.md'), 'utf8');
  const programs = [...text.matchAll(/^```js run\n([^]*?)^```$/gm)].map(([, code = '']) => code);
  let folder: string;

  before(() => {
    // Within the package, whose name its own files may import.
    folder = mkdtempSync(join(root, 'dist', 'embedding-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('has programs', () => {
    assert.equal(programs.length, 2);
  });

  it('speaks of types that TypeScript finds, and that refuse what is wrong', async () => {
    const file = join(folder, 'typed.mts');
    writeFileSync(file, typed);
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--module', 'nodenext'];
    const compiled = run(process.execPath, [compiler, ...flags, '--target', 'es2022', file]);
    // What it has to say stands on its standard output.
    await compiled.catch((error: unknown) => assert.fail((error as { stdout: string }).stdout));
  });

  programs.forEach((program, index) => {
    it(`has a program ${String(index + 1)} that does what it says and ends by itself`, async () => {
      const file = join(folder, `program-${String(index)}.mjs`);
      writeFileSync(file, program);
      const { stdout, stderr } = await run(process.execPath, [file], {
        cwd: folder,
        timeout: 50_000,
      });
      assert.equal(stderr, '');
      const shown = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, out]) => out);
      assert.equal(stdout, shown.map((line) => `${String(line)}\n`).join(''));
    });
  });
});
