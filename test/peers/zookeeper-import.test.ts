import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { quoll } from '../support/cli/quoll.ts';
import { JuteClient } from '../support/zookeeper/jute-client.ts';
import { RealZooKeeper, zooKeeperJar } from '../support/zookeeper/real-zookeeper.ts';
import { until } from '../support/until.ts';
import { dumpOf, type ShownZnode } from './zookeeper-data/dump.ts';
import { layOut, Load } from './zookeeper-data/load.ts';

// From the directory of a real ZooKeeper to an ensemble, by the command and the program that users have.

const superUser = 'super:of all';
const superDigest = `super:${createHash('sha1').update(superUser).digest('base64')}`;

describe('quoll import-zookeeper', function () {
  this.timeout(180_000);
  let folder: string;
  let dataDir: string;
  let ensemble: TestEnsemble | undefined;

  before(() => {
    assert(existsSync(zooKeeperJar), 'sudo apt-get install -y zookeeper');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-import-'));
    dataDir = join(folder, 'zookeeper');
  });
  afterEach(async () => {
    await ensemble?.stop();
    ensemble = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Killed under load; what a ZooKeeper that goes on from a copy of its files serves then. */
  async function aZooKeepersData(): Promise<Map<string, ShownZnode>> {
    const server = await RealZooKeeper.start(
      [`dataDir=${dataDir}`, 'extendedTypesEnabled=true'],
      ['-Dzookeeper.snapCount=400', '-Dzookeeper.preAllocSize=256'],
    );
    const client = await JuteClient.connect(server.address);
    await layOut(client);
    const load = new Load(server.address, 4);
    const files = join(dataDir, 'version-2');
    await until(
      'snapshots',
      () => readdirSync(files).filter((name) => name.startsWith('snapshot.')).length >= 4,
    );
    await server.stop();
    await load.stop();
    client.destroy();
    const copy = join(folder, 'copy');
    cpSync(dataDir, copy, { recursive: true });
    const again = await RealZooKeeper.start([
      `dataDir=${copy}`,
      'skipACL=yes',
      'extendedTypesEnabled=true',
    ]);
    const reader = await JuteClient.connect(again.address);
    const shown = await dumpOf(reader);
    reader.destroy();
    await again.stop();
    return shown;
  }

  it('makes the directories of an ensemble that serves what the ZooKeeper served, to every field of a stat', async () => {
    const theirs = await aZooKeepersData();
    ensemble = await startEnsemble({
      peers: 3,
      start: false,
      zookeeper: true,
      lines: [
        'extendedTypesEnabled=true',
        `DigestAuthenticationProvider.superDigest=${superDigest}`,
      ],
    });
    const made = new Set<string>();
    for (const peer of ensemble.peers) {
      rmSync(peer.dataDir, { recursive: true, force: true });
      const { code, output, errors } = await quoll(
        ...['import-zookeeper', dataDir, '--data-dir', peer.dataDir],
        ...['--server-id', String(peer.id), '-o', 'json'],
      );
      assert.equal(code, 0, errors);
      const report = JSON.parse(output) as { made: { clusterId: string }; ephemerals: number };
      assert.ok(report.ephemerals > 0);
      made.add(report.made.clusterId);
    }
    assert.equal(made.size, 1);
    for (const peer of ensemble.peers) peer.start();
    await ensemble.ready();
    assert.deepEqual(new Set([(await ensemble.peer(1).cluster()).clusterId]), made);

    const client = await JuteClient.connect(ensemble.peer(2).zookeeper);
    await client.ask({ op: 'auth', scheme: 'digest', auth: superUser });
    const ours = await dumpOf(client);
    const expected = withoutEphemerals(theirs);
    for (const path of ['/zookeeper/config', '/zookeeper/quota/load/zookeeper_stats']) {
      ours.delete(path);
      expected.delete(path);
    }
    assert.deepEqual([...ours.keys()].sort(), [...expected.keys()].sort());
    for (const [path, shown] of expected) assert.deepEqual(ours.get(path), shown, path);

    const last = [...theirs.values()].reduce(
      (most, { stat }) => max(most, max(stat.mzxid, stat.pzxid)),
      0n,
    );
    const written = await client.ask({ op: 'setData', path: '/app/a', data: 'ours', version: -1 });
    assert.ok((written.body.stat?.mzxid ?? 0n) > last);
    const next = await client.ask({
      op: 'create2',
      path: '/quiet/n-',
      data: '',
      acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
      flags: 2,
    });
    assert.equal(next.body.path, '/quiet/n-0000000003');
    client.destroy();
  });

  it('only looks with --check, refuses a directory in use, and a peer names it where it finds such data', async () => {
    await aZooKeepersData();
    const before = readdirSync(join(dataDir, 'version-2'));
    const looked = await quoll('import-zookeeper', dataDir, '--check');
    assert.equal(looked.code, 0, looked.errors);
    assert.match(looked.output, /containers, 1 with a TTL/);
    assert.match(looked.output, /^quotas +2$/m);
    assert.deepEqual(readdirSync(join(dataDir, 'version-2')), before);

    const target = join(folder, 'peer-1');
    const args = ['import-zookeeper', dataDir, '--data-dir', target];
    const first = await quoll(...args);
    assert.equal(first.code, 0, first.errors);
    const second = await quoll(...args);
    assert.equal(second.code, 1);
    assert.match(second.errors, /holds the data of a peer already/);

    const kept = await quoll(
      ...['import-zookeeper', dataDir, '--data-dir', join(folder, 'peer-2'), '--server-id', '1'],
      ...['--with-ephemerals', '-o', 'json'],
    );
    const counts = JSON.parse(kept.output) as { ephemerals: number; znodes: number };
    const plain = Number(/^znodes +(\d+)/m.exec(looked.output)?.[1]);
    assert.equal(counts.znodes, plain + counts.ephemerals);

    const started = await quoll('server', '--data-dir', dataDir);
    assert.equal(started.code, 2);
    assert.match(started.errors, /quoll import-zookeeper \S+ --data-dir DIR --server-id N/);
  });
});

/** As ZooKeeper would show it once all sessions had ended, but that no pzxid moves. */
function withoutEphemerals(shown: ReadonlyMap<string, ShownZnode>): Map<string, ShownZnode> {
  const left = new Map(shown);
  for (const [path, { stat }] of shown) {
    if (stat.ephemeralOwner === 0n) continue;
    left.delete(path);
    const above = path.slice(0, path.lastIndexOf('/')) || '/';
    const parent = left.get(above);
    if (parent === undefined) continue;
    const { numChildren, cversion } = parent.stat;
    const after = { ...parent.stat, numChildren: numChildren - 1, cversion: cversion + 1 };
    left.set(above, { ...parent, stat: after });
  }
  return left;
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
