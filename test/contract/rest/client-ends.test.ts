import assert from 'node:assert/strict';
import { takenInMax } from '../../../src/frontends/http/gate/owed-answers.ts';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { expectStatus } from '../../support/contract.ts';
import { gauge } from '../../support/http/gauge.ts';
import { get, h2c, handshake, host, put } from '../../support/http/rfc-table.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';
import { until } from '../../support/until.ts';

const counts = [1, 2, 30, takenInMax, takenInMax + 1, 100, 500];
const ended = '/v1/nodes/ended';
const bigBytes = 900_000;

describe('REST: a client that ends its side', () => {
  let ensemble: Ensemble;
  let base: string;
  let index: string;
  const connections: RawConnection[] = [];

  const connect = (): RawConnection => {
    const connection = new RawConnection(base);
    connections.push(connection);
    return connection;
  };
  const lastWords = (bytes: string): Promise<string> => {
    const connection = connect().write(bytes);
    connection.socket.end();
    return connection.closed();
  };
  const answersTo = async (bytes: string): Promise<readonly number[]> =>
    statusesIn(await lastWords(bytes)).filter((status) => status !== 100);
  const times = (count: number, status: number): readonly number[] =>
    Array<number>(count).fill(status);
  const heldRequests = (count: number): Promise<unknown> =>
    until('requests to be held', async () => (await gauge(base, 'budget_held_requests')) === count);
  const poll = (): string => get('', `/v1/nodes/big?stat&index=${index}&wait=60s`);
  const post = (target: string, headers = ''): string =>
    `POST ${target} HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 2\r\n${headers}\r\n{}`;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    base = ensemble.peer(1).url;
    await expectStatus(201, base, 'PUT', `${ended}?create`);
    const body = 'b'.repeat(bigBytes);
    const { headers } = await expectStatus(201, base, 'PUT', '/v1/nodes/big?create', { body });
    index = headers['x-zk-mzxid'] ?? '';
  });

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy();
    await heldRequests(0);
    await until('nothing to be kept', async () => {
      return (await gauge(base, 'budget_received_bytes')) === 0;
    });
  });

  after(async () => {
    await ensemble.stop();
  });

  for (const count of counts) {
    it(`is answered ${String(count)} reads and ${String(count)} changes`, async () => {
      assert.deepEqual(await answersTo(get('', '/livez').repeat(count)), times(count, 200));
      assert.deepEqual(await answersTo(get('', ended).repeat(count)), times(count, 200));
      const changes = Array.from({ length: count }, (_, at) => put('', `v${String(at)}`, ended));
      assert.deepEqual(await answersTo(changes.join('')), times(count, 200));
      const { text } = await expectStatus(200, base, 'GET', ended);
      assert.equal(text, `v${String(count - 1)}`);
    });
  }

  it('is answered whatever it asks for that is not waited for', async () => {
    const asked = [
      get('', '/v1/cluster'),
      get('', '/metrics'),
      get(h2c, ended),
      get('', '/nowhere'),
      put('Expect: 100-continue\r\n', 'go', ended),
      post('/v1/sessions'),
      post('/v1/locks/ended-free?wait=0s'),
      get('', `${ended}?stat&index=0&wait=60s`),
      get('', '/v1/ws'),
    ];
    for (const [at, status] of [200, 200, 200, 404, 200, 201, 200, 200, 426].entries()) {
      assert.deepEqual(await answersTo(asked[at] ?? ''), [status], asked[at]);
    }
  });

  it('is answered lines in which upgrades are asked for that nobody wants', async () => {
    const each = [get('', ended), get(h2c, ended), put('', 'v', ended), get(h2c, '/livez')];
    for (const count of [1, 10, 50]) {
      assert.deepEqual(await answersTo(each.join('').repeat(count)), times(4 * count, 200));
    }
  });

  it('is given all of large answers, as it takes them', async () => {
    const count = 20;
    const received = await lastWords(get('', '/v1/nodes/big').repeat(count));
    assert.deepEqual(statusesIn(received), times(count, 200));
    assert.ok(received.endsWith('b'.repeat(bigBytes)));
  });

  it('is given all of a backup', async () => {
    const whole = await fetch(`${base}/v1/backup`);
    const { byteLength } = await whole.arrayBuffer();
    const received = await lastWords(get('', '/v1/backup'));
    assert.equal(received.length - (received.indexOf('\r\n\r\n') + 4), byteLength);
    await until('no copy to be held', async () => (await gauge(base, 'budget_copies')) === 0);
  });

  it('is told that a body is cut off, behind what came whole', async () => {
    const cut = `PUT ${ended} HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\ncut`;
    assert.deepEqual(await answersTo(put('', 'whole', ended) + cut), [200, 400]);
    const { text } = await expectStatus(200, base, 'GET', ended);
    assert.equal(text, 'whole');
  });

  it('is done with at once when it is owed nothing', async () => {
    assert.equal(await lastWords(''), '');
    const connection = connect().write(get('', '/livez'));
    await until('the answer', () => connection.received.endsWith('ok\n'));
    connection.socket.end();
    assert.deepEqual(statusesIn(await connection.closed()), [200]);
  });

  describe('while an answer may be minutes away', () => {
    it('is waited for no longer, whether its end comes then or at once', async () => {
      for (const asked of [poll(), get('', '/v1/watch?path=/ended')]) {
        const connection = connect().write(asked);
        await heldRequests(1);
        connection.socket.end();
        await connection.closed();
        await heldRequests(0);
        await lastWords(asked);
        await heldRequests(0);
      }
    });

    it('gives up its place in the queue of a lock, or has none', async () => {
      const queue = '/v1/locks/ended';
      const asked = post(`${queue}?wait=60s&abandonOnDisconnect`);
      const holder = await expectStatus(200, base, 'POST', `${queue}?wait=0s`, { body: '{}' });
      const contenders = (count: number): Promise<unknown> =>
        until('contenders', async () => {
          const view = await expectStatus(200, base, 'GET', queue);
          return (view.json()['contenders'] as readonly unknown[]).length === count;
        });
      assert.equal(holder.json()['state'], 'granted');
      const connection = connect().write(asked);
      await contenders(2);
      connection.socket.end();
      await contenders(1);
      assert.deepEqual(statusesIn(await connection.closed()), []);
      assert.deepEqual(await answersTo(asked), []);
      await contenders(1);
    });

    it('is answered what stands ahead of that, and nothing behind', async () => {
      const reads = get('', ended).repeat(3);
      assert.deepEqual(await answersTo(reads + poll() + reads), times(3, 200));
      assert.deepEqual(await answersTo(put('', 'first', ended) + poll() + reads), [200]);
      assert.deepEqual(await answersTo(get('', '/livez').repeat(100) + poll()), times(100, 200));
      const received = await lastWords(get('', '/v1/nodes/big') + poll() + reads);
      assert.deepEqual(statusesIn(received), [200]);
      assert.ok(received.endsWith('b'.repeat(bigBytes)));
    });
  });

  it('ends a WebSocket', async () => {
    const connection = connect().write(handshake());
    await until('it to be open', () => statusesIn(connection.received).includes(101));
    connection.socket.end();
    await connection.closed();
  });
});
