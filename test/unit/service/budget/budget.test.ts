import assert from 'node:assert/strict';
import { defaultBudget } from '../../../../src/model/budget.ts';
import { Budget } from '../../../../src/service/budget/budget.ts';

const limits = {
  ...defaultBudget,
  owedBytes: { each: 100, all: 150 },
  watches: { each: 2, all: 3 },
};

describe('the budget of what is kept', () => {
  it('is one for each holder, and one for all', () => {
    const budget = new Budget(limits);
    const [a, b] = [budget.open('a'), budget.open('b')];
    assert.deepEqual([a.take('watches', 2), a.take('watches')], [true, false], 'each');
    assert.deepEqual([b.take('watches'), b.take('watches')], [true, false], 'all');
    assert.equal(budget.inUse('watches'), 3, 'what is refused is not taken');
    a.giveBack('watches');
    assert.equal(b.take('watches'), true);
  });

  it('is the same account for all connections of a holder, and forgotten with the last', () => {
    const budget = new Budget(limits);
    const [one, two] = [budget.open('a'), budget.open('a')];
    assert.equal(one, two);
    one.take('watches');
    one.close();
    two.close();
    assert.equal(budget.holders, 1, 'something is still kept');
    one.giveBack('watches');
    assert.equal(budget.holders, 0);
  });

  it('lets large answers wait for room, in order for each, and all in turn', () => {
    const budget = new Budget(limits);
    const [a, b] = [budget.open('a'), budget.open('b')];
    const made: string[] = [];
    const owe = (account: typeof a, name: string, bytes: number): (() => void) =>
      account.owe(bytes, () => made.push(name));
    owe(a, 'a1', 80);
    owe(a, 'a2', 80);
    owe(a, 'a3', 10);
    owe(b, 'b1', 60);
    assert.deepEqual(made, ['a1', 'b1'], 'a3 would fit, and is behind a2');
    assert.equal(budget.isShort, true);
    a.giveBack('owedBytes', 80);
    assert.deepEqual(made, ['a1', 'b1', 'a2']);
    b.giveBack('owedBytes', 60);
    assert.deepEqual(made, ['a1', 'b1', 'a2', 'a3']);
    assert.equal(budget.isShort, false);
  });

  it('lets in what is larger than all that one may have, alone', () => {
    const budget = new Budget(limits);
    const a = budget.open('a');
    const made: string[] = [];
    a.owe(10, () => made.push('small'));
    a.owe(1_000, () => made.push('huge'));
    assert.deepEqual(made, ['small']);
    a.giveBack('owedBytes', 10);
    assert.deepEqual(made, ['small', 'huge']);
  });

  it('goes past one that was taken back', () => {
    const budget = new Budget(limits);
    const a = budget.open('a');
    const made: string[] = [];
    a.owe(100, () => made.push('first'));
    const takeBack = a.owe(100, () => made.push('gone'));
    a.owe(1, () => made.push('next'));
    takeBack();
    assert.deepEqual(made, ['first']);
    a.giveBack('owedBytes', 100);
    assert.deepEqual(made, ['first', 'next']);
    a.giveBack('owedBytes', 1);
    a.close();
    assert.equal(budget.holders, 0);
  });
});
