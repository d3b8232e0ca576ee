import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { borrowEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import type { AclEntryView, Answer, Client, Door, Op } from './door.ts';
import { grpcDoor } from './grpc-door.ts';
import { restDoor } from './rest-door.ts';
import { webSocketDoor } from './websocket-door.ts';
import { zookeeperDoor } from './zookeeper-door.ts';

// Operation × door × who: one table, the one of docs/security.md. Nobody has two rights, so that each shows by itself.

const letters = ['c', 'd', 'r', 'w', 'a'] as const;
const nobody = 'nobody';
const kept = '/rights';
const lock = 'rights';

const passwordOf = (who: string): string => `${who}:secret of ${who}`;

function entryFor(who: string, permissions: string): AclEntryView {
  const hash = createHash('sha1').update(passwordOf(who)).digest('base64');
  return { permissions, scheme: 'digest', id: `${who}:${hash}` };
}

const acl = letters.map((letter) => entryFor(letter, letter));

interface Asked {
  readonly what: string;
  /** Any of these rights is enough; empty: none is asked. */
  readonly of: string;
  /** Not asked of a door that has nothing of the kind. */
  readonly beyondZooKeeper?: boolean;
  /** Changes nothing: what passes the look at rights fails by something that is looked at later. */
  readonly ask: (client: Client) => Promise<Answer<unknown>>;
}

const write = (op: Op) => (client: Client) => client.write(op);

const operations: readonly Asked[] = [
  { what: 'stat', of: '', ask: (client) => client.exists(kept) },
  { what: 'data', of: 'r', ask: (client) => client.get(kept) },
  { what: 'children', of: 'r', ask: (client) => client.children(kept) },
  { what: 'ACL', of: 'ra', ask: (client) => client.getAcl(kept) },
  { what: 'create', of: 'c', ask: write({ op: 'create', path: `${kept}/child` }) },
  { what: 'delete', of: 'd', ask: write({ op: 'delete', path: `${kept}/child`, version: 9 }) },
  { what: 'set', of: 'w', ask: write({ op: 'set', path: kept, data: 'x', version: 9 }) },
  { what: 'setAcl', of: 'a', ask: write({ op: 'setAcl', path: kept, acl, version: 9 }) },
  {
    what: 'check',
    of: 'r',
    ask: (client) => client.txn([{ op: 'check', path: kept, version: 9 }]),
  },
  {
    what: 'checkAbsent',
    of: '',
    beyondZooKeeper: true,
    ask: write({ op: 'checkAbsent', path: kept }),
  },
  {
    what: 'checkLock',
    of: 'r',
    beyondZooKeeper: true,
    ask: write({ op: 'checkLock', lock, token: '1' }),
  },
  {
    what: 'to enter a queue',
    of: 'c',
    beyondZooKeeper: true,
    ask: (client) => client.acquire(lock, { try: true }),
  },
  {
    what: 'to look at a lock',
    of: 'r',
    beyondZooKeeper: true,
    ask: (client) => client.viewLock(lock),
  },
];

describe('rights', () => {
  let ensemble: TestEnsemble;
  let doors: readonly Door[];
  let http: string;
  let owner: Client;
  const clients: Client[] = [];
  const guarded: string[] = [];

  const connect = async (door: Door, user?: string): Promise<Client> => {
    const client = await door.connect(user === undefined ? {} : { user });
    clients.push(client);
    return client;
  };
  const done = async (op: Op, by = owner): Promise<void> => {
    const answer = await by.write(op);
    assert.ok('ok' in answer, JSON.stringify([op, answer]));
  };
  const zxidNow = async (): Promise<string> =>
    (await fetch(`${http}/v1/nodes/?stat`)).headers.get('x-zxid') ?? assert.fail();

  before(async () => {
    ensemble = await borrowEnsemble();
    const [one, two, three] = [1, 2, 3].map((id) => ensemble.peer(id));
    assert.ok(one && two && three);
    http = one.http;
    doors = [
      restDoor(one.http),
      webSocketDoor(two.http),
      grpcDoor(three.grpc),
      zookeeperDoor(two.zookeeper),
    ];
    owner = await connect(restDoor(one.http), passwordOf('c'));
    // Of other tests too, and anybody's.
    for (const path of ['/locks', '/elections']) await owner.write({ op: 'create', path });
    for (const path of [kept, `/locks/${lock}`, `/elections/${lock}`]) {
      await done({ op: 'create', path, acl });
      guarded.push(path);
    }
    await done({ op: 'create', path: `${kept}/child` });
    const held = await owner.acquire(lock, { lockId: 'a'.repeat(32), ttlMs: 60_000 });
    assert.ok('ok' in held && held.ok.state === 'granted', JSON.stringify(held));
  });

  after(async () => {
    // Others begin with an empty tree, and must be able to make it so.
    const admin = await connect(restDoor(http), passwordOf('a'));
    const open = [{ permissions: 'cdrwa', scheme: 'world', id: 'anyone' }];
    for (const path of guarded) await done({ op: 'setAcl', path, acl: open }, admin);
    for (const client of clients) await client.close();
    await ensemble.stop();
  });

  it('are the same behind every door', async () => {
    for (const door of doors) {
      const denied: string[] = [];
      const expected: string[] = [];
      for (const who of [...letters, nobody]) {
        const client = await connect(door, who === nobody ? undefined : passwordOf(who));
        for (const { what, of, beyondZooKeeper = false, ask } of operations) {
          if (beyondZooKeeper && door.name === 'ZooKeeper') continue;
          const answer = await ask(client);
          const line = `${what} by ${who}`;
          if ('code' in answer && answer.code === 'NOAUTH') denied.push(line);
          if (of !== '' && !of.includes(who)) expected.push(line);
        }
      }
      assert.deepEqual(denied, expected, door.name);
    }
  });

  it('of a place in a queue are its owner’s: others see neither its session nor its token', async () => {
    const name = `${lock}-seen`;
    const shared = [entryFor('c', 'cr'), entryFor('r', 'r'), entryFor('a', 'ra')];
    await done({ op: 'create', path: `/locks/${name}`, acl: shared });
    guarded.push(`/locks/${name}`);
    const held = await owner.acquire(name, { ttlMs: 60_000 });
    assert.ok('ok' in held);
    const { session, token } = held.ok;
    for (const door of doors) {
      if (door.lacks?.includes('locks') === true) continue;
      for (const [who, seen] of [
        ['c', { session, token }],
        ['a', { session, token }],
        ['r', { session: '', token: '' }],
      ] as const) {
        const view = await (await connect(door, passwordOf(who))).viewLock(name);
        assert.ok('ok' in view, JSON.stringify(view));
        assert.deepEqual(view.ok, [{ path: held.ok.path, holds: true, ...seen }], door.name);
      }
    }
  });

  it('of an election: who may not read it hears of no leader, and its leader goes on proclaiming', async () => {
    const url = `${http}/v1/elections/${lock}`;
    const as = (who: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(passwordOf(who)).toString('base64')}`,
    });
    const lockId = 'e'.repeat(32);
    const body = JSON.stringify({ lockId, data: 'first', ttlMs: 60_000 });
    const campaign = await fetch(url, { method: 'POST', headers: as('c'), body });
    assert.equal(campaign.status, 200);
    const { path } = (await campaign.json()) as { path: string };
    for (const accept of ['application/json', 'application/x-ndjson', 'text/event-stream']) {
      assert.equal((await fetch(url, { headers: { accept } })).status, 403, accept);
    }
    const stranger = await connect(restDoor(http), passwordOf('r'));
    for (const op of [
      { op: 'set', path, data: 'evil' },
      { op: 'setAcl', path, acl: [entryFor('r', 'cdrwa')] },
    ] as const) {
      const answer = await stranger.write(op);
      assert.ok('code' in answer && answer.code === 'NOAUTH', JSON.stringify(answer));
    }
    const said = await fetch(`${url}/${lockId}`, { method: 'PUT', body: 'second' });
    assert.equal(said.status, 200, await said.text());
    const { leader } = (await (await fetch(url, { headers: as('r') })).json()) as {
      leader: Record<string, unknown>;
    };
    assert.deepEqual(leader, { path, data: 'second', encoding: 'utf8' });
  });

  it('of now hold for what is past: a value that was public is not told any more', async () => {
    for (const [index, door] of doors.entries()) {
      if (door.lacks?.includes('streams') === true) continue;
      const path = `/late-${String(index)}`;
      const from = await zxidNow();
      await done({ op: 'create', path, data: 'was public' });
      const shut = [entryFor('r', 'r'), entryFor('c', 'cdrwa')];
      await done({ op: 'setAcl', path, acl: shut });
      const heard = async (who: string | undefined): Promise<readonly string[]> => {
        const client = await connect(door, who === undefined ? undefined : passwordOf(who));
        // A peer that has not heard of the new rights yet goes by the old ones.
        const synced = await client.sync();
        assert.ok('ok' in synced, JSON.stringify(synced));
        const watching = await client.watch('/', { recursive: true, from, values: true });
        assert.ok('ok' in watching, JSON.stringify(watching));
        // What comes after all of it is there when it has come.
        const last = `${path}-last-${String(who)}`;
        await done({ op: 'create', path: last });
        await until('the last event', () =>
          watching.ok.events.some((event) => event.path === last),
        );
        watching.ok.close();
        return watching.ok.events.flatMap((each) => (each.path === path ? [each.data ?? ''] : []));
      };
      assert.deepEqual(await heard(undefined), [], door.name);
      assert.deepEqual(await heard('r'), ['was public'], door.name);
    }
  });

  it('of an answer are whose it was: the key of somebody else is another key', async () => {
    for (const [index, door] of doors.entries()) {
      if (door.lacks?.includes('keys') === true) continue;
      const path = `/keyed-${String(index)}`;
      const op = { op: 'create', path, data: 'x' } as const;
      const key = { idempotencyKey: `guessable-${String(index)}` };
      const first = await (await connect(door, passwordOf('c'))).write(op, key);
      assert.ok('ok' in first, JSON.stringify(first));
      for (const [who, code] of [
        ['r', 'NODEEXISTS'],
        [undefined, 'NODEEXISTS'],
      ] as const) {
        const other = await connect(door, who === undefined ? undefined : passwordOf(who));
        const answer = await other.write(op, key);
        assert.ok('code' in answer && answer.code === code, JSON.stringify([who, answer]));
        const another = { op: 'create', path: `${path}-${String(who)}` } as const;
        const own = await other.write(another, key);
        assert.ok('ok' in own, JSON.stringify(own));
      }
      const again = await (await connect(door, passwordOf('c'))).write(op, key);
      assert.deepEqual(again, first, 'and its own finds the answer');
    }
  });
});
