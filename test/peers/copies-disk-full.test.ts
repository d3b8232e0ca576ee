// Copies whose disk is really full: see test/peers/disk-full.test.ts for that of a peer. Mounting a small one takes root.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoll, quollSays } from '../support/cli/quoll.ts';
import { put } from '../support/client.ts';
import { expectStatus } from '../support/contract.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { program } from '../support/program.ts';
import { canMount, SmallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';
import { writeZooKeeperData } from '../support/zookeeper/snapshot-writer.ts';

const diskMib = 4;
/** Of data, which nothing compresses below the disk. */
const znodes = 12;
const data = 'x'.repeat(500_000);

describe('a full disk, below copies', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let peer: PeerProcess;
  let folder: string;
  let disk: SmallDisk;
  const at = (name: string): string => join(folder, 'disk', name);

  before(async () => {
    assert.ok(canMount(), 'a small disk cannot be mounted here: run these tests as root');
    folder = mkdtempSync(join(tmpdir(), 'quoll-copies-full-'));
    disk = new SmallDisk(join(folder, 'disk'), diskMib);
    ensemble = await startEnsemble({ peers: 1 });
    peer = ensemble.peer(1);
    await write('a', znodes);
  });
  after(async () => {
    disk.remove();
    await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const name of readdirSync(at('.'))) rmSync(at(name), { recursive: true });
  });

  async function write(name: string, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const path = `/v1/nodes/${name}${String(index)}?create`;
      await expectStatus(201, peer.http, 'PUT', path, { body: data });
    }
  }

  async function refused(...args: readonly string[]): Promise<string> {
    const { code, output, errors } = await quoll(...args);
    assert.equal(code, 1, output + errors);
    assert.match(errors, /^quoll: The disk of \S+ is full/);
    assert.match(errors, /free some space/i);
    assert.doesNotMatch(errors, /^\s+at /m);
    return errors;
  }

  /** With no space to spare it is whole elsewhere. */
  async function elsewhere(): Promise<string> {
    const file = join(folder, 'copy.quoll');
    if (!existsSync(file)) await quollSays('backup', file, '--url', peer.http);
    return file;
  }

  it('leaves nothing of a backup that has no room', async () => {
    await refused('backup', at('copy.quoll'), '--url', peer.http);
    assert.deepEqual(readdirSync(at('.')), []);
  });

  it('leaves of a copy that is followed what was there, and it goes on with space', async () => {
    const follow = ['backup', '--follow', at('log'), '--once', '--url', peer.http];
    await refused(...follow);
    assert.deepEqual(readdirSync(at('log')), []);
    disk.remove();
    disk = new SmallDisk(at('.'), 4 * diskMib);
    await quollSays(...follow);
    const [state = ''] = readdirSync(at('log'));
    await write('b', znodes);
    disk.fill();
    await refused(...follow);
    assert.deepEqual(readdirSync(at('log')), [state]);
    disk.makeSpace();
    await quollSays(...follow);
    const names = readdirSync(at('log'));
    assert.equal(names.length, 2);
    for (const name of names) await quollSays('backup', 'verify', join(at('log'), name));
    disk.remove();
    disk = new SmallDisk(at('.'), diskMib);
  });

  it('leaves no directory of a restore that a peer would take for one', async () => {
    const args = [...['--data-dir', at('data')], ...['--server-id', '1']];
    const file = await elsewhere();
    await refused('restore', file, ...args);
    assert.deepEqual(readdirSync(at('data')), []);
    await quollSays('restore', file, '--data-dir', join(folder, 'data'), '--server-id', '1');
  });

  it('leaves no directory of an import of a ZooKeeper', async () => {
    const from = join(folder, 'zookeeper');
    writeZooKeeperData(from, 10_000, data.slice(0, 1_000));
    await refused('import-zookeeper', from, '--data-dir', at('data'), '--server-id', '1');
    assert.deepEqual(readdirSync(at('data')), []);
    const target = ['--data-dir', join(folder, 'imported'), '--server-id', '1'];
    await quollSays('import-zookeeper', from, ...target);
  });

  it('ends an export with what is wrong, and what there is of it is not imported', async () => {
    const file = at('all.ndjson');
    const words = [process.execPath, program, 'export', '/', '--url', peer.http];
    const shell = spawn('sh', ['-c', 'exec "$@" > "$0"', file, ...words]);
    let errors = '';
    shell.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    await once(shell, 'close');
    assert.equal(shell.exitCode, 1, errors);
    assert.match(errors, /^quoll: the output can't be written: ENOSPC/);
    const ran = await quoll('import', file, '--to', '/elsewhere', '--url', peer.http);
    assert.equal(ran.code, 1);
    assert.match(ran.errors, /cut off.*\n.*Nothing was changed/);
  });

  it('ends an import into a peer without space, and with space the same command goes on', async () => {
    const file = join(folder, 'all.ndjson');
    writeFileSync(file, await quollSays('export', '/', '--url', peer.http));
    const lines = [`quoll.disk.freeBytesMin=${String(16 * 1_048_576)}`];
    const made = await startEnsemble({ peers: 1, start: false, lines });
    const target = made.peer(1);
    const small = new SmallDisk(target.dataDir, 64);
    try {
      target.start();
      await target.ready();
      small.fill();
      await until('writes to be refused', async () => {
        const { status } = await put(target, '/try', '');
        return status === 507;
      });
      const args = ['import', file, '--url', target.http];
      const ran = await quoll(...args);
      assert.notEqual(ran.code, 0);
      assert.match(ran.errors, /short of disk space\. Free some/);
      small.makeSpace();
      const done = await until('writes again', async () => {
        const again = await quoll(...args);
        return again.code === 0 ? again.output : undefined;
      });
      assert.match(done, /^created \d+, changed 0/);
    } finally {
      await target.end('SIGKILL');
      small.remove();
      await made.stop();
    }
  });
});
