import assert from 'node:assert/strict';
import {
  floodsMax,
  ownRecordsMax,
  SummedUp,
  summedUpEveryMs,
} from '../../../../src/adapters/audit/summed-up.ts';
import type { AuditEvent, AuditKind } from '../../../../src/model/audit.ts';
import { HandClock } from '../../../support/hand-clock.ts';

function bed() {
  const clock = new HandClock();
  const passed: AuditEvent[] = [];
  const summedUp = new SummedUp(clock, (event) => passed.push(event));
  const happens = (from: string, times = 1, event: AuditKind = 'refused'): void => {
    for (let each = 0; each < times; each++) {
      summedUp.take({ event, who: [{ scheme: 'ip', id: from }], op: `set ${String(each)}` });
    }
  };
  return { clock, passed, summedUp, happens };
}

describe('records that strangers can make happen', () => {
  it('are one each while they are few, and then one a second that counts them', () => {
    const { clock, passed, happens } = bed();
    happens('here', ownRecordsMax + 500);
    assert.equal(passed.length, ownRecordsMax);
    assert.ok(passed.every(({ times }) => times === undefined));
    clock.pass(summedUpEveryMs);
    assert.equal(passed.length, ownRecordsMax + 1);
    assert.equal(passed.at(-1)?.times, 500);
    for (let second = 1; second <= 10; second++) {
      happens('here', 1_000);
      clock.pass(summedUpEveryMs);
    }
    assert.ok(passed.length <= ownRecordsMax + 1 + 2 * 10, String(passed.length));
    const told = passed.reduce((sum, { times = 1 }) => sum + times, 0);
    assert.equal(told, ownRecordsMax + 500 + 10_000, 'none is lost');
  });

  it('are one each again after a while', () => {
    const { clock, passed, happens } = bed();
    happens('here', ownRecordsMax + 1);
    clock.pass((ownRecordsMax + 1) * summedUpEveryMs);
    passed.length = 0;
    happens('here', ownRecordsMax);
    assert.equal(passed.length, ownRecordsMax);
  });

  it('are not held back for what comes from elsewhere, or is of another kind', () => {
    const { passed, happens } = bed();
    happens('here', 1_000);
    passed.length = 0;
    happens('there');
    happens('here', 1, 'authFailed');
    assert.equal(passed.length, 2);
  });

  it('are never summed up when only who has the right can make them happen', () => {
    const { passed, happens } = bed();
    happens('here', 1_000, 'acl');
    assert.equal(passed.length, 1_000);
  });

  it('are passed on at the end', () => {
    const { passed, summedUp, happens } = bed();
    happens('here', ownRecordsMax + 3);
    summedUp.sumUp();
    assert.equal(passed.at(-1)?.times, 3);
  });

  it('take bounded room, from however many addresses', () => {
    const { clock, passed, happens } = bed();
    for (let each = 0; each < floodsMax; each++) happens(String(each));
    passed.length = 0;
    for (let each = 0; each < 1_000; each++) happens(`other ${String(each)}`);
    clock.pass(summedUpEveryMs);
    assert.equal(passed.length, ownRecordsMax + 1);
    assert.equal(passed.at(-1)?.times, 1_000 - ownRecordsMax);
    clock.pass(2 * ownRecordsMax * summedUpEveryMs);
    passed.length = 0;
    for (let each = 0; each < 1_000; each++) happens(`other ${String(each)}`);
    assert.equal(passed.length, 1_000, 'those who are silent make room');
  });
});
