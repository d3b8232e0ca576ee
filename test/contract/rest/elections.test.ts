import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import {
  call,
  expectProblem,
  expectStatus,
  textOf,
  type Answer,
  type JsonObject,
} from '../../support/contract.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

let names = 0;
const fresh = (): string => `case-${String(++names)}`;

describe('REST: elections', () => {
  let ensemble: TestEnsemble;
  let here: string;
  let there: string;

  before(async () => {
    ensemble = await borrowEnsemble();
    const leader = await ensemble.leader();
    there = leader.http;
    here = ensemble.peers.find((peer) => peer !== leader)?.http ?? assert.fail('no follower');
  });

  after(async () => {
    await ensemble.stop();
  });

  const stateOf = (answer: Answer): unknown => answer.json()['state'];

  const campaign = (at: string, name: string, data: string, query = ''): Promise<Answer> =>
    call(at, 'POST', `/v1/elections/${name}?${query}`, { body: JSON.stringify({ data }) });

  it('have one leader, who proclaims, resigns and is followed by the next', async () => {
    const name = fresh();
    const none = (await expectStatus(200, here, 'GET', `/v1/elections/${name}`)).json();
    assert.equal(none['leader'], null);
    const first = (await campaign(here, name, 'one')).json();
    const second = await campaign(there, name, 'two');
    assert.equal(second.status, 202, second.text);
    const place = `/v1/elections/${name}/${textOf(first, 'lockId')}`;
    const other = `/v1/elections/${name}/${textOf(second.json(), 'lockId')}`;
    assert.equal(second.headers['location'], other);
    await expectStatus(200, there, 'PUT', place, { body: 'news' });
    const led = (await expectStatus(200, here, 'GET', `/v1/elections/${name}`)).json();
    const leader = led['leader'] as JsonObject;
    assert.deepEqual([leader['data'], leader['fencingToken']], ['news', first['fencingToken']]);
    await expectProblem({ status: 412, code: 'FENCED' }, here, 'PUT', other, { body: 'no' });
    const guard = { 'x-election': name, 'x-fencing-token': textOf(first, 'fencingToken') };
    await expectStatus(201, here, 'PUT', `/v1/nodes/${name}?create`, { headers: guard });
    await expectStatus(200, there, 'POST', `${place}/renew`);
    await expectStatus(204, there, 'DELETE', place);
    const next = await expectStatus(200, here, 'GET', `${other}?wait=30s`);
    assert.equal(stateOf(next), 'granted');
    await expectProblem({ status: 410, code: 'LOCKLOST' }, here, 'PUT', place, { body: 'late' });
    await expectProblem({ status: 412, code: 'FENCED' }, here, 'DELETE', `/v1/nodes/${name}`, {
      headers: guard,
    });
  });

  for (const [type, pattern] of [
    ['text/event-stream', /^event: leader\ndata: (.*)\n\n/],
    ['application/x-ndjson', /^(\{.*\})\n/],
  ] as const) {
    it(`are observed as ${type}, each change once and in order`, async () => {
      const name = fresh();
      const stream = observe(here, `/v1/elections/${name}`, type, pattern);
      await until('nobody', () => stream.told.length === 1);
      const first = (await campaign(there, name, 'one')).json();
      await until('the first leader', () => stream.told.length === 2);
      // A second candidate changes nothing for who looks on.
      const second = (await campaign(there, name, 'two')).json();
      const place = `/v1/elections/${name}/${textOf(first, 'lockId')}`;
      await expectStatus(200, there, 'PUT', place, { body: 'news' });
      await until('the news', () => stream.told.length === 3);
      await expectStatus(204, there, 'DELETE', place);
      await until('the second leader', () => stream.told.length === 4);
      await expectStatus(
        ...([204, there, 'DELETE', `/v1/elections/${name}/${textOf(second, 'lockId')}`] as const),
      );
      await until('nobody again', () => stream.told.length === 5);
      stream.close();
      const said = stream.told.map(({ leader }) => (leader as JsonObject | null)?.['data'] ?? null);
      assert.deepEqual(said, [null, 'one', 'news', 'two', null]);
      const zxids = stream.told.map((view) => BigInt(textOf(view, 'zxid')));
      assert.deepEqual(
        zxids,
        [...zxids].sort((left, right) => (left < right ? -1 : 1)),
      );
    });
  }
});

function observe(
  base: string,
  path: string,
  accept: string,
  frame: RegExp,
): { readonly told: JsonObject[]; close(): void } {
  const told: JsonObject[] = [];
  const request = httpRequest(
    `${base}${path}`,
    { headers: { accept }, agent: false },
    (response) => {
      assert.equal(response.headers['content-type'], accept);
      let text = '';
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (chunk: string) => {
        text += chunk;
        for (;;) {
          const [whole, document] = frame.exec(text) ?? [];
          if (whole === undefined || document === undefined) return;
          text = text.slice(whole.length);
          told.push(JSON.parse(document) as JsonObject);
        }
      });
    },
  );
  request.on('error', () => undefined);
  request.end();
  return { told, close: () => request.destroy() };
}
