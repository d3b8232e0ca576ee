import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../../src/adapters/system/clock.ts';
import { hostFacts } from '../../../../../src/frontends/zookeeper/words/host-facts.ts';

const module = new URL(
  '../../../../../src/frontends/zookeeper/words/host-facts.js',
  import.meta.url,
).href;

describe('host facts', () => {
  it('are told', () => {
    const facts = new Map(hostFacts(systemClock).environment());
    assert.equal(facts.get('user.dir'), process.cwd());
    assert.equal(facts.get('node.version'), process.version);
    assert.match(facts.get('os.memory.max') ?? '', /^\d+MB$/);
  });

  it('are <NA> one by one where the system throws', function () {
    if (process.platform !== 'linux') this.skip();
    const directory = mkdtempSync(join(tmpdir(), 'quoll-host-'));
    // A working directory that is gone, and, where that may be chosen, a user without name and home.
    const script = `
      const { hostFacts } = await import(${JSON.stringify(module)});
      process.chdir(${JSON.stringify(directory)});
      (await import('node:fs')).rmdirSync(${JSON.stringify(directory)});
      if (process.getuid() === 0) process.setuid(54_321);
      console.log(JSON.stringify(hostFacts({ wall: () => 0 }).environment()));`;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
    );
    rmSync(directory, { recursive: true, force: true });
    assert.equal(stderr, '');
    const facts = new Map(JSON.parse(stdout) as [string, string][]);
    assert.equal(facts.get('user.dir'), '<NA>');
    if (process.getuid?.() === 0) {
      assert.deepEqual([facts.get('user.name'), facts.get('user.home')], ['<NA>', '<NA>']);
    }
    assert.equal(facts.get('node.version'), process.version);
  });
});
