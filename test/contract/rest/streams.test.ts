import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  call,
  expectProblem,
  expectStatus,
  textOf,
  type JsonObject,
} from '../../support/contract.ts';
import { borrowEnsemble, startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { StreamClient } from '../../support/stream-client.ts';
import { until } from '../../support/until.ts';

const asLines = { accept: 'application/x-ndjson' };

describe('streams over HTTP', () => {
  let ensemble: TestEnsemble;
  let here: string;
  let there: string;
  const streams: StreamClient[] = [];

  const open = (
    target: string,
    headers: Record<string, string> = {},
    base = here,
  ): StreamClient => {
    const stream = new StreamClient(base, `/v1/watch?${target}`, headers);
    streams.push(stream);
    return stream;
  };
  const put = async (path: string, body = '', base = here): Promise<JsonObject> =>
    (await call(base, 'PUT', `/v1/nodes${path}?create`, { body })).json();

  before(async () => {
    ensemble = await borrowEnsemble();
    here = ensemble.peer(1).http;
    there = ensemble.peer(2).http;
  });

  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('tell of changes as they happen, as SSE and as ndjson alike', async () => {
    const sse = open('path=/a&recursive');
    const lines = open('path=/a&recursive', asLines, there);
    await Promise.all([sse.synced(), lines.synced()]);
    assert.equal(sse.headers['content-type'], 'text/event-stream');
    assert.equal(sse.headers['cache-control'], 'no-store, no-transform');
    assert.equal(lines.headers['content-type'], 'application/x-ndjson');
    await put('/a', 'one');
    await put('/a/b');
    await put('/a', 'two');
    await expectStatus(204, here, 'DELETE', '/v1/nodes/a?recursive');
    const isLast = ({ document }: { document: JsonObject }): boolean =>
      document['type'] === 'deleted' && document['path'] === '/a';
    await Promise.all([sse.until('the end', isLast), lines.until('the end', isLast)]);
    assert.deepEqual(sse.story, [
      ...['synced', 'created /a', 'created /a/b', 'dataChanged /a', 'deleted /a/b', 'deleted /a'],
    ]);
    assert.deepEqual(lines.documents.slice(1), sse.documents.slice(1));
    const last = sse.documents.slice(-2);
    assert.equal(last[0]?.['zxid'], last[1]?.['zxid']);
    for (const { id, event, document } of sse.received) {
      assert.equal(event, document['type']);
      assert.equal(id, document['place']);
      assert.equal('data' in document, false);
    }
    // A place within the zxid, then the zxid itself.
    assert.match(textOf(last[0] ?? {}, 'place'), /^[0-9]+\.[0-9]+$/);
    assert.equal(last[1]?.['place'], last[1]?.['zxid']);
  });

  it('tell of children only to who watches the one znode', async () => {
    await put('/parent');
    const stream = await open('path=/parent').synced();
    await put('/parent/child');
    await put('/parent/child/below');
    await put('/parent', 'changed');
    await stream.until('the change', ({ event }) => event === 'dataChanged');
    assert.deepEqual(stream.story, ['synced', 'childrenChanged /parent', 'dataChanged /parent']);
  });

  it('carry values when asked to, as text where they are', async () => {
    const stream = await open('path=/v&values').synced();
    const forced = await open('path=/v&values&encoding=base64').synced();
    await call(here, 'PUT', '/v1/nodes/v?create', { body: 'é\n' });
    await call(here, 'PUT', '/v1/nodes/v', { body: Buffer.from([0xff, 0x00]) });
    for (const each of [stream, forced]) {
      await each.until('the second', ({ event }) => event === 'dataChanged');
    }
    const values = (from: StreamClient): unknown[] =>
      from.documents.slice(1).map(({ data, encoding }) => [data, encoding]);
    assert.deepEqual(values(stream), [
      ['é\n', 'utf8'],
      ['/wA=', 'base64'],
    ]);
    assert.deepEqual(values(forced), [
      ['w6kK', 'base64'],
      ['/wA=', 'base64'],
    ]);
  });

  it('begin with what is there', async () => {
    await put('/i', 'x');
    await put('/i/j', 'y');
    const stream = await open('path=/i&recursive&initial&values').synced();
    assert.deepEqual([...stream.story].sort(), ['created /i', 'created /i/j', 'synced']);
    assert.equal(stream.story.at(-1), 'synced');
    assert.deepEqual(
      stream.received.map(({ id }) => id !== undefined),
      [false, false, true],
    );
    await put('/i/k');
    await stream.until('what comes next', ({ document }) => document['path'] === '/i/k');
  });

  it('resume after any event, on any peer, with nothing missing and nothing twice', async () => {
    await put('/r');
    const whole = await open('path=/r&recursive').synced();
    const ops = ['/r/1', '/r/2', '/r/3'].map((path) => ({ op: 'create', path }));
    await expectStatus(200, here, 'POST', '/v1/txn', { body: JSON.stringify({ ops }) });
    await put('/r/4');
    await put('/r', 'last');
    await whole.until('the last', ({ event }) => event === 'dataChanged');
    const all = whole.documents.slice(1);
    assert.equal(all.length, 5);
    const places = [whole.documents[0], ...all].map((document) => textOf(document ?? {}, 'place'));
    for (const [index, place] of places.entries()) {
      const byHeader = open('path=/r&recursive&from=1', { 'last-event-id': place }, there);
      const byQuery = open(`path=/r&recursive&from=${place}`, asLines);
      for (const stream of [byHeader, byQuery]) {
        await stream.synced();
        const events = await until('all that follows', () => {
          const seen = stream.documents.filter(({ path }) => path !== undefined);
          return seen.length >= all.length - index && seen;
        });
        assert.deepEqual(events, all.slice(index), `after ${place}`);
      }
    }
  });

  it('resume from Last-Event-ID in place of beginning anew', async () => {
    const zxid = textOf(await put('/again', 'x'), 'zxid');
    const headers = { 'last-event-id': zxid };
    const stream = await open('path=/again&initial', headers).synced();
    assert.deepEqual(stream.story, ['synced']);
  });

  it('show to nobody what he may not read', async () => {
    const digest = createHash('sha1').update('ada:secret').digest('base64');
    const acl = [{ permissions: 'cdrwa', scheme: 'digest', id: `ada:${digest}` }];
    const ops = [{ op: 'create', path: '/secret', acl }];
    const authorization = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
    const stranger = await open('path=/&recursive&values').synced();
    const ada = await open('path=/&recursive&values', { authorization }).synced();
    const ticket = (
      await expectStatus(201, here, 'POST', '/v1/tickets', { headers: { authorization } })
    ).json();
    const byTicket = await open(
      `path=/&recursive&values&ticket=${textOf(ticket, 'ticket')}`,
    ).synced();
    await expectStatus(200, here, 'POST', '/v1/txn', { body: JSON.stringify({ ops }) });
    await put('/open');
    for (const stream of [stranger, ada, byTicket]) {
      await stream.until('the open one', ({ document }) => document['path'] === '/open');
    }
    assert.deepEqual(stranger.story, ['synced', 'created /open']);
    for (const stream of [ada, byTicket]) {
      assert.deepEqual(stream.story, ['synced', 'created /secret', 'created /open']);
    }
  });

  it('are refused with a status while there is one to give', async () => {
    const bad = { status: 400, code: 'BADARGUMENTS' };
    const targets = [
      ...['', '?path=a', '?path=/&from=x', '?path=/&from=1.0', '?path=/&from=5&initial'],
      ...[
        '?path=/&from=8796093022208000005',
        '?path=/&values=maybe',
        '?path=/&recursive&recursive',
        '?path=/&encoding=utf16',
      ],
    ];
    for (const target of targets) await expectProblem(bad, here, 'GET', `/v1/watch${target}`);
    await expectProblem(bad, here, 'GET', '/v1/watch?path=/', {
      headers: { 'last-event-id': 'x' },
    });
    const unknown = { status: 401, code: 'AUTHFAILED' };
    await expectProblem(unknown, here, 'GET', '/v1/watch?path=/&ticket=AAAA');
    const headers = { 'x-session-id': '7', 'x-session-secret': 'AAAAAAAAAAAAAAAAAAAAAA' };
    const gone = { status: 410, code: 'SESSIONEXPIRED' };
    await expectProblem(gone, here, 'GET', '/v1/watch?path=/', { headers });
    await expectProblem(gone, here, 'POST', '/v1/tickets', { headers });
    await expectProblem(bad, here, 'POST', '/v1/tickets', { body: '{"path":"/"}' });
    await expectStatus(200, here, 'HEAD', '/v1/watch?path=/');
  });

  describe('long-polls', () => {
    const index = async (target: string): Promise<string> =>
      textOf((await call(here, 'GET', target)).headers, 'x-zxid');

    it('answer with the new state as soon as there is one', async () => {
      await put('/poll', 'old');
      const since = await index('/v1/nodes/poll');
      const held = [
        call(here, 'GET', `/v1/nodes/poll?index=${since}&wait=60s`),
        call(there, 'GET', `/v1/nodes/poll?index=${since}`, { headers: { prefer: 'wait=60' } }),
        call(there, 'GET', `/v1/nodes/poll?stat&index=${since}&wait=60s`),
      ];
      const children = call(there, 'GET', `/v1/nodes/poll?children&index=${since}&wait=60s`);
      await put('/poll/child');
      assert.deepEqual((await children).json()['children'], ['child']);
      await put('/poll', 'new');
      const [first, second, stat] = await Promise.all(held);
      assert.deepEqual([first?.text, second?.text], ['new', 'new']);
      assert.equal((stat?.json()['stat'] as JsonObject)['version'], 1);
      // What is known to be old needs no waiting.
      const late = await expectStatus(200, there, 'GET', `/v1/nodes/poll?index=${since}&wait=60s`);
      assert.equal(late.text, 'new');
    });

    it('end with 304 when nothing happens, and X-Zxid to go on from', async () => {
      await put('/still', 'x');
      const since = await index('/v1/nodes/still');
      for (const view of ['', '&children', '&stat']) {
        const target = `/v1/nodes/still?index=${since}&wait=50ms${view}`;
        const ended = await expectStatus(304, here, 'GET', target);
        assert.ok(BigInt(textOf(ended.headers, 'x-zxid')) >= BigInt(since));
      }
    });

    it('see a znode come and go', async () => {
      const since = textOf(
        (await expectStatus(404, here, 'GET', '/v1/nodes/ghost')).headers,
        'x-zxid',
      );
      await expectStatus(404, here, 'GET', `/v1/nodes/ghost?index=${since}&wait=50ms`);
      const coming = call(there, 'GET', `/v1/nodes/ghost?index=${since}&wait=60s`);
      const made = await put('/ghost', 'boo');
      assert.equal((await coming).text, 'boo');
      const going = call(there, 'GET', `/v1/nodes/ghost?index=${textOf(made, 'zxid')}&wait=60s`);
      await expectStatus(204, here, 'DELETE', '/v1/nodes/ghost');
      assert.equal((await going).status, 404);
      // It was there and has gone since: that is news too.
      await expectStatus(404, there, 'GET', `/v1/nodes/ghost?index=${since}&wait=60s`);
    });

    it('are refused where they make no sense', async () => {
      const bad = { status: 400, code: 'BADARGUMENTS' };
      for (const target of [
        ...['?wait=5s', '?index=x', '?index=1&wait=5', '?index=1&wait=2m', '?acl&index=1'],
        '?acl&wait=5s',
      ]) {
        await expectProblem(bad, here, 'GET', `/v1/nodes/${target}`);
      }
    });

    it('that wait in a crowd hear of one change all at once', async () => {
      await put('/crowd', '0');
      const since = await index('/v1/nodes/crowd');
      const held = Array.from({ length: 100 }, () =>
        call(there, 'GET', `/v1/nodes/crowd?index=${since}&wait=60s`),
      );
      await put('/crowd', '1');
      for (const { text } of await Promise.all(held)) assert.equal(text, '1');
    });
  });

  it('of a slow reader end as lost, and the others go on', async () => {
    await put('/slow');
    const slow = await open('path=/slow&values').synced();
    const quick = await open('path=/slow&values').synced();
    slow.pause();
    // More than the kernel and the hub keep for it together.
    for (let index = 0; index < 30; index++) await put('/slow', 'x'.repeat(1_000_000));
    slow.resume();
    const lost = await slow.until('lost', ({ event }) => event === 'lost');
    assert.equal(lost.document['why'], 'slow');
    assert.equal(lost.id, lost.document['zxid']);
    await until('its end', () => slow.isEnded);
    await put('/slow', 'end');
    await quick.until('the end', ({ document }) => document['data'] === 'end');
    // From where it was told, it goes on.
    const again = await open('path=/slow&values', { 'last-event-id': lost.id ?? '' }).synced();
    assert.equal(again.documents.at(-2)?.['data'] ?? 'end', 'end');
  });

  it('say when no log reaches back: lost to a browser, 410 to a script', async () => {
    const forgetful = await startEnsemble({
      peers: 1,
      lines: [
        ...[
          'quoll.retention.keepTxns=5',
          'quoll.retention.keepMs=0',
          'quoll.snapshot.afterTxns=500',
        ],
      ],
    });
    try {
      const { http } = forgetful.peer(1);
      const first = await put('/c', '', http);
      const from = textOf(first, 'zxid');
      const target = `/v1/watch?path=/c&from=${from}`;
      const socket = await SocketClient.open(http);
      for (let index = 0; index < 3_000; index++) socket.send('set', { path: '/c', data: 'x' });
      await socket.ok('sync');
      await socket.close();
      // What it had in memory it still had.
      await forgetful.peer(1).end('SIGTERM');
      forgetful.peer(1).start();
      await forgetful.ready();
      const gone = { status: 410, code: 'COMPACTED' };
      await expectProblem(gone, http, 'GET', target, { headers: asLines });
      // A znode that is not there may have been, meanwhile.
      await expectProblem(gone, http, 'GET', `/v1/nodes/d?index=${from}&wait=5s`);
      const sse = open(`path=/c&from=${from}`, {}, http);
      const lost = await sse.until('lost', ({ event }) => event === 'lost');
      assert.equal(lost.document['why'], 'compacted');
      assert.equal(lost.id, lost.document['zxid']);
      assert.ok(BigInt(textOf(lost.document, 'oldest')) > BigInt(from));
      await until('its end', () => sse.isEnded);
      // One that is there is known to be as it was, however old that is.
      const since = textOf((await call(http, 'GET', '/v1/nodes/c')).headers, 'x-zk-mzxid');
      await expectStatus(304, http, 'GET', `/v1/nodes/c?index=${since}&wait=50ms`);
    } finally {
      await forgetful.stop();
    }
  });
});
