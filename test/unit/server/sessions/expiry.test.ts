import assert from 'node:assert/strict';
import type { SessionId } from '../../../../src/model/ids.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import type { Store, StoreFailure } from '../../../../src/ports/store.ts';
import { AppliedWaiters } from '../../../../src/server/applied/waiters.ts';
import { Deadlines } from '../../../../src/server/deadlines.ts';
import { Guard, guardPorts } from '../../../../src/server/guarded-ports.ts';
import { LogRetention } from '../../../../src/server/bulk/log-retention.ts';
import { PauseDetector } from '../../../../src/server/pause-detector.ts';
import { defaultServerTuning, type ServerPorts } from '../../../../src/server/options.ts';
import { SessionExpiry, type CloseFate } from '../../../../src/server/sessions/expiry.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('deadlines', () => {
  it('fire once, in the first sweep at or after their time, never before', () => {
    const deadlines = new Deadlines(20, 0);
    const fired: string[] = [];
    deadlines.add(50, () => fired.push('50'));
    deadlines.add(60, () => fired.push('60'));
    deadlines.add(10, () => fired.push('10'));
    deadlines.sweep(19);
    assert.deepEqual(fired, []);
    deadlines.sweep(40);
    assert.deepEqual(fired, ['10']);
    deadlines.sweep(59);
    assert.deepEqual(fired, ['10']);
    deadlines.sweep(60);
    assert.deepEqual(fired, ['10', '50', '60']);
    deadlines.sweep(10_000);
    assert.equal(fired.length, 3);
  });

  it('do not fire when cancelled, also from within another', () => {
    const deadlines = new Deadlines(20, 0);
    const fired: string[] = [];
    const second = deadlines.add(30, () => fired.push('second'));
    deadlines.add(25, () => {
      fired.push('first');
      third.cancel();
      sameStep.cancel();
    });
    const sameStep = deadlines.add(26, () => fired.push('same step'));
    const third = deadlines.add(90, () => fired.push('third'));
    second.cancel();
    deadlines.sweep(1_000_000);
    assert.deepEqual(fired, ['first']);
  });

  it('take one for a time that is past already in the next sweep', () => {
    const deadlines = new Deadlines(20, 1_000);
    let fired = 0;
    deadlines.add(3, () => fired++);
    deadlines.sweep(1_010);
    assert.equal(fired, 0);
    deadlines.sweep(1_020);
    assert.equal(fired, 1);
  });
});

describe('applied waiters', () => {
  it('are told of their own outcome, in order', () => {
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    const outcome = { zxid: zxid(1, 2), results: [], branch: 'ops', replayed: false } as const;
    waiters.add(zxid(1, 2), (fate, got) => told.push(`two ${fate} ${String(got === outcome)}`));
    waiters.add(zxid(1, 1), (fate, got) => told.push(`one ${fate} ${String(got === undefined)}`));
    waiters.add(zxid(1, 3), () => told.push('three'));
    waiters.applied(zxid(1, 1), undefined);
    waiters.applied(zxid(1, 2), outcome);
    assert.deepEqual(told, ['one applied true', 'two applied true']);
    assert.equal(waiters.size, 1);
  });

  it('have vanished once a later epoch is applied without them', () => {
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    waiters.add(zxid(1, 5), (fate) => told.push(fate));
    waiters.add(zxid(2, 1), (fate) => told.push(fate));
    waiters.applied(zxid(2, 1), undefined);
    assert.deepEqual(told, ['vanished', 'applied']);
  });

  it('do not know what a snapshot of a later epoch holds', () => {
    const waiters = new AppliedWaiters();
    const told: string[] = [];
    waiters.add(zxid(1, 5), (fate) => told.push(fate));
    waiters.add(zxid(2, 1), (fate) => told.push(fate));
    waiters.add(zxid(2, 9), () => told.push('too early'));
    waiters.replaced(zxid(2, 4));
    assert.deepEqual(told, ['unknown', 'applied']);
  });

  it('can leave', () => {
    const waiters = new AppliedWaiters();
    const cancel = waiters.add(zxid(9, 9), () => {
      throw new Error('it left');
    });
    cancel();
    cancel();
    waiters.applied(zxid(9, 9), undefined);
    assert.equal(waiters.size, 0);
  });
});

