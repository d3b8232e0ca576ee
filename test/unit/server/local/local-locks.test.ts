import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import { authGrantsPath, type Verb } from '../../../../src/model/auth.ts';
import type { PeerMessage } from '../../../../src/model/peer-message.ts';
import { defaultServerOptions } from '../../../../src/server/options.ts';
import type { Caller } from '../../../../src/service/call.ts';
import type { LockService, LockStatus, Waiting } from '../../../../src/service/locking.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import type { SessionService } from '../../../../src/service/sessions.ts';
import { grantOp, grantsOn, roleOp, superuser } from '../../../support/model/grants.ts';
import { path, remove } from '../../../support/model/requests.ts';
import { Bed, nobody, soon } from '../../../support/watch/watch-bed.ts';

const queue = path('/locks/narrow');

async function aPeerWithRoomForOneWaiter() {
  const { ensemble, leader } = await new Bed(1, { tuning: { lockWaitsMax: 1 } }).established();
  const { locks } = leader.server.service;
  const acquire = (waitMs: number, tryOnly = false): Waiting<LockStatus> =>
    locks.acquire({ queue, mode: 'exclusive', tryOnly }, nobody, { waitMs, ...soon });
  const contenders = async (): Promise<number> =>
    (await ensemble.settle(locks.view(queue, nobody, soon.timeoutMs))).contenders.length;
  return { ensemble, acquire, contenders };
}

function refusal(error: unknown): string {
  assert.ok(error instanceof ServiceError, String(error));
  return error.refusal.code;
}

describe('waiters for locks on one peer', () => {
  it('are throttled before they enter the queue, also those that come together', async () => {
    const { ensemble, acquire, contenders } = await aPeerWithRoomForOneWaiter();
    assert.equal((await ensemble.settle(acquire(0).result)).state, 'granted');
    const both = [acquire(1_000), acquire(1_000)].map(async ({ result }) =>
      result.then(({ state }) => state, refusal),
    );
    assert.deepEqual(await ensemble.settle(Promise.all(both)), ['queued', 'throttled']);
    assert.equal(await contenders(), 2);
  });

  it('leave room when they are refused', async () => {
    const { ensemble, acquire, contenders } = await aPeerWithRoomForOneWaiter();
    assert.equal((await ensemble.settle(acquire(0).result)).state, 'granted');
    for (let times = 0; times < 3; times++) {
      assert.equal(await ensemble.settle(acquire(0, true).result.catch(refusal)), 'lockHeld');
    }
    assert.equal((await ensemble.settle(acquire(0).result)).state, 'queued');
    assert.equal(await contenders(), 2);
  });
});

