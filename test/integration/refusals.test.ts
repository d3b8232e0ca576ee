import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { SqliteConnection } from '../../src/adapters/sqlite/connection.ts';
import { get, put } from '../support/client.ts';
import { startEnsemble, PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { freePorts } from '../../src/config/free-ports.ts';
import {
  assertRefuses,
  changeDatabase,
  failed,
  fatal,
  flipBit,
  misconfigured,
  moveAway,
  othersHaveIt,
} from '../support/refusals.ts';
import { until } from '../support/until.ts';

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
    await assertRefuses(twin, failed, /taken by another process, perhaps by this very peer/);
    assert.ok(peer.isRunning);
    assert.equal((await put(peer, '/after', 'served')).status, 201);
    await peer.end('SIGKILL');
    peer.start();
    await peer.ready();
    assert.equal(await (await get(peer, '/after')).text(), 'served');
  });

  it('data of a newer format, which it leaves as it is', async () => {
    const format = (version: number) => (database: SqliteConnection) => {
      database.exec(`PRAGMA user_version = ${String(version)}`);
    };
    changeDatabase(peer.dataDir, format(999));
    await assertRefuses(
      peer,
      fatal,
      /has format 999; this version reads up to 2\b/,
      /Nothing was changed\. Start the newer version again/,
    );
    changeDatabase(peer.dataDir, format(2));
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

  it('asks for keys or a word as soon as a peer is off loopback, and then for a secret', async () => {
    const peer = ensemble.peer(1);
    peer.rewriteConfig((text) => text.replace(/^server\.2=127\.0\.0\.1/m, 'server.2=192.0.2.7'));
    await assertRefuses(
      peer,
      misconfigured,
      /plaintext would leave this machine, by the links between the peers\n.*quoll tls new keys --hosts 127\.0\.0\.1,192\.0\.2\.7 .*quoll\.tls=off\), with a secret/,
    );
    peer.rewriteConfig((text) => `${text}quoll.tls=off\n`);
    await assertRefuses(
      peer,
      misconfigured,
      /need a secret that they share\n.*quoll secret new quoll\.secret/,
    );
    assert.ok(!existsSync(peer.dataDir));
  });
});
