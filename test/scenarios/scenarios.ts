import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { until } from '../support/until.ts';
import type { Answer, Client, ClientOptions, Need, StatView, Watching } from './door.ts';
import { noteEvents, type Transcript } from './transcript.ts';

// Each is played through every door. What a step must give is asserted; all the rest that the client is told is noted in
// the transcript, and the transcripts of all doors must be the same.

export interface Stage {
  /** A znode of this scenario's own. */
  readonly root: string;
  readonly transcript: Transcript;
  readonly client: (who: string, options?: ClientOptions) => Promise<Client>;
}

export interface Scenario {
  readonly title: string;
  /** What it asks of a door beyond reads and writes: a door that lacks it by its nature skips it, and says so. */
  readonly needs?: readonly Need[];
  play(stage: Stage): Promise<void>;
}

function value<Value>(answer: Answer<Value>): Value {
  assert.ok('ok' in answer, JSON.stringify(answer));
  return answer.ok;
}

function refusedAs(code: string, answer: Answer<unknown>): void {
  assert.ok('code' in answer, `expected ${code}, got ${JSON.stringify(answer)}`);
  assert.equal(answer.code, code);
  assert.equal(answer.applied, 'no');
}

function statOf(answer: Answer<{ readonly stat?: StatView }>): StatView {
  const { stat } = value(answer);
  assert.ok(stat, 'the answer has a stat');
  return stat;
}

const open = [{ permissions: 'cdrwa', scheme: 'world', id: 'anyone' }] as const;

async function eventsOf(count: number, watching: Watching, transcript: Transcript): Promise<void> {
  await until(`${String(count)} events, not ${JSON.stringify(watching.events)}`, () => {
    assert.ok(watching.events.length <= count, JSON.stringify(watching.events));
    return watching.events.length === count;
  });
  noteEvents(transcript, watching.events);
}

