import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { pipelinedRequestsMax, takenInMax } from '../../../src/frontends/http/gate/owed-answers.ts';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { expectStatus } from '../../support/contract.ts';
import { gauge } from '../../support/http/gauge.ts';
import { get, h2c, handshake, host, put } from '../../support/http/rfc-table.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';
import { until } from '../../support/until.ts';

const long = 5 * takenInMax;
const receivedBytesEach = 4 * 1_048_576;

/** One of each kind of request that a body may come with, and what shows that it was understood. */
const kinds: readonly ((index: number) => string)[] = [
  (index) => put('', `v${String(index)}`, '/v1/nodes/line'),
  () => get('', '/v1/nodes/line'),
  (index) =>
    `PUT /v1/nodes/line HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n2\r\nc-\r\n4\r\n${String(index).padStart(4, '0')}\r\n0\r\nTrailer: t\r\n\r\n`,
  () => get('X-Spaces:   a b   \r\nX-None:\r\nX-Twice: 1\r\nX-Twice: 2\r\n', '/v1/nodes/line'),
  (index) => put('Expect: 100-continue\r\n', `e${String(index)}`, '/v1/nodes/line'),
  () => get(h2c, '/v1/nodes/line'),
];
/** Big enough for many pieces, and changes and reads by turns: each read shows the change ahead of it. */
const line = Array.from({ length: long }, (_, index) => kinds[index % kinds.length]?.(index));
const shown = line.flatMap((_, index) => {
  const kind = index % kinds.length;
  if (kind === 1) return `v${String(index - 1)}`;
  if (kind === 3) return `c-${String(index - 1).padStart(4, '0')}`;
  return kind === 5 ? `e${String(index - 1)}` : [];
});

/** What the reads of `line` were answered with. */
function valuesIn(received: string): readonly string[] {
  return [...received.matchAll(/\r\n\r\n(v[0-9]+|c-[0-9]{4}|e[0-9]+)/g)].map(([, it]) => it ?? '');
}

