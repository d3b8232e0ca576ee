import assert from 'node:assert/strict';
import { TransientMap } from '../../../src/base/transient-map.ts';

describe('a map of what comes and goes', () => {
  interface Item {
    readonly of: number;
  }

  it('says what a Map would, whatever comes and goes', () => {
    const map = new TransientMap<number, Item>();
    const plain = new Map<number, Item>();
    let seed = 7;
    for (let step = 0; step < 20_000; step++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      // Few at times, and thousands at others.
      const key = (seed >>> 8) % (step % 7_000 < 2_000 ? 3_000 : 40);
      if ((seed >>> 20) % 3 === 0) assert.equal(map.delete(key), plain.delete(key));
      else {
        const item = { of: step };
        map.set(key, item);
        plain.set(key, item);
      }
      assert.equal(map.get(key), plain.get(key));
      assert.equal(map.size, plain.size);
    }
    const byKey = (left: number, right: number): number => left - right;
    assert.deepEqual([...map.keys()].sort(byKey), [...plain.keys()].sort(byKey));
    assert.deepEqual(new Map(map), plain);
    map.clear();
    assert.equal(map.size, 0);
    assert.deepEqual([...map], []);
  });

  it('may be emptied while one goes through it', () => {
    const map = new TransientMap<number, Item>();
    for (let key = 0; key < 2_000; key++) map.set(key, { of: key });
    const seen: number[] = [];
    for (const [key, { of }] of map) {
      assert.equal(of, key);
      seen.push(key);
      map.delete(key);
      // The one after the next goes unseen.
      map.delete(key + 2);
    }
    assert.equal(map.size, 0);
    assert.equal(seen.length, new Set(seen).size);
    assert.deepEqual(seen.slice(0, 4), [0, 1, 4, 5]);
  });

  it('lets go of what went', () => {
    const map = new TransientMap<string, Item>();
    for (let key = 0; key < 5_000; key++) {
      map.set(`key ${String(key)}`, { of: key });
      map.delete(`key ${String(key)}`);
      assert.ok(map.places <= 257, String(map.places));
    }
    assert.deepEqual([...map.keys()], []);
  });
});
