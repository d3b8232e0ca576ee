import assert from 'node:assert/strict';
import { DoorGuard, guardedClock } from '../../../src/service/door-guard.ts';
import { HandClock } from '../../support/hand-clock.ts';

describe('door guard', () => {
  it('ends what it was about, logs the cause, and not every time', () => {
    const clock = new HandClock();
    const logged: unknown[] = [];
    const logger = {
      log: (level: string, event: string, fields?: Readonly<Record<string, unknown>>) =>
        logged.push([level, event, String(fields?.['cause'])]),
    };
    const guard = new DoorGuard({ logger, clock }, 'doorFailed');
    const ended: string[] = [];
    const broken = (): void => {
      throw new Error('a defect');
    };
    guard.run(broken, () => ended.push('connection'));
    guard.run(
      () => undefined,
      () => ended.push('nothing'),
    );
    const guarded = guardedClock(clock, guard);
    guarded.soon(broken);
    clock.turn();
    assert.deepEqual(ended, ['connection']);
    assert.deepEqual(logged, [['error', 'doorFailed', 'Error: a defect']]);
  });
});
