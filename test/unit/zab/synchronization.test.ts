import assert from 'node:assert/strict';
import { emptyLog, type LogPosition } from '../../../src/model/log-entry.ts';
import { formatZxid } from '../../../src/model/zxid.ts';
import { planSync, type SyncPlan } from '../../../src/zab/synchronization.ts';
import { at, entries, historyOf } from '../../support/zab/logs.ts';

function describePlan(plan: SyncPlan): string {
  const place =
    plan.by === 'diff' ? plan.from.zxid : plan.by === 'trunc' ? plan.to.zxid : plan.notBelow;
  const text = ({ epoch, counter }: typeof place): string => `${String(epoch)}.${String(counter)}`;
  return `${plan.by} ${text(place)} up to ${text(plan.upTo)}`;
}

function endOf(words: string): LogPosition {
  const last = entries(words).at(-1) ?? emptyLog;
  return { zxid: last.zxid, chain: last.chain };
}

describe('planSync', () => {
  const leader = '1.1 1.2 1.3 3.1 3.2 3.3';
  const plans: readonly (readonly [name: string, learner: string, plan: string])[] = [
    ['an empty learner gets it all', '', 'diff 0.0 up to 3.2'],
    ['a learner behind gets what it lacks', '1.1 1.2', 'diff 1.2 up to 3.2'],
    ['one at the commit point gets nothing', '1.1 1.2 1.3 3.1 3.2', 'diff 3.2 up to 3.2'],
    ['what it logged beyond that is not cut', leader, 'diff 3.3 up to 3.3'],
    ['a tail of a dead epoch is cut', '1.1 1.2 1.3 2.1 2.2', 'trunc 1.3 up to 3.2'],
    ['a tail of its own epoch is cut', '1.1 1.2 1.3 1.4', 'trunc 1.3 up to 3.2'],
    ['the same zxid with another history is cut', '1.1 1.2 1.3=x', 'trunc 1.2 up to 3.2'],
  ];
  for (const [name, learner, plan] of plans) {
    it(name, () => {
      const history = historyOf(leader);
      const question = {
        history,
        last: endOf(learner),
        isRetreat: false,
        isLate: false,
        diffEntriesMax: 100,
      };
      assert.equal(describePlan(planSync({ ...question, commit: at('3.2') })), plan);
    });
  }

  it('cuts the log of a learner that retreated, since its end is above what it named', () => {
    const question = { history: historyOf(leader), last: endOf('1.1 1.2'), diffEntriesMax: 100 };
    const plan = planSync({ ...question, isRetreat: true, isLate: false, commit: at('3.2') });
    assert.equal(describePlan(plan), 'trunc 1.2 up to 3.2');
  });

  it('sends a snapshot to a learner that has too much to apply, and cuts nothing that it acked', () => {
    const question = { history: historyOf(leader), isRetreat: false, isLate: true };
    const plan = planSync({
      ...question,
      last: endOf(leader),
      commit: at('3.2'),
      diffEntriesMax: 9,
    });
    assert.equal(describePlan(plan), 'snap 3.2 up to 3.3');
  });

  it('sends a snapshot to a learner that ends before the log begins', () => {
    const history = historyOf(leader);
    history.commit(at('3.2'));
    history.deliver(at('3.2'));
    history.compact(endOf('1.1 1.2 1.3 3.1'));
    const question = {
      history,
      last: endOf('1.1 1.2'),
      isRetreat: false,
      isLate: false,
      diffEntriesMax: 100,
    };
    assert.equal(planSync({ ...question, commit: at('3.2') }).by, 'snap');
  });

  it('sends no older snapshot than what the learner may have applied, when it only is far behind', () => {
    const words = Array.from({ length: 12 }, (_, index) => `1.${String(index + 1)}`);
    const history = historyOf(words.join(' '));
    for (const tail of ['', ' 1.3=x']) {
      const last = endOf(words.slice(0, 2).join(' ') + tail);
      const question = { history, last, isRetreat: false, isLate: false, diffEntriesMax: 5 };
      const plan = planSync({ ...question, commit: at('1.12') });
      assert.equal(describePlan(plan), 'snap 1.2 up to 1.12', formatZxid(last.zxid));
    }
  });
});
