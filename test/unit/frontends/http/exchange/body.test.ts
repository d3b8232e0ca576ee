import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, Socket, type AddressInfo } from 'node:net';
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
import { until } from '../../../../support/until.ts';

const chunk = Buffer.alloc(65_536);
const chunks = (4 * bodyBytesPerTurnMax) / chunk.length;

describe('a long body', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  it('comes at the pace of all when it is refused, too, and to its end', async () => {
    const clock = new HandClock();
    const body = new Readable({ read: () => undefined });
    const request = Object.assign(body, {
      headers: { 'transfer-encoding': 'chunked' },
      socket: new Socket(),
    });
    let came = 0;
    const answers: unknown[] = [];
    readBodyThen(
      request as unknown as IncomingMessage,
      {
        bytesMax: 2 * chunks * chunk.length,
        claim: () => false,
        pace: new BodyPace(clock, new Pace(clock)),
        address: '127.0.0.1',
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

  it('stays with the system as soon as it is held up, and comes when it may', async () => {
    const clock = new HandClock();
    const pace = new BodyPace(clock, new Pace(clock));
    const bodies = (2 * bodyBytesPerTurnMax) / chunk.length;
    const bytesMax = 4 * chunk.length;
    const sockets: Socket[] = [];
    let whole = 0;
    server = createServer((request, response) => {
      sockets.push(request.socket);
      const limits = { bytesMax, claim: () => true, pace, address: '127.0.0.1' };
      readBodyThen(request, limits, (body) => {
        assert.ok(body instanceof Buffer && body.length === bytesMax);
        whole++;
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const head = `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${String(bytesMax)}\r\n\r\n`;
    const clients = Array.from({ length: bodies }, () => connect(port, '127.0.0.1'));
    for (const client of clients) {
      client.on('error', () => undefined);
      client.write(head);
      client.write(Buffer.alloc(bytesMax));
      client.resume();
    }
    const read = (): number => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    await until('all to have begun', () => sockets.length === bodies);
    // The loop comes round some times more: who is read on is so by then.
    for (let left = 10; left > 0; left--) await nextTurn();
    // What comes with the head is read before anybody can be held up.
    const most = bodyBytesPerTurnMax + bodies * (chunk.length + head.length);
    assert.ok(read() <= most, `${String(read())} bytes, of ${String(bodies * bytesMax)}`);
    await until('all of them to come to their end', async () => {
      while (clock.turn()) await nextTurn();
      return whole === bodies;
    });
  });
});