describe('REST: long lines of pipelined requests', () => {
  let ensemble: Ensemble;
  let base: string;
  const connections: RawConnection[] = [];

  const connect = (): RawConnection => {
    const connection = new RawConnection(base);
    connections.push(connection);
    return connection;
  };
  const answers = (connection: RawConnection): readonly number[] =>
    statusesIn(connection.received).filter((status) => status !== 100);
  const answered = (connection: RawConnection, count: number): Promise<unknown> =>
    until(`${String(count)} answers`, () => answers(connection).length >= count);
  const heldRequests = (count: number): Promise<unknown> =>
    until('requests to be held', async () => (await gauge(base, 'budget_held_requests')) === count);
  const nothingKept = (): Promise<unknown> =>
    until('nothing to be kept', async () => (await gauge(base, 'budget_received_bytes')) === 0);
  const poll = async (): Promise<string> => {
    const { headers } = await expectStatus(200, base, 'PUT', '/v1/nodes/line', { body: 'waited' });
    return get('', `/v1/nodes/line?stat&index=${headers['x-zk-mzxid'] ?? ''}&wait=60s`);
  };

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, budget: { receivedBytesEach } });
    base = ensemble.peer(1).url;
    await expectStatus(201, base, 'PUT', '/v1/nodes/line?create');
  });

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy();
    await nothingKept();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('are taken apart piece by piece, however much of them comes at once', async () => {
    const underWay = new Map<Socket, number>();
    let most = 0;
    const count = (by: number) => (message: unknown) => {
      const { socket } = message as { readonly socket: Socket };
      const now = (underWay.get(socket) ?? 0) + by;
      underWay.set(socket, now);
      most = Math.max(most, now);
    };
    const begun = count(1);
    const done = count(-1);
    subscribe('http.server.request.start', begun);
    subscribe('http.server.response.finish', done);
    const all = Array.from({ length: 10 }, () => connect().write(get('').repeat(long)));
    for (const connection of all) await answered(connection, long);
    unsubscribe('http.server.request.start', begun);
    unsubscribe('http.server.response.finish', done);
    assert.ok(most >= pipelinedRequestsMax && most <= takenInMax, String(most));
  });

  it('are answered in their order, with what each had', async () => {
    const connection = connect().write(line.join(''));
    await answered(connection, long);
    assert.deepEqual(answers(connection), Array<number>(long).fill(200));
    assert.deepEqual(valuesIn(connection.received), shown);
  });

  it('are the same wherever they are cut on their way', async () => {
    const bytes = line.join('');
    for (const size of [61, 1_024, 5_003]) {
      const connection = connect();
      connection.socket.setNoDelay();
      for (let at = 0; at < bytes.length; at += size) {
        connection.write(bytes.slice(at, at + size));
        await turn();
      }
      await answered(connection, long);
      assert.deepEqual(valuesIn(connection.received), shown, `in pieces of ${String(size)}`);
    }
  });

  it('leave their connection as good as new', async () => {
    const connection = connect();
    let count = 0;
    for (const many of [long, 1, 1, takenInMax, 1, takenInMax + 1, 1, long]) {
      count += many;
      await answered(connection.write(get('', '/livez').repeat(many)), count);
    }
    const last = get('Connection: close\r\n', '/livez');
    await connection.write(get('', '/livez').repeat(long) + last).closed();
    assert.deepEqual(answers(connection), Array<number>(count + long + 1).fill(200));
  });

  it('may ask for a large body behind others, and for the go-ahead first', async () => {
    const body = 'b'.repeat(200_000);
    const head = `PUT /v1/nodes/line HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 200000\r\n\r\n`;
    const connection = connect().write(get('').repeat(long) + head);
    await until('the go-ahead', () => statusesIn(connection.received).includes(100));
    connection.write(body + get('', '/v1/nodes/line?stat'));
    await answered(connection, long + 2);
    assert.match(connection.received, /"dataLength":200000/);
  });

  it('may end with a WebSocket, which is answered what it sends at once and later', async () => {
    const frame = (id: number): string => {
      const asked = Buffer.from(JSON.stringify({ id, op: 'get', path: '/line' }));
      const head = Buffer.from([0x81, 0x80 | asked.length, 0, 0, 0, 0]);
      return Buffer.concat([head, asked]).toString('latin1');
    };
    const connection = connect().write(get('').repeat(long) + handshake() + frame(1));
    await until('the first answer', () => connection.received.includes('"id":1'));
    connection.write(frame(2));
    await until('the next answer', () => connection.received.includes('"id":2'));
    assert.deepEqual(answers(connection), [...Array<number>(long).fill(404), 101]);
  });

  it('end ahead of what makes no sense, once all ahead of that is answered', async () => {
    const received = await connect()
      .write(get('', '/livez').repeat(long) + 'nonsense\r\n\r\n' + put('', 'x', '/v1/nodes/line'))
      .closed();
    assert.deepEqual(statusesIn(received), Array<number>(long).fill(200));
    const { text } = await expectStatus(200, base, 'GET', '/v1/nodes/line');
    assert.notEqual(text, 'x');
  });

  it('end with the answer that closes the connection, whatever stands behind it', async () => {
    const closing = get('Connection: close\r\n', '/livez');
    const received = await connect()
      .write(get('', '/livez').repeat(long) + closing + put('', 'x').repeat(long))
      .closed();
    assert.deepEqual(statusesIn(received), Array<number>(long + 1).fill(200));
  });

  it('cost their bytes while they wait, and nobody is cut for them', async () => {
    const wait = await poll();
    const waiting = get('').repeat(long);
    const lines = Array.from({ length: 12 }, () => connect().write(wait + waiting));
    await heldRequests(lines.length);
    const kept = await gauge(base, 'budget_received_bytes');
    // What Node and we make of a request counts for more than it came in.
    const perConnection = waiting.length + takenInMax * 4_096;
    assert.ok(kept > 0 && kept <= lines.length * perConnection, String(kept));
    await expectStatus(200, base, 'PUT', '/v1/nodes/line', { body: 'moved' });
    for (const connection of lines) await answered(connection, 1 + long);
  });

  it('have silence be no trouble while one of them waits, and no longer', async () => {
    let socket: Socket | undefined;
    const begun = (message: unknown): void => {
      ({ socket } = message as { readonly socket: Socket });
    };
    const wait = await poll();
    subscribe('http.server.request.start', begun);
    const connection = connect().write(wait.replace('60s', '50ms') + wait);
    await answered(connection, 1);
    unsubscribe('http.server.request.start', begun);
    await heldRequests(1);
    assert.equal(socket?.timeout, 0);
    await expectStatus(200, base, 'PUT', '/v1/nodes/line', { body: 'moved' });
    await answered(connection, 2);
    await until('its time-out', () => (socket?.timeout ?? 0) > 0);
  });

  it('are let go of when their client leaves', async () => {
    const wait = await poll();
    const connection = connect().write(wait + get('').repeat(long));
    await heldRequests(1);
    await until('some to wait', async () => (await gauge(base, 'budget_received_bytes')) > 0);
    connection.destroy();
    // Whoever waits is not read: that he has gone is seen with the next answer.
    await expectStatus(200, base, 'PUT', '/v1/nodes/line', { body: 'moved' });
    await heldRequests(0);
    await nothingKept();
  });

  it('hold up no peer that stops, whether they wait for an answer or do not take it', async () => {
    const other = await startEnsemble({ peers: 1 });
    const { url } = other.peer(1);
    const { headers } = await expectStatus(201, url, 'PUT', '/v1/nodes/line?create');
    const wait = get('', `/v1/nodes/line?stat&index=${headers['x-zk-mzxid'] ?? ''}&wait=60s`);
    const connection = new RawConnection(url).write(wait + get('').repeat(long));
    await expectStatus(201, url, 'PUT', '/v1/nodes/big?create', { body: 'b'.repeat(900_000) });
    const reader = new RawConnection(url);
    connections.push(reader);
    reader.socket.pause();
    reader.write(get('', '/v1/nodes/big').repeat(long));
    await until('it to wait', async () => (await gauge(url, 'budget_held_requests')) === 1);
    await until('it to owe', async () => (await gauge(url, 'budget_owed_bytes')) > 0);
    await other.stop();
    assert.equal(statusesIn(await connection.closed()).length, 1);
  });
});
