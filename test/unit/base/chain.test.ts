import assert from 'node:assert/strict';
import { Chain, Linked } from '../../../src/base/chain.ts';

class Named extends Linked {
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

describe('Chain', () => {
  it('holds items in the order they came, whoever leaves', () => {
    const chain = new Chain<Named>();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => new Named(name)) as [
      Named,
      Named,
      Named,
      Named,
    ];
    for (const item of [a, b, c, d]) chain.add(item);
    assert.equal(chain.delete(b), true);
    assert.equal(chain.delete(a), true);
    assert.equal(chain.first, c);
    assert.equal(chain.delete(d), true);
    chain.add(a);
    assert.deepEqual(
      chain.toArray().map(({ name }) => name),
      ['c', 'a'],
    );
    assert.equal(chain.size, 2);
  });

  it('takes out what is in it, and nothing else', () => {
    const chain = new Chain<Named>();
    const other = new Chain<Named>();
    const item = new Named('a');
    chain.add(item);
    assert.equal(other.delete(item), false);
    assert.equal(chain.delete(item), true);
    assert.equal(chain.delete(item), false);
    assert.equal(chain.first, undefined);
    assert.equal(chain.size, 0);
  });
});
