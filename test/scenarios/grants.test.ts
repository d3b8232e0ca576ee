import assert from 'node:assert/strict';
import { formatPrincipal, verbs, type Verb } from '../../src/model/auth.ts';
import { digestIdentity } from '../../src/wire/credentials.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { JuteClient } from '../support/zookeeper/jute-client.ts';
import type { AclEntryView, Answer, Client, Door, Op } from './door.ts';
import { grpcDoor } from './grpc-door.ts';
import { restDoor } from './rest-door.ts';
import { webSocketDoor } from './websocket-door.ts';
import { zookeeperDoor } from './zookeeper-door.ts';

// Operation × door × place in a transaction × who, out of one table: the one of docs/security.md. Nobody but a few has two
// verbs, so that each shows by itself.

const top = '/matrix';
const kept = `${top}/kept`;
/** What all but one may read, to stand beside an op in a transaction. */
const beside = '/beside';
const lock = 'matrix';

/** Has all verbs, and the ACL lets in. */
const both = 'both';
/** Has all verbs, and no ACL lets in. */
const barred = 'barred';
/** Has all verbs somewhere else. */
const elsewhere = 'elsewhere';
/** Was granted nothing. */
const nothing = 'nothing';
const superuser = 'super';
const everybody = [...verbs, both, barred, elsewhere, nothing, superuser] as const;
type Who = (typeof everybody)[number];

