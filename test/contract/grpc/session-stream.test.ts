import { status, type ClientDuplexStream } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import type {
  SessionRequest,
  SessionResponse__Output,
} from '../../../src/generated/quoll/v1/session.ts';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import {
  GrpcClient,
  locks,
  refusalOf,
  richErrorOf,
  sessions,
  znodes,
} from '../../support/grpc-client.ts';
import { until } from '../../support/until.ts';

type Opened = NonNullable<SessionResponse__Output['opened']>;

/** A `Session` stream and all that came on it. */
class Carried {
  readonly came: SessionResponse__Output[] = [];
  readonly ended: Promise<unknown>;
  readonly #stream: ClientDuplexStream<SessionRequest, SessionResponse__Output>;

  constructor(client: GrpcClient) {
    const stream = client.duplex(sessions.Session);
    stream.on('data', (message: SessionResponse__Output) => this.came.push(message));
    this.ended = new Promise((resolve) => {
      stream.on('error', resolve);
      stream.on('end', () => {
        resolve(undefined);
      });
    });
    this.#stream = stream;
  }

  send(...requests: readonly SessionRequest[]): void {
    for (const request of requests) this.#stream.write(request);
  }

  async answer(id: number): Promise<SessionResponse__Output> {
    return until(`an answer to ${String(id)}`, () => this.came.find((each) => each.id === id));
  }

  async opened(request: SessionRequest = { open: { timeoutMs: 20_000 } }): Promise<Opened> {
    this.send({ id: 1, ...request });
    return (await this.answer(1)).opened ?? assert.fail('not opened');
  }

  /** What came, in order, in short. */
  get order(): readonly string[] {
    return this.came.map(({ id, response }) => `${String(id)} ${String(response)}`);
  }

  halfClose(): void {
    this.#stream.end();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  async cancel(): Promise<void> {
    this.#stream.cancel();
    await this.ended;
  }
}

