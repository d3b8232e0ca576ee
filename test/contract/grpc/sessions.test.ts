import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import {
  cluster,
  elections,
  GrpcClient,
  locks,
  refusalOf,
  sessions,
  znodes,
} from '../../support/grpc-client.ts';
import { until } from '../../support/until.ts';

const secret = Buffer.from('0123456789abcdef');
const lockId = Buffer.from('an id of 16 byte').toString('base64url');
const otherId = Buffer.from('another id, long').toString('base64url');

interface OpenSession {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}

describe('grpc: sessions, locks and elections', () => {
  let ensemble: TestEnsemble;
  let client: GrpcClient;
  let other: GrpcClient;

  before(async () => {
    ensemble = await borrowEnsemble();
    const leader = await ensemble.leader();
    const follower = ensemble.peers.find((peer) => peer !== leader) ?? assert.fail('no follower');
    client = new GrpcClient(follower.grpc);
    other = new GrpcClient(leader.grpc);
  });

  after(async () => {
    client.close();
    other.close();
    await ensemble.stop();
  });

  async function opened(timeoutMs = 10_000): Promise<OpenSession> {
    const session = await client.call(sessions.OpenSession, { timeoutMs });
    const id = session.sessionId.toString();
    return {
      id,
      metadata: { 'x-session-id': id, 'x-session-secret': session.secret.toString('base64url') },
    };
  }

  it('opens a session with defaults, within the limits', async () => {
    const { limits } = await client.call(cluster.GetInfo, {});
    const session = await client.call(sessions.OpenSession, {});
    assert.equal(session.timeoutMs, 30_000);
    assert.equal(session.secret.length, 16);
    assert.ok(session.expiresInMs > 0);
    const short = await client.call(sessions.OpenSession, { timeoutMs: 1 });
    assert.equal(short.timeoutMs, limits?.sessionTimeoutMsMin);
    const long = await client.call(sessions.OpenSession, { timeoutMs: 99_999_999 });
    assert.equal(long.timeoutMs, limits?.sessionTimeoutMsMax);
  });

  it('opens the same session for a retry with id and secret', async () => {
    const request = { sessionId: 4_711, secret };
    const first = await client.call(sessions.OpenSession, request);
    const again = await other.call(sessions.OpenSession, request);
    assert.equal(first.sessionId.toString(), '4711');
    assert.deepEqual(again.sessionId, first.sessionId);
    for (const wrong of [
      { sessionId: 5 },
      { secret: Buffer.from('short') },
      { sessionId: '9223372036854775808', secret },
    ]) {
      const refused = await refusalOf(client.call(sessions.OpenSession, wrong));
      assert.equal(refused.code, status.INVALID_ARGUMENT);
    }
  });

  it('keeps ephemeral znodes until the session is closed', async () => {
    const { id, metadata } = await opened();
    const path = '/ephemeral';
    const create = { path, kind: 'ZNODE_KIND_EPHEMERAL' } as const;
    const made = await client.call(znodes.Create, create, { metadata });
    assert.equal(made.stat?.ephemeralOwner.toString(), id);
    const touched = await other.call(sessions.TouchSession, {}, { metadata });
    assert.equal(touched.timeoutMs, 10_000);
    const read = { path, read: { consistency: 'CONSISTENCY_SESSION' } } as const;
    assert.deepEqual((await other.call(znodes.Get, read, { metadata })).stat, made.stat);
    const guard = { ops: [{ checkSession: { sessionId: id } }] };
    await other.call(znodes.Txn, guard);

    await other.call(sessions.CloseSession, {}, { metadata });
    assert.equal((await refusalOf(client.call(znodes.Get, { path }))).reason, 'NONODE');
    const gone = await refusalOf(client.call(sessions.TouchSession, {}, { metadata }));
    assert.equal(gone.code, status.FAILED_PRECONDITION);
    assert.equal(gone.reason, 'SESSIONEXPIRED');
    assert.equal((await refusalOf(client.call(znodes.Txn, guard))).reason, 'SESSIONEXPIRED');
    // Closing is done; done again it is no error.
    await client.call(sessions.CloseSession, {}, { metadata });
  });

  it('refuses who cannot prove the session', async () => {
    const { id, metadata } = await opened();
    const cases: [Readonly<Record<string, string>>, string][] = [
      [{}, 'AUTHFAILED'],
      // Not told from a session that is gone, so that nobody learns which ids exist.
      [{ ...metadata, 'x-session-secret': secret.toString('base64url') }, 'SESSIONEXPIRED'],
      [{ ...metadata, 'x-session-secret': 'short' }, 'AUTHFAILED'],
      [{ 'x-session-id': id }, 'BADARGUMENTS'],
      [{ ...metadata, 'x-session-id': '0x10' }, 'BADARGUMENTS'],
      [{ ...metadata, 'x-session-id': '5,6' }, 'BADARGUMENTS'],
      [{ ...metadata, authorization: 'Session 1:AAECAwQFBgcICQoLDA0ODw' }, 'BADARGUMENTS'],
    ];
    for (const [given, reason] of cases) {
      const refused = await refusalOf(client.call(sessions.TouchSession, {}, { metadata: given }));
      assert.equal(refused.reason, reason, JSON.stringify(given));
    }
    await client.call(sessions.TouchSession, {}, { metadata });
  });

  it('grants a lock once, with a token that guards writes', async () => {
    const name = 'guarded';
    const acquire = { name, lockId, ttlMs: 20_000 };
    const { status: mine } = await client.call(locks.AcquireLock, acquire);
    assert.equal(mine?.granted, true);
    assert.equal(mine.lockId, lockId);
    assert.ok(mine.path.startsWith('/locks/guarded/'));
    const again = await other.call(locks.AcquireLock, acquire);
    assert.deepEqual(again.status?.fencingToken, mine.fencingToken);

    const theirs = { name, lockId: otherId, ttlMs: 20_000 };
    const held = await refusalOf(other.call(locks.AcquireLock, { ...theirs, tryOnly: true }));
    assert.equal(held.reason, 'LOCKHELD');
    const queued = await other.call(locks.AcquireLock, theirs);
    assert.deepEqual([queued.status?.granted, queued.status?.ahead], [false, 1]);

    const view = await client.call(locks.GetLock, { name });
    assert.equal(view.path, '/locks/guarded');
    assert.equal(view.dialect, 'LOCK_DIALECT_CURATOR');
    assert.deepEqual(
      view.contenders.map(({ holds }) => holds),
      [true, false],
    );
    const fencingToken = mine.fencingToken;
    await client.call(locks.CheckLock, { name, fencingToken });
    const guard = (token: typeof fencingToken): object => ({
      ops: [{ checkLock: { queue: '/locks/guarded', fencingToken: token } }],
    });
    await client.call(znodes.Txn, guard(fencingToken));
    const stale = await refusalOf(client.call(znodes.Txn, guard(fencingToken.sub(1))));
    assert.deepEqual([stale.code, stale.reason], [status.ABORTED, 'FENCED']);
    const renewed = await client.call(locks.RenewLock, { name, lockId });
    assert.equal(renewed.status?.granted, true);

    const polled = other.call(locks.PollLock, { name, lockId: otherId, waitMs: 20_000 });
    const wrong = { name, lockId, fencingToken: fencingToken.sub(1) };
    assert.equal((await refusalOf(client.call(locks.ReleaseLock, wrong))).reason, 'FENCED');
    await client.call(locks.ReleaseLock, { name, lockId, fencingToken });
    const next = (await polled).status;
    assert.equal(next?.granted, true);
    assert.ok(next.fencingToken.greaterThan(fencingToken));
    const lost = await refusalOf(client.call(locks.PollLock, { name, lockId }));
    assert.equal(lost.reason, 'LOCKLOST');
    await other.call(locks.ReleaseLock, { name, lockId: otherId });
  });

  it('keeps the place of a call that is cancelled, unless it abandons', async () => {
    const name = 'cancelled';
    await client.call(locks.AcquireLock, { name, lockId, ttlMs: 20_000 });
    const places = async (): Promise<number> =>
      (await client.call(locks.GetLock, { name })).contenders.length;
    for (const abandonOnCancel of [false, true]) {
      const waiting = other.cancellable(locks.AcquireLock, {
        name,
        lockId: otherId,
        ttlMs: 20_000,
        waitMs: 20_000,
        abandonOnCancel,
      });
      await until('the other to queue', async () => (await places()) === 2);
      waiting.cancel();
      await assert.rejects(waiting.response, { code: status.CANCELLED });
      if (abandonOnCancel) await until('it to leave', async () => (await places()) === 1);
      else {
        const kept = await other.call(locks.PollLock, { name, lockId: otherId });
        assert.equal(kept.status?.granted, false);
      }
    }
  });

  it('refuses what is no lock', async () => {
    const cases = [
      { name: '' },
      { name: 'a/b' },
      { name: 'x', lockId: 'short' },
      { name: 'x', permits: 3 },
      { name: 'x', mode: 'LOCK_MODE_SEMAPHORE' },
      { name: 'x', mode: 99 },
      { name: 'x', dialect: 'LOCK_DIALECT_FOREIGN' },
      { name: 'x', waitMs: 600_001 },
    ] as const;
    for (const wrong of cases) {
      const refused = await refusalOf(
        client.call(locks.AcquireLock, wrong as { readonly name: string }),
      );
      assert.equal(refused.code, status.INVALID_ARGUMENT, JSON.stringify(wrong));
    }
    for (const refused of [
      await refusalOf(client.call(locks.PollLock, { name: 'x' })),
      await refusalOf(client.call(locks.CheckLock, { name: 'x' })),
    ]) {
      assert.equal(refused.code, status.INVALID_ARGUMENT);
    }
  });

  it('elects, tells who leads, and lets the leader proclaim and resign', async () => {
    const name = 'chair';
    const stream = other.stream(elections.ObserveLeader, { name });
    const told: (string | null)[] = [];
    stream.on('data', ({ leader }: { leader: { data: Buffer } | null }) =>
      told.push(leader === null ? null : leader.data.toString()),
    );
    const ended = new Promise((resolve) => stream.on('error', resolve));

    assert.equal((await client.call(elections.GetLeader, { name })).leader, null);
    await until('the observer to begin', () => told.length > 0);
    const stand = { name, lockId, data: Buffer.from('first'), ttlMs: 20_000 };
    const { status: mine } = await client.call(elections.Campaign, stand);
    assert.equal(mine?.granted, true);
    const second = { name, lockId: otherId, data: Buffer.from('second'), ttlMs: 20_000 };
    assert.equal((await other.call(elections.Campaign, second)).status?.granted, false);
    const { leader } = await other.call(elections.GetLeader, { name });
    assert.deepEqual([leader?.data.toString(), leader?.fencingToken], ['first', mine.fencingToken]);

    await client.call(elections.Proclaim, { name, lockId, data: Buffer.from('news') });
    const usurper = { name, lockId: otherId, data: Buffer.from('mine') };
    assert.equal((await refusalOf(other.call(elections.Proclaim, usurper))).reason, 'FENCED');
    await client.call(elections.RenewCampaign, { name, lockId });
    const polled = other.call(elections.PollCampaign, { name, lockId: otherId, waitMs: 20_000 });
    await client.call(elections.Resign, { name, lockId, fencingToken: mine.fencingToken });
    assert.equal((await polled).status?.granted, true);
    await until('the observer to have seen all of it', () => told.at(-1) === 'second');
    assert.deepEqual(
      told.filter((each) => each !== null),
      ['first', 'news', 'second'],
    );
    stream.cancel();
    await ended;
  });

  it('tells of the ensemble', async () => {
    const view = await client.call(cluster.GetCluster, {});
    assert.equal(view.peers.length, 3);
    assert.deepEqual(
      view.peers.map(({ id, isUp, votes }) => [id, isUp, votes]),
      [1, 2, 3].map((id) => [id, true, true]),
    );
    assert.equal(view.peers.find(({ id }) => id === view.leaderId)?.role, 'PEER_ROLE_LEADER');
    await until('all addresses to be known', async () => {
      const { peers } = await client.call(cluster.GetCluster, {});
      return peers.every(({ id, grpc }) => grpc === ensemble.peer(id).grpc);
    });
    const rest = await ensemble.peer(1).cluster();
    assert.deepEqual(
      rest.peers.map(({ grpc }) => grpc),
      ensemble.peers.map(({ grpc }) => grpc),
    );
    const info = await client.call(cluster.GetInfo, {});
    assert.equal(info.clusterId, view.clusterId);
    assert.equal(info.limits?.dataBytesMax, 1_000_000);
    assert.equal(info.serverId, view.selfId);
  });
});
