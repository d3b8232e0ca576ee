import assert from 'node:assert/strict';
import { emptyLog } from '../../../../src/model/log-entry.ts';
import { isRefusal } from '../../../../src/model/error-code.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import type { Zxid } from '../../../../src/model/zxid.ts';
import { Applier } from '../../../../src/server/applied/applier.ts';
import { Deadlines } from '../../../../src/server/deadlines.ts';
import { Course } from '../../../../src/server/requests/course.ts';
import { ReadPath } from '../../../../src/server/requests/read-path.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import { txnCodec } from '../../../../src/wire/txn-codec.ts';
import { Pace } from '../../../../src/service/budget/pace.ts';
import type { ZabCore } from '../../../../src/zab/ready.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { sha256 } from '../../../support/state/leader.ts';

describe('reads behind a quorum', () => {
  /** Five that wait, each of which takes more than half of a slice to answer, and what is asked of the quorum for them. */
  function five(): {
    readonly reads: ReadPath;
    readonly clock: HandClock;
    readonly status: { isServing: boolean };
    readonly asked: number[];
    readonly answered: string[];
    readonly applied: Zxid;
  } {
    const clock = new HandClock();
    const metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
    const tuning = defaultServerTuning;
    const state = new StateMachine({ limits: defaultLimits, sha256 });
    const asked: number[] = [];
    const status = { isServing: true };
    const zab = { status, readBarrier: (id: number) => asked.push(id) } as unknown as ZabCore;
    const applier = new Applier(
      { clock, codec: txnCodec, tuning, metrics },
      { state, position: emptyLog, membership: null },
      { onApplied: () => undefined, onCaughtUp: () => undefined },
    );
    const deadlines = new Deadlines(20, 0);
    const reads = new ReadPath({
      zab,
      applier,
      clock,
      tuning,
      pace: new Pace(clock),
      course: new Course(),
      metrics,
      deadlines,
      wake: () => undefined,
    });
    const answered: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      reads.confirm('barrier', 10 * tuning.leaderGraceMs, (zxid) => {
        answered.push(isRefusal(zxid) ? `${name} ${zxid.code}` : name);
        clock.ms += 0.6 * tuning.sliceMs;
      });
    }
    return { reads, clock, status, asked, answered, applied: applier.applied };
  }

  it('share one barrier, and are answered a slice of them at a time, in order', () => {
    const { reads, clock, asked, answered, applied } = five();
    reads.flush();
    const [id, ...others] = asked;
    assert.ok(id !== undefined && others.length === 0, 'one barrier for all');
    reads.barrierAnswered({ id, zxid: applied });
    const inTurns = [[...answered]];
    while (clock.turn()) inTurns.push([...answered]);
    assert.deepEqual(inTurns, [
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd', 'e'],
    ]);
    assert.equal(reads.waiting, 0);
  });

  it('are given up a slice of them at a time, once no leader came in time', () => {
    const { reads, clock, status, answered } = five();
    status.isServing = false;
    clock.ms += defaultServerTuning.leaderGraceMs;
    reads.flush();
    assert.deepEqual(answered, ['a noQuorum', 'b noQuorum']);
    while (clock.turn());
    assert.equal(answered.length, 5);
    assert.equal(reads.waiting, 0);
  });
});