describe('grpc: the Session stream', () => {
  let ensemble: TestEnsemble;
  let client: GrpcClient;
  let other: GrpcClient;
  /** Of the peer that `client` talks to. */
  let address: string;

  before(async () => {
    ensemble = await startEnsemble({
      peers: 2,
      grpc: true,
      lines: ['quoll.limits.sessionTimeoutMsMin=1000'],
    });
    const leader = await ensemble.leader();
    const follower = ensemble.peers.find((peer) => peer !== leader) ?? assert.fail('no follower');
    address = follower.grpc;
    client = new GrpcClient(address);
    other = new GrpcClient(leader.grpc);
  });

  after(async () => {
    client.close();
    other.close();
    await ensemble.stop();
  });

  const data = (text: string): Buffer => Buffer.from(text);

  it('does requests in order without waiting, and answers in order', async () => {
    const carried = new Carried(client);
    carried.send({ id: 1, open: {} }, { id: 2, create: { path: '/fifo', data: data('0') } });
    const count = 100;
    for (let number = 1; number <= count; number++) {
      carried.send(
        { id: number * 2 + 1, set: { path: '/fifo', data: data(String(number)) } },
        { id: number * 2 + 2, get: { path: '/fifo', read: { consistency: 'CONSISTENCY_LOCAL' } } },
      );
    }
    carried.halfClose();
    assert.equal(await carried.ended, undefined);
    assert.deepEqual(
      carried.came.map(({ id }) => id),
      Array.from({ length: count * 2 + 2 }, (_, index) => index + 1),
    );
    for (const { id, get, set } of carried.came) {
      if (get) assert.equal(get.data.toString(), String(id / 2 - 1));
      if (set) assert.equal(set.stat?.version, (id - 1) / 2);
    }
  });

  it('says an error of one request with its id, and goes on', async () => {
    const carried = new Carried(client);
    await carried.opened();
    carried.send(
      { id: 2, get: { path: '/nothing' } },
      { id: 3, get: { path: 'nothing' } },
      { id: 4 },
      { id: 5, open: {} },
      { id: 6, set: { path: '/' }, leavesWatch: true },
      { id: 7, txn: { ops: [{ check: { path: '/' } }, { check: { path: '/nothing' } }] } },
      { id: 8, exists: { path: '/' } },
    );
    await carried.answer(8);
    const errors = carried.came.slice(1, 7).map(({ error }) => error);
    assert.deepEqual(
      errors.map((error) => error?.code),
      ['NONODE', 'BADARGUMENTS', 'BADARGUMENTS', 'BADARGUMENTS', 'BADARGUMENTS', 'NONODE'],
    );
    const [missing] = errors;
    assert.equal(missing?.status, status.NOT_FOUND);
    assert.equal(missing.zkCode, -101);
    assert.equal(missing.path, '/nothing');
    assert.equal(missing.surelyNotApplied, true);
    assert.equal(missing.failedIndex, -1);
    assert.equal(errors[5]?.failedIndex, 1);
    await carried.cancel();
  });

  it('ends where the two sides no longer understand each other', async () => {
    for (const requests of [
      [{ id: 1, get: { path: '/' } }],
      [{ id: 0, open: {} }],
      [
        { id: 1, open: {} },
        { id: 2, get: { path: '/' } },
        { id: 2, get: { path: '/' } },
      ],
      [{ id: 1, attach: { secret: Buffer.alloc(16) } }],
    ] as const) {
      const carried = new Carried(client);
      carried.send(...requests);
      const error = richErrorOf(await carried.ended);
      assert.equal(error.reason, 'BADARGUMENTS', error.detail);
    }
    const wrong = new Carried(client);
    wrong.send({ id: 1, attach: { sessionId: 5, secret: Buffer.alloc(16) } });
    assert.equal(richErrorOf(await wrong.ended).reason, 'SESSIONEXPIRED');
  });

  it('fires one-shot watches once, before the answer that shows the change', async () => {
    const carried = new Carried(client);
    await carried.opened();
    const path = '/once';
    carried.send({ id: 2, exists: { path }, leavesWatch: true });
    assert.equal((await carried.answer(2)).error?.code, 'NONODE');
    carried.send({ id: 3, create: { path } });
    await carried.answer(3);
    carried.send(
      { id: 4, get: { path }, leavesWatch: true },
      { id: 5, listChildren: { path }, leavesWatch: true },
      { id: 6, set: { path } },
      { id: 7, set: { path } },
      { id: 8, create: { path: `${path}/child` } },
    );
    await carried.answer(8);
    const fired = carried.came.filter(({ response }) => response === 'fired');
    assert.deepEqual(
      fired.map(({ id, fired: event }) => `${String(id)} ${String(event?.type)}`),
      [
        '2 WATCH_EVENT_TYPE_CREATED',
        '4 WATCH_EVENT_TYPE_DATA_CHANGED',
        '5 WATCH_EVENT_TYPE_CHILDREN_CHANGED',
      ],
    );
    const place = (entry: string): number => carried.order.indexOf(entry);
    assert.ok(place('2 fired') < place('3 create'));
    assert.ok(place('4 fired') < place('6 set'));
    assert.ok(place('5 fired') < place('8 create'));
    await carried.cancel();
  });

  it('carries watches beside requests, and shares nothing but the events', async () => {
    const carried = new Carried(client);
    await carried.opened();
    carried.send(
      { id: 2, create: { path: '/many' } },
      { id: 3, watch: { path: '/many', withData: true } },
      { id: 4, watch: { path: '/many', recursive: true } },
      { id: 5, watch: { path: '/many', initial: true, after: { zxid: 1 } } },
      { id: 6, set: { path: '/many', data: data('x') } },
    );
    await carried.answer(6);
    const told = carried.came.filter(({ watch }) => watch?.events);
    assert.deepEqual(
      told.map(({ id, watch }) => [id, watch?.events?.events[0]?.data.toString()]).sort(),
      [
        [3, 'x'],
        [4, ''],
      ],
    );
    assert.equal((await carried.answer(5)).error?.code, 'BADARGUMENTS');
    carried.send(
      { id: 7, unwatch: { watchId: 3 } },
      { id: 8, unwatch: { watchId: 3 } },
      { id: 9, set: { path: '/many' } },
    );
    await carried.answer(9);
    assert.equal((await carried.answer(7)).unwatch?.wasThere, true);
    assert.equal((await carried.answer(8)).unwatch?.wasThere, false);
    const later = carried.came.filter(({ watch }) => watch?.events).slice(2);
    assert.deepEqual(
      later.map(({ id }) => id),
      [4],
    );
    await carried.cancel();
  });

  it('is told when another carrier takes the session over, or it ends', async () => {
    const first = new Carried(client);
    const { sessionId, secret } = await first.opened();
    first.send({ id: 2, create: { path: '/mine', kind: 'ZNODE_KIND_EPHEMERAL' } });
    await first.answer(2);
    const second = new Carried(other);
    await second.opened({ attach: { sessionId, secret } });
    assert.equal(await first.ended, undefined);
    assert.equal(first.came.at(-1)?.left?.reason, 'SESSION_LEFT_REASON_MOVED');
    assert.equal(first.came.at(-1)?.id, 0);

    const metadata = {
      'x-session-id': sessionId.toString(),
      'x-session-secret': secret.toString('base64url'),
    };
    await client.call(sessions.CloseSession, {}, { metadata });
    assert.equal(await second.ended, undefined);
    assert.equal(second.came.at(-1)?.left?.reason, 'SESSION_LEFT_REASON_ENDED');
    const gone = await refusalOf(client.call(znodes.Get, { path: '/mine' }));
    assert.equal(gone.reason, 'NONODE');
  });

  it('ends its session when told so, after all before it', async () => {
    const carried = new Carried(client);
    await carried.opened();
    carried.send(
      { id: 2, create: { path: '/brief-', kind: 'ZNODE_KIND_EPHEMERAL', sequential: true } },
      { id: 3, touch: {} },
      { id: 4, close: {} },
    );
    assert.equal(await carried.ended, undefined);
    assert.deepEqual(carried.order.slice(1), ['2 create', '3 touch', '4 close']);
    const path = carried.came[1]?.create?.path ?? '';
    assert.equal((await refusalOf(other.call(znodes.Get, { path }))).reason, 'NONODE');
  });

  it('keeps its session alive while it is open, longer than its timeout', async () => {
    const carried = new Carried(client);
    const { sessionId } = await carried.opened({ open: { timeoutMs: 1 } });
    const guard = { ops: [{ checkSession: { sessionId } }] };
    const { timeoutMs } = (await carried.answer(1)).opened ?? assert.fail();
    const until_ = performance.now() + timeoutMs * 2;
    await until('twice the timeout', async () => {
      await other.call(znodes.Txn, guard);
      return performance.now() > until_;
    });
    await carried.cancel();
    await until('its end once nobody carries it', async () => {
      const refused = await refusalOf(other.call(znodes.Txn, guard));
      return refused.reason === 'SESSIONEXPIRED';
    });
  });

  it('waits for a lock without holding anything up, and may stop waiting', async () => {
    const name = 'streamed';
    const lockId = Buffer.from('held by another!').toString('base64url');
    await other.call(locks.AcquireLock, { name, lockId, ttlMs: 20_000 });
    const carried = new Carried(client);
    const { sessionId } = await carried.opened();
    carried.send(
      { id: 2, acquireLock: { name, waitMs: 60_000 } },
      { id: 3, get: { path: '/' } },
      { id: 4, getLock: { name } },
    );
    await carried.answer(3);
    assert.equal(carried.order.includes('2 acquireLock'), false);
    await until('two in the queue', async () => {
      return (await other.call(locks.GetLock, { name })).contenders.length === 2;
    });
    carried.send({ id: 5, cancelWait: { requestId: 2 } });
    assert.equal((await carried.answer(5)).cancelWait?.wasWaiting, true);
    const queued = (await carried.answer(2)).acquireLock?.status;
    assert.equal(queued?.granted, false);
    assert.deepEqual(queued.sessionId, sessionId);
    carried.send({ id: 6, pollLock: { name, lockId: queued.lockId, waitMs: 60_000 } });
    await other.call(locks.ReleaseLock, { name, lockId });
    const granted = (await carried.answer(6)).pollLock?.status;
    assert.equal(granted?.granted, true);
    carried.send({ id: 7, releaseLock: { name, lockId: granted.lockId } });
    assert.ok((await carried.answer(7)).releaseLock);
    await carried.cancel();
  });

  it('observes elections', async () => {
    const carried = new Carried(client);
    await carried.opened();
    carried.send(
      { id: 2, observeLeader: { name: 'streamed' } },
      { id: 3, campaign: { name: 'streamed', data: data('me') } },
    );
    await until('to be told of itself', () =>
      carried.came.some(({ observeLeader }) => observeLeader?.leader?.data.toString() === 'me'),
    );
    assert.equal((await carried.answer(3)).campaign?.status?.granted, true);
    carried.send({ id: 4, unwatch: { watchId: 2 } });
    assert.equal((await carried.answer(4)).unwatch?.wasThere, true);
    await carried.cancel();
  });

  it('holds back a client that does not read, and nobody else', async () => {
    const path = '/large';
    const { http } = ensemble.peers.find(({ grpc }) => grpc === address) ?? assert.fail();
    const reads = async (): Promise<number> => {
      const text = await (await fetch(`${http}/metrics`)).text();
      return Number(/^quoll_reads_total ([0-9]+)$/m.exec(text)?.[1] ?? assert.fail(text));
    };
    const carried = new Carried(client);
    await carried.opened();
    await other.call(znodes.Set, { path, data: Buffer.alloc(200_000, 'x'), create: true });
    await client.call(znodes.Sync, {});
    carried.pause();
    const before = await reads();
    const count = 600;
    for (let id = 2; id < count + 2; id++) {
      carried.send({ id, get: { path, read: { consistency: 'CONSISTENCY_LOCAL' } } });
    }
    await until('the first of them to be read', async () => (await reads()) > before);
    const own = 50;
    for (let each = 0; each < own; each++) await client.call(znodes.Get, { path: '/' });
    // What is in flight, what waits to be sent, and what the connection takes; by far not all.
    assert.ok((await reads()) - before - own < count / 2);
    carried.resume();
    await carried.answer(count + 1);
    assert.deepEqual(
      carried.came.map(({ id }) => id),
      Array.from({ length: count + 1 }, (_, index) => index + 1),
    );
    await carried.cancel();
  });

  it('holds back a client that does not take its events, whatever it asks for', async () => {
    const path = '/eventful';
    const { http } = ensemble.peers.find(({ grpc }) => grpc === address) ?? assert.fail();
    const reads = async (): Promise<number> => {
      const text = await (await fetch(`${http}/metrics`)).text();
      return Number(/^quoll_reads_total ([0-9]+)$/m.exec(text)?.[1] ?? assert.fail(text));
    };
    const carried = new Carried(client);
    await carried.opened();
    await other.call(znodes.Set, { path, data: Buffer.alloc(200_000, 'x'), create: true });
    await client.call(znodes.Sync, {});
    carried.send({ id: 2, watch: { path, withData: true } });
    await carried.answer(2);
    carried.pause();
    for (let each = 0; each < 20; each++) {
      await other.call(znodes.Set, { path, data: Buffer.alloc(200_000, 'y') });
    }
    await client.call(znodes.Sync, {});
    const before = await reads();
    const count = 600;
    for (let id = 3; id < count + 3; id++) {
      carried.send({ id, get: { path, read: { consistency: 'CONSISTENCY_LOCAL' } } });
    }
    await until('the first of them to be read', async () => (await reads()) > before);
    const own = 50;
    for (let each = 0; each < own; each++) await client.call(znodes.Get, { path: '/' });
    // What is in flight, what waits to be sent, and what the connection takes; by far not all.
    assert.ok((await reads()) - before - own < count / 2);
    carried.resume();
    await carried.answer(count + 2);
    assert.deepEqual(
      carried.came.map(({ id }) => id).filter((id) => id !== 2),
      [1, ...Array.from({ length: count }, (_, index) => index + 3)],
    );
    await carried.cancel();
  });
});
