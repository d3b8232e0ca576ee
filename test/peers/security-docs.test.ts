import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/config/free-ports.ts';
import { patternOf, Shell, tourOf } from '../support/docs/tour.ts';
import { program } from '../support/program.ts';

// TLS in ten minutes, as docs/security.md has it.

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('docs/security.md', function () {
  this.timeout(180_000);
  const steps = tourOf(readFileSync(join(root, 'docs/security.md'), 'utf8'));
  let folder: string;
  let shell: Shell;

  before(() => {
    assert.equal(spawnSync('curl', ['--version']).error, undefined, 'curl is missing');
    folder = mkdtempSync(join(tmpdir(), 'quoll-security-'));
    shell = new Shell(folder, process.env);
  });

  after(async () => {
    await shell.run('kill $(jobs -p); wait');
    await shell.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sets TLS up with the commands that it shows', async () => {
    assert.ok(steps.length > 10, `only ${String(steps.length)} commands were found`);
    const written = ['2181', '2182', '2183', '2888', '2889', '2890', '3888', '3889', '3890'];
    const ports = await freePorts(written.length);
    const real = new Map(written.map((port, index) => [port, String(ports[index])]));
    // The port of each peer's HTTP door is made of its number.
    const http = written.slice(0, 3).map((port) => real.get(port));
    await shell.run(`http=(x ${http.join(' ')})`);
    await shell.run(`quoll() { '${process.execPath}' '${program}' "$@"; }`);
    for (const { command, shown } of steps) {
      const mapped = command
        .replaceAll('218$1', '${http[$1]}')
        .replace(/\b\d{4}\b/g, (port) => real.get(port) ?? port);
      const printed = await shell.run(mapped);
      const said = `$ ${mapped}\n${printed}`;
      if (shown.length > 0) assert.match(printed, patternOf(shown), said);
    }
  });
});
