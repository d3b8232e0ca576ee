import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QuollProcesses } from '../../../support/cli/quoll-processes.ts';

describe('quoll as a process', () => {
  let processes: QuollProcesses;
  beforeEach(() => {
    processes = new QuollProcesses();
  });
  afterEach(() => processes.end());

  describe('server', () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      it(`stops in order on ${signal}`, async () => {
        const run = processes.start('server', '--http-port', '0', '--data-dir', 'here');
        await run.says(/listening on \d+, data in .*\/here/);
        run.child.kill(signal);
        assert.equal(await run.ends(), 0);
        assert.match(run.output, /stopped in order/);
      });
    }

    it('reads its file, with flags above it', async () => {
      writeFileSync(join(processes.folder, 'q.yaml'), 'log: { level: error }\nhttp: { port: 1 }');
      const run = processes.start('server', '--config', 'q.yaml', '--http-port', '0');
      await run.says(/log error/);
    });

    it('ends with 2 and every complaint when the configuration is wrong', async () => {
      const run = processes.start('server', '--http-port', 'x', '--server-id', '0');
      assert.equal(await run.ends(), 2);
      assert.match(run.output, /2 mistakes/);
      assert.doesNotMatch(run.output, /listening/);
    });

    it('shows warnings of the configuration and starts', async () => {
      writeFileSync(join(processes.folder, 'zoo.cfg'), 'tickTme=2000');
      const run = processes.start('server', '--config', 'zoo.cfg', '--http-port', '0');
      await run.says(/listening/);
      assert.match(run.output, /warn: zoo\.cfg:1: unknown key tickTme.*did you mean tickTime/);
    });
  });
});
