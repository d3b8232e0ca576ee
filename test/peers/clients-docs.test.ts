import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/config/free-ports.ts';
import { patternOf, Shell, tourOf } from '../support/docs/tour.ts';
import { program } from '../support/program.ts';

// TLS and identities for clients in Python and Go, as clients/README.md has it. Needs curl, Debian's Python with gRPC, and Go.

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('clients/README.md', function () {
  // Without a cache Go compiles the library too.
  this.timeout(300_000);
  let folder: string;
  let shell: Shell;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-clients-docs-'));
    symlinkSync(join(root, 'clients'), join(folder, 'clients'));
    shell = new Shell(folder, { ...process.env, PYTHONDONTWRITEBYTECODE: '1' });
  });

  after(async () => {
    await shell.run('kill $(jobs -p); wait');
    await shell.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows who somebody is with the commands that it has', async () => {
    const steps = tourOf(readFileSync(join(root, 'clients/README.md'), 'utf8'));
    assert.ok(steps.length > 10, `only ${String(steps.length)} commands were found`);
    const ports = await freePorts(2);
    await shell.run(`quoll() { '${process.execPath}' '${program}' "$@"; }`);
    for (const { command, shown } of steps) {
      const mapped = command.replace(/\b218([56])\b/g, (_, last) =>
        String(ports[Number(last) - 5]),
      );
      const printed = await shell.run(mapped);
      const said = `$ ${mapped}\n${printed}`;
      if (shown.length > 0) assert.match(printed, patternOf(shown), said);
    }
  });
});
