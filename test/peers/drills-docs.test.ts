import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/config/free-ports.ts';
import { patternOf, Shell, shellBlocksOf, tourOf } from '../support/docs/tour.ts';
import { program } from '../support/program.ts';

// The drills of docs/drills.md, step by step, and every shell block of the runbook, at what they leave.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const textOf = (page: string): string => readFileSync(join(root, 'docs', page), 'utf8');

describe('docs/drills.md and docs/runbook.md', function () {
  this.timeout(180_000);
  let folder: string;
  let shell: Shell;
  let http: readonly string[];

  before(() => {
    assert.equal(spawnSync('curl', ['--version']).error, undefined, 'curl is missing');
    folder = mkdtempSync(join(tmpdir(), 'quoll-drills-'));
    // A program, so that a peer that is started in the background is the process that is killed.
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const script = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`;
    writeFileSync(join(bin, 'quoll'), script, { mode: 0o755 });
    const path = `${bin}:${process.env['PATH'] ?? ''}`;
    shell = new Shell(folder, { ...process.env, PATH: path, QUOLL_URL: undefined });
  });

  after(async () => {
    await shell.run('kill -9 $(jobs -p); wait');
    await shell.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings back what was lost with the commands that it shows', async () => {
    const steps = tourOf(textOf('drills.md'));
    assert.ok(steps.length > 30, `only ${String(steps.length)} commands were found`);
    const written = [
      '2181',
      '2182',
      '2183',
      '2184',
      '2888',
      '2889',
      '2890',
      '3888',
      '3889',
      '3890',
    ];
    const ports = (await freePorts(written.length)).map(String);
    const real = new Map(written.map((port, index) => [port, ports[index] ?? '']));
    // The port of each peer's HTTP door is made of its number.
    http = ports.slice(0, 4);
    await shell.run(`http=(x ${http.join(' ')})`);
    for (const { command, shown } of steps) {
      const mapped = command
        .replaceAll(/218\$(\w)/g, '${http[$$$1]}')
        .replace(/\b\d{4}\b/g, (port) => real.get(port) ?? port);
      const printed = await shell.run(mapped);
      assert.match(printed, patternOf(shown), `$ ${mapped}\n${printed}`);
    }
  });

  it('says in the runbook what works', async () => {
    const blocks = [...shellBlocksOf(textOf('runbook.md')), ...shellBlocksOf(textOf('copies.md'))];
    assert.ok(blocks.length >= 3);
    writeFileSync(join(folder, 'zoo.cfg'), 'dataDir=/var/lib/quoll\n');
    writeFileSync(join(folder, 'quoll.log'), '{"level":"info","event":"started"}\n');
    const machine = (_: string, number: string): string =>
      `localhost:${http[Number(number) - 1] ?? assert.fail(`no machine ${number}`)}`;
    // It only makes lines fit for eyes there, and not every machine has it.
    await shell.run('jq() { cat; }');
    for (const block of blocks) {
      const mapped = block
        .replaceAll('$peer:2180', '$peer')
        .replace(/node0(\d)(?::2180)?/g, machine);
      const printed = await shell.run(`(set -e; ${mapped}); echo "ended with $?"`);
      assert.match(printed, /ended with 0$/, `${mapped}\n${printed}`);
    }
  });
});
