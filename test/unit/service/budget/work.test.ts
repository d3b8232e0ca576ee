import assert from 'node:assert/strict';
import { Demand, sentAheadMax } from '../../../../src/service/budget/demand.ts';
import { largeDemandShareMax, requestCostMs, Work } from '../../../../src/service/budget/work.ts';
import {
  besideOthersSliceMs,
  largeWorkShareMax,
  othersServedWithinMs,
} from '../../../../src/service/budget/pace.ts';
import { turnMs } from '../../../../src/service/budget/turn.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import type { Clock } from '../../../../src/ports/clock.ts';

/** Runs what is to run soon when told to, and tells the time that the work has taken. */
class Turns {
  nowMs = 0;
  readonly #soon: (() => void)[] = [];
  readonly clock: Clock = {
    now: () => this.nowMs,
    recent: () => this.nowMs,
    wall: () => this.nowMs,
    after: () => ({ cancel: () => undefined }),
    every: () => ({ cancel: () => undefined }),
    soon: (run) => this.#soon.push(run),
  };

  /** Runs one turn; gives how long it took. */
  next(): number {
    const before = this.nowMs;
    for (const run of this.#soon.splice(0)) run();
    return this.nowMs - before;
  }

  get isIdle(): boolean {
    return this.#soon.length === 0;
  }
}

describe('long work of the doors', () => {
  it('is cut into turns of a slice and one piece, and each holder has his turn', () => {
    const turns = new Turns();
    const work = new Work(turns.clock, { sliceMs: 4 });
    const done: string[] = [];
    const begin = (holder: string, name: string, pieces: number): void => {
      let left = pieces;
      work.add(holder, () => {
        turns.nowMs += 1;
        left--;
        if (left === 0) done.push(name);
        return left === 0;
      });
    };
    for (let index = 0; index < 50; index++) begin('much', `much ${String(index)}`, 10);
    begin('little', 'little', 1);
    assert.equal(turns.nowMs, 0, 'nothing in the turn that asks');
    const lengths: number[] = [];
    lengths.push(turns.next());
    assert.deepEqual(done, ['little'], 'in the first turn, whatever the other has asked for');
    while (!turns.isIdle) lengths.push(turns.next());
    assert.equal(Math.max(...lengths), 4);
    assert.equal(done.length, 51);
  });

  it('goes by turns between the works of one holder too', () => {
    const turns = new Turns();
    const work = new Work(turns.clock, { sliceMs: 4 });
    const done: string[] = [];
    for (const [name, pieces] of [
      ['long', 10],
      ['short', 1],
    ] as const) {
      let left = pieces;
      work.add('one', () => {
        turns.nowMs += 1;
        done.push(name);
        return --left === 0;
      });
    }
    while (!turns.isIdle) turns.next();
    assert.deepEqual(done.slice(0, 3), ['long', 'short', 'long']);
  });

  it('takes in what is asked for while it works', () => {
    const turns = new Turns();
    const work = new Work(turns.clock, { sliceMs: 4 });
    const done: string[] = [];
    work.add('a', () => {
      work.add('a', () => done.push('second') > 0);
      return done.push('first') > 0;
    });
    while (!turns.isIdle) turns.next();
    assert.deepEqual(done, ['first', 'second']);
  });

  it('does what is small while the large rests', () => {
    const clock = new HandClock();
    const work = new Work(clock, { sliceMs: 2 });
    const done: string[] = [];
    work.pace.served();
    work.addLarge('much', () => {
      clock.ms += 2;
      done.push('large');
      return done.length === 4;
    });
    clock.turn();
    assert.equal(clock.turn(), false, 'it rests');
    work.add('much', () => done.push('small') > 0);
    clock.turn();
    assert.deepEqual(done, ['large', 'small']);
    clock.pass(2 / largeWorkShareMax - 2);
    clock.turn();
    assert.deepEqual(done, ['large', 'small', 'large']);
  });

  it('begins what those ask for who ask for little ahead of what others send ahead', () => {
    const clock = new HandClock();
    const work = new Work(clock, { sliceMs: 2 });
    const [much, little] = [new Demand(), new Demand()];
    sendAhead(work, much, clock);
    assert.equal(work.mayBegin(much), true, 'there is nobody else');
    assert.equal(work.mayBegin(little), true);
    assert.equal(work.mayBegin(much), false);
    let begun = 0;
    const perSlice = besideOthersSliceMs / requestCostMs;
    for (let request = 0; request < 2 * perSlice; request++) {
      work.putOff(much, 'one', () => ++begun > 0);
    }
    clock.turn();
    assert.equal(begun, perSlice);
    assert.equal(clock.turn(), false, 'it rests');
    assert.equal(work.mayBegin(little), true);
    clock.pass(besideOthersSliceMs / largeDemandShareMax - besideOthersSliceMs);
    clock.turn();
    assert.equal(begun, 2 * perSlice);
  });

  it('counts what stands back as well for what a turn takes in', () => {
    const clock = new HandClock();
    const work = new Work(clock, { sliceMs: 2 });
    const [crowd, light] = [work.demands.open('10.0.0.1'), work.demands.open('10.0.0.2')];
    for (let asked = 0; asked < 1_000; asked++) work.came(crowd);
    work.came(light);
    for (let asked = 0; asked < 16; asked++) {
      assert.equal(work.mayBegin(crowd), false);
      clock.ms += 1;
    }
    assert.equal(work.turn.hasTime(), false);
    clock.turn();
    clock.ms += 1;
    const begunAtMs = clock.ms;
    assert.equal(work.pieceFrom(crowd, begunAtMs), begunAtMs);
    clock.ms += turnMs;
    assert.equal(work.turn.pieceFrom(clock.ms), begunAtMs + turnMs);
  });

  it('has those stand back who have sent ahead already, once there is somebody else', () => {
    const clock = new HandClock();
    const work = new Work(clock, { sliceMs: 2 });
    const [much, little] = [new Demand(), new Demand()];
    sendAhead(work, much, clock);
    const begun: number[] = [];
    const count = (): number => begun.length;
    work.putOff(much, 'one', () => {
      clock.ms += 1;
      return begun.push(clock.ms) === 100;
    });
    clock.turn();
    clock.turn();
    assert.equal(count(), 4, 'a slice in every turn');
    work.mayBegin(little);
    for (let turns = 0; turns < 10; turns++) clock.turn();
    assert.ok(count() <= 8, String(count()));
  });

  it('has nobody stand back who waits for answers, however much he asks for', () => {
    const clock = new HandClock();
    const work = new Work(clock);
    const [busy, little] = [new Demand(), new Demand()];
    for (let request = 0; request < 10_000; request++) {
      work.mayBegin(busy);
      work.waiting(busy, sentAheadMax);
    }
    clock.turn();
    work.mayBegin(little);
    assert.equal(work.mayBegin(busy), true);
  });

  it('has those stand back whose address asks for much, each by one request, in their turn', () => {
    const clock = new HandClock();
    const work = new Work(clock, { sliceMs: 2 });
    const crowd = Array.from({ length: 1_000 }, () => work.demands.open('crowd'));
    for (const one of crowd) work.came(one);
    const light = work.demands.open('light');
    for (const one of crowd) assert.equal(work.standsBack(one), false, 'there is nobody else');
    assert.equal(work.mayBegin(light), true);
    const begun: string[] = [];
    for (const one of crowd) {
      assert.equal(work.mayBegin(one), false);
      work.putOff(one, 'crowd', () => begun.push('one') > 0);
    }
    work.putOff(light, 'light', () => begun.push('light') > 0);
    assert.equal(work.demands.takeStoodBack(), 1_000);
    clock.turn();
    assert.ok(begun.includes('light') && begun.length < 100, String(begun.length));
    clock.pass(othersServedWithinMs + 1);
    clock.turn();
    assert.equal(begun.length, 1_001, 'nobody rests for whoever is gone');
  });

  it('goes on with that of others when a step throws', () => {
    const turns = new Turns();
    const work = new Work(turns.clock, { sliceMs: 4 });
    const [done, causes]: [string[], unknown[]] = [[], []];
    work.failed = (cause) => causes.push(cause);
    work.add('one', () => {
      throw new Error('broken');
    });
    for (const holder of ['one', 'other']) {
      work.add(holder, () => {
        done.push(holder);
        return true;
      });
    }
    while (!turns.isIdle) turns.next();
    assert.deepEqual([done, causes.map(String)], [['other', 'one'], ['Error: broken']]);
  });
});

/** Asks in a burst for more than is little, ahead of all answers, and for long enough that nothing else was of late. */
function sendAhead(work: Work, demand: Demand, clock: HandClock): void {
  for (let request = 1; request <= 1_000; request++) {
    work.mayBegin(demand);
    work.waiting(demand, request);
  }
  clock.ms += othersServedWithinMs + 1;
  clock.turn();
}