const passwordOf = (who: string): string => `${who}:secret of ${who}`;
const principalOf = (who: string): string => formatPrincipal(digestIdentity(passwordOf(who)));
const basic = (who: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(passwordOf(who)).toString('base64')}`,
});

const acl: readonly AclEntryView[] = everybody
  .filter((who) => who !== barred)
  .map((who) => ({
    permissions: 'cdrwa',
    scheme: 'digest',
    id: digestIdentity(passwordOf(who)).id,
  }));

interface Asked {
  readonly what: string;
  /** All of these are needed. */
  readonly needs: readonly Verb[];
  /** The ACL has no say. */
  readonly isBeyondAcl?: boolean;
  readonly isBeyondZooKeeper?: boolean;
  /** Changes nothing: what passes the look at rights fails by something that is looked at later. */
  readonly ask: (client: Client) => Promise<Answer<unknown>>;
}

interface AskedOp extends Omit<Asked, 'ask'> {
  readonly op: Op;
}

const ops: readonly AskedOp[] = [
  { what: 'create', needs: ['create'], op: { op: 'create', path: `${kept}/child` } },
  {
    what: 'create with parents',
    needs: ['create'],
    isBeyondZooKeeper: true,
    op: { op: 'create', path: `${kept}/child`, parents: true },
  },
  {
    what: 'set or create, of what is there',
    needs: ['write'],
    isBeyondZooKeeper: true,
    isBeyondAcl: true,
    op: { op: 'set', path: `${kept}/child`, data: 'x', create: true },
  },
  { what: 'set', needs: ['write'], op: { op: 'set', path: kept, data: 'x', version: 9 } },
  { what: 'delete', needs: ['delete'], op: { op: 'delete', path: `${kept}/child`, version: 9 } },
  {
    what: 'delete, recursive',
    needs: ['delete'],
    isBeyondZooKeeper: true,
    op: { op: 'delete', path: `${kept}/child`, recursive: true, version: 9 },
  },
  { what: 'check', needs: ['read'], op: { op: 'check', path: kept, version: 9 } },
  {
    what: 'checkAbsent',
    needs: ['read'],
    isBeyondAcl: true,
    isBeyondZooKeeper: true,
    op: { op: 'checkAbsent', path: kept },
  },
  {
    what: 'setAcl',
    needs: ['admin'],
    isBeyondZooKeeper: true,
    op: { op: 'setAcl', path: kept, acl, version: 9 },
  },
  {
    what: 'checkLock',
    needs: ['lock'],
    isBeyondZooKeeper: true,
    op: { op: 'checkLock', lock, token: '1' },
  },
];

const ok = { op: 'check', path: beside } as const;
const fails = { op: 'check', path: beside, version: 9 } as const;

/** Where an op may stand. */
const places: readonly {
  readonly place: string;
  readonly isBeyondZooKeeper?: boolean;
  readonly ask: (client: Client, op: Op) => Promise<Answer<unknown>>;
}[] = [
  { place: 'alone', ask: (client, op) => client.write(op) },
  { place: 'first of three', ask: (client, op) => client.txn([op, ok, ok]) },
  { place: 'second of three', ask: (client, op) => client.txn([ok, op, ok]) },
  { place: 'last of three', ask: (client, op) => client.txn([ok, ok, op]) },
  {
    place: 'in the else',
    isBeyondZooKeeper: true,
    ask: (client, op) => client.txn([fails], [ok, op]),
  },
];

const operations: readonly Asked[] = [
  { what: 'stat', needs: ['read'], isBeyondAcl: true, ask: (client) => client.exists(kept) },
  { what: 'data', needs: ['read'], ask: (client) => client.get(kept) },
  { what: 'children', needs: ['read'], ask: (client) => client.children(kept) },
  { what: 'ACL', needs: ['read'], ask: (client) => client.getAcl(kept) },
  {
    what: 'setAcl alone',
    needs: ['admin'],
    ask: (client) => client.write({ op: 'setAcl', path: kept, acl, version: 9 }),
  },
  {
    what: 'to enter a queue',
    needs: ['lock'],
    isBeyondZooKeeper: true,
    ask: (client) => client.acquire(lock, { try: true }),
  },
  {
    what: 'to wait in a queue',
    needs: ['lock'],
    isBeyondZooKeeper: true,
    isBeyondAcl: true,
    ask: (client) => client.poll(lock, 'p'.repeat(32), 0),
  },
  {
    what: 'to leave a queue',
    needs: ['lock'],
    isBeyondZooKeeper: true,
    isBeyondAcl: true,
    ask: (client) => client.release(lock, 'p'.repeat(32)),
  },
  {
    what: 'to look at a lock',
    needs: ['read'],
    isBeyondZooKeeper: true,
    ask: (client) => client.viewLock(lock),
  },
  {
    what: 'to watch',
    needs: ['watch'],
    isBeyondAcl: true,
    isBeyondZooKeeper: true,
    ask: (client) => watched(client, {}),
  },
  {
    what: 'to watch values',
    needs: ['watch', 'read'],
    isBeyondAcl: true,
    isBeyondZooKeeper: true,
    ask: (client) => watched(client, { values: true, recursive: true }),
  },
  {
    what: 'to watch from what is there',
    needs: ['watch', 'read'],
    isBeyondAcl: true,
    isBeyondZooKeeper: true,
    ask: (client) => watched(client, { initial: true }),
  },
  ...ops.flatMap(({ op, ...asked }) =>
    places.map(({ place, isBeyondZooKeeper = false, ask }) => ({
      ...asked,
      what: `${asked.what}, ${place}`,
      isBeyondZooKeeper: asked.isBeyondZooKeeper === true || isBeyondZooKeeper,
      ask: (client: Client) => ask(client, op),
    })),
  ),
];

async function watched(
  client: Client,
  options: NonNullable<Parameters<Client['watch']>[1]>,
): Promise<Answer<unknown>> {
  const answer = await client.watch(kept, options);
  if ('ok' in answer) answer.ok.close();
  return answer;
}

/** The role of a verb must not be called `admin`. */
function roleOf(who: string): string {
  return who === both || who === elsewhere ? who : `only-${who}`;
}

function isGranted(who: Who, needs: readonly Verb[]): boolean {
  if (who === both || who === barred || who === superuser) return true;
  return needs.every((verb) => verb === who);
}

function isExpected(who: Who, { needs, isBeyondAcl = false }: Asked): boolean {
  return isGranted(who, needs) && (who !== barred || isBeyondAcl);
}

describe('grants behind every door', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let doors: readonly Door[];
  let http: string;
  const clients: Client[] = [];

  const connect = async (door: Door, who: string): Promise<Client> => {
    const client = await door.connect({ user: passwordOf(who) });
    clients.push(client);
    return client;
  };
  const put = async (target: string, body: unknown): Promise<void> => {
    const headers = { ...basic(superuser), 'content-type': 'application/json' };
    const answer = await fetch(`${http}/v1/auth/${target}`, {
      method: target === 'init' ? 'POST' : 'PUT',
      headers,
      body: JSON.stringify(body),
    });
    assert(answer.ok, `${target}: ${await answer.text()}`);
  };

  before(async () => {
    const digest = digestIdentity(passwordOf(superuser)).id;
    ensemble = await startEnsemble({
      peers: 3,
      grpc: true,
      zookeeper: true,
      lines: [`quoll.auth.superDigest=${digest}`],
    });
    const [one, two, three] = [1, 2, 3].map((id) => ensemble.peer(id));
    assert.ok(one && two && three);
    http = one.http;
    doors = [
      restDoor(one.http),
      webSocketDoor(two.http),
      grpcDoor(three.grpc),
      zookeeperDoor(two.zookeeper),
    ];
    const owner = await connect(restDoor(http), superuser);
    const made: readonly Op[] = [
      ...['/locks', top, beside].map((path) => ({ op: 'create', path }) as const),
      ...[kept, `/locks/${lock}`].map((path) => ({ op: 'create', path, acl }) as const),
      { op: 'create', path: `${kept}/child` },
    ];
    for (const op of made) {
      const answer = await owner.write(op);
      assert.ok('ok' in answer, JSON.stringify([op, answer]));
    }
    const held = await owner.acquire(lock, { lockId: 'a'.repeat(32), ttlMs: 120_000 });
    assert.ok('ok' in held && held.ok.state === 'granted', JSON.stringify(held));
    const rulesOf = (granted: readonly Verb[], ...prefixes: string[]): object => ({
      rules: [
        ...prefixes.map((prefix) => ({ prefix, verbs: granted })),
        { prefix: beside, verbs: ['read'] },
      ],
    });
    for (const verb of verbs) {
      await put(`roles/only-${verb}`, rulesOf([verb], top, `/locks/${lock}`));
    }
    await put('roles/both', rulesOf(verbs, top, `/locks/${lock}`));
    await put('roles/elsewhere', rulesOf(verbs, '/elsewhere', '/matri', `${kept}/child/below`));
    for (const who of [...verbs, both, elsewhere]) {
      await put(`grants/${who}`, { principals: [principalOf(who)], roles: [roleOf(who)] });
    }
    await put('grants/barred', { principals: [principalOf(barred)], roles: [both] });
    await put('init', { principals: [principalOf('root')] });
  });

  after(async () => {
    for (const client of clients) await client.close();
    await ensemble.stop();
  });

  it('and the ACL are one verdict', async () => {
    for (const door of doors) {
      const allowed: string[] = [];
      const expected: string[] = [];
      for (const who of everybody) {
        const client = await connect(door, who);
        for (const asked of operations) {
          if (asked.isBeyondZooKeeper === true && door.name === 'ZooKeeper') continue;
          const answer = await asked.ask(client);
          const line = `${asked.what} by ${who}`;
          if (!('code' in answer) || answer.code !== 'NOAUTH') allowed.push(line);
          if (isExpected(who, asked)) expected.push(line);
        }
      }
      assert.deepEqual(allowed, expected, door.name);
    }
  });

  it('are asked for watches of ZooKeeper’s clients, too', async () => {
    for (const who of everybody) {
      const client = await JuteClient.connect(ensemble.peer(2).zookeeper, { timeoutMs: 20_000 });
      await client.ask({ op: 'auth', scheme: 'digest', auth: passwordOf(who) });
      const read = await client.ask({ op: 'exists', path: kept, watch: true });
      assert.equal(read.err === 0, isGranted(who, ['read', 'watch']), `exists by ${who}`);
      const added = await client.ask({ op: 'addWatch', path: kept, mode: 0 });
      assert.equal(added.err === 0, isGranted(who, ['watch']), `addWatch by ${who}`);
      await client.close();
    }
  });

  it('let nobody near what is reserved but administrators, at any door', async () => {
    for (const door of doors) {
      for (const who of [both, nothing, superuser]) {
        const client = await connect(door, who);
        const answers = [
          await client.get('/zookeeper/config'),
          await client.get('/zookeeper/quoll/auth'),
          await client.children('/zookeeper/quota'),
          await client.children('/'),
        ];
        const isAllowed = who === superuser;
        const codes = answers.map((answer) => ('code' in answer ? answer.code : 'ok'));
        assert.deepEqual(codes, Array(4).fill(isAllowed ? 'ok' : 'NOAUTH'), `${door.name} ${who}`);
      }
    }
  });

  it('are asked for elections, and to begin a session', async () => {
    const url = `${http}/v1/elections/e`;
    const campaign = (who: string): Promise<Response> =>
      fetch(url, { method: 'POST', headers: basic(who), body: '{"ttlMs":60000}' });
    assert.equal((await campaign(both)).status, 403);
    assert.equal((await fetch(url, { headers: basic(both) })).status, 403);
    assert.equal((await campaign(superuser)).status, 200);
    const open = (who: string): Promise<Response> =>
      fetch(`${http}/v1/sessions`, { method: 'POST', headers: basic(who) });
    assert.deepEqual([(await open(nothing)).status, (await open(elsewhere)).status], [403, 201]);
  });

  it('are not asked for the ensemble’s own figures', async () => {
    for (const path of ['/v1/cluster', '/v1/info', '/metrics', '/livez', '/readyz', '/v1/auth']) {
      assert.equal((await fetch(`${http}${path}`)).status, 200, path);
    }
  });
});
