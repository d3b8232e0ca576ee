import assert from 'node:assert/strict';
import type { PeerMessage } from '../../../../src/model/peer-message.ts';
import { defaultServerOptions } from '../../../../src/server/options.ts';
import type { LockStatus, Waiting } from '../../../../src/service/locking.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import { path } from '../../../support/model/requests.ts';
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
