import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { Following } from '../support/cli/following.ts';
import { quoll } from '../support/cli/quoll.ts';
import { until } from '../support/until.ts';
import { JuteClient } from '../support/zookeeper/jute-client.ts';
import { RealZooKeeper, zooKeeperJar } from '../support/zookeeper/real-zookeeper.ts';
import { flags, openAcl } from '../support/zookeeper/requests.ts';
import { dumpOf } from './zookeeper-data/dump.ts';
import { layOut, Load } from './zookeeper-data/load.ts';

// A real ZooKeeper and a Quoll, copied into one another by the program that users have, while clients write.

const superUser = 'super:of all';
const superDigest = `super:${createHash('sha1').update(superUser).digest('base64')}`;

describe('quoll copy', function () {
  this.timeout(180_000);
  let folder: string;
  let authFile: string;
  let zooKeeper: RealZooKeeper;
  let ensemble: TestEnsemble;
  let door: string;
  let rest: string;

  before(() => {
    assert(existsSync(zooKeeperJar), 'sudo apt-get install -y zookeeper');
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-copy-'));
    authFile = join(folder, 'auth');
    writeFileSync(authFile, `digest:${superUser}\n`, { mode: 0o600 });
    [zooKeeper, ensemble] = await Promise.all([
      RealZooKeeper.start(
        ['extendedTypesEnabled=true'],
        [`-Dzookeeper.DigestAuthenticationProvider.superDigest=${superDigest}`],
      ),
      startEnsemble({
        peers: 1,
        zookeeper: true,
        lines: [
          'extendedTypesEnabled=true',
          `DigestAuthenticationProvider.superDigest=${superDigest}`,
        ],
      }),
    ]);
    door = ensemble.peer(1).zookeeper;
    rest = ensemble.peer(1).http;
  });
  afterEach(async () => {
    await Promise.all([zooKeeper.stop(), ensemble.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function connected(address: string): Promise<JuteClient> {
    const client = await JuteClient.connect(address);
    await client.ask({ op: 'auth', scheme: 'digest', auth: superUser });
    return client;
  }

  /** Data and ACL of all that is not ephemeral and not ZooKeeper's own. */
  async function contentOf(address: string, top = '/'): Promise<Map<string, unknown>> {
    const client = await connected(address);
    const shown = await dumpOf(client, top);
    client.destroy();
    const kept = [...shown.values()].filter(
      ({ path, stat }) => stat.ephemeralOwner === 0n && !path.startsWith('/zookeeper'),
    );
    return new Map(kept.map(({ path, data, acl }) => [path, { data, acl }]));
  }

  it('takes all over from a ZooKeeper, and says what the target has that differs', async () => {
    const client = await connected(zooKeeper.address);
    await layOut(client);
    const big = 'b'.repeat(900_000);
    await client.ask({
      op: 'create',
      path: '/big',
      data: big,
      acl: openAcl,
      flags: flags.persistent,
    });
    const from = `zookeeper://${zooKeeper.address}/`;
    const to = `zookeeper://${door}/`;
    const auth = ['--from-auth', authFile, '--to-auth', authFile];

    const copied = await quoll('copy', from, to, ...auth, '--verify');
    assert.equal(copied.code, 0, copied.output + copied.errors);
    assert.match(copied.output, /znodes compared: no difference/);
    assert.deepEqual(await contentOf(door), await contentOf(zooKeeper.address));

    const again = await quoll('copy', from, to, ...auth);
    assert.match(again.output, / 0 created, 0 changed, 0 removed/);

    const target = await connected(door);
    await target.ask({ op: 'setData', path: '/app/a', data: 'other', version: -1 });
    await target.ask({ op: 'delete', path: '/app/null', version: -1 });
    await target.ask({
      op: 'setAcl',
      path: '/box',
      acl: [{ perms: 1, scheme: 'world', id: 'anyone' }],
      version: -1,
    });
    await target.ask({
      op: 'create',
      path: '/more',
      data: '',
      acl: openAcl,
      flags: flags.persistent,
    });
    await target.ask({
      op: 'create',
      path: '/more/below',
      data: '',
      acl: openAcl,
      flags: flags.persistent,
    });
    target.destroy();
    const compared = await quoll('copy', from, to, ...auth, '--compare', '-o', 'json');
    assert.equal(compared.code, 1);
    const { differences } = JSON.parse(compared.output) as {
      differences: { path: string; what: string }[];
    };
    assert.deepEqual(
      differences.sort((left, right) => (left.path < right.path ? -1 : 1)),
      [
        { path: '/app/a', what: 'other data' },
        { path: '/app/null', what: 'missing in the target' },
        { path: '/box', what: 'another ACL' },
        { path: '/more', what: 'only in the target' },
        { path: '/more/below', what: 'only in the target' },
      ],
    );
    const mended = await quoll('copy', from, to, ...auth, '--verify');
    assert.equal(mended.code, 0, mended.output + mended.errors);
    assert.match(mended.output, / 1 created, 2 changed, 2 removed/);
    client.destroy();
  });

  it('says which znodes it may not read, and goes on with the others', async () => {
    const client = await JuteClient.connect(zooKeeper.address);
    await layOut(client);
    const ran = await quoll('copy', `zookeeper://${zooKeeper.address}/app`, `${rest}/taken`);
    assert.equal(ran.code, 1);
    assert.match(ran.errors, /\/app\/secret: its ACL is not shown/);
    const taken = await contentOf(door, '/taken');
    assert.equal(taken.has('/taken/secret'), false);
    assert.deepEqual(
      taken.get('/taken/a/b'),
      (await contentOf(zooKeeper.address, '/app')).get('/app/a/b'),
    );
    const typo = await quoll('copy', `zookeeper://${zooKeeper.address}/ap`, `${rest}/taken`);
    assert.equal(typo.code, 3);
    assert.deepEqual(await contentOf(door, '/taken'), taken);
    client.destroy();
  });

  it('follows a ZooKeeper under load, and is in step as soon as the writers pause', async () => {
    const client = await JuteClient.connect(zooKeeper.address);
    await layOut(client);
    const load = new Load(zooKeeper.address, 3);
    const following = new Following(`zookeeper://${zooKeeper.address}/load`, `${rest}/load`);
    await until('changes to be followed', () => following.followed() > 300, 60_000);
    await load.stop();
    const target = (): Promise<Map<string, unknown>> => contentOf(door, '/load');
    const source = await contentOf(zooKeeper.address, '/load');
    await until('the same data', async () => sameKeys(await target(), source));
    const { code, output, errors } = await following.stop();
    assert.equal(code, 0, output.slice(-2_000) + errors.slice(-4_000));
    assert.match(output, /compared: no difference/);
    assert.deepEqual(await target(), source);
    client.destroy();
  });

  it('follows a Quoll back to a ZooKeeper under load', async () => {
    const client = await JuteClient.connect(door);
    await layOut(client);
    const load = new Load(door, 3);
    const following = new Following(`${rest}/load`, `zookeeper://${zooKeeper.address}/back/load`);
    await until('changes to be followed', () => following.followed() > 300, 60_000);
    await load.stop();
    const { code, output, errors } = await following.stop();
    assert.equal(code, 0, output.slice(-2_000) + errors.slice(-4_000));
    assert.match(output, /compared: no difference/);
    const source = await contentOf(door, '/load');
    const target = await contentOf(zooKeeper.address, '/back/load');
    assert.deepEqual(
      new Map([...target].map(([path, shown]) => [path.slice('/back'.length), shown])),
      source,
    );
    client.destroy();
  });
});

function sameKeys(left: Map<string, unknown>, right: Map<string, unknown>): boolean {
  return left.size === right.size && [...left.keys()].every((key) => right.has(key));
}