describe('locks and elections while grants are on', () => {
  const election = path('/elections/e');
  const as = (id: string): Caller => ({ identities: [{ scheme: 'x509', id }] });
  const locker = as('CN=lock');
  const reader = as('CN=read');
  const watcher = as('CN=watch');
  const none = as('CN=none');
  let bed: Bed;
  let locks: LockService;
  let sessions: SessionService;
  let ask: (asked: Promise<unknown>) => Promise<string>;

  beforeEach(async () => {
    bed = await new Bed(1).established();
    const { service } = bed.leader.server;
    ({ locks, sessions } = service);
    ask = (asked) => bed.ensemble.settle(asked.then(() => 'done', refusal));
    const everywhere = (...verbs: Verb[]): Record<string, readonly Verb[]> => ({
      '/locks': verbs,
      '/elections': verbs,
    });
    const { ops } = grantsOn(
      roleOp('lock', everywhere('lock')),
      roleOp('read', everywhere('read')),
      roleOp('watch', everywhere('read', 'watch')),
      ...['lock', 'read', 'watch'].map((name) => grantOp(name, [`x509:CN=${name}`], [name])),
    );
    await bed.writeAs(service, [superuser], ...ops);
  });

  async function enter(caller = locker, at = election): Promise<LockStatus> {
    const request = { queue: at, mode: 'exclusive', tryOnly: false } as const;
    return bed.ensemble.settle(locks.acquire(request, caller, { waitMs: 0, ...soon }).result);
  }

  const asksForLock: readonly (readonly [
    string,
    (place: LockStatus, caller: Caller) => Promise<unknown>,
  ])[] = [
    ['acquire', (_place, caller) => enter(caller, path('/elections/other'))],
    [
      'poll',
      ({ lockId }, caller) => locks.poll(election, lockId, caller, { waitMs: 0, ...soon }).result,
    ],
    ['renew', ({ lockId }, caller) => locks.renew(election, lockId, caller, 5_000)],
    [
      'proclaim',
      ({ lockId }, caller) =>
        locks.proclaim(election, lockId, caller, { ...soon, data: utf8('x') }),
    ],
    ['release', ({ lockId }, caller) => locks.release(election, lockId, caller, soon)],
  ];
  for (const [name, run] of asksForLock) {
    it(`ask for "lock" to ${name}, whoever has the lockId`, async () => {
      const place = await enter();
      for (const caller of [reader, none]) {
        assert.equal(await ask(run(place, caller)), 'noAuth');
      }
      assert.equal(await ask(run(place, locker)), 'done');
    });
  }

  it('ask for "lock" to check a token, and for "read" to look', async () => {
    const { token } = await enter();
    const check = (caller: Caller = nobody): Promise<unknown> =>
      locks.check(election, token, caller, 5_000);
    assert.equal(await ask(check(reader)), 'noAuth');
    assert.equal(await ask(check(locker)), 'done');
    const looks: readonly ((caller: Caller) => Promise<unknown>)[] = [
      (caller) => locks.view(election, caller, 5_000),
      (caller) => locks.leadership(election, caller, 5_000),
    ];
    for (const look of looks) {
      assert.equal(await ask(look(none)), 'noAuth');
      assert.equal(await ask(look(locker)), 'noAuth');
      assert.equal(await ask(look(reader)), 'done');
    }
  });

  it('show session and token to who may "lock" there, beside the ACL', async () => {
    await enter();
    const seen = await bed.ensemble.settle(locks.view(election, reader, 5_000));
    assert.deepEqual(Object.keys(seen.contenders[0] ?? {}), ['path', 'mode', 'holds']);
  });

  it('tell observers as long as they may "watch" and "read"', async () => {
    const told: string[] = [];
    const observe = (name: string, caller: Caller): unknown =>
      locks.observe(election, caller, {
        send: ({ leader }) => {
          told.push(`${name} ${leader === undefined ? 'nobody' : 'somebody'}`);
          return true;
        },
        refused: ({ code }) => told.push(`${name} ${code}`),
      });
    observe('reader', reader);
    observe('watcher', watcher);
    await enter();
    await bed.writeAs(bed.leader.server.service, [superuser], remove(`${authGrantsPath}/watch`));
    await enter(locker, path('/elections/e'));
    assert.deepEqual(told, [
      'reader noAuth',
      'watcher nobody',
      'watcher somebody',
      'watcher noAuth',
    ]);
  });

  it('are taken back from who waits: the lock is not told to be granted', async () => {
    const first = await enter();
    const request = { queue: election, mode: 'exclusive', tryOnly: false } as const;
    const waiting = locks.acquire(request, locker, { waitMs: 4_000, ...soon });
    const ended = waiting.result.then(() => 'granted', refusal);
    await bed.ensemble.pass(50);
    const { service } = bed.leader.server;
    await bed.writeAs(service, [superuser], remove(`${authGrantsPath}/lock`));
    const bySuper = { identities: [superuser] };
    assert.equal(await ask(locks.release(election, first.lockId, bySuper, soon)), 'done');
    assert.equal(await bed.ensemble.settle(ended), 'noAuth');
  });

  it('begin a session for whoever was granted anything, or proves it later', async () => {
    const opening = { timeoutMs: 5_000, secret: new Uint8Array(16), requestTimeoutMs: 5_000 };
    const open = (caller: Caller = nobody): Promise<unknown> =>
      sessions.open({ ...opening, ...caller });
    assert.equal(await ask(open(none)), 'noAuth');
    assert.equal(await ask(open()), 'noAuth');
    assert.equal(await ask(open(reader)), 'done');
    assert.equal(await ask(sessions.openCarried({ ...opening, provesLater: true })), 'done');
  });
});

/** Counts the rounds in which the leader asks a quorum that an acquisition there takes. */
async function roundsOfGrant(): Promise<number> {
  const rounds = new Set<number>();
  const onSent = (message: PeerMessage): void => {
    if (message.kind === 'ping') rounds.add(message.round);
  };
  // So seldom by themselves that none comes between.
  const optionsOf = () => ({ timers: { ...defaultServerOptions.timers, ping: 20, syncLimit: 60 } });
  const bed = await new Bed(3, { onSent, optionsOf }).established();
  const { ensemble, leader } = bed;
  const seen = rounds.size;
  await ensemble.until(() => rounds.size > seen);
  rounds.clear();
  const { locks } = leader.server.service;
  const waiting = locks.acquire({ queue, mode: 'exclusive', tryOnly: false }, nobody, {
    waitMs: 0,
    ...soon,
  });
  assert.equal((await ensemble.settle(waiting.result)).state, 'granted');
  return rounds.size;
}

describe('a grant', () => {
  it('costs one round with a quorum: the barrier and the touch of the session share it', async () => {
    assert.equal(await roundsOfGrant(), 1);
  });
});
