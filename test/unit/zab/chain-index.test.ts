import assert from 'node:assert/strict';
import fc from 'fast-check';
import { emptyLog, type ChainHash, type LogPosition } from '../../../src/model/log-entry.ts';
import { compareZxid, zxid, zxidEquals, type Zxid } from '../../../src/model/zxid.ts';
import { ChainIndex } from '../../../src/zab/chain-index.ts';

/** The same thing as a plain array: its first place is the base. */
class ArrayModel {
  places: LogPosition[] = [emptyLog];

  get last(): LogPosition {
    return this.places.at(-1) ?? emptyLog;
  }

  chainAt(at: Zxid): ChainHash | undefined {
    return this.places.find((place) => zxidEquals(place.zxid, at))?.chain;
  }

  highestBelow(limit: Zxid): LogPosition | undefined {
    return this.places.filter((place) => compareZxid(place.zxid, limit) < 0).at(-1);
  }

  cutAfter(at: number): void {
    this.places.length = at + 1;
  }

  compact(at: number): void {
    this.places = this.places.slice(at);
  }
}

let chains = 0;
function place(at: Zxid): LogPosition {
  chains = (chains * 31 + 7) % 0xffff_ffff;
  return { zxid: at, chain: chains.toString(16).padStart(8, '0').repeat(4) as ChainHash };
}

const aStep = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), count: fc.constantFrom(1, 3, 4_095, 4_097) }),
  fc.record({ kind: fc.constant('epoch' as const), skip: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    kind: fc.constantFrom('truncate' as const, 'compact' as const),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('reset' as const), ahead: fc.integer({ min: 0, max: 9 }) }),
);

function apply(
  index: ChainIndex,
  model: ArrayModel,
  step: typeof aStep extends fc.Arbitrary<infer T> ? T : never,
): void {
  const append = (at: Zxid): void => {
    const next = place(at);
    index.append(next);
    model.places.push(next);
  };
  const { epoch, counter } = model.last.zxid;
  switch (step.kind) {
    case 'append':
      for (let more = 1; more <= step.count; more++) append(zxid(epoch, counter + more));
      return;
    case 'epoch':
      append(zxid(epoch + step.skip, 1));
      return;
    case 'reset': {
      const base = place(zxid(epoch, counter + step.ahead));
      index.reset(base);
      model.places = [base];
      return;
    }
    case 'truncate':
    case 'compact': {
      const chosen = Math.round(step.part * (model.places.length - 1));
      const at = model.places[chosen]?.zxid ?? emptyLog.zxid;
      index[step.kind](at);
      if (step.kind === 'truncate') model.cutAfter(chosen);
      else model.compact(chosen);
    }
  }
}

describe('ChainIndex', () => {
  it('is what an array of places would be, after any appends, cuts, compactions and resets', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 14 }), (steps) => {
        const index = new ChainIndex(emptyLog);
        const model = new ArrayModel();
        for (const step of steps) {
          apply(index, model, step);
          assert.deepEqual(index.last, model.last);
          assert.deepEqual(index.base, model.places[0]);
          const count = model.places.length;
          for (let probe = 0; probe < count; probe += Math.max(1, Math.floor(count / 17))) {
            const { epoch, counter } = model.places[probe]?.zxid ?? emptyLog.zxid;
            for (const at of [zxid(epoch, counter), zxid(epoch, counter + 1), zxid(epoch + 1, 0)]) {
              assert.equal(index.chainAt(at), model.chainAt(at));
              assert.deepEqual(index.highestBelow(at), model.highestBelow(at));
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(20_000);
});
