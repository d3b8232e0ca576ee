import assert from 'node:assert/strict';
import { LeftBehindReport } from '../../../../src/server/reports/left-behind.ts';
import { grantsOn, superuser } from '../../../support/model/grants.ts';
import { Leader } from '../../../support/state/leader.ts';
import { leaveBehind } from '../../../support/state/left-behind.ts';

describe('the report of what was left behind', () => {
  let lines: string[];
  let report: LeftBehindReport;

  beforeEach(() => {
    lines = [];
    report = new LeftBehindReport({
      log: (level, event, fields) =>
        void lines.push(`${level} ${event} ${JSON.stringify(fields?.['paths'])}`),
    });
  });

  it('says it once', () => {
    const leader = new Leader();
    leaveBehind(leader, grantsOn());
    report.look(leader.machine);
    report.look(leader.machine);
    assert.deepEqual(lines, ['warn leftBehindIgnored ["/zookeeper/quoll"]']);
  });

  it('says nothing of what the ensemble made itself', () => {
    const leader = new Leader();
    leader.write(grantsOn(), { identities: [superuser] });
    report.look(leader.machine);
    assert.deepEqual(lines, []);
  });
});