describe('session expiry', () => {
  const session = '0000000000000001' as SessionId;
  const other = '0000000000000002' as SessionId;

  function watched(): {
    clock: HandClock;
    expiry: SessionExpiry;
    closed: { session: SessionId; done: (fate: CloseFate) => void }[];
    readonly passTo: (ms: number) => void;
  } {
    const clock = new HandClock();
    const closed: { session: SessionId; done: (fate: CloseFate) => void }[] = [];
    const expiry = new SessionExpiry({
      clock,
      bucketMs: 100,
      close: (closing, done) => closed.push({ session: closing, done }),
    });
    const passTo = (ms: number): void => {
      while (clock.ms < ms) {
        clock.ms = Math.min(ms, clock.ms + 20);
        expiry.sweep();
      }
    };
    return { clock, expiry, closed, passTo };
  }

  it('never ends a session early, and ends it soon after', () => {
    const { expiry, closed, passTo, clock } = watched();
    clock.ms = 37;
    expiry.start([{ session, timeoutMs: 2_000 }]);
    passTo(1_500);
    expiry.touch(session);
    passTo(3_499);
    assert.equal(closed.length, 0);
    passTo(3_640);
    assert.deepEqual(
      closed.map((closing) => closing.session),
      [session],
    );
  });

  it('tries again when the end was not decided, and only then', () => {
    const { expiry, closed, passTo } = watched();
    expiry.start([{ session, timeoutMs: 2_000 }]);
    passTo(2_200);
    passTo(5_000);
    assert.equal(closed.length, 1, 'one proposal at a time');
    closed[0]?.done('refused');
    passTo(5_200);
    assert.equal(closed.length, 2);
    expiry.closed(session);
    closed[1]?.done('ended');
    passTo(9_000);
    assert.equal(closed.length, 2);
  });

  it('gives a full timeout to whom was heard while an end that failed was under way', () => {
    const { expiry, closed, passTo, clock } = watched();
    expiry.start([{ session, timeoutMs: 2_000 }]);
    passTo(2_200);
    expiry.touch(session);
    closed[0]?.done('refused');
    passTo(clock.ms + 1_999);
    assert.equal(closed.length, 1);
    passTo(clock.ms + 200);
    assert.equal(closed.length, 2);
    closed[1]?.done('refused');
    passTo(clock.ms + 200);
    assert.equal(closed.length, 3, 'owed once');
  });

  it('says who is alive only when no end is under way', () => {
    const { expiry, closed, passTo } = watched();
    expiry.start([
      { session, timeoutMs: 2_000 },
      { session: other, timeoutMs: 60_000 },
    ]);
    passTo(2_200);
    const told: string[] = [];
    expiry.whenSettled([other], () => told.push('other'));
    expiry.whenSettled([other, session], () => told.push('both'));
    assert.deepEqual(told, ['other']);
    closed[0]?.done('ended');
    assert.deepEqual(told, ['other', 'both']);
  });

  it('vouches for nobody whose end was proposed and not decided yet', () => {
    const { expiry, closed, passTo } = watched();
    expiry.start([{ session, timeoutMs: 2_000 }]);
    passTo(2_200);
    const told: string[] = [];
    expiry.whenSettled([session], () => told.push('settled'));
    closed[0]?.done('unknown');
    passTo(20_000);
    assert.deepEqual(told, []);
    assert.equal(closed.length, 1, 'what may yet commit is not proposed again');
    expiry.closed(session);
    assert.deepEqual(told, ['settled']);
  });

  it('gives full timeouts after a pause', () => {
    const { clock, expiry, closed, passTo } = watched();
    expiry.start([{ session, timeoutMs: 2_000 }]);
    clock.ms = 30_000;
    expiry.giveFullTimeouts();
    passTo(31_999);
    assert.equal(closed.length, 0);
    passTo(32_200);
    assert.equal(closed.length, 1);
  });

  it('forgets everything with the leadership', () => {
    const { expiry, closed, passTo } = watched();
    expiry.start([{ session, timeoutMs: 2_000 }]);
    passTo(2_200);
    expiry.stop();
    closed[0]?.done('refused');
    passTo(9_000);
    assert.equal(closed.length, 1);
  });
});

describe('log retention', () => {
  const tuning = { ...defaultServerTuning, keepTxns: 1_000, keepMs: 10_000, keepBytesMax: 1e6 };

  function filled(bytesEach: number, msEach: number): LogRetention {
    const retention = new LogRetention(tuning);
    for (let counter = 1; counter <= 5_000; counter++) {
      retention.add(zxid(1, counter), bytesEach, counter * msEach);
    }
    return retention;
  }

  it('keeps what is young or near, whichever is more', () => {
    // 5,000 entries in 50 s: the last 10 s are 1,000 entries too.
    assert.equal(filled(10, 10).forgettable(zxid(1, 5_000), 50_000)?.upTo.counter, 4_000);
    // In 5 s: everything is young.
    assert.equal(filled(10, 1).forgettable(zxid(1, 5_000), 5_000), undefined);
    // In 500 s: the count decides.
    assert.equal(filled(10, 100).forgettable(zxid(1, 5_000), 500_000)?.upTo.counter, 4_000);
  });

  it('never goes above the snapshot', () => {
    assert.equal(filled(10, 100).forgettable(zxid(1, 2_100), 500_000)?.upTo.counter, 2_000);
    assert.equal(filled(10, 100).forgettable(zxid(1, 100), 500_000), undefined);
  });

  it('keeps within the cap, and says that it was the cap', () => {
    const retention = filled(1_000, 1);
    const found = retention.forgettable(zxid(1, 5_000), 5_000);
    assert.equal(found?.byCap, true);
    retention.forgotten(found.upTo);
    assert.ok(retention.bytes <= tuning.keepBytesMax, String(retention.bytes));
    assert.ok(retention.bytes > tuning.keepBytesMax - 1_000_000, String(retention.bytes));
  });
});

describe('pause detector', () => {
  it('tells of a pause once', () => {
    const pauses: number[] = [];
    const detector = new PauseDetector({
      nowMs: 0,
      thresholdMs: 500,
      onPause: (pausedMs) => pauses.push(pausedMs),
    });
    for (const nowMs of [20, 40, 540, 1_041, 1_060]) detector.look(nowMs);
    assert.deepEqual(pauses, [501]);
  });
});

describe('guard', () => {
  it('lets nothing in after the orderly end but that the store has failed, once', () => {
    const told: unknown[] = [];
    const seen: string[] = [];
    const guard = new Guard((cause) => told.push(cause));
    let fromStore: Parameters<Store['load']>[0] | undefined;
    const store: Pick<Store, 'load'> = {
      load: (handlers) => (fromStore = handlers),
    };
    guardPorts({ store } as ServerPorts, guard).store.load({
      onIndex: () => seen.push('index'),
      onLoaded: () => seen.push('loaded'),
      onFailure: (failure) => {
        guard.fail(failure);
      },
    });
    guard.halt();
    const failure: StoreFailure = { code: 'io', message: 'the disk is gone' };
    fromStore?.onIndex([]);
    fromStore?.onFailure(failure);
    fromStore?.onFailure(failure);
    assert.deepEqual(told, [failure]);
    assert.deepEqual(seen, []);
  });
});
