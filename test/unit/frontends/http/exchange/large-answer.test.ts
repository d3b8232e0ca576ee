import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { Connection } from '../../../../../src/frontends/http/exchange/connection.ts';
import {
  Debtors,
  stuckWhileShortMsMax,
} from '../../../../../src/frontends/http/exchange/debtors.ts';
import { LargeAnswer } from '../../../../../src/frontends/http/exchange/large-answer.ts';
import { defaultBudget } from '../../../../../src/model/budget.ts';
import { Budget } from '../../../../../src/service/budget/budget.ts';
import { Work } from '../../../../../src/service/budget/work.ts';
import { HandClock } from '../../../../support/hand-clock.ts';

const partBytes = 40_000;

describe('a large answer', () => {
  const bed = () => {
    const clock = new HandClock();
    const budget = new Budget({ ...defaultBudget, owedBytes: { each: 100_000, all: 100_000 } });
    const work = new Work(clock);
    const told: string[] = [];
    const logger = { log: (_level: string, event: string) => void told.push(event) };
    const debtors = new Debtors({ clock, logger, budget, work });
    const answer = (name: string, parts: number, takes: () => boolean): LargeAnswer => {
      const part = 'x'.repeat(partBytes);
      const body = {
        bytes: parts * partBytes,
        whole: () => part.repeat(parts),
        parts: () => Array<string>(parts).fill(part),
      };
      return new LargeAnswer(
        {
          debtors,
          connection: new Connection(
            new Socket(),
            { identities: [] },
            { budget, demands: work.demands },
          ),
        },
        body,
        {
          begin: () => told.push(`${name} begins`),
          write: () => {
            told.push(`${name} writes`);
            return takes();
          },
          end: () => told.push(`${name} ends`),
          cut: () => told.push(`${name} is cut`),
        },
      );
    };
    const turns = (): string[] => {
      while (clock.turn());
      return told.splice(0);
    };
    return { clock, budget, debtors, answer, turns };
  };

  it('is made part by part, no further than it is taken', () => {
    const { budget, answer, turns } = bed();
    const large = answer('a', 2, () => false);
    large.start();
    assert.equal(budget.inUse('owedBytes'), 80_000);
    assert.deepEqual(turns(), ['a begins', 'a writes']);
    large.drained();
    assert.deepEqual(turns(), ['a writes']);
    large.drained();
    assert.deepEqual(turns(), ['a ends']);
    large.over();
    large.over();
    assert.equal(budget.inUse('owedBytes'), 0);
  });

  it('waits for room, and is forgotten when its client leaves meanwhile', () => {
    const { budget, answer, turns } = bed();
    const [first, left, last] = ['first', 'left', 'last'].map((name) =>
      answer(name, 2, () => true),
    );
    assert.ok(first !== undefined && left !== undefined && last !== undefined);
    for (const large of [first, left, last]) large.start();
    assert.deepEqual(turns(), ['first begins', 'first writes', 'first writes', 'first ends']);
    left.over();
    first.over();
    assert.deepEqual(turns(), ['last begins', 'last writes', 'last writes', 'last ends']);
    last.over();
    assert.equal(budget.inUse('owedBytes'), 0);
  });

  it('is cut when nothing of it is taken, and others wait for its room', () => {
    const { clock, answer, turns } = bed();
    const [stuck, slow] = [answer('stuck', 1, () => false), answer('slow', 1, () => false)];
    for (const large of [stuck, slow]) large.start();
    turns();
    clock.pass(stuckWhileShortMsMax * 2);
    assert.deepEqual(turns(), []);
    const other = answer('other', 2, () => true);
    other.start();
    slow.drained();
    turns();
    clock.pass(stuckWhileShortMsMax - 1_000);
    assert.deepEqual([...new Set(turns())], ['stuck is cut']);
    stuck.over();
    slow.over();
    assert.ok(turns().includes('other ends'));
  });

  it('that can not be made is told to the log, and its connection is cut', () => {
    const { budget, debtors, turns } = bed();
    const told: string[] = [];
    const parts = (): never => {
      throw new Error('broken');
    };
    const body = { bytes: 1, whole: () => '', parts };
    const none = (): boolean => true;
    const sink = { begin: none, write: none, end: none, cut: () => told.push('cut') };
    const connection = new Connection(
      new Socket(),
      { identities: [] },
      { budget, demands: debtors.work.demands },
    );
    new LargeAnswer({ debtors, connection }, body, sink).start();
    assert.deepEqual(turns(), ['largeAnswerFailed']);
    assert.deepEqual(told, ['cut']);
  });
});
