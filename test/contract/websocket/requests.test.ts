import assert from 'node:assert/strict';
import {
  checkValue,
  contract,
  expectStatus,
  textOf,
  type JsonObject,
} from '../../support/contract.ts';
import { borrowEnsemble, startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { until } from '../../support/until.ts';

describe('WebSocket: requests', () => {
  let ensemble: TestEnsemble;
  let here: string;
  const sockets: SocketClient[] = [];

  const opened = async (base = here): Promise<SocketClient> => {
    const socket = await SocketClient.open(base);
    sockets.push(socket);
    return socket;
  };

  before(async () => {
    ensemble = await borrowEnsemble();
    here = ensemble.peer(1).http;
  });

  afterEach(async () => {
    await Promise.all(sockets.splice(0).map((socket) => socket.close()));
  });

  after(async () => {
    await ensemble.stop();
  });

  it('reads and changes znodes in the JSON of REST', async () => {
    const socket = await opened();
    const made = await socket.ok('create', { path: '/a', data: 'é' });
    assert.equal(made['path'], '/a');
    checkValue('stat', contract.components.schemas['Stat'] ?? {}, made['stat']);
    const rest = await expectStatus(200, here, 'GET', '/v1/nodes/a?encoding=utf8');
    assert.deepEqual(await socket.ok('get', { path: '/a' }), rest.json());
    await socket.ok('set', { path: '/a', data: '/w==', encoding: 'base64', version: 0 });
    assert.equal((await socket.ok('get', { path: '/a' }))['data'], '/w==');
    await socket.ok('setAcl', {
      path: '/a',
      acl: [{ permissions: 'cdrwa', scheme: 'world', id: 'anyone' }],
    });
    const acl = await expectStatus(200, here, 'GET', '/v1/nodes/a?acl');
    assert.deepEqual(await socket.ok('getAcl', { path: '/a' }), acl.json());
    const list = await expectStatus(200, here, 'GET', '/v1/nodes/?children');
    assert.deepEqual(await socket.ok('children', { path: '/' }), list.json());
    const stat = await expectStatus(200, here, 'GET', '/v1/nodes/a?stat');
    assert.deepEqual(await socket.ok('exists', { path: '/a' }), stat.json());
    assert.equal((await socket.ok('delete', { path: '/a' }))['deleted'], 1);
    const gone = await socket.refused('NONODE', 'exists', { path: '/a' });
    checkValue('problem', contract.components.schemas['Problem'] ?? {}, gone);
  });

  it('pages through children', async () => {
    const socket = await opened();
    for (const name of ['x', 'x/1', 'x/2', 'x/3']) await socket.ok('create', { path: `/${name}` });
    const first = await socket.ok('children', { path: '/x', limit: 2, withData: true });
    assert.deepEqual(first['children'], ['1', '2']);
    const next = await socket.ok('children', { path: '/x', continue: first['continue'] });
    assert.deepEqual([next['children'], next['continue']], [['3'], null]);
  });

  it('runs transactions and says of each op what became of it', async () => {
    const socket = await opened();
    const done = await socket.ok('txn', {
      ops: [
        { op: 'create', path: '/t' },
        { op: 'create', path: '/t/n-', sequential: true },
      ],
    });
    assert.deepEqual(
      (done['results'] as JsonObject[]).map(({ path }) => path),
      ['/t', '/t/n-0000000000'],
    );
    const problem = await socket.refused('BADVERSION', 'txn', {
      ops: [
        { op: 'check', path: '/t', version: 7 },
        { op: 'delete', path: '/t' },
      ],
    });
    assert.equal(problem['status'], 409);
    assert.equal(problem['failedIndex'], 0);
  });

  it('answers a repeated key with the first answer', async () => {
    const socket = await opened();
    const fields = { path: '/k-', sequential: true, idempotencyKey: 'ws-key-1' };
    const first = await socket.ok('create', fields);
    const again = await socket.answer(socket.send('create', fields));
    assert.deepEqual(again['ok'], first);
    assert.equal(again['replayed'], true);
    await socket.refused('BADARGUMENTS', 'create', { ...fields, idempotencyKey: 'has a space' });
    await socket.refused('BADARGUMENTS', 'create', { ...fields, idempotencyKey: 7 });
  });

  it('answers pipelined requests in order, and each read sees the writes before it', async () => {
    const socket = await opened();
    await socket.ok('create', { path: '/p' });
    const ids: number[] = [];
    // More than may be in flight: the socket is not read meanwhile, and nothing is lost.
    for (let index = 0; index < 500; index++) {
      ids.push(socket.send('set', { path: '/p', data: String(index) }));
      if (index % 50 === 0) ids.push(socket.send('get', { path: '/p', consistency: 'local' }));
    }
    await socket.answer(ids.at(-1) ?? 0);
    assert.deepEqual(
      socket.messages.slice(1).map((message) => message['id']),
      ids,
    );
    const reads = socket.messages.flatMap(({ ok }) => {
      const { data } = (ok ?? {}) as JsonObject;
      return typeof data === 'string' ? [data] : [];
    });
    assert.deepEqual(
      reads,
      Array.from({ length: 10 }, (_, index) => String(index * 50)),
    );
  });

  it('answers a slow reader after the events that its answers show', async () => {
    const [slow, other] = [await opened(), await opened()];
    await other.ok('create', { path: '/slow' });
    await slow.ok('watch', { path: '/slow', values: true });
    slow.ws.pause();
    const data = 'x'.repeat(400_000);
    for (let count = 0; count < 30; count++) await other.ok('set', { path: '/slow', data });
    const ids = Array.from({ length: 600 }, () => slow.send('exists', { path: '/slow' }));
    await other.ok('sync');
    slow.ws.resume();
    await slow.answer(ids.at(-1) ?? 0);
    const order = slow.messages.map((message) => message['id'] ?? 'event');
    const first = order.indexOf(ids[0] ?? 0);
    assert.ok(first > order.lastIndexOf('event'), `an answer came before an event`);
    assert.deepEqual(order.slice(first), ids);
  });

  it('syncs', async () => {
    const socket = await opened();
    const made = await socket.ok('create', { path: '/synced' });
    const synced = await socket.ok('sync');
    assert.ok(BigInt(textOf(synced, 'zxid')) >= BigInt(textOf(made, 'zxid')));
  });

  it('knows a digest identity from hello', async () => {
    const socket = await opened();
    const authorization = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
    await socket.ok('hello', { authorization });
    await socket.ok('create', {
      path: '/hers',
      data: 'x',
      acl: [
        { permissions: 'cdrwa', scheme: 'digest', id: 'ada:N3pIgAxEWsXBJvdgwLPgvl6cMeY=' },
        { permissions: 'a', scheme: 'world', id: 'anyone' },
      ],
    });
    const stranger = await opened();
    await stranger.refused('NOAUTH', 'get', { path: '/hers' });
  });

  describe('bad input', () => {
    it('is answered by id where there is one, and the socket goes on', async () => {
      const socket = await opened();
      const bad: [string, object][] = [
        ['gett', { path: '/' }],
        ['get', {}],
        ['get', { path: 'a' }],
        ['get', { path: '/', paht: 1 }],
        ['get', { path: 7 }],
        ['get', { path: '/', consistency: 'session' }],
        ['get', { path: '/', minZxid: 5 }],
        ['children', { path: '/', limit: 0 }],
        ['children', { path: '/', continue: 'x' }],
        ['create', { path: '/a', dta: '' }],
        ['create', { path: '/a', data: '%', encoding: 'base64' }],
        ['txn', { ops: [] }],
        ['txn', { ops: [{ op: 'nope', path: '/' }] }],
        ['watch', { path: '/', from: '1', initial: true }],
        ['watch', { path: '/', from: '1.0' }],
        ['heartbeat', {}],
      ];
      for (const [op, fields] of bad) {
        await socket.refused('BADARGUMENTS', op, fields);
      }
      await socket.ok('get', { path: '/' });
      // Late for a hello: that ends the socket, as every hello that is refused.
      await socket.refused('BADARGUMENTS', 'hello');
      assert.equal(await socket.closed(), 1008);
    });

    it('that is no request gets a problem, and the socket is closed', async () => {
      const messages = [
        ...['', 'x', '[]', '7', 'null', '{"id":1}', '{"op":"get"}', '{"id":"1","op":"get"}'],
        ...['{"id":-1,"op":"get"}', '{"id":1,"op":7}', '{"id":1,"id":2,"op":"sync"}'],
        ...['{"id":1,"op":"sync","__proto__":{}}', '{"id":1,"op":"sync","constructor":{}}'],
        ...['{"id":1,"op":"sync","timeoutMs":"1s"}', '['.repeat(100)],
      ];
      for (const text of messages) {
        const socket = await opened();
        socket.ws.send(text);
        assert.equal(await socket.closed(), 1007, text);
        const [problem, ...more] = socket.messages;
        assert.equal(((problem?.['error'] ?? {}) as JsonObject)['code'], 'BADARGUMENTS', text);
        assert.deepEqual(more, [], text);
      }
    });

    it('in bytes, in too many bytes, or not in UTF-8 is cut off', async () => {
      const binary = await opened();
      binary.ws.send(Buffer.from('{"id":1,"op":"sync"}'), { binary: true });
      assert.equal(await binary.closed(), 1003);
      const large = await opened();
      large.ws.send(`{"id":1,"op":"set","path":"/","data":"${'x'.repeat(3_000_000)}"}`);
      assert.equal(await large.closed(), 1009);
      const broken = await opened();
      broken.ws.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
      assert.equal(await broken.closed(), 1007);
      const fine = await opened();
      await fine.ok('sync');
    });

    it('as a frame that is none is cut off', async () => {
      const raw = new RawConnection(here);
      raw.write(
        'GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      await until('101', () => raw.received.includes('101 Switching'));
      // Not masked, which RFC 6455 section 5.1 forbids.
      raw.write('\x81\x02{}');
      assert.match(await raw.closed(), /\x88/);
    });
  });

  describe('the way in', () => {
    const refusal = async (
      headers: Record<string, string>,
      target = '/v1/ws',
    ): Promise<{ status: number; code: unknown }> => {
      const socket = new SocketClient(here, { headers }, target);
      const { status, body } = await until('a refusal', () => socket.refusal);
      return { status, code: (JSON.parse(body) as JsonObject)['code'] };
    };

    it('is closed to pages of other origins and to other hosts', async () => {
      const foreign = { status: 403, code: 'FOREIGNORIGIN' };
      assert.deepEqual(await refusal({ Origin: 'http://evil.example' }), foreign);
      assert.deepEqual(await refusal({ Origin: 'null' }), foreign);
      assert.deepEqual(await refusal({ 'Sec-Fetch-Site': 'cross-site' }), foreign);
      assert.deepEqual(await refusal({ Host: 'evil.example' }), {
        status: 421,
        code: 'FOREIGNHOST',
      });
    });

    it('is open to our own pages', async () => {
      const socket = await SocketClient.open(here, { headers: { Origin: here } });
      sockets.push(socket);
      await socket.ok('sync');
    });

    it('is at one path, without parameters, sessions or doubtful credentials', async () => {
      assert.deepEqual(await refusal({}, '/v1/sockets'), { status: 404, code: 'NOROUTE' });
      const bad = { status: 400, code: 'BADARGUMENTS' };
      assert.deepEqual(await refusal({}, '/v1/ws?session=1'), bad);
      const session = { 'X-Session-Id': '7', 'X-Session-Secret': 'AAAAAAAAAAAAAAAAAAAAAA' };
      assert.deepEqual(await refusal(session), bad);
      assert.deepEqual(await refusal({ Authorization: 'Bearer x' }), {
        status: 401,
        code: 'AUTHFAILED',
      });
    });

    it('takes a whole handshake and nothing that could be two requests', async () => {
      const start = 'GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n';
      const tries = [
        'Upgrade: websocket\r\n\r\n',
        'Upgrade: websocket\r\nHost: localhost\r\n\r\n',
        'Upgrade: websocket\r\nContent-Length: 3\r\n\r\nabc',
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: A\r\n\r\n',
      ];
      for (const headers of tries) {
        const received = await new RawConnection(here).write(start + headers).closed();
        assert.deepEqual(statusesIn(received), [400], headers);
        assert.match(received, /application\/problem\+json/, headers);
      }
    });

    it('answers a plain request for it with what it is', async () => {
      const answer = await expectStatus(426, here, 'GET', '/v1/ws');
      assert.equal(answer.headers['upgrade'], 'websocket');
    });
  });

  it('closes sockets when the peer stops, as going away', async () => {
    const alone = await startEnsemble({ peers: 1 });
    try {
      const socket = await SocketClient.open(alone.peer(1).http);
      await socket.ok('sync');
      const ended = alone.peer(1).end('SIGTERM');
      assert.equal(await socket.closed(), 1001);
      assert.equal(await ended, 0);
    } finally {
      await alone.stop();
    }
  });
});
