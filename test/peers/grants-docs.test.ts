import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import { patternOf, Shell, tourOf } from '../support/docs/tour.ts';
import { program } from '../support/program.ts';

// Grants in five minutes, as docs/grants.md has it. Needs curl and openssl.

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('docs/grants.md', function () {
  this.timeout(120_000);
  let ensemble: Ensemble;
  let folder: string;
  let shell: Shell;

  before(async () => {
    ensemble = await startEnsemble({ grpc: { port: 'off' } });
    folder = mkdtempSync(join(tmpdir(), 'quoll-grants-'));
    shell = new Shell(folder, { ...process.env, QUOLL_URL: ensemble.urls[0] });
  });

  after(async () => {
    await shell.end();
    await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('grants with the commands that it shows', async () => {
    const steps = tourOf(readFileSync(join(root, 'docs/grants.md'), 'utf8'));
    assert.ok(steps.length > 10, `only ${String(steps.length)} commands were found`);
    await shell.run(`quoll() { '${process.execPath}' '${program}' "$@"; }`);
    for (const { command, shown } of steps) {
      const printed = await shell.run(command);
      const said = `$ ${command}\n${printed}`;
      if (shown.length > 0) assert.match(printed, patternOf(shown), said);
    }
  });
});
