// A peer as containers run it: another's volume, a user without name and home, PID 1, nohup. Taking such a user takes root.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/config/free-ports.ts';
import { until } from '../support/until.ts';

const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const nobody = 54_321;
const group = 54_322;

describe('a peer in a container', function () {
  this.timeout(60_000);
  let folder: string;
  let child: ChildProcess | undefined;
  let log: string;
  let grandchild: number | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-container-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'data'));
    log = '';
  });

  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    // One that outlived its parent would keep our pipes open.
    if (grandchild !== undefined) process.kill(grandchild, 'SIGKILL');
    grandchild = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (before: readonly string[], environment = {}): Promise<ChildProcess> => {
    log = '';
    const [http = 0] = await freePorts(1);
    const server = ['server', '--data-dir', join(folder, 'data'), '--http-port', String(http)];
    const doors = ['--zookeeper-port', 'off', '--grpc-port', 'off'];
    const [first = '', ...more] = [...before, process.execPath, program, ...server, ...doors];
    const started = spawn(first, more, {
      cwd: '/',
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
    }
    await until(`it to serve\n${log}`, () => {
      assert.equal(started.exitCode, null, log);
      return log.includes('"established"');
    });
    return started;
  };

  const stops = async (peer: ChildProcess, kill: () => void): Promise<void> => {
    kill();
    await once(peer, 'exit');
    assert.equal(peer.exitCode, 0, log);
    assert.match(log, /"event":"stopped"/);
  };

  it("uses another's volume that its group may write to, without name and home", async () => {
    chownSync(join(folder, 'data'), 0, group);
    chmodSync(join(folder, 'data'), 0o2775);
    const ids = [`--reuid=${String(nobody)}`, `--regid=${String(group)}`, '--clear-groups'];
    const peer = await start(['setpriv', ...ids]);
    await stops(peer, () => peer.kill('SIGTERM'));
    // And again, where all files are there.
    const again = await start(['setpriv', ...ids]);
    await stops(again, () => again.kill('SIGTERM'));
  });

  it('stops in order when its terminal hangs up, unless nohup or its parent ignores that', async () => {
    const peer = await start([]);
    await stops(peer, () => peer.kill('SIGHUP'));
    for (const before of [
      ['bash', '-c', 'nohup "$@"', 'bash'],
      ['bash', '-c', 'trap "" HUP; "$@" & echo $!; wait', 'bash'],
    ]) {
      const outlives = await start(before);
      const pid = (grandchild = Number(/^\d+$/m.exec(log)?.[0] ?? childOf(outlives)));
      process.kill(pid, 'SIGHUP');
      // A second signal would end it at once, if the first had been taken for a stop.
      process.kill(pid, 'SIGTERM');
      await until('an end', () => log.includes('"stopped"'));
      grandchild = undefined;
      await until('the exit', () => outlives.exitCode !== null || outlives.signalCode !== null);
    }
  });

  it('hears its signals as PID 1', async () => {
    const peer = await start(['unshare', '--fork', '--pid', '--mount-proc']);
    await stops(peer, () => {
      process.kill(childOf(peer), 'SIGTERM');
    });
  });
});

/** The process that this one started, or has become. */
function childOf({ pid = 0 }: ChildProcess): number {
  const task = `/proc/${String(pid)}/task/${String(pid)}/children`;
  const [first = ''] = readFileSync(task, 'utf8').trim().split(' ');
  return first === '' ? pid : Number(first);
}
