import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { get, put } from '../support/client.ts';
import { startEnsemble, PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import {
  assertRefuses,
  changeDatabase,
  failed,
  fatal,
  flipBit,
  moveAway,
  othersHaveIt,
} from '../support/refusals.ts';
import { until } from '../support/until.ts';

describe('what a peer refuses to start on, page by page and place by place', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble;
  let peer: PeerProcess;
  let good: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, lines: ['quoll.snapshot.afterTxns=10'] });
    peer = ensemble.peer(1);
    for (let index = 0; index < 15; index++) {
      assert.equal((await put(peer, `/n${String(index)}`, `kept ${String(index)}`)).status, 201);
    }
    await until('a snapshot', () => peer.log.includes('snapshotTaken'));
    assert.equal((await put(peer, '/last', 'after the snapshot')).status, 201);
    assert.equal(await peer.end('SIGTERM'), 0);
    good = `${peer.dataDir}.good`;
    renameSync(peer.dataDir, good);
  });

  beforeEach(() => {
    rmSync(peer.dataDir, { recursive: true, force: true });
    cpSync(good, peer.dataDir, { recursive: true });
  });

  afterEach(async () => {
    if (peer.isRunning) await peer.end('SIGKILL');
  });

  after(async () => {
    await ensemble.stop();
  });

  const startsWithAllOfIt = async (): Promise<void> => {
    peer.start();
    await peer.ready();
    assert.equal(await (await get(peer, '/n14')).text(), 'kept 14');
    assert.equal(await (await get(peer, '/last')).text(), 'after the snapshot');
  };

  it('a database with a page of noise in the middle', async () => {
    const database = join(peer.dataDir, 'node.db');
    const bytes = readFileSync(database);
    // Every page but the first: whatever SQLite or we look at must be found out, and nothing may hang or crash.
    for (let page = 1; page * 4_096 < bytes.length; page++) {
      const damaged = Buffer.from(bytes);
      damaged.fill(0xa5, page * 4_096, page * 4_096 + 512);
      writeFileSync(database, damaged);
      rmSync(`${database}-wal`, { force: true });
      await assertRefuses(
        peer,
        fatal,
        /The data in \S+ is (damaged|older)/,
        othersHaveIt,
        moveAway,
      );
    }
  });

  it('data of another server', async () => {
    const config = readFileSync(peer.configFile, 'utf8');
    peer.rewriteConfig((text) =>
      text.replace('serverId=1', 'serverId=7').replace('server.1', 'server.7'),
    );
    await assertRefuses(
      peer,
      fatal,
      /belongs to server 1, but this peer is configured as server 7\. Nothing was changed/,
      /Correct the server id or the data directory/,
    );
    peer.rewriteConfig(() => config);
    await startsWithAllOfIt();
  });

  it('a flipped bit in the snapshot', async () => {
    flipBit(peer.dataDir, 'chunk', 'bytes');
    await assertRefuses(
      peer,
      fatal,
      /the checksum of chunk \d+ of the snapshot is wrong/,
      othersHaveIt,
      moveAway,
    );
  });

  it('a snapshot that misses a chunk', async () => {
    changeDatabase(peer.dataDir, (database) => {
      database.exec('DELETE FROM chunk');
    });
    await assertRefuses(
      peer,
      fatal,
      /its snapshot is incomplete or changed/,
      othersHaveIt,
      moveAway,
    );
  });

  it('a log that ends before what this peer had acknowledged', async () => {
    changeDatabase(peer.dataDir, (database) => {
      database.exec('DELETE FROM log WHERE first = (SELECT max(first) FROM log)');
    });
    await assertRefuses(
      peer,
      fatal,
      /older than what this peer had promised: the log ends at 0x\w+, but had reached 0x\w+/,
      /Voting with it could undo acknowledged writes/,
      othersHaveIt,
      moveAway,
    );
  });

  it('a directory without its guard, or without its database', async () => {
    rmSync(join(peer.dataDir, 'guard'));
    await assertRefuses(
      peer,
      fatal,
      /the guard file is missing or damaged/,
      othersHaveIt,
      moveAway,
    );
    cpSync(join(good, 'guard'), join(peer.dataDir, 'guard'));
    rmSync(join(peer.dataDir, 'node.db'));
    await assertRefuses(
      peer,
      fatal,
      /the database is gone, the guard file is still there/,
      moveAway,
    );
  });

  it('a database that is none, or that of another program', async () => {
    const database = join(peer.dataDir, 'node.db');
    writeFileSync(database, Buffer.alloc(65_536, 'not a database. '));
    rmSync(`${database}-wal`, { force: true });
    await assertRefuses(peer, fatal, /is damaged: file is not a database/, othersHaveIt, moveAway);
    rmSync(database);
    changeDatabase(peer.dataDir, (other) => {
      other.exec('CREATE TABLE recipes(name TEXT)');
    });
    await assertRefuses(
      peer,
      fatal,
      /its node\.db is the database of another program/,
      /Nothing was changed/,
    );
    rmSync(database);
    mkdirSync(database);
    await assertRefuses(peer, fatal, /A file in \S+ can't be opened or written/);
  });

  it('an address that this machine does not have', async () => {
    const config = readFileSync(peer.configFile, 'utf8');
    peer.rewriteConfig(
      (text) => `${text}quoll.http.host=192.0.2.7\nquoll.tls=off\nelectionPortBindRetry=1\n`,
    );
    await assertRefuses(
      peer,
      failed,
      /"setting":"http\.port","host":"192\.0\.2\.7",.*"event":"addressNotThereYet"/,
      /\(http\.port\) can't be listened on: this machine does not have the address 192\.0\.2\.7/,
      /say in peer\.bindRetries how often to look/,
    );
    peer.rewriteConfig(() => config);
  });

  describe('by its place:', () => {
    let folder: string;
    let config: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'quoll-places-'));
      config = readFileSync(peer.configFile, 'utf8');
    });

    afterEach(() => {
      peer.rewriteConfig(() => config);
      rmSync(folder, { recursive: true, force: true });
    });

    const refusesPlace = async (place: string, why: RegExp): Promise<void> => {
      peer.rewriteConfig(() => config.replace(/^dataDir=.*$/m, `dataDir=${place}`));
      await assertRefuses(
        peer,
        fatal,
        /The data directory \S+ can't be used/,
        why,
        /Nothing was changed/,
      );
    };

    it('a file', async () => {
      writeFileSync(join(folder, 'file'), 'precious');
      await refusesPlace(join(folder, 'file'), /it is not a directory/);
      await refusesPlace(join(folder, 'file', 'below'), /part of the path is a file/);
      assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'precious');
    });

    it('a link to nothing; one to a directory is that directory', async () => {
      symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
      await refusesPlace(join(folder, 'dangling'), /it is a link to \S+nowhere, where nothing is/);
      assert.ok(!existsSync(join(folder, 'nowhere')));
      symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
      await refusesPlace(join(folder, 'loop'), /it is a link to \S+loop, where nothing is/);
      symlinkSync(peer.dataDir, join(folder, 'link'));
      peer.rewriteConfig(() => config.replace(/^dataDir=.*$/m, `dataDir=${join(folder, 'link')}`));
      await startsWithAllOfIt();
    });

    it('one where nothing can be made', async () => {
      await refusesPlace(join(folder, 'x'.repeat(300)), /no directory can be made there/);
      // Nobody may make a directory in /sys, not even root.
      const closed = process.getuid?.() === 0 ? '/sys' : join(folder, 'closed');
      if (closed !== '/sys') {
        mkdirSync(closed);
        chmodSync(closed, 0o500);
      }
      await refusesPlace(join(closed, 'quoll'), /this user may not write there/);
      await refusesPlace('/proc/quoll/data', /no directory can be made there/);
    });
  });
});

