import assert from 'node:assert/strict';
import { emptyLog } from '../../../../src/model/log-entry.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
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
  it('share one barrier, and are answered a slice of them at a time, in order', () => {
    const clock = new HandClock();
    const metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
    const tuning = defaultServerTuning;
    const state = new StateMachine({ limits: defaultLimits, sha256 });
    const asked: number[] = [];
    const zab = {
      status: { isServing: true },
      readBarrier: (id: number) => asked.push(id),
    } as unknown as ZabCore;
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
      reads.confirm('barrier', 1_000, () => {
        answered.push(name);
        clock.ms += 0.6 * tuning.sliceMs;
      });
    }
    reads.flush();
    const [id, ...others] = asked;
    assert.ok(id !== undefined && others.length === 0, 'one barrier for all');
    reads.barrierAnswered({ id, zxid: applier.applied });
    const inTurns = [[...answered]];
    while (clock.turn()) inTurns.push([...answered]);
    assert.deepEqual(inTurns, [
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd', 'e'],
    ]);
    assert.equal(reads.waiting, 0);
  });
});
