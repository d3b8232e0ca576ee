import assert from 'node:assert/strict';
import type { SessionId } from '../../../../src/model/ids.ts';
import { SessionExpiry, type CloseFate } from '../../../../src/server/sessions/expiry.ts';
import { largeWorkShareMax, Pace } from '../../../../src/service/budget/pace.ts';
import { HandClock } from '../../../support/hand-clock.ts';

/** And once around the loop: what came before is read then. */
function tick(clock: HandClock, expiry: SessionExpiry): void {
  expiry.sweep();
  clock.turn();
}

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
      pace: new Pace(clock),
      bucketMs: 100,
      sliceMs: 8,
      spreadPart: 0,
      timeoutOf: () => undefined,
      close: (closing, done) => closed.push({ session: closing, done }),
    });
    const passTo = (ms: number): void => {
      while (clock.ms < ms) {
        clock.ms = Math.min(ms, clock.ms + 20);
        tick(clock, expiry);
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

  it('gives them once to whom is not heard of, however often it pauses', () => {
    const { clock, expiry, closed } = watched();
    expiry.start([
      { session, timeoutMs: 2_000 },
      { session: other, timeoutMs: 2_000 },
    ]);
    for (let turn = 0; turn < 20; turn++) {
      clock.ms += 600;
      expiry.giveFullTimeouts();
      tick(clock, expiry);
      if (turn % 3 === 0) expiry.touch(other);
    }
    assert.deepEqual(
      closed.map((closing) => closing.session),
      [session],
    );
    assert.ok((expiry.expiresInMs(other) ?? 0) > 0);
  });

  it('ends nobody whose sign of life came in time and is not read yet', () => {
    const { clock, expiry, closed, passTo } = watched();
    expiry.start([{ session, timeoutMs: 2_000 }]);
    passTo(1_900);
    clock.ms = 2_300;
    expiry.sweep();
    assert.equal(closed.length, 0, 'what came since 1,900 ms lies in the sockets');
    clock.turn();
    tick(clock, expiry);
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

  it('proposes many ends in slices, and spares whoever is heard of before its turn', () => {
    const clock = new HandClock();
    const ended: string[] = [];
    const expiry = new SessionExpiry({
      clock,
      pace: new Pace(clock),
      bucketMs: 100,
      sliceMs: 8,
      spreadPart: 0,
      timeoutOf: () => undefined,
      close: (closing) => {
        ended.push(closing);
        clock.ms += 3;
      },
    });
    const sessions = Array.from(
      { length: 10 },
      (_, index) => index.toString(16).padStart(16, '0') as SessionId,
    );
    expiry.start(sessions.map((each) => ({ session: each, timeoutMs: 2_000 })));
    clock.ms = 2_100;
    tick(clock, expiry);
    expiry.sweep();
    assert.deepEqual(ended, sessions.slice(0, 3), 'three take nine milliseconds');
    const spared = sessions[9] ?? assert.fail();
    expiry.touch(spared);
    for (let turn = 0; turn < 3; turn++) expiry.sweep();
    assert.deepEqual(ended, sessions.slice(0, 9));
    assert.ok((expiry.expiresInMs(spared) ?? 0) >= 2_000 - 50);
    clock.ms += 2_200;
    tick(clock, expiry);
    expiry.sweep();
    assert.deepEqual(ended, sessions);
  });

  it('proposes a large end when the one before it is applied, and rests for others', () => {
    const clock = new HandClock();
    const ended: string[] = [];
    const pace = new Pace(clock);
    const expiry = new SessionExpiry({
      clock,
      pace,
      bucketMs: 100,
      sliceMs: 4,
      spreadPart: 0,
      timeoutOf: () => undefined,
      close: (closing) => {
        ended.push(closing);
        clock.ms += 10;
      },
    });
    expiry.start([session, other].map((each) => ({ session: each, timeoutMs: 2_000 })));
    clock.ms = 2_100;
    tick(clock, expiry);
    expiry.sweep();
    assert.deepEqual(ended, [session]);
    expiry.sweep();
    assert.deepEqual(ended, [session], 'its end is under way');
    clock.ms += 20;
    pace.served();
    expiry.closed(session);
    clock.ms += 30 / largeWorkShareMax - 30 - 1;
    expiry.sweep();
    assert.deepEqual(ended, [session], 'it rests');
    clock.ms += 1;
    expiry.sweep();
    assert.deepEqual(ended, [session, other]);
  });

  it('waits for a large end no longer than it may be unknown', () => {
    const clock = new HandClock();
    let ended = 0;
    const expiry = new SessionExpiry({
      clock,
      pace: new Pace(clock),
      bucketMs: 100,
      sliceMs: 4,
      spreadPart: 0,
      timeoutOf: () => undefined,
      close: (_closing, done) => {
        ended++;
        clock.ms += 10;
        done('unknown');
      },
    });
    expiry.start([session, other].map((each) => ({ session: each, timeoutMs: 2_000 })));
    clock.ms = 2_100;
    tick(clock, expiry);
    for (const endMs = clock.ms + 1_100; clock.ms < endMs; clock.ms += 20) expiry.sweep();
    assert.equal(ended, 2);
  });

  /** So many sessions, alive until they are ended, each of which costs a millisecond to be looked at. */
  function crowd(size: number): {
    clock: HandClock;
    expiry: SessionExpiry;
    readonly alive: Map<SessionId, { session: SessionId; timeoutMs: number }>;
    readonly endedAtMs: number[];
    readonly each: () => IterableIterator<{ session: SessionId; timeoutMs: number }>;
  } {
    const clock = new HandClock();
    const endedAtMs: number[] = [];
    const alive = new Map(
      Array.from({ length: size }, (_, index) => {
        const id = index.toString(16).padStart(16, '0') as SessionId;
        return [id, { session: id, timeoutMs: 10_000 }];
      }),
    );
    const expiry = new SessionExpiry({
      clock,
      pace: new Pace(clock),
      bucketMs: 100,
      sliceMs: 8,
      spreadPart: 0.1,
      timeoutOf: (id) => alive.get(id)?.timeoutMs,
      close: (id) => {
        endedAtMs.push(clock.ms);
        alive.delete(id);
        expiry.closed(id);
      },
    });
    function* each(): IterableIterator<{ session: SessionId; timeoutMs: number }> {
      for (const found of alive.values()) {
        clock.ms += 1 / 8;
        yield found;
      }
    }
    return { clock, expiry, alive, endedAtMs, each };
  }

  it('begins without a look at anybody, and takes all in slice by slice', () => {
    const { clock, expiry, each } = crowd(1_000);
    expiry.start(each());
    assert.equal(clock.ms, 0);
    let ticks = 0;
    for (let before = -1; before !== clock.ms; ticks++) {
      before = clock.ms;
      expiry.sweep();
      assert.ok(clock.ms - before <= 16, `${String(clock.ms - before)} ms in one turn`);
    }
    assert.ok(ticks > 8, `${String(ticks)} ticks`);
  });

  it('gives all their time from the start on, and whoever is heard of before it was taken in', () => {
    const { clock, expiry, alive, endedAtMs, each } = crowd(1_000);
    expiry.start(each());
    clock.ms = 5_000;
    const [, heard] = [...alive.keys()].slice(-2);
    assert.ok(heard !== undefined);
    expiry.touch(heard);
    assert.ok((expiry.expiresInMs(heard) ?? 0) >= 10_000);
    while (clock.ms < 14_900) {
      clock.ms += 20;
      tick(clock, expiry);
    }
    assert.deepEqual([...alive.keys()], [heard]);
    assert.ok(Math.min(...endedAtMs) >= 10_000);
  });

  it('spreads the ends of those whose time began at once, a little late and never early', () => {
    for (const isPause of [false, true]) {
      const { clock, expiry, alive, endedAtMs, each } = crowd(1_000);
      expiry.start(each());
      let sinceMs = 0;
      while (alive.size > 0) {
        clock.ms += 20;
        if (isPause && sinceMs === 0 && clock.ms > 9_000) {
          sinceMs = clock.ms;
          expiry.giveFullTimeouts();
        }
        tick(clock, expiry);
      }
      assert.ok(Math.min(...endedAtMs) >= sinceMs + 10_000);
      assert.ok(Math.max(...endedAtMs) <= sinceMs + 11_200);
      const inOneTick = endedAtMs.filter((at) => at === endedAtMs[500]).length;
      assert.ok(inOneTick < 120, `${String(inOneTick)} in one tick`);
    }
  });
});