describe('peers with different secrets', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 2, start: false });
  });

  after(async () => {
    await ensemble.stop();
  });

  it('do not meet, and both say why', async () => {
    for (const peer of ensemble.peers) {
      const secret = join(ensemble.folder, `secret${String(peer.id)}`);
      writeFileSync(secret, `${String(peer.id).repeat(64)}\n`, { mode: 0o600 });
      peer.rewriteConfig((text) => `${text}quoll.peer.secretFile=${secret}\n`);
      peer.start();
    }
    for (const peer of ensemble.peers) {
      await until(`the reason in the log of peer ${String(peer.id)}`, () =>
        peer.log.includes('the shared secrets differ: put the same file on all peers'),
      );
      assert.ok(peer.isRunning);
      assert.equal((await fetch(`${peer.http}/readyz`)).status, 503);
    }
    // The same secret, be it with or without a newline at its end.
    const [first, second] = ensemble.peers;
    assert.ok(first !== undefined && second !== undefined);
    await second.end('SIGTERM');
    writeFileSync(join(ensemble.folder, 'secret2'), '1'.repeat(64), { mode: 0o600 });
    second.start();
    await ensemble.ready();
    assert.equal((await put(second, '/met', '')).status, 201);
  });
});

describe('an ensemble', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble;
  let other: TestEnsemble | undefined;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
  });

  after(async () => {
    await other?.stop();
    await ensemble.stop();
  });

  it('refuses the same peer twice by its peer port', async () => {
    const peer = ensemble.peer(2);
    const quorumPort =
      /^server\.2=127\.0\.0\.1:(\d+):(\d+)/m.exec(readFileSync(peer.configFile, 'utf8'))?.[1] ?? '';
    await assertRefuses(
      new PeerProcess(2, peer),
      failed,
      new RegExp(
        `port ${quorumPort} of 127\\.0\\.0\\.1 \\(the quorum port in the line server\\.2\\) is taken`,
      ),
      /perhaps by this very peer, running already/,
    );
    assert.ok(peer.isRunning);
    assert.equal((await put(peer, '/twice', '')).status, 201);
  });

  it('gives a damaged peer its data and its vote back once the advice is followed', async () => {
    const leader = await ensemble.leader();
    const [damaged, third] = ensemble.peers.filter((peer) => peer !== leader);
    assert.ok(damaged !== undefined && third !== undefined);
    assert.equal((await put(leader, '/before', 'the damage')).status, 201);
    await damaged.end('SIGTERM');
    flipBit(damaged.dataDir, 'log', 'entries');
    const said = await assertRefuses(damaged, fatal, moveAway);
    const [, from = '', to = ''] = /\(mv (\S+) (\S+)\)/.exec(said) ?? [];
    assert.equal(from, damaged.dataDir);
    assert.equal((await put(leader, '/meanwhile', 'missed')).status, 201);

    renameSync(from, to);
    damaged.start();
    await damaged.ready();
    assert.equal(await (await get(damaged, '/before')).text(), 'the damage');
    assert.equal(await (await get(damaged, '/meanwhile')).text(), 'missed');
    await until('the vote', () => leader.log.includes('membershipChanged'));
    // Without the third peer, the leader and the one that came back are the quorum.
    await third.end('SIGKILL');
    assert.equal((await put(damaged, '/voted', '')).status, 201);
    third.start();
    await third.ready();
  });

  it('does not listen to a peer of another ensemble, and harms it no more than itself', async () => {
    other = await startEnsemble({ peers: 3 });
    const foreigner = other.peer(3);
    assert.equal((await put(foreigner, '/theirs', 'theirs')).status, 201);
    const theirs = (await foreigner.cluster()).clusterId;
    const ours = (await ensemble.peer(1).cluster()).clusterId;
    for (const peer of other.peers) await peer.end('SIGTERM');

    // Our third peer's place is taken by theirs: our addresses, their data.
    const mine = ensemble.peer(3);
    await mine.end('SIGTERM');
    const config = readFileSync(foreigner.configFile, 'utf8');
    const serverLines = readFileSync(mine.configFile, 'utf8').match(/^server\..*$/gm) ?? [];
    foreigner.rewriteConfig((text) =>
      [text.replace(/^server\..*\n/gm, ''), ...serverLines].join('\n'),
    );
    foreigner.start();
    for (const peer of [ensemble.peer(1), ensemble.peer(2), foreigner]) {
      await until(`peer ${String(peer.id)} to say so`, () => {
        const line = peer.log.split('\n').find((text) => text.includes('foreignPeer'));
        return line?.includes(ours) === true && line.includes(theirs);
      });
    }
    assert.equal((await fetch(`${foreigner.http}/readyz`)).status, 503);
    assert.equal((await put(ensemble.peer(1), '/ours', 'ours')).status, 201);
    assert.equal((await get(ensemble.peer(1), '/theirs')).status, 404);
    assert.equal(await foreigner.end('SIGTERM'), 0);

    mine.start();
    await mine.ready();
    assert.equal(await (await get(mine, '/ours')).text(), 'ours');
    foreigner.rewriteConfig(() => config);
    for (const peer of other.peers) peer.start();
    await other.ready();
    assert.equal(await (await get(foreigner, '/theirs')).text(), 'theirs');
    assert.equal((await get(foreigner, '/ours')).status, 404);
  });
});
