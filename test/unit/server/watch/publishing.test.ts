import assert from 'node:assert/strict';
import { zxid } from '../../../../src/model/zxid.ts';
import { Publishing, type Telling } from '../../../../src/server/watch/publishing.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('publishing', () => {
  const tuning = {
    sliceMs: 8,
    publishAtOnceMs: 2,
    unpublishedTxnsMax: 3,
    unpublishedBytesMax: 1_000,
  };
  let clock: HandClock;
  let told: string[];
  let published: number[];
  let publishing: Publishing;
  beforeEach(() => {
    clock = new HandClock();
    told = [];
    published = [];
    publishing = new Publishing({
      clock,
      tuning,
      published: ({ counter }) => published.push(counter),
    });
  });

  /** A txn that concerns so many, each of whom takes so long to be told. */
  function txn(counter: number, watchers: number, msEach = 0.25, bytes = 10): Telling {
    return {
      zxid: zxid(1, counter),
      bytes,
      steps: (function* () {
        for (let watcher = 0; watcher < watchers; watcher++) {
          clock.ms += msEach;
          told.push(`${String(counter)} to ${String(watcher)}`);
          yield 1;
        }
      })(),
      tellOutlet: () => undefined,
      tellConnection: () => undefined,
    };
  }

  /** How long the next turn takes. */
  function turn(): number {
    const before = clock.ms;
    clock.turn();
    return clock.ms - before;
  }

  it('tells a few within the turn of apply, and no more than a part of each slice', () => {
    publishing.add(txn(1, 3));
    assert.deepEqual(published, [1]);
    for (let counter = 2; counter <= 40; counter++) publishing.add(txn(counter, 3));
    assert.ok(clock.ms <= 4, String(clock.ms));
    while (clock.turn());
    assert.equal(published.length, 40);
  });

  it('tells many in slices, all of one txn before the next', () => {
    publishing.add(txn(1, 1_000));
    assert.ok(clock.ms <= 4, String(clock.ms));
    publishing.add(txn(2, 2));
    assert.deepEqual(published, [], 'behind the first');
    const turns: number[] = [];
    while (!publishing.isEmpty) turns.push(turn());
    assert.ok(Math.max(...turns) <= 10, String(turns));
    assert.ok(turns.length >= 25, String(turns.length));
    assert.equal(told.length, 1_002);
    assert.deepEqual(told.slice(-3), ['1 to 999', '2 to 0', '2 to 1']);
    assert.deepEqual(published, [1, 2]);
  });

  it('says what somebody who was told of it up to some place is still to be told', () => {
    for (const counter of [1, 2, 3]) publishing.add(txn(counter, 100));
    const after = (counter: number): number[] =>
      publishing.after(zxid(1, counter)).map((telling) => telling.zxid.counter);
    assert.deepEqual([after(0), after(1), after(3)], [[1, 2, 3], [2, 3], []]);
  });

  it('is full when so many txns wait, or so many bytes of them', () => {
    for (const counter of [1, 2]) publishing.add(txn(counter, 100));
    assert.equal(publishing.isFull, false);
    publishing.add(txn(3, 100));
    assert.equal(publishing.isFull, true);
    while (clock.turn());
    assert.equal(publishing.isFull, false);
    publishing.add(txn(4, 1_000, 0.25, 1_000));
    assert.equal(publishing.isFull, true);
  });
});