export const scenarios: readonly Scenario[] = [
  {
    title: 'a znode is made, read, set and deleted, and its stat says so',
    async play({ root, client }) {
      const one = await client('one');
      const path = `${root}/a`;
      refusedAs('NONODE', await one.get(path));
      refusedAs('NONODE', await one.exists(path));
      refusedAs('NONODE', await one.write({ op: 'set', path, data: 'x' }));
      const created = statOf(await one.write({ op: 'create', path, data: 'green' }));
      assert.deepEqual([created.version, created.dataLength, created.numChildren], [0, 5, 0]);
      refusedAs('NODEEXISTS', await one.write({ op: 'create', path, data: 'again' }));
      const set = statOf(await one.write({ op: 'set', path, data: 'blue', version: 0 }));
      assert.deepEqual([set.version, set.czxid], [1, created.czxid]);
      refusedAs('BADVERSION', await one.write({ op: 'set', path, data: 'red', version: 0 }));
      const read = value(await one.get(path));
      assert.deepEqual([read.data, read.stat], ['blue', set]);
      assert.deepEqual(value(await one.exists(path)), set);
      refusedAs('BADVERSION', await one.write({ op: 'delete', path, version: 7 }));
      value(await one.write({ op: 'delete', path, version: 1 }));
      refusedAs('NONODE', await one.write({ op: 'delete', path }));
    },
  },
  {
    title: 'a version says nothing of a znode that was deleted and made again',
    needs: ['more than ZooKeeper'],
    async play({ root, client }) {
      const one = await client('one');
      const path = `${root}/a`;
      const first = statOf(await one.write({ op: 'create', path }));
      value(await one.write({ op: 'delete', path }));
      value(await one.write({ op: 'create', path }));
      const { czxid } = first;
      refusedAs('BADVERSION', await one.write({ op: 'set', path, data: 'x', version: 0, czxid }));
      refusedAs('BADVERSION', await one.write({ op: 'check', path, version: 0, czxid }));
    },
  },
  {
    title: 'children are counted, listed in order, and keep their parent',
    needs: ['more than ZooKeeper'],
    async play({ root, client }) {
      const one = await client('one');
      refusedAs('NOPARENT', await one.write({ op: 'create', path: `${root}/p/c` }));
      value(await one.write({ op: 'create', path: `${root}/p/c`, parents: true }));
      for (const name of ['b', 'a', 'é']) {
        value(await one.write({ op: 'create', path: `${root}/p/${name}` }));
      }
      const { children, stat } = value(await one.children(`${root}/p`));
      assert.deepEqual(children, ['a', 'b', 'c', 'é']);
      assert.deepEqual([stat.numChildren, stat.cversion], [4, 4]);
      refusedAs('NOTEMPTY', await one.write({ op: 'delete', path: `${root}/p` }));
      value(await one.write({ op: 'delete', path: `${root}/p`, recursive: true }));
      refusedAs('NONODE', await one.children(`${root}/p`));
    },
  },
  {
    title: 'sequence numbers count every child that ever was',
    async play({ root, client }) {
      const one = await client('one');
      const path = `${root}/n-`;
      const first = value(await one.write({ op: 'create', path, sequential: true }));
      assert.equal(first.path, `${root}/n-0000000000`);
      value(await one.write({ op: 'create', path: `${root}/other` }));
      value(await one.write({ op: 'delete', path: `${root}/other` }));
      const second = value(await one.write({ op: 'create', path, sequential: true }));
      assert.equal(second.path, `${root}/n-0000000002`);
    },
  },
  {
    title: 'an ephemeral has an owner and no children, and goes with the session',
    needs: ['more than ZooKeeper'],
    async play({ root, client }) {
      const other = await client('other');
      const path = `${root}/e`;
      refusedAs('BADARGUMENTS', await other.write({ op: 'create', path, kind: 'ephemeral' }));
      const owner = await client('owner', { sessionTimeoutMs: 20_000 });
      const stat = statOf(await owner.write({ op: 'create', path, kind: 'ephemeral' }));
      assert.equal(stat.ephemeralOwner, owner.session);
      refusedAs(
        'NOCHILDRENFOREPHEMERALS',
        await owner.write({ op: 'create', path: `${path}/child` }),
      );
      value(await owner.touchSession());
      value(await other.write({ op: 'checkSession', session: owner.session }));
      value(await owner.endSession());
      refusedAs('NONODE', await other.exists(path));
      refusedAs('SESSIONEXPIRED', await owner.write({ op: 'create', path, kind: 'ephemeral' }));
    },
  },
  {
    title: 'a transaction is all or nothing, and its ops see each other',
    needs: ['more than ZooKeeper'],
    async play({ root, client }) {
      const one = await client('one');
      const a = `${root}/a`;
      const done = value(
        await one.txn([
          { op: 'create', path: a, data: '1' },
          { op: 'create', path: `${a}/b` },
          { op: 'set', path: a, data: '2', version: 0 },
          { op: 'check', path: a, version: 1 },
          { op: 'delete', path: `${a}/b` },
        ]),
      );
      assert.deepEqual(
        done.results.map(({ op }) => op),
        ['create', 'create', 'set', 'check', 'delete'],
      );
      const failed = await one.txn([
        { op: 'set', path: a, data: '3' },
        { op: 'create', path: a },
      ]);
      refusedAs('NODEEXISTS', failed);
      assert.equal('failedIndex' in failed ? failed.failedIndex : undefined, 1);
      assert.equal(value(await one.get(a)).data, '2');
    },
  },
  {
    title: 'children are listed and counted, and a parent that has some stays',
    async play({ root, client }) {
      const one = await client('one');
      for (const name of ['b', 'a', 'é']) {
        value(await one.write({ op: 'create', path: `${root}/${name}` }));
      }
      const { children, stat } = value(await one.children(root));
      assert.deepEqual(children, ['a', 'b', 'é']);
      assert.deepEqual([stat.numChildren, stat.cversion], [3, 3]);
      refusedAs('NOTEMPTY', await one.write({ op: 'delete', path: root }));
    },
  },
  {
    title: 'an ephemeral goes with its session, and a session ends once',
    async play({ root, client }) {
      const owner = await client('owner', { sessionTimeoutMs: 20_000 });
      const other = await client('other', { sessionTimeoutMs: 20_000 });
      const path = `${root}/e`;
      const stat = statOf(await owner.write({ op: 'create', path, kind: 'ephemeral' }));
      assert.equal(stat.ephemeralOwner, owner.session);
      const child = { op: 'create', path: `${path}/c` } as const;
      refusedAs('NOCHILDRENFOREPHEMERALS', await owner.write(child));
      value(await owner.touchSession());
      value(await owner.endSession());
      value(await other.sync());
      refusedAs('NONODE', await other.exists(path));
    },
  },
  {
    title: 'a transaction that fails leaves everything as it was',
    async play({ root, client }) {
      const one = await client('one');
      const a = `${root}/a`;
      value(await one.write({ op: 'create', path: a, data: '1' }));
      const failed = await one.txn([
        { op: 'set', path: a, data: '2', version: 0 },
        { op: 'delete', path: a, version: 1 },
        { op: 'check', path: a },
        { op: 'create', path: `${root}/b` },
      ]);
      refusedAs('NONODE', failed);
      assert.equal('failedIndex' in failed ? failed.failedIndex : undefined, 2);
      assert.equal(value(await one.get(a)).data, '1');
      refusedAs('NONODE', await one.exists(`${root}/b`));
    },
  },
  {
    title: 'a transaction that does not hold takes its other branch',
    needs: ['else'],
    async play({ root, client }) {
      const one = await client('one');
      const path = `${root}/leader`;
      for (const branch of ['ops', 'else']) {
        const done = value(
          await one.txn(
            [
              { op: 'checkAbsent', path },
              { op: 'create', path, data: 'me' },
            ],
            [{ op: 'check', path }],
          ),
        );
        assert.equal(done.branch, branch);
      }
    },
  },
  {
    title: 'an ACL says who may, on the znode or on its parent',
    async play({ root, client }) {
      const alice = await client('alice', { user: 'alice:secret' });
      const bob = await client('bob', { user: 'bob:secret' });
      const path = `${root}/mine`;
      const acl = [
        { permissions: 'cdrwa', scheme: 'auth', id: '' },
        { permissions: 'r', scheme: 'ip', id: '10.0.0.0/8' },
      ];
      value(await alice.write({ op: 'create', path, data: 'x', acl }));
      refusedAs('NOAUTH', await bob.get(path));
      refusedAs('NOAUTH', await bob.children(path));
      refusedAs('NOAUTH', await bob.write({ op: 'set', path, data: 'y' }));
      refusedAs('NOAUTH', await bob.write({ op: 'create', path: `${path}/c` }));
      refusedAs('NOAUTH', await bob.write({ op: 'setAcl', path, acl: open }));
      refusedAs('NOAUTH', await bob.getAcl(path));
      value(await bob.exists(path));
      value(await alice.getAcl(path));
      value(await alice.write({ op: 'create', path: `${path}/c`, acl: open }));
      refusedAs('NOAUTH', await bob.write({ op: 'delete', path: `${path}/c` }));
      const opened = statOf(await alice.write({ op: 'setAcl', path, acl: open, version: 0 }));
      assert.equal(opened.aversion, 1);
      refusedAs('BADVERSION', await alice.write({ op: 'setAcl', path, acl: open, version: 0 }));
      value(await bob.write({ op: 'delete', path: `${path}/c` }));
    },
  },
  {
    title: 'a digest is shown to those alone who administer the znode',
    async play({ root, client }) {
      const alice = await client('alice', { user: 'alice:secret' });
      const anyone = await client('anyone');
      const path = `${root}/mine`;
      const acl = [
        { permissions: 'cdrwa', scheme: 'auth', id: '' },
        { permissions: 'r', scheme: 'world', id: 'anyone' },
      ];
      value(await alice.write({ op: 'create', path, acl }));
      assert.match(value(await alice.getAcl(path)).acl[0]?.id ?? '', /^alice:.{28}$/);
      assert.equal(value(await anyone.getAcl(path)).acl[0]?.id, 'alice:x');
    },
  },
  {
    title: 'what is not valid is refused in the same words everywhere',
    needs: ['more than ZooKeeper'],
    async play({ root, client }) {
      const one = await client('one');
      refusedAs('BADARGUMENTS', await one.write({ op: 'create', path: `${root}/../x` }));
      refusedAs('BADARGUMENTS', await one.write({ op: 'create', path: `${root}//x` }));
      refusedAs('BADARGUMENTS', await one.write({ op: 'delete', path: '/zookeeper' }));
      refusedAs('INVALIDACL', await one.write({ op: 'setAcl', path: root, acl: [] }));
      const unknown = [{ permissions: 'r', scheme: 'nobody-knows', id: 'x' }];
      refusedAs('INVALIDACL', await one.write({ op: 'create', path: `${root}/x`, acl: unknown }));
      refusedAs(
        'INVALIDACL',
        await one.write({
          op: 'create',
          path: `${root}/x`,
          acl: [{ permissions: 'r', scheme: 'auth', id: '' }],
        }),
      );
      refusedAs(
        'TOOLARGE',
        await one.write({ op: 'create', path: `${root}/${'x'.repeat(2_600)}` }),
      );
    },
  },
  {
    title: 'a request under one key happens once, and its answer is the first',
    needs: ['keys'],
    async play({ root, client }) {
      const one = await client('one');
      const idempotencyKey = randomBytes(16).toString('hex');
      const op = { op: 'create', path: `${root}/job-`, data: 'x', sequential: true } as const;
      const first = value(await one.write(op, { idempotencyKey }));
      const again = value(await one.write(op, { idempotencyKey }));
      assert.deepEqual(again, first);
      assert.equal(value(await one.children(root)).children.length, 1);
      refusedAs('KEYREUSED', await one.write({ ...op, data: 'y' }, { idempotencyKey }));
    },
  },
  {
    title: 'a stream brings every change below a znode, in order',
    needs: ['streams'],
    async play({ root, client, transcript }) {
      const watcher = await client('watcher');
      const writer = await client('writer');
      const watching = value(await watcher.watch(root, { recursive: true, values: true }));
      value(await writer.write({ op: 'create', path: `${root}/a`, data: '1' }));
      value(
        await writer.txn([
          { op: 'set', path: `${root}/a`, data: '2' },
          { op: 'create', path: `${root}/a/b`, data: '3' },
        ]),
      );
      value(await writer.write({ op: 'delete', path: root, recursive: true }));
      await eventsOf(6, watching, transcript);
      assert.deepEqual(
        watching.events.map(({ type, path, data }) => [type, path.slice(root.length), data]),
        [
          ['created', '/a', '1'],
          ['dataChanged', '/a', '2'],
          ['created', '/a/b', '3'],
          ['deleted', '/a/b', undefined],
          ['deleted', '/a', undefined],
          ['deleted', '', undefined],
        ],
      );
      const [, set, made] = watching.events;
      assert.equal(set?.zxid, made?.zxid);
      const later = value(
        await watcher.watch(root, { recursive: true, values: true, from: set?.zxid ?? '' }),
      );
      await eventsOf(3, later, transcript);
      assert.deepEqual(later.events, watching.events.slice(3));
      watching.close();
      later.close();
    },
  },
  {
    title: 'a stream of one znode brings its own changes and its list of children',
    needs: ['streams'],
    async play({ root, client, transcript }) {
      const watcher = await client('watcher');
      value(await watcher.write({ op: 'create', path: `${root}/old`, data: 'o' }));
      const watching = value(await watcher.watch(root, { initial: true }));
      value(await watcher.write({ op: 'create', path: `${root}/c` }));
      value(await watcher.write({ op: 'set', path: `${root}/c`, data: 'x' }));
      value(await watcher.write({ op: 'set', path: root, data: 'mine' }));
      await eventsOf(3, watching, transcript);
      assert.deepEqual(
        watching.events.map(({ type, path }) => [type, path]),
        [
          ['created', root],
          ['childrenChanged', root],
          ['dataChanged', root],
        ],
      );
      watching.close();
    },
  },
  {
    title: 'a stream shows no one what it may not read',
    needs: ['streams'],
    async play({ root, client, transcript }) {
      const alice = await client('alice', { user: 'alice:secret' });
      const bob = await client('bob', { user: 'bob:secret' });
      const watching = value(await bob.watch(root, { recursive: true, values: true }));
      const acl = [{ permissions: 'cdrwa', scheme: 'auth', id: '' }];
      value(await alice.write({ op: 'create', path: `${root}/secret`, data: 'x', acl }));
      value(await alice.write({ op: 'set', path: `${root}/secret`, data: 'y' }));
      value(await alice.write({ op: 'delete', path: `${root}/secret` }));
      value(await alice.write({ op: 'create', path: `${root}/open`, data: 'o' }));
      await eventsOf(1, watching, transcript);
      assert.equal(watching.events[0]?.path, `${root}/open`);
      watching.close();
    },
  },
  {
    title: 'a lock has one holder, a queue, and tokens that grow',
    needs: ['locks'],
    async play({ root, client }) {
      const name = `lock${root.replaceAll('/', '-')}`;
      const [one, two] = [await client('one'), await client('two')];
      const ids = [0, 1].map(() => randomBytes(16).toString('base64url'));
      const [first = '', second = ''] = ids;
      const held = value(await one.acquire(name, { lockId: first, ttlMs: 20_000 }));
      assert.equal(held.state, 'granted');
      assert.deepEqual(
        value(await one.acquire(name, { lockId: first, ttlMs: 20_000 })).token,
        held.token,
      );
      refusedAs('LOCKHELD', await two.acquire(name, { try: true }));
      const queued = value(await two.acquire(name, { lockId: second, ttlMs: 20_000 }));
      assert.deepEqual([queued.state, queued.ahead], ['queued', 1]);
      const guarded = { op: 'checkLock', lock: name, token: held.token } as const;
      value(await one.txn([guarded, { op: 'set', path: root, data: 'one' }]));
      const waiting = two.poll(name, second, 30_000);
      refusedAs('FENCED', await one.release(name, first, queued.token || '1'));
      value(await one.release(name, first, held.token));
      const granted = value(await waiting);
      assert.equal(granted.state, 'granted');
      assert.ok(BigInt(granted.token) > BigInt(held.token), 'tokens grow');
      refusedAs('FENCED', await one.txn([guarded, { op: 'set', path: root, data: 'late' }]));
      refusedAs('LOCKLOST', await one.poll(name, first, 0));
      refusedAs('LOCKLOST', await one.acquire(name, { lockId: first, ttlMs: 20_000 }));
      value(await two.release(name, second));
    },
  },
  {
    title: 'readers share a lock, a writer has it alone, a semaphore counts',
    needs: ['locks'],
    async play({ root, client }) {
      const name = `rw${root.replaceAll('/', '-')}`;
      const one = await client('one');
      const ttlMs = 20_000;
      const enter = async (mode: 'read' | 'write', wait = 0): Promise<[string, string]> => {
        const { state, lockId } = value(await one.acquire(name, { mode, ttlMs, waitMs: wait }));
        return [state, lockId];
      };
      const [[a, readA], [b, readB]] = [await enter('read'), await enter('read')];
      const [c, write] = await enter('write');
      const [d, late] = await enter('read');
      assert.deepEqual([a, b, c, d], ['granted', 'granted', 'queued', 'queued']);
      refusedAs('LOCKMIXED', await one.acquire(name, { mode: 'semaphore', permits: 2, ttlMs }));
      value(await one.release(name, readA));
      assert.equal(value(await one.poll(name, write, 0)).state, 'queued');
      value(await one.release(name, readB));
      assert.equal(value(await one.poll(name, write, 30_000)).state, 'granted');
      value(await one.release(name, write));
      assert.equal(value(await one.poll(name, late, 30_000)).state, 'granted');
      value(await one.release(name, late));
    },
  },
  {
    title: 'a lock goes with its session, and its holder learns of it',
    needs: ['locks'],
    async play({ root, client }) {
      const name = `session${root.replaceAll('/', '-')}`;
      const owner = await client('owner', { sessionTimeoutMs: 20_000 });
      const other = await client('other');
      const lockId = randomBytes(16).toString('base64url');
      const held = value(await owner.acquire(name, { lockId, inSession: true }));
      assert.deepEqual([held.state, held.session], ['granted', owner.session]);
      value(await owner.endSession());
      refusedAs('LOCKLOST', await other.poll(name, lockId, 0));
      const free = value(await other.acquire(name, { try: true, ttlMs: 20_000 }));
      assert.equal(free.state, 'granted');
      value(await other.release(name, free.lockId));
    },
  },
];
