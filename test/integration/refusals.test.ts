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
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { get, put } from '../support/client.ts';
import { startEnsemble, PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { freePorts } from '../../src/config/free-ports.ts';
import { until } from '../support/until.ts';

/** Exit codes: of the command line for what the caller got wrong, of the peer for what it found in its data. */
const failed = 1;
const misconfigured = 2;
const fatal = 70;

/** Starts the peer, which must end by itself with this code, having said all of that. */
async function assertRefuses(
  peer: PeerProcess,
  code: number,
  ...says: readonly RegExp[]
): Promise<string> {
  const before = peer.log.length;
  peer.start();
  assert.equal(await peer.ended(), code, peer.log.slice(before));
  for (const words of says) {
    // The end of the process may be seen before the last of its output.
    await until(`${String(words)} in:\n${peer.log.slice(before)}`, () =>
      words.test(peer.log.slice(before)),
    );
  }
  return peer.log.slice(before);
}

/** Flips one bit of a blob, and nothing else: the row keeps its checksum. */
function flipBit(dataDir: string, table: 'log' | 'chunk', column: 'entries' | 'bytes'): void {
  change(dataDir, (database) => {
    const row = database
      .prepare(`SELECT rowid AS at, ${column} AS bytes FROM ${table} ORDER BY rowid DESC LIMIT 1`)
      .get() as { at: number; bytes: Buffer } | undefined;
    assert.ok(row !== undefined, `there is a row in ${table}`);
    const middle = Math.floor(row.bytes.length / 2);
    row.bytes[middle] = (row.bytes[middle] ?? 0) ^ 0x10;
    database
      .prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`)
      .run(row.bytes, BigInt(row.at));
  });
}

function change(dataDir: string, work: (database: Database.Database) => void): void {
  const database = new Database(join(dataDir, 'node.db'));
  try {
    work(database);
  } finally {
    database.close();
  }
}

const othersHaveIt = /No acknowledged write is lost as long as a quorum of the other peers is well/;
const moveAway = /Move the directory away \(mv \S+ \S+\.damaged\) and start again/;

describe('what a peer refuses to start on', function () {
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

  it('a directory that another process uses, which goes on unharmed', async () => {
    await startsWithAllOfIt();
    const [port = 0] = await freePorts(1);
    const configFile = join(ensemble.folder, 'second.cfg');
    const config = readFileSync(peer.configFile, 'utf8');
    writeFileSync(
      configFile,
      config
        .replace(/^quoll\.http\.port=.*$/m, `quoll.http.port=${String(port)}`)
        .replace(/^server\.1=.*$/m, ''),
    );
    const http = `http://127.0.0.1:${String(port)}`;
    const second = new PeerProcess(1, {
      http,
      grpc: '',
      zookeeper: '',
      dataDir: peer.dataDir,
      configFile,
    });
    await assertRefuses(
      second,
      fatal,
      new RegExp(`Another process is using ${peer.dataDir}\\. Its data is safe`),
      /Stop the other process, or give this peer a data directory of its own/,
    );
    // The very same configuration, as when somebody types the command twice.
    const twin = new PeerProcess(1, peer);
    await assertRefuses(twin, fatal, /Another process is using/);
    assert.ok(peer.isRunning);
    assert.equal((await put(peer, '/after', 'served')).status, 201);
    await peer.end('SIGKILL');
    peer.start();
    await peer.ready();
    assert.equal(await (await get(peer, '/after')).text(), 'served');
  });

  it('data of a newer format, which it leaves as it is', async () => {
    const format = (version: number) => (database: Database.Database) => {
      database.pragma(`user_version = ${String(version)}`);
    };
    change(peer.dataDir, format(999));
    await assertRefuses(
      peer,
      fatal,
      /has format 999; this version reads up to 1\b/,
      /Nothing was changed\. Start the newer version again/,
    );
    change(peer.dataDir, format(1));
    await startsWithAllOfIt();
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

  it('a flipped bit in the log', async () => {
    flipBit(peer.dataDir, 'log', 'entries');
    await assertRefuses(
      peer,
      fatal,
      /the checksum of row [0-9a-f]+ of the log is wrong/,
      othersHaveIt,
      moveAway,
    );
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
    change(peer.dataDir, (database) => database.exec('DELETE FROM chunk'));
    await assertRefuses(
      peer,
      fatal,
      /its snapshot is incomplete or changed/,
      othersHaveIt,
      moveAway,
    );
  });

  it('a log that ends before what this peer had acknowledged', async () => {
    change(peer.dataDir, (database) =>
      database.exec('DELETE FROM log WHERE first = (SELECT max(first) FROM log)'),
    );
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
    change(peer.dataDir, (other) => other.exec('CREATE TABLE recipes(name TEXT)'));
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

  it('a taken HTTP port, with its setting named, and leaves the data well', async () => {
    const port = Number(new URL(peer.http).port);
    const other = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    try {
      await assertRefuses(
        peer,
        failed,
        new RegExp(
          `^quoll: port ${String(port)} of 127\\.0\\.0\\.1 \\(http\\.port\\) is taken by another process`,
          'm',
        ),
        /Stop that process, or choose another port/,
      );
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
    await startsWithAllOfIt();
  });

  it('an address that this machine does not have', async () => {
    const config = readFileSync(peer.configFile, 'utf8');
    peer.rewriteConfig((text) => `${text}quoll.http.host=192.0.2.7\nelectionPortBindRetry=1\n`);
    await assertRefuses(
      peer,
      failed,
      /"setting":"http\.port","host":"192\.0\.2\.7",.*"event":"addressNotThereYet"/,
      /\(http\.port\) can't be listened on: this machine does not have the address 192\.0\.2\.7/,
      /say in peer\.bindRetries how often to look/,
    );
    peer.rewriteConfig(() => config);
  });
});

describe('a configuration that is refused', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble;

  beforeEach(async () => {
    ensemble = await startEnsemble({ peers: 2, start: false });
  });

  afterEach(async () => {
    await ensemble.stop();
  });

  it('lists five mistakes at once, each with its line and its remedy', async () => {
    const peer = ensemble.peer(1);
    const lines = [
      `dataDir=${peer.dataDir}`,
      'quoll.http.port=99999',
      'quoll.htttp.host=127.0.0.1',
      'quoll.log.level=loud',
      'quoll.grpc.port=-1',
      'tickTime=often',
      'quoll.peer.tickMs=0',
    ];
    peer.rewriteConfig(() => `${lines.join('\n')}\n`);
    const said = await assertRefuses(
      peer,
      misconfigured,
      /^quoll: The configuration has 5 mistakes:$/m,
    );
    for (const line of [2, 4, 5, 6, 7]) {
      const found = new RegExp(
        `^ {2}${peer.configFile}:${String(line)}: (.+)\\n {6}(\\S.+)$`,
        'm',
      ).exec(said);
      assert.ok(found !== null, `nothing of line ${String(line)} in:\n${said}`);
    }
    // A key that nobody knows changes nothing: a warning, as in ZooKeeper.
    assert.match(said, /:3: unknown key quoll\.htttp\.host, .*did you mean quoll\.http\.host\?/);
    assert.ok(!existsSync(peer.dataDir));
  });

  it('asks for a secret as soon as a peer is off loopback, and says how to make one', async () => {
    const peer = ensemble.peer(1);
    peer.rewriteConfig((text) => text.replace(/^server\.2=127\.0\.0\.1/m, 'server.2=192.0.2.7'));
    await assertRefuses(
      peer,
      misconfigured,
      /need a secret that they share\n.*quoll secret new quoll\.secret/,
    );
    assert.ok(!existsSync(peer.dataDir));
  });

  it('does not let peers with different secrets meet, and both say why', async () => {
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
