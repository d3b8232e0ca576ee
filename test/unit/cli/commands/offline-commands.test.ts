import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { QuollProcesses } from '../../../support/cli/quoll-processes.ts';

describe('quoll as a process', () => {
  let processes: QuollProcesses;
  beforeEach(() => {
    processes = new QuollProcesses();
  });
  afterEach(() => processes.end());

  it('writes a secret once, for its owner alone', async () => {
    assert.equal(await processes.start('secret', 'new', 's').ends(), 0);
    assert.equal(statSync(join(processes.folder, 's')).mode & 0o777, 0o600);
    const again = processes.start('secret', 'new', 's');
    assert.equal(await again.ends(), 1);
    assert.match(again.output, /never overwritten/);
  });

  it('inspects, teaches and tells its version', async () => {
    const inspect = processes.start('inspect', 'd', '--log');
    await inspect.says(/^d true$/m);
    const help = processes.start('--help');
    assert.equal(await help.ends(), 0);
    assert.match(help.output, /quoll dev[^]*curl -X PUT[^]*Exit codes/);
    await processes.start('--version').says(/^\d+\.\d+\.\d+/);
  });
});
