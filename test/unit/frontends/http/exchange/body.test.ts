import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  BodyPace,
  bodyBytesPerTurnMax,
  unpacedBytesMax,
} from '../../../../../src/frontends/http/exchange/body-pace.ts';
import { readBodyThen } from '../../../../../src/frontends/http/exchange/body.ts';
import { Problem } from '../../../../../src/frontends/http/exchange/problem.ts';
import { Pace } from '../../../../../src/service/budget/pace.ts';
import { HandClock } from '../../../../support/hand-clock.ts';

const chunk = Buffer.alloc(65_536);
const chunks = (4 * bodyBytesPerTurnMax) / chunk.length;

describe('a long body', () => {
  it('comes at the pace of all when it is refused, too, and to its end', async () => {
    const clock = new HandClock();
    const body = new Readable({ read: () => undefined });
    const request = Object.assign(body, { headers: { 'transfer-encoding': 'chunked' } });
    let came = 0;
    const answers: unknown[] = [];
    readBodyThen(
      request as unknown as IncomingMessage,
      {
        bytesMax: 2 * chunks * chunk.length,
        claim: () => false,
        pace: new BodyPace(clock, new Pace(clock)),
      },
      (answer) => answers.push(answer),
    );
    body.on('data', ({ length }: Buffer) => (came += length));
    for (let left = chunks; left > 0; left--) body.push(chunk);
    await nextTurn();
    assert.equal(answers.length, 1);
    assert.ok(answers[0] instanceof Problem);
    const most = unpacedBytesMax + bodyBytesPerTurnMax + chunk.length;
    assert.ok(came <= most, `${String(came)} bytes in one turn`);
    while (clock.turn()) await nextTurn();
    assert.equal(came, chunks * chunk.length);
  });
});
