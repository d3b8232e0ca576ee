import assert from 'node:assert/strict';
import { Deadlines, type DueAnswer } from '../../../src/server/deadlines.ts';

describe('deadlines', () => {
  it('fire once, in the first sweep at or after their time, never before', () => {
    const deadlines = new Deadlines(20, 0);
    const fired: string[] = [];
    deadlines.add(50, () => fired.push('50'));
    deadlines.add(60, () => fired.push('60'));
    deadlines.add(10, () => fired.push('10'));
    deadlines.sweep(19);
    assert.deepEqual(fired, []);
    deadlines.sweep(40);
    assert.deepEqual(fired, ['10']);
    deadlines.sweep(59);
    assert.deepEqual(fired, ['10']);
    deadlines.sweep(60);
    assert.deepEqual(fired, ['10', '50', '60']);
    deadlines.sweep(10_000);
    assert.equal(fired.length, 3);
  });

  it('fire as long as there is time, and those that are left in the next sweep', () => {
    const deadlines = new Deadlines(20, 0);
    const fired: number[] = [];
    for (let index = 0; index < 10; index++) {
      deadlines.add(index < 8 ? 20 : 40, () => fired.push(index));
    }
    let left = 3;
    const hasTime = (): boolean => left-- > 0;
    assert.equal(deadlines.sweep(40, hasTime), false);
    assert.deepEqual(fired, [0, 1, 2]);
    deadlines.add(30, () => fired.push(-1));
    left = 10;
    assert.equal(deadlines.sweep(40, hasTime), true);
    assert.deepEqual(fired, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'in their order');
    deadlines.sweep(60);
    assert.equal(fired.at(-1), -1);
  });

  it('do not fire when cancelled, also from within another', () => {
    const deadlines = new Deadlines(20, 0);
    const fired: string[] = [];
    const second = deadlines.add(30, () => fired.push('second'));
    deadlines.add(25, () => {
      fired.push('first');
      third.cancel();
      sameStep.cancel();
    });
    const sameStep = deadlines.add(26, () => fired.push('same step'));
    const third = deadlines.add(90, () => fired.push('third'));
    second.cancel();
    deadlines.sweep(1_000_000);
    assert.deepEqual(fired, ['first']);
  });

  it('take one for a time that is past already in the next sweep', () => {
    const deadlines = new Deadlines(20, 1_000);
    let fired = 0;
    deadlines.add(3, () => fired++);
    deadlines.sweep(1_010);
    assert.equal(fired, 0);
    deadlines.sweep(1_020);
    assert.equal(fired, 1);
  });

  it('give one answer: the first that comes, or what is said when none has come', () => {
    const deadlines = new Deadlines(20, 0);
    const given: string[] = [];
    const answerBy = (atMs: number): DueAnswer<string> =>
      deadlines.answerBy(
        atMs,
        () => `late at ${String(atMs)}`,
        (value) => given.push(value),
      );
    const first = answerBy(50);
    const second = answerBy(50);
    first.give('in time');
    first.give('again');
    assert.deepEqual([first.isGiven, second.isGiven], [true, false]);
    deadlines.sweep(60);
    second.give('too late');
    deadlines.sweep(1_000);
    assert.deepEqual(given, ['in time', 'late at 50']);
  });
});
