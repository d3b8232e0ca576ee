import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readZooKeeperData } from '../../src/adapters/zookeeper-data/directory.ts';
import { JuteClient } from '../support/zookeeper/jute-client.ts';
import { RealZooKeeper, zooKeeperJar } from '../support/zookeeper/real-zookeeper.ts';
import { until } from '../support/until.ts';
import { dumpOf, shownTree } from './zookeeper-data/dump.ts';
import { layOut, Load } from './zookeeper-data/load.ts';

// The files of a real ZooKeeper, read by us and by another ZooKeeper: both must come to the same tree.

/** Znodes of any ACL are shown, and digests are not masked. */
const seesAll = ['skipACL=yes', 'extendedTypesEnabled=true'];

describe('the data of a real ZooKeeper', function () {
  this.timeout(180_000);
  let folder: string;

  before(() => {
    assert(existsSync(zooKeeperJar), 'sudo apt-get install -y zookeeper');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-data-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes under load until there are enough snapshots, and ends as by a power failure. */
  async function written(dataDir: string, flags: readonly string[] = []): Promise<void> {
    const server = await RealZooKeeper.start(
      [`dataDir=${dataDir}`, 'extendedTypesEnabled=true', 'autopurge.purgeInterval=0'],
      ['-Dzookeeper.snapCount=400', '-Dzookeeper.preAllocSize=256', ...flags],
    );
    try {
      const client = await JuteClient.connect(server.address);
      await layOut(client);
      const load = new Load(server.address, 6);
      const files = join(dataDir, 'version-2');
      await until(
        'several snapshots',
        () => readdirSync(files).filter((name) => name.startsWith('snapshot.')).length >= 8,
        60_000,
      );
      // Killed while it writes.
      await server.stop();
      await load.stop();
      client.destroy();
    } finally {
      await server.stop();
    }
  }

  async function readsAsZooKeeperDoes(dataDir: string): Promise<void> {
    const copy = join(folder, 'copy');
    cpSync(dataDir, copy, { recursive: true });
    const ours = shownTree((await readZooKeeperData({ dataDir })).tree);
    const server = await RealZooKeeper.start([`dataDir=${copy}`, ...seesAll]);
    try {
      const client = await JuteClient.connect(server.address);
      const theirs = await dumpOf(client);
      assert.ok(theirs.size > 30);
      assert.deepEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
      for (const [path, shown] of theirs) assert.deepEqual(ours.get(path), shown, path);
      client.destroy();
    } finally {
      await server.stop();
    }
  }

  const forms = [
    ['plain', ''],
    ['compressed by gzip', 'gz'],
    ['compressed by snappy', 'snappy'],
  ] as const;
  it('comes to the same from any of its snapshots', async () => {
    const dataDir = join(folder, 'data');
    const files = join(dataDir, 'version-2');
    await written(dataDir);
    const { tree, txns } = await readZooKeeperData({ dataDir });
    const newest = shownTree(tree);
    const snapshots = readdirSync(files).filter((name) => name.startsWith('snapshot.'));
    assert.ok(snapshots.length >= 8);
    const replayed: number[] = [];
    for (const name of snapshots.sort(byZxid).reverse().slice(0, -1)) {
      rmSync(join(files, name));
      const older = await readZooKeeperData({ dataDir });
      assert.deepEqual(older.warnings, []);
      assert.deepEqual(shownTree(older.tree), newest, name);
      replayed.push(older.txns);
    }
    assert.ok((replayed.at(-1) ?? 0) > txns + 500);
  });

  it('is cut where a record was being written, and refused where the log goes on behind damage', async () => {
    const dataDir = join(folder, 'data');
    const files = join(dataDir, 'version-2');
    await written(dataDir);
    const snapshots = readdirSync(files).filter((name) => name.startsWith('snapshot.'));
    for (const name of snapshots.sort(byZxid).slice(1)) rmSync(join(files, name));
    const log = await newestOfTwoRecords(dataDir, files);
    const whole = await readZooKeeperData({ dataDir });
    const bytes = readFileSync(log);
    const end = bytes.findLastIndex((byte) => byte !== 0);

    const torn = Buffer.from(bytes);
    torn.fill(0, end - 20);
    writeFileSync(log, torn);
    const cut = await readZooKeeperData({ dataDir });
    assert.equal(cut.txns, whole.txns - 1);
    assert.match(cut.warnings.join('\n'), /part of a record at byte \d+, which is left out/);

    const damaged = Buffer.from(bytes);
    damaged.writeUInt8((bytes.readUInt8(70) + 1) % 256, 70);
    writeFileSync(log, damaged);
    await assert.rejects(readZooKeeperData({ dataDir }), {
      name: 'DamagedFile',
      message: /damaged at byte \d+: behind it, at byte \d+, the log goes on with 0x/,
    });
  });

  for (const [form, method] of forms) {
    it(`is read as ZooKeeper reads it: fuzzy snapshots, ${form}, and the logs after them`, async () => {
      const dataDir = join(folder, 'data');
      const flag = `-Dzookeeper.snapshot.compression.method=${method}`;
      await written(dataDir, method === '' ? [] : [flag]);
      const suffix = method === '' ? /^snapshot\.[0-9a-f]+$/ : new RegExp(`\\.${method}$`);
      assert.ok(readdirSync(join(dataDir, 'version-2')).some((name) => suffix.test(name)));
      await readsAsZooKeeperDoes(dataDir);
    });
  }
});

/**
 * The newest log that holds two records or more. ZooKeeper may end when it has just begun a log, with
 * nothing behind its header yet: what is newer than the log answered is removed.
 */
async function newestOfTwoRecords(dataDir: string, files: string): Promise<string> {
  const logs = readdirSync(files).filter((name) => name.startsWith('log.'));
  let { txns } = await readZooKeeperData({ dataDir });
  for (const name of logs.sort(byZxid).reverse()) {
    const log = join(files, name);
    const bytes = readFileSync(log);
    rmSync(log);
    const without = await readZooKeeperData({ dataDir });
    if (txns - without.txns >= 2) {
      writeFileSync(log, bytes);
      return log;
    }
    txns = without.txns;
  }
  throw new Error(`no log of ${files} holds two records`);
}

/** Of files by the hex zxid behind their first dot. */
function byZxid(left: string, right: string): number {
  const of = (name: string): number => parseInt(name.split('.')[1] ?? '', 16);
  return of(left) - of(right);
}
