import assert from 'node:assert/strict';
import type { SessionId } from '../../../../src/model/ids.ts';
import {
  LargeWrites,
  bytesCarriedBy,
  type WriteTurn,
} from '../../../../src/server/requests/large-writes.ts';
import { Pace, largeWorkShareMax } from '../../../../src/service/budget/pace.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { check, create, multi, single } from '../../../support/model/requests.ts';

const session = '0000000000000001' as SessionId;

/** Of ten bytes and more; twenty in a turn, forty of an address and sixty of all without an answer. */
class Bench {
  readonly clock = new HandClock();
  readonly entered: string[] = [];
  readonly #turns = new Map<string, WriteTurn>();
  readonly pace = new Pace(this.clock);
  readonly #large = new LargeWrites({
    clock: this.clock,
    pace: this.pace,
    tuning: {
      ...defaultServerTuning,
      largeWriteBytesMin: 10,
      largeWriteBytesPerTurn: 20,
      largeWritesBytesEach: 40,
      largeWritesBytesAll: 60,
    },
  });

  /** Its first letter says of whom it is. */
  submit(name: string, bytes: number, of?: SessionId): void {
    const enter = (): void => void this.entered.push(name);
    if (this.#large.passes(bytes, of)) enter();
    else {
      const write = { holder: name.slice(0, 1), bytes, session: of, enter };
      this.#turns.set(name, this.#large.take(write));
    }
  }

  answer(name: string): void {
    this.#turns.get(name)?.over();
  }

  isHeld(name: string): boolean {
    return this.#turns.get(name)?.isHeld === true;
  }

  /** What came in, turn by turn, until there is nothing more to do. */
  turns(): string[] {
    const turns: string[] = [];
    do turns.push(this.entered.splice(0).join(' '));
    while (this.clock.turn());
    return turns.filter((names) => names !== '');
  }
}

describe('large writes', () => {
  it('come in at once where there is room, so many bytes a turn', () => {
    const bench = new Bench();
    for (const name of ['a1', 'a2', 'b1', 'b2', 'b3']) bench.submit(name, 10);
    assert.deepEqual(bench.turns(), ['a1 b1', 'a2 b2', 'b3']);
  });

  it('of one address wait for their own, and those of others do not', () => {
    const bench = new Bench();
    for (const name of ['a1', 'a2', 'a3', 'a4']) bench.submit(name, 20);
    bench.submit('b1', 20);
    assert.deepEqual(bench.turns(), ['a1', 'b1', 'a2'], 'all there may be is in flight');
    bench.answer('a1');
    bench.submit('c1', 20);
    assert.deepEqual(bench.turns(), ['a3'], 'who waits has the room that is left first');
    bench.answer('a2');
    bench.answer('a2');
    assert.deepEqual(bench.turns(), ['c1'], 'the addresses take turns, and room is left once');
    bench.answer('b1');
    assert.deepEqual(bench.turns(), ['a4']);
  });

  it('let one that is larger than all that may be in alone', () => {
    const bench = new Bench();
    bench.submit('a1', 20);
    bench.submit('a2', 1_000);
    bench.submit('b1', 20);
    assert.deepEqual(bench.turns(), ['a1', 'b1']);
    bench.answer('b1');
    bench.answer('a1');
    bench.submit('b2', 20);
    assert.deepEqual(bench.turns(), ['a2']);
    bench.answer('a2');
    assert.deepEqual(bench.turns(), ['b2']);
  });

  it('come a turn of them at a time while others are served, with a rest behind each', () => {
    const bench = new Bench();
    bench.pace.served();
    for (const name of ['a1', 'a2', 'b1']) bench.submit(name, 10);
    assert.deepEqual(bench.turns(), ['a1 b1']);
    bench.clock.pass(3);
    bench.answer('a1');
    assert.deepEqual(bench.turns(), ['a2'], 'there is room beside what is in flight');
    bench.answer('b1');
    bench.answer('a2');
    bench.submit('c1', 10);
    assert.deepEqual(bench.turns(), [], 'it rests');
    bench.clock.pass(3 / largeWorkShareMax - 3);
    assert.deepEqual(bench.turns(), ['c1']);
  });

  it('hold nothing small up, but what comes in the same session, in order', () => {
    const bench = new Bench();
    for (const name of ['a1', 'a2']) bench.submit(name, 20);
    bench.submit('a3', 20, session);
    bench.submit('a4', 1, session);
    bench.submit('a5', 20, session);
    bench.submit('x6', 1, session);
    bench.submit('a7', 1);
    assert.deepEqual(bench.turns(), ['a7', 'a1', 'a2']);
    bench.answer('a1');
    assert.deepEqual(bench.turns(), ['a3 a4']);
    bench.submit('a8', 1, session);
    bench.answer('a2');
    assert.deepEqual(bench.turns(), ['a5 x6 a8']);
    bench.submit('a9', 1, session);
    assert.deepEqual(bench.turns(), ['a9'], 'nothing of the session is held any more');
  });

  it('do not come in once they are answered, as they are when their time is up', () => {
    const bench = new Bench();
    for (const name of ['a1', 'a2', 'a3', 'a4']) bench.submit(name, 20);
    assert.deepEqual(bench.turns(), ['a1', 'a2']);
    assert.ok(bench.isHeld('a3') && !bench.isHeld('a2'));
    bench.answer('a3');
    bench.answer('a1');
    assert.deepEqual(bench.turns(), ['a4']);
  });

  it('are told by what they carry: data and names', () => {
    const data = new Uint8Array(100);
    assert.equal(bytesCarriedBy(single(create('/a', { data }))), 102);
    assert.equal(bytesCarriedBy(multi([check('/abc'), create('/a', { data })])), 106);
  });
});
