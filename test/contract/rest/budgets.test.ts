import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { pipelinedRequestsMax } from '../../../src/frontends/http/gate/owed-answers.ts';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { call, expectProblem, expectStatus } from '../../support/contract.ts';
import { gauge } from '../../support/http/gauge.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';
import { until } from '../../support/until.ts';

const heldRequestsEach = 3;
const copiesEach = 2;
const throttled = { status: 429, code: 'THROTTLED' };

describe('REST: what is kept for one client', () => {
  let ensemble: Ensemble;
  let base: string;
  const connections: RawConnection[] = [];

  const connect = (): RawConnection => {
    const connection = new RawConnection(base);
    connections.push(connection);
    return connection;
  };
  const request = (method: string, target: string): string =>
    `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${method === 'PUT' ? 'Content-Length: 0\r\n' : ''}\r\n`;
  const poll = async (path: string): Promise<string> => {
    const { headers } = await expectStatus(201, base, 'PUT', `/v1/nodes${path}?create`);
    return request('GET', `/v1/nodes${path}?stat&index=${headers['x-zk-mzxid'] ?? ''}&wait=60s`);
  };
  const nothingKept = (): Promise<boolean> =>
    until('nothing to be kept', async () => {
      const kept = ['owed_bytes', 'received_bytes', 'held_requests'];
      const gauges = await Promise.all(kept.map((kind) => gauge(base, `budget_${kind}`)));
      return gauges.every((value) => value === 0);
    });

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, budget: { heldRequestsEach, copiesEach } });
    base = ensemble.peer(1).url;
  });

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy();
    await nothingKept();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('begins so many pipelined reads at a time, and the next when an answer was taken', async () => {
    await expectStatus(201, base, 'PUT', '/v1/nodes/line?create');
    const connection = connect().write(await poll('/line/first'));
    await until(
      'the poll to be held',
      async () => (await gauge(base, 'budget_held_requests')) === 1,
    );
    const reads = (): Promise<number> => gauge(base, 'reads_total');
    const before = await reads();
    connection.write(request('GET', '/v1/nodes/line?stat').repeat(40));
    const begun = pipelinedRequestsMax - 1;
    await until('those that may be begun', async () => (await reads()) >= before + begun);
    // Would be there by now: it stood in the same packet.
    await expectStatus(200, base, 'POST', '/v1/sync');
    assert.equal(await reads(), before + begun);
    await expectStatus(200, base, 'PUT', '/v1/nodes/line/first', { body: 'moved' });
    await until('all answers', () => statusesIn(connection.received).length === 41);
    assert.deepEqual(statusesIn(connection.received), Array<number>(41).fill(200));
  });

  it('owes one large answer at a time to one that reads nothing, and all of them in the end', async () => {
    const body = Buffer.alloc(900_000, 0xff);
    await expectStatus(201, base, 'PUT', '/v1/nodes/big?create', { body });
    const one = request('GET', '/v1/nodes/big?encoding=base64');
    // Counted and not kept: it is fifty megabytes, more than the sockets between us take.
    const reader = createConnection({ host: '127.0.0.1', port: Number(new URL(base).port) });
    let received = 0;
    reader.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    reader.pause();
    reader.write(one.repeat(40));
    await until(
      'one answer to be owed',
      async () => (await gauge(base, 'budget_owed_bytes')) === body.length,
    );
    const other = await expectStatus(200, base, 'GET', '/v1/nodes/big?encoding=base64');
    assert.equal(other.json()['data'], body.toString('base64'));
    reader.resume();
    const bytes = 40 * Math.ceil(body.length / 3) * 4;
    await until('all answers', () => received > bytes);
    reader.destroy();
  });

  it('encodes large data as it does small', async () => {
    const texts = [
      'é€😀"\\\n\u0001'.repeat(60_000),
      `${'a'.repeat(49_151)}é${'b'.repeat(49_150)}😀`,
      `\ufeff${'\u0000'.repeat(50_000)}`,
    ];
    await expectStatus(201, base, 'PUT', '/v1/nodes/texts?create');
    for (const [index, text] of texts.entries()) {
      const target = `/v1/nodes/texts/${String(index)}`;
      await expectStatus(201, base, 'PUT', `${target}?create`, { body: text });
      const asJson = await expectStatus(200, base, 'GET', `${target}?encoding=utf8`);
      assert.equal(asJson.json()['data'], text);
      assert.equal((await expectStatus(200, base, 'GET', target)).text, text);
      const forced = await expectStatus(200, base, 'GET', `${target}?encoding=base64`);
      assert.equal(Buffer.from(forced.json()['data'] as string, 'base64').toString(), text);
    }
    const list = await expectStatus(200, base, 'GET', '/v1/nodes/texts?children&withData');
    const znodes = list.json()['znodes'] as { readonly data: string }[];
    assert.deepEqual(
      znodes.map(({ data }) => data),
      texts,
    );
  });

  it('holds so many requests of one address, and refuses more with when to ask again', async () => {
    const wait = await poll('/held');
    const held = Array.from({ length: heldRequestsEach }, () => connect().write(wait));
    await until(
      'all to be held',
      async () => (await gauge(base, 'budget_held_requests')) === heldRequestsEach,
    );
    const [, target = ''] = wait.split(' ');
    await expectProblem(throttled, base, 'GET', target);
    const stream = await call(base, 'GET', '/v1/watch?path=/');
    assert.equal(stream.status, 429);
    assert.equal(stream.headers['retry-after'], '1');
    await expectProblem(throttled, base, 'POST', '/v1/locks/l?wait=1s', { body: '{}' });
    for (let refused = 0; refused <= copiesEach; refused++) {
      await expectProblem(throttled, base, 'GET', '/v1/backup');
    }
    // Waits for nobody.
    await expectStatus(200, base, 'POST', '/v1/locks/l', { body: '{}' });
    held[0]?.destroy();
    await until(
      'a place',
      async () => (await call(base, 'GET', `${target}&wait=1ms`)).status !== 429,
    );
    assert.equal((await call(base, 'GET', '/v1/backup')).status, 200);
  });

  it('gives back what it kept for pipelined requests whose client leaves', async () => {
    const wait = await poll('/left');
    const connection = connect().write(wait + wait + request('GET', '/livez').repeat(5));
    await until(
      'the first to be held',
      async () => (await gauge(base, 'budget_held_requests')) === 2,
    );
    connection.destroy();
    await nothingKept();
  });
});
