import assert from 'node:assert/strict';
import {
  SparingLog,
  linesPerMinuteMax,
} from '../../../../../src/frontends/http/exchange/sparing-log.ts';
import { HandClock } from '../../../../support/hand-clock.ts';

describe('a sparing log', () => {
  it('writes so many lines of an event in a minute, and says how many it left out', () => {
    const clock = new HandClock();
    const lines: unknown[] = [];
    const logger = {
      log: (_level: string, event: string, fields: unknown) => void lines.push([event, fields]),
    };
    const log = new SparingLog(logger, clock);
    for (let count = 0; count < linesPerMinuteMax + 7; count++) log.log('error', 'failed');
    log.log('error', 'other', { path: '/' });
    assert.equal(lines.length, linesPerMinuteMax + 1);
    assert.deepEqual(lines.at(-1), ['other', { path: '/' }]);
    clock.pass(60_000);
    log.log('error', 'failed', { path: '/a' });
    log.log('error', 'failed');
    assert.deepEqual(lines.slice(-2), [
      ['failed', { path: '/a', leftOut: 7 }],
      ['failed', {}],
    ]);
  });
});
