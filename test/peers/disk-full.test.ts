// Peers whose disk is really full: each such data directory is a file system of its own, a small one in memory. Mounting it
// takes root; without, these tests fail and say so.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { assertNothingLost, get, problemOf, put, Writers } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { canMount, SmallDisk } from '../support/small-disk.ts';
import { until } from '../support/until.ts';

const fatal = 70;
const diskMib = 64;

describe('a full disk', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let disk: SmallDisk | undefined;
  let writers: Writers | undefined;

  before(() => {
    assert.ok(canMount(), 'a small disk cannot be mounted here: run these tests as root');
  });

  afterEach(async () => {
    await writers?.stop();
    for (const peer of ensemble.peers) if (peer.isRunning) await peer.end('SIGKILL');
    disk?.remove();
    await ensemble.stop();
  });

  const said = async (peer: PeerProcess, words: RegExp): Promise<void> => {
    await until(`${String(words)} in:\n${peer.log}`, () => words.test(peer.log));
  };

  it('of a follower ends it, and nobody else; with space again it catches up', async () => {
    ensemble = await startEnsemble({ peers: 3, start: false });
    const full = ensemble.peer(1);
    disk = new SmallDisk(full.dataDir, diskMib);
    for (const peer of ensemble.peers) peer.start();
    await ensemble.ready();
    const others = [ensemble.peer(2), ensemble.peer(3)];
    if ((await ensemble.leader()) === full) {
      await full.end('SIGTERM');
      full.start();
      await full.ready();
    }
    assert.equal((await put(ensemble.peer(2), '/load', '')).status, 201);
    assert.equal((await put(ensemble.peer(2), '/fat', '')).status, 201);
    const writing = (writers = new Writers(others, 4, '/load'));
    disk.fill();
    const fat = 'x'.repeat(500_000);
    for (let count = 0; full.isRunning && count < 400; count++) {
      assert.equal((await put(ensemble.peer(2), '/fat', fat, '')).status, 200);
    }
    assert.equal(await full.ended(), fatal);
    await said(
      full,
      /The disk of \S+ is full .*All acknowledged writes are safe\. Free some space/,
    );
    const during = writing.acknowledged;
    await until('writes without it', () => writing.acknowledged > during + 50);

    // It says the same at once as long as there is no space.
    full.start();
    assert.equal(await full.ended(), fatal);

    disk.makeSpace();
    full.start();
    await full.ready();
    await writing.stop();
    for (const [name, told] of writing.told) assert.equal(told, 'acknowledged', name);
    await assertNothingLost(ensemble.peers, writing, '/load');
  });

  it('that is nearly so makes the leader refuse writes, not reads, until there is space', async () => {
    ensemble = await startEnsemble({
      peers: 1,
      start: false,
      lines: [`quoll.disk.freeBytesMin=${String(16 * 1_048_576)}`],
    });
    const peer = ensemble.peer(1);
    disk = new SmallDisk(peer.dataDir, diskMib);
    peer.start();
    await peer.ready();
    assert.equal((await put(peer, '/a', 'kept')).status, 201);
    disk.fill();
    const refused = await until('a refusal', async () => {
      const response = await put(peer, '/a', 'changed', '');
      return response.status === 507 ? response : undefined;
    });
    const problem = await problemOf(refused);
    assert.equal(problem.code, 'NOSPACE');
    assert.equal(problem.applied, 'no');
    assert.match(problem.detail, /short of disk space\. Free some/);
    await said(peer, /diskSpaceLow/);
    assert.equal((await get(peer, '/a')).status, 200);
    disk.makeSpace();
    await until('writes again', async () => (await put(peer, '/a', 'again', '')).status === 200);
    assert.equal(await (await get(peer, '/a')).text(), 'again');
  });

  it('under a peer that is alone loses nothing that was acknowledged', async () => {
    ensemble = await startEnsemble({
      peers: 1,
      start: false,
      lines: ['quoll.disk.freeBytesMin=0'],
    });
    const peer = ensemble.peer(1);
    disk = new SmallDisk(peer.dataDir, diskMib);
    peer.start();
    await peer.ready();
    disk.fill();
    const fat = 'y'.repeat(100_000);
    let acknowledged = 0;
    for (; acknowledged < 2_000; acknowledged++) {
      const response = await put(peer, `/n${String(acknowledged)}`, fat).catch(() => undefined);
      if (response?.status !== 201) break;
    }
    assert.equal(await peer.ended(), fatal);
    await said(peer, /The disk of \S+ is full/);
    assert.ok(acknowledged > 0);

    disk.makeSpace();
    peer.start();
    await peer.ready();
    for (let index = 0; index < acknowledged; index++) {
      assert.equal(await (await get(peer, `/n${String(index)}`)).text(), fat);
    }
  });

  it('and one that is read-only are told apart at the start', async () => {
    ensemble = await startEnsemble({ peers: 1, start: false });
    const peer = ensemble.peer(1);
    disk = new SmallDisk(peer.dataDir, diskMib);
    disk.remount('ro');
    peer.start();
    assert.equal(await peer.ended(), fatal);
    await said(
      peer,
      /can't be used: this user may not write there\. .*\(EROFS\)\. Nothing was changed/,
    );
    disk.remount('rw');
    disk.fill();
    peer.start();
    assert.equal(await peer.ended(), fatal);
    await said(peer, /is full .*Free some space, then start the peer again/);
    disk.makeSpace();
    peer.start();
    await peer.ready();
    // A volume far below the 512 MiB that are kept free of a large one can be used.
    assert.equal((await put(peer, '/a', 'x'.repeat(900_000))).status, 201);
    assert.ok(statSync(join(peer.dataDir, 'node.db-wal')).size <= (diskMib / 8 + 1) * 1_048_576);
    assert.equal(await peer.end('SIGTERM'), 0);
    // SQLite has but one word, IOERR, for what it can't map.
    disk.fill();
    peer.start();
    assert.equal(await peer.ended(), fatal);
    await said(peer, /"code":"diskFull","message":"The disk of \S+ is full \(SQLITE_/);
  });
});
