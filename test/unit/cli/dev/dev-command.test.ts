import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, QuollProcesses } from '../../../support/cli/quoll-processes.ts';

describe('quoll as a process', () => {
  let processes: QuollProcesses;
  beforeEach(() => {
    processes = new QuollProcesses();
  });
  afterEach(() => processes.end());

  describe('dev', () => {
    const pids = (output: string): number[] =>
      [...output.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));

    it('starts three peers, prints how to use them, and stops them all', async () => {
      const run = processes.start('dev', '--base-port', '0');
      const [banner] = await run.says(/Quoll is ready: 3 peers[^]*Ctrl-C stops them all/);
      const peers = pids(banner);
      assert.equal(new Set(peers).size, 3);
      assert(peers.every(isRunning));
      assert.equal(banner.match(/^ {2}curl /gm)?.length, 3);
      assert.match(banner, /peer 1 .*leads/);
      assert.deepEqual(readdirSync(join(processes.folder, 'data')), [
        'peer-1.yaml',
        'peer-2.yaml',
        'peer-3.yaml',
        'peer.secret',
      ]);
      // Nobody else on the machine is to speak as a peer.
      const secret = join(processes.folder, 'data', 'peer.secret');
      assert.equal(statSync(secret).mode & 0o777, 0o600);
      assert.match(readFileSync(secret, 'utf8'), /^[0-9a-f]{64}\n$/);
      const config = readFileSync(join(processes.folder, 'data', 'peer-1.yaml'), 'utf8');
      assert.match(config, /^peer: \{ secretFile: ".*peer\.secret" \}$/m);
      run.child.kill('SIGINT');
      assert.equal(await run.ends(), 0);
      assert(!peers.some(isRunning));
      assert.equal(run.output.match(/peer \d \| stopped in order/g)?.length, 3);
    });

    it('stops in order when its terminal is closed', async () => {
      const run = processes.start('dev', '--base-port', '0', '--peers', '1');
      await run.says(/Quoll is ready/);
      run.child.kill('SIGHUP');
      assert.equal(await run.ends(), 0);
      assert.match(run.output, /peer 1 \| stopped in order/);
    });

    it('says when a peer was killed, and how to start it again', async () => {
      const run = processes.start('dev', '--base-port', '0', '--peers', '2');
      const [banner] = await run.says(/Quoll is ready[^]*Ctrl-C/);
      const [, second = 0] = pids(banner);
      process.kill(second, 'SIGKILL');
      await run.says(/peer 2 has ended \(SIGKILL\)/);
      const [, command = ''] = await run.says(/node (\S+ server --config data\/peer-2\.yaml)/);
      const again = processes.start(...command.split(' ').slice(1));
      await again.says(/listening/);
    });

    it('leaves no peer behind when it is killed itself', async () => {
      const run = processes.start('dev', '--base-port', '0', '--peers', '2');
      const [banner] = await run.says(/Quoll is ready[^]*Ctrl-C/);
      run.child.kill('SIGKILL');
      await run.ends();
      for (const pid of pids(banner)) while (isRunning(pid)) await delay(10);
    });

    it('names every port that is taken, and starts nothing', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const run = processes.start('dev', '--base-port', String(port), '--peers', '1');
      const code = await run.ends();
      taken.close();
      assert.equal(code, 1);
      assert.match(run.output, new RegExp(`Ports are taken: ${String(port)} \\(http of peer 1\\)`));
      assert.match(run.output, /--base-port 0/);
      assert.deepEqual(readdirSync(processes.folder), []);
    });

    it('does not mix ensembles of two sizes in one directory', async () => {
      mkdirSync(join(processes.folder, 'data'));
      for (const id of [1, 2, 3]) {
        writeFileSync(join(processes.folder, 'data', `peer-${String(id)}.yaml`), '');
      }
      const run = processes.start('dev', '--base-port', '0', '--peers', '5');
      assert.equal(await run.ends(), 2);
      assert.match(run.output, /data holds an ensemble of 3\n.*--peers 3/);
    });

    it('ends when a peer cannot start', async () => {
      mkdirSync(join(processes.folder, 'data', 'peer-1'), { recursive: true });
      writeFileSync(join(processes.folder, 'data', 'peer-1', 'myid'), '9');
      const run = processes.start('dev', '--base-port', '0', '--peers', '1');
      assert.equal(await run.ends(), 1);
      assert.match(run.output, /peer 1 \| .*myid says 9/);
      assert.match(run.output, /Peer 1 did not start/);
    });
  });
});
