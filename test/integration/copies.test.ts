import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CopiedTree, CopyReport, RestoreReport } from '../../src/config/copy-tools.ts';
import { quollRefuses, quollSays } from '../support/cli/quoll.ts';
import { put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import { WrittenHistory } from '../support/written-history.ts';

describe('quoll backup and restore', function () {
  this.timeout(180_000);
  let copied: TestEnsemble;
  let made: TestEnsemble;
  const history = new WrittenHistory('/history');
  let file: string;
  let report: CopyReport & CopiedTree;

  before(async () => {
    copied = await startEnsemble({ peers: 3, lines: ['quoll.snapshot.afterTxns=60'] });
    made = await startEnsemble({ peers: 3, start: false });
    file = join(copied.folder, 'copy.quoll');
    await put(copied.peer(1), '/locks', '');
    const lock = await fetch(`${copied.peer(1).http}/v1/locks/one?wait=0s`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ttlMs: 60_000 }),
    });
    assert.equal(lock.status, 200);
    const writing = history.run(copied.peer(1));
    await until('a snapshot, and writes after it', () => history.size > 150);
    await quollSays('backup', file, '--url', copied.peer(2).http);
    const taken = history.size;
    await until('writes after the copy', () => history.size > taken + 50);
    history.stop();
    await writing;
    report = JSON.parse(await quollSays('backup', 'verify', file, '-o', 'json')) as typeof report;
  });

  after(async () => {
    await copied.stop();
    await made.stop();
  });

  function restore(peer: PeerProcess, ...more: readonly string[]): Promise<string> {
    const target = ['--data-dir', peer.dataDir, '--server-id', String(peer.id)];
    return quollSays('restore', file, ...target, '-o', 'json', ...more);
  }

  it('tells what is in a copy', async () => {
    assert.equal(report.kind, 'state');
    assert.deepEqual(report.voters, [1, 2, 3]);
    assert.equal(report.sessions, 1);
    assert.ok(history.at(BigInt(report.zxid)).size > 0);
    assert.match(
      await quollSays('backup', 'verify', file),
      /^file .* whole and as it was written$/m,
    );
    assert.equal(existsSync(`${file}.part`), false);
  });

  it('restores exactly the tree at the zxid of the copy, in a new ensemble whose zxids are above', async () => {
    const reports = [];
    for (const peer of made.peers) reports.push(JSON.parse(await restore(peer)) as RestoreReport);
    assert.equal(new Set(reports.map(({ seed, epoch }) => `${seed} ${String(epoch)}`)).size, 1);
    const [first] = reports;
    assert.ok(first);
    assert.equal(first.sessionsEnded, 1);
    for (const peer of made.peers) peer.start();
    await made.ready();
    for (const peer of made.peers) {
      assert.deepEqual(await history.found(peer), history.at(BigInt(report.zxid)));
    }
    const { clusterId } = await made.peer(1).cluster();
    assert.equal(clusterId, first.clusterId);
    assert.notEqual(clusterId, report.clusterId);
    const written = await put(made.peer(1), '/new', '');
    assert.ok(BigInt(written.headers.get('X-Zk-Czxid') ?? '0') > history.last);
    const lock = await fetch(`${made.peer(1).http}/v1/locks/one?wait=5s`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ttlMs: 60_000 }),
    });
    const { fencingToken } = (await lock.json()) as { fencingToken: string };
    assert.ok(
      BigInt(fencingToken) > history.last,
      'the lock is free, and its token above all before',
    );
    const lost = await fetch(
      `${made.peer(1).http}/v1/watch?path=/history&from=${String(history.last)}`,
    );
    const { value } = await (lost.body as ReadableStream<Uint8Array>).getReader().read();
    assert.match(new TextDecoder().decode(value), /lost/);
  });

  it('refuses to restore over a directory that is in use, or has data', async () => {
    const target = ['--data-dir', copied.peer(1).dataDir, '--server-id', '1'];
    const errors = await quollRefuses('restore', file, ...target);
    assert.match(errors, /holds the data of a peer already/);
  });

  it('refuses a copy that is cut, altered, of a newer version, or none', async () => {
    const bytes = readFileSync(file);
    const other = join(copied.folder, 'other.quoll');
    const verify = async (changed: Uint8Array): Promise<string> => {
      writeFileSync(other, changed);
      return quollRefuses('backup', 'verify', other);
    };
    assert.match(await verify(bytes.subarray(0, bytes.length - 1)), /it is cut off/);
    assert.match(await verify(bytes.subarray(0, 4_000)), /it is cut off/);
    const altered = Uint8Array.from(bytes);
    altered[bytes.length >> 1] = (altered[bytes.length >> 1] ?? 0) ^ 1;
    assert.match(await verify(altered), /it was altered/);
    const newer = Buffer.concat([Buffer.from('quoll copy 9\n'), bytes.subarray(13)]);
    assert.match(await verify(newer), /has format 9, and this version reads up to 1/);
    assert.match(await verify(new Uint8Array([1, 2, 3])), /it is cut off|no copy/);
    assert.match(await verify(Buffer.concat([bytes, bytes])), /more in it after its end/);
    const target = ['--data-dir', join(copied.folder, 'never'), '--server-id', '1'];
    copyFileSync(file, other);
    writeFileSync(other, altered);
    assert.match(await quollRefuses('restore', other, ...target), /it was altered/);
    assert.equal(existsSync(join(copied.folder, 'never', 'node.db')), false);
  });

  it('leaves no file under the name of a copy when the peer breaks off or refuses', async () => {
    const name = join(copied.folder, 'no.quoll');
    await quollRefuses('backup', name, '--url', 'http://127.0.0.1:1');
    assert.equal(existsSync(name) || existsSync(`${name}.part`), false);
  });
});
