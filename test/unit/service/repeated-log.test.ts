import assert from 'node:assert/strict';
import { RepeatedLog, repeatedLogEveryMs } from '../../../src/service/repeated-log.ts';
import { HandClock } from '../../support/hand-clock.ts';

describe('an event that strangers can make happen', () => {
  it('is logged once in a while, with how often it was', () => {
    const lines: unknown[] = [];
    const clock = new HandClock();
    const logger = { log: (...line: unknown[]): void => void lines.push(line) };
    const log = new RepeatedLog({ logger, clock }, 'warn', 'knocked');
    for (let at = 0; at < 1_000; at++) log.happened({ at });
    clock.ms += repeatedLogEveryMs;
    log.happened({ at: 'last' });
    assert.deepEqual(lines, [
      ['warn', 'knocked', { at: 0, times: 1 }],
      ['warn', 'knocked', { at: 'last', times: 1_000 }],
    ]);
  });
});
