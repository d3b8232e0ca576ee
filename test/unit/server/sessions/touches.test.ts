import assert from 'node:assert/strict';
import type { SessionId } from '../../../../src/model/ids.ts';
import { Deadlines } from '../../../../src/server/deadlines.ts';
import { SessionTouches } from '../../../../src/server/sessions/touches.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';
import { HandClock } from '../../../support/hand-clock.ts';

describe('heartbeats', () => {
  it('of one telling are answered a slice of them at a time, in order', () => {
    const clock = new HandClock();
    const tuning = defaultServerTuning;
    const told: number[] = [];
    const touches = new SessionTouches({
      clock,
      tuning,
      deadlines: new Deadlines(20, 0),
      tellLeader: (id) => told.push(id) > 0,
      wake: () => undefined,
    });
    const session = '0000000000000001' as SessionId;
    const answered: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      touches.heartbeat(session, 10_000, (refusal) => {
        answered.push(`${name} ${refusal?.code ?? 'alive'}`);
        clock.ms += 0.6 * tuning.sliceMs;
      });
    }
    touches.flush();
    touches.onTouched(told[0] ?? 0, []);
    assert.deepEqual(answered, ['a alive', 'b alive']);
    while (clock.turn());
    assert.deepEqual(answered, ['a alive', 'b alive', 'c alive']);
  });
});
