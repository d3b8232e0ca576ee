import assert from 'node:assert/strict';
import { HeldCarriers } from '../../../../../src/frontends/http/exchange/held-carriers.ts';
import {
  formatPosition,
  positionFrom,
} from '../../../../../src/frontends/http/exchange/position.ts';
import { Tickets } from '../../../../../src/frontends/http/exchange/tickets.ts';
import { Problem } from '../../../../../src/frontends/http/exchange/problem.ts';
import { Liveness } from '../../../../../src/frontends/http/websocket/liveness.ts';
import { systemRandom } from '../../../../../src/adapters/system/random.ts';
import type { Clock, Timer } from '../../../../../src/ports/clock.ts';

/** Time that passes when the test says so. */
class ManualClock implements Clock {
  #now = 0;
  readonly #beats = new Set<{ everyMs: number; dueMs: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now;
  }

  after(): Timer {
    return assert.fail('nothing here waits once');
  }

  every(everyMs: number, run: () => void): Timer {
    const beat = { everyMs, dueMs: this.#now + everyMs, run };
    this.#beats.add(beat);
    return { cancel: () => void this.#beats.delete(beat) };
  }

  soon(run: () => void): void {
    run();
  }

  pass(ms: number): void {
    const endMs = this.#now + ms;
    for (;;) {
      const due = [...this.#beats].filter(({ dueMs }) => dueMs <= endMs);
      const next = due.sort((left, right) => left.dueMs - right.dueMs)[0];
      if (next === undefined) break;
      this.#now = next.dueMs;
      next.dueMs += next.everyMs;
      next.run();
    }
    this.#now = endMs;
  }
}

const refusedAs = (code: string) => (error: unknown) =>
  error instanceof Problem && error.code === code;

describe('places of a stream', () => {
  it('are read as they are written, and nothing else is', () => {
    for (const text of ['0', '5', '1099511627777', '1099511627777.1', '9223372036854775807.12'])
      assert.equal(formatPosition(positionFrom(text, 'from')), text);
    for (const text of ['', 'x', '-1', '01', '1.0', '1.', '.1', '1.x', '9223372036854775808', '1 '])
      assert.throws(() => positionFrom(text, 'from'), refusedAs('badArguments'), text);
  });
});

describe('tickets', () => {
  const holder = {
    identities: [
      { scheme: 'ip', id: '10.0.0.1' },
      { scheme: 'digest', id: 'ada:x' },
    ],
  };
  const shownBy = { identities: [{ scheme: 'ip', id: '10.0.0.2' }] };

  it('stand for who got them, from wherever they are shown', () => {
    const tickets = new Tickets(new ManualClock(), systemRandom);
    const { ticket } = tickets.issue(holder);
    assert.deepEqual(tickets.callerFor(ticket, shownBy).identities, [
      { scheme: 'ip', id: '10.0.0.2' },
      { scheme: 'digest', id: 'ada:x' },
    ]);
  });

  it('are good for a while, and no other text is', () => {
    const clock = new ManualClock();
    const tickets = new Tickets(clock, systemRandom);
    const { ticket, expiresInMs } = tickets.issue(holder);
    clock.pass(expiresInMs - 1);
    tickets.callerFor(ticket, shownBy);
    clock.pass(1);
    assert.throws(() => tickets.callerFor(ticket, shownBy), refusedAs('authFailed'));
    assert.throws(() => tickets.callerFor('', shownBy), refusedAs('authFailed'));
  });

  it('are bounded in number, until some expire', () => {
    const clock = new ManualClock();
    const tickets = new Tickets(clock, systemRandom);
    for (let index = 0; index < 10_000; index++) tickets.issue(holder);
    assert.throws(() => tickets.issue(holder), refusedAs('throttled'));
    clock.pass(60_000);
    tickets.issue(holder);
  });
});

describe('held carriers', () => {
  it('are bounded, and each gives its place back once', () => {
    const held = new HeldCarriers(2);
    const release = held.take();
    held.take();
    assert.equal(held.take(), undefined);
    release?.();
    release?.();
    assert.notEqual(held.take(), undefined);
    assert.equal(held.take(), undefined);
  });
});

describe('liveness of a socket', () => {
  const bed = () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const state = { isUnheard: false, blockedMs: 0 };
    const liveness = new Liveness(clock, {
      isUnheard: () => state.isUnheard,
      blockedMs: () => state.blockedMs,
      ping: () => told.push('ping'),
      isAlive: () => told.push('alive'),
      dead: () => told.push('dead'),
    });
    return { clock, told, state, liveness };
  };

  it('is told at each beat that something was heard before', () => {
    const { clock, told, liveness } = bed();
    for (let beat = 0; beat < 3; beat++) {
      clock.pass(10_000);
      liveness.heard();
    }
    assert.deepEqual(told, ['alive', 'ping', 'alive', 'ping', 'alive', 'ping']);
  });

  it('ends after two pings without an answer', () => {
    const { clock, told } = bed();
    clock.pass(30_000);
    assert.deepEqual(told, ['alive', 'ping', 'ping', 'dead']);
  });

  it('is looked at three times per session time-out', () => {
    const { clock, told, liveness } = bed();
    liveness.carries(4_000);
    clock.pass(1_334);
    assert.deepEqual(told, ['alive', 'ping']);
  });

  it('is not judged while the socket is not read, unless its client takes nothing', () => {
    const { clock, told, state } = bed();
    state.isUnheard = true;
    clock.pass(100_000);
    assert.deepEqual(told, []);
    state.blockedMs = 30_001;
    clock.pass(10_000);
    assert.deepEqual(told, ['dead']);
  });
});
