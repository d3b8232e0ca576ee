import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openAcl } from '../../../../src/model/acl.ts';
import { compareText } from '../../../../src/model/path.ts';
import { zxid, zeroZxid } from '../../../../src/model/zxid.ts';
import { RunningDigest } from '../../../../src/state/digest/digest.ts';
import { rootId, ZnodeTree } from '../../../../src/state/tree/znode-tree.ts';
import { hashText } from '../../../../src/state/digest/mixing.ts';

// The index of names and the order of children, large enough that buckets split and children are kept in order.

const persistent = { kind: 'persistent' } as const;

class Directory {
  readonly tree = new ZnodeTree(new RunningDigest());
  readonly names = new Map<string, number>();
  readonly parent: number;
  #creates = 0;

  constructor() {
    this.tree.addInitialZnodes();
    this.parent = this.#create(rootId, 'dir', 1);
  }

  toggle(name: string): void {
    const id = this.names.get(name);
    if (id === undefined) {
      this.names.set(name, this.#create(this.parent, name, ++this.#creates));
    } else {
      this.names.delete(name);
      this.tree.remove(id, zxid(1, 2));
    }
  }

  check(): void {
    const sorted = [...this.names.keys()].sort(compareText);
    const listed = this.tree.orderedChildren(this.parent, undefined, Infinity);
    assert.deepEqual(
      listed.map((id) => this.tree.znodes.name(id)),
      sorted,
    );
    for (const [name, id] of this.names) assert.equal(this.tree.find(`/dir/${name}`), id);
    assert.equal(this.tree.find('/dir/absent'), 0);
  }

  page(after: string, limit: number): string[] {
    const ids = this.tree.orderedChildren(this.parent, after, limit);
    return ids.map((id) => this.tree.znodes.name(id));
  }

  #create(parent: number, name: string, parentCreates: number): number {
    const at = { zxid: zxid(1, 1), timeMs: 1, parentCreates };
    return this.tree.create(parent, { name, data: null, acl: openAcl, owned: persistent }, at);
  }
}

describe('names', () => {
  it('are found, and listed by code point, as children come and go', () => {
    const name = fc.oneof(
      fc.integer({ min: 0, max: 300 }).map(String),
      fc.constantFrom('ä', 'ÿ', 'Ā', '旅', '旅行', '\u00ff\u0100', 'Z', 'a', '~'),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 800, size: 'max' }), name, (names, after) => {
        const directory = new Directory();
        for (const each of names) directory.toggle(each);
        directory.check();
        const following = [...directory.names.keys()].sort(compareText);
        const from = following.findIndex((each) => compareText(each, after) > 0);
        const page = from === -1 ? [] : following.slice(from, from + 7);
        assert.deepEqual(directory.page(after, 7), page);
      }),
      { numRuns: 60 },
    );
  });

  it('stay found when there are more of them than the index began with buckets for', () => {
    const directory = new Directory();
    for (let index = 0; index < 20_000; index++) directory.toggle(`n-${String(index)}`);
    for (let index = 0; index < 20_000; index += 3) directory.toggle(`n-${String(index)}`);
    directory.check();
    for (let index = 0; index < 20_000; index++) {
      if (index % 3 !== 0) directory.toggle(`n-${String(index)}`);
    }
    assert.equal(directory.names.size, 0);
    directory.check();
  });

  it('that come in order, as sequential ones do, are paged to the end', () => {
    const directory = new Directory();
    const names = Array.from({ length: 3_000 }, (_, index) => String(index).padStart(10, '0'));
    for (const name of names) directory.toggle(name);
    const seen: string[] = [];
    for (let after = ''; ;) {
      const page = directory.page(after, 250);
      if (page.length === 0) break;
      seen.push(...page);
      after = page.at(-1) ?? '';
    }
    assert.deepEqual(seen, names);
  });

  it('are the same wherever they are compared: in Latin-1, beyond it, as prefixes of each other', () => {
    const directory = new Directory();
    const names = ['a', 'aa', 'a旅', 'aÿ', '旅', 'é'];
    for (const name of names) directory.toggle(name);
    for (const left of names) {
      const id = directory.names.get(left);
      assert(id !== undefined);
      for (const right of names) {
        const compared = directory.tree.znodes.compareName(id, right);
        assert.equal(Math.sign(compared), compareText(left, right));
      }
    }
  });
});

describe('names with one hash', () => {
  it('are two names all the same', () => {
    const [left, right] = collidingNames();
    const tree = new ZnodeTree(new RunningDigest());
    tree.addInitialZnodes();
    const at = { zxid: zeroZxid, timeMs: 0 };
    const znode = { data: null, acl: openAcl, owned: persistent };
    const first = tree.create(1, { ...znode, name: left }, { ...at, parentCreates: 1 });
    assert.equal(tree.find(`/${right}`), 0);
    const second = tree.create(1, { ...znode, name: right }, { ...at, parentCreates: 2 });
    assert.deepEqual([tree.find(`/${left}`), tree.find(`/${right}`)], [first, second]);
    tree.remove(first, zeroZxid);
    assert.deepEqual([tree.find(`/${left}`), tree.find(`/${right}`)], [0, second]);
  });
});

/** By the birthday paradox among some hundred thousand. */
function collidingNames(): [string, string] {
  const seen = new Map<number, string>();
  for (let index = 0; ; index++) {
    const name = `n${String(Math.imul(index, 0x9e3779b1) >>> 0)}`;
    const before = seen.get(hashText(name));
    if (before !== undefined) return [before, name];
    seen.set(hashText(name), name);
  }
}
