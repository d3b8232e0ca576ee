import assert from 'node:assert/strict';
import {
  checkValue,
  contract,
  call,
  expectStatus,
  type JsonObject,
} from '../../support/contract.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { defaultLimits } from '../../../src/model/limits.ts';
import { gauge } from '../../support/http/gauge.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { until } from '../../support/until.ts';

interface SessionJson {
  readonly id: string;
  readonly secret: string;
  readonly timeoutMs: number;
}

describe('WebSocket: sessions and watches', () => {
  let ensemble: TestEnsemble;
  let here: string;
  let there: string;
  const sockets: SocketClient[] = [];

  const opened = async (base = here): Promise<SocketClient> => {
    const socket = await SocketClient.open(base);
    sockets.push(socket);
    return socket;
  };
  const withSession = async (
    timeoutMs: number,
    base = here,
  ): Promise<{ socket: SocketClient; session: SessionJson }> => {
    const socket = await opened(base);
    const { session } = await socket.ok('hello', { openSession: { timeoutMs } });
    return { socket, session: session as unknown as SessionJson };
  };
  const stories = (socket: SocketClient, watch: number): string[] =>
    socket
      .events(watch)
      .map(({ type, path }) => [type, path].filter((word) => typeof word === 'string').join(' '));

  before(async () => {
    ensemble = await borrowEnsemble();
    here = ensemble.peer(1).http;
    there = ensemble.peer(2).http;
  });

  afterEach(async () => {
    await Promise.all(sockets.splice(0).map((socket) => socket.close()));
  });

  after(async () => {
    await ensemble.stop();
  });

  describe('sessions', () => {
    it('end when they are told to, and their socket with them', async () => {
      const { socket } = await withSession(30_000);
      await socket.ok('create', { path: '/told', kind: 'ephemeral' });
      await socket.ok('closeSession');
      assert.equal(await socket.closed(), 4410);
      assert.deepEqual(socket.messages.at(-1), { type: 'sessionEnded' });
      await expectStatus(404, there, 'GET', '/v1/nodes/told');
    });

    it('tell their socket when another ends them', async () => {
      const { socket, session } = await withSession(30_000);
      await expectStatus(204, there, 'DELETE', `/v1/sessions/${session.id}`, {
        headers: { 'x-session-secret': session.secret },
      });
      assert.equal(await socket.closed(), 4410);
      assert.deepEqual(socket.messages.at(-1), { type: 'sessionEnded' });
    });

    it('move to the socket that takes them up, at any peer, and the one before is told', async () => {
      const { socket: first, session } = await withSession(30_000);
      await first.ok('create', { path: '/moves', kind: 'ephemeral' });
      const second = await opened(there);
      const { id, secret } = session;
      const taken = await second.ok('hello', { session: { id, secret } });
      assert.equal((taken['session'] as JsonObject)['id'], id);
      assert.equal('secret' in (taken['session'] as JsonObject), false);
      assert.equal(await first.closed(), 4409);
      assert.deepEqual(first.messages.at(-1), { type: 'sessionMoved' });
      await second.ok('delete', { path: '/moves' });
      // REST presents the session and does not move it.
      await expectStatus(201, here, 'POST', '/v1/nodes/?name=rest&kind=ephemeral', {
        headers: { 'x-session-id': id, 'x-session-secret': secret },
      });
      await second.ok('heartbeat');
    });

    it('are not taken up with a wrong secret, and nothing that follows is done', async () => {
      const { session } = await withSession(30_000);
      const thief = await opened();
      const hello = thief.send('hello', {
        session: { id: session.id, secret: 'AAAAAAAAAAAAAAAAAAAAAA' },
      });
      thief.send('create', { path: '/stolen' });
      const problem = (await thief.answer(hello))['error'] as JsonObject;
      assert.equal(problem['code'], 'SESSIONEXPIRED');
      assert.equal(await thief.closed(), 1008);
      await expectStatus(404, here, 'GET', '/v1/nodes/stolen');
      const late = await opened();
      await late.refused('SESSIONEXPIRED', 'hello', {
        session: { id: '7', secret: session.secret },
      });
      const odd = await opened();
      await odd.refused('BADARGUMENTS', 'hello', { session: { id: 'x', secret: session.secret } });
      const both = await opened();
      await both.refused('BADARGUMENTS', 'hello', { session, openSession: {} });
    });
  });

  describe('watches', () => {
    it('yield the events of the HTTP streams, under the id that asked for them', async () => {
      const socket = await opened(there);
      const watch = socket.send('watch', { path: '/w', recursive: true, values: true });
      await socket.answer(watch);
      await until('synced', () => socket.events(watch).length > 0);
      await call(here, 'PUT', '/v1/nodes/w?create', { body: 'one' });
      await call(here, 'PUT', '/v1/nodes/w', { body: 'x'.repeat(100_000) });
      await call(here, 'DELETE', '/v1/nodes/w');
      await until('all of them', () => socket.events(watch).length === 4);
      assert.deepEqual(stories(socket, watch), [
        ...['synced', 'created /w', 'dataChanged /w', 'deleted /w'],
      ]);
      const [, created, changed] = socket.events(watch);
      assert.equal(created?.['data'], 'one');
      assert.equal((changed?.['data'] as string).length, 100_000);
      for (const event of socket.events(watch)) {
        const document = { ...event };
        delete document['watch'];
        checkValue('event', contract.components.schemas['Event'] ?? {}, document);
      }
      assert.deepEqual(await socket.ok('unwatch', { watch }), { removed: true });
      assert.deepEqual(await socket.ok('unwatch', { watch }), { removed: false });
      await socket.ok('create', { path: '/w' });
      await socket.ok('sync');
      assert.equal(socket.events(watch).length, 4);
    });

    it('resume where another socket was cut off', async () => {
      const socket = await opened();
      const watch = socket.send('watch', { path: '/cut', recursive: true });
      await socket.answer(watch);
      const ops = ['/cut', '/cut/1', '/cut/2'].map((path) => ({ op: 'create', path }));
      await socket.ok('txn', { ops });
      await until('all of them', () => socket.events(watch).length >= 4);
      const from = socket.events(watch).find(({ path }) => path === '/cut/1')?.['place'];
      const next = await opened(there);
      const resumed = next.send('watch', { path: '/cut', recursive: true, from });
      await until('the rest', () => stories(next, resumed).includes('created /cut/2'));
      assert.equal(stories(next, resumed)[0], 'created /cut/2');
    });

    it('announce a change before any answer that shows it', async () => {
      const socket = await opened();
      await socket.ok('create', { path: '/first', data: '0' });
      const watch = socket.send('watch', { path: '/first', values: true });
      await socket.answer(watch);
      for (let turn = 1; turn <= 50; turn++) {
        void call(there, 'PUT', '/v1/nodes/first', { body: String(turn) });
        await until('the read to see it', async () => {
          const read = await socket.ok('get', { path: '/first', consistency: 'local' });
          return Number(read['data']) >= turn;
        });
      }
      let announced = 0;
      for (const message of socket.messages) {
        if (message['watch'] === watch && message['type'] === 'dataChanged') {
          announced = Number(message['data']);
        }
        const { data } = (message['ok'] ?? {}) as JsonObject;
        if (typeof data === 'string') {
          assert.ok(Number(data) <= announced, `read ${data}, announced ${String(announced)}`);
        }
      }
      assert.equal(announced, 50);
    });

    it('of one shot are left by reads, and fire once', async () => {
      const socket = await opened();
      const absent = socket.send('exists', { path: '/shot', watch: true });
      assert.equal(((await socket.answer(absent))['error'] as JsonObject)['code'], 'NONODE');
      const useless = socket.send('get', { path: '/shot', watch: true });
      assert.ok('error' in (await socket.answer(useless)));
      await socket.ok('create', { path: '/shot' });
      assert.deepEqual(stories(socket, absent), ['created /shot']);
      const data = socket.send('get', { path: '/shot', watch: true });
      const children = socket.send('children', { path: '/shot', watch: true });
      await socket.answer(children);
      await socket.ok('create', { path: '/shot/child' });
      await socket.ok('create', { path: '/shot/other' });
      await socket.ok('set', { path: '/shot', data: 'x' });
      await socket.ok('set', { path: '/shot', data: 'y' });
      assert.deepEqual(stories(socket, children), ['childrenChanged /shot']);
      assert.deepEqual(stories(socket, data), ['dataChanged /shot']);
      assert.deepEqual(stories(socket, absent), ['created /shot']);
      assert.deepEqual(stories(socket, useless), []);
    });

    it('are refused under an id that is in use, and above their limit', async () => {
      const socket = await opened();
      socket.ws.send('{"id":900001,"op":"watch","path":"/"}');
      socket.ws.send('{"id":900001,"op":"watch","path":"/"}');
      await until('the refusal', () => socket.messages.some(({ error }) => error !== undefined));
      await socket.ok('unwatch', { watch: 900_001 });
      for (let index = 0; index < 1_000; index++) socket.send('watch', { path: '/' });
      const problem = await socket.refused('BADARGUMENTS', 'watch', { path: '/' });
      assert.deepEqual([problem['limit'], problem['actual']], [1_000, 1_001]);
    });
  });

  it('locks and elections are there as over REST', async () => {
    const { socket } = await withSession(30_000);
    const granted = await socket.ok('acquire', { lock: 'ws', waitMs: 5_000 });
    assert.equal(granted['state'], 'granted');
    const second = await opened(there);
    const waiting = second.send('acquire', { lock: 'ws', ttlMs: 5_000, waitMs: 60_000 });
    await until('the second to be in the queue', async () => {
      const view = await socket.ok('viewLock', { lock: 'ws' });
      return (view['contenders'] as unknown[]).length === 2;
    });
    // What waits for a lock holds up nothing else.
    await second.ok('get', { path: '/' });
    const token = granted['fencingToken'];
    await socket.refused('FENCED', 'release', {
      lock: 'ws',
      lockId: granted['lockId'],
      token: '1',
    });
    await socket.ok('release', { lock: 'ws', lockId: granted['lockId'], token });
    const next = (await second.answer(waiting))['ok'] as JsonObject;
    assert.equal(next['state'], 'granted');
    const observer = await opened();
    const observed = observer.send('observe', { election: 'ws' });
    await until('nobody to lead', () => observer.events(observed).at(-1)?.['leader'] === null);
    const led = await socket.ok('campaign', { election: 'ws', data: 'me', waitMs: 5_000 });
    await socket.ok('proclaim', { election: 'ws', lockId: led['lockId'], data: 'still me' });
    await until('the proclamation', () => {
      const leader = observer.events(observed).at(-1)?.['leader'] as JsonObject | null;
      return leader?.['data'] === 'still me';
    });
    const view = await observer.ok('leadership', { election: 'ws' });
    assert.equal((view['leader'] as JsonObject)['data'], 'still me');
    await socket.ok('resign', { election: 'ws', lockId: led['lockId'] });
    await until(
      'nobody to lead again',
      () => observer.events(observed).at(-1)?.['leader'] === null,
    );
    await socket.refused('BADARGUMENTS', 'renew', { lockId: 'x' });
  });

  it('keeps one answer for a client that never reads, however many it asks for', async () => {
    const handshake =
      'GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    const raw = new RawConnection(here).write(handshake);
    await until('101', () => raw.received.includes('101 Switching'));
    raw.socket.pause();
    await call(here, 'PUT', '/v1/nodes/big?create', { body: 'x'.repeat(900_000) });
    // Masked with zeros, which changes nothing.
    const text = '{"id":1,"op":"get","path":"/big","consistency":"local"}';
    const frame = `\x81${String.fromCharCode(0x80 | text.length)}\0\0\0\0${text}`;
    raw.write(frame.repeat(1_000));
    const owed = (): Promise<number> => gauge(here, 'budget_owed_bytes');
    await until('one answer to be owed', async () => (await owed()) === defaultLimits.listBytesMax);
    const fine = await opened();
    await fine.ok('get', { path: '/big' });
    await until('no more than that', async () => (await owed()) === defaultLimits.listBytesMax);
    raw.destroy();
    await until('nothing to be owed', async () => (await owed()) === 0);
  });
});
