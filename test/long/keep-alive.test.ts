import assert from 'node:assert/strict';
import { call, expectStatus, textOf } from '../support/contract.ts';
import { borrowEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { SocketClient } from '../support/socket-client.ts';
import { until } from '../support/until.ts';

// What keeps sessions alive must do so for longer than their timeout, which takes that long to see.

interface SessionJson {
  readonly id: string;
  readonly secret: string;
  readonly timeoutMs: number;
}

describe('sessions are kept alive by', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble;
  let here: string;
  let there: string;
  const sockets: SocketClient[] = [];

  const opened = async (base: string): Promise<SocketClient> => {
    const socket = await SocketClient.open(base);
    sockets.push(socket);
    return socket;
  };

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

  it('a WebSocket, as long as it answers, and their time-out longer', async () => {
    const socket = await opened(here);
    const { session } = await socket.ok('hello', { openSession: { timeoutMs: 4_000 } });
    assert.equal((session as unknown as SessionJson).timeoutMs, 4_000);
    await socket.ok('create', { path: '/lives', kind: 'ephemeral' });
    const watcher = await opened(there);
    const watch = watcher.send('watch', { path: '/lives' });
    await watcher.answer(watch);
    // A session that nothing kept alive would be gone by the end of another that began with it.
    const other = await expectStatus(201, there, 'POST', '/v1/sessions', {
      body: '{"timeoutMs":4000}',
    });
    const { id, secret } = other.json() as unknown as SessionJson;
    const headers = { 'x-session-id': id, 'x-session-secret': secret };
    await expectStatus(201, there, 'POST', '/v1/nodes/?name=idle&kind=ephemeral', { headers });
    await until('the idle session to end', async () => {
      return (await call(there, 'GET', '/v1/nodes/idle?stat')).status === 404;
    });
    await expectStatus(200, there, 'GET', '/v1/nodes/lives');
    await socket.ok('heartbeat');
    // Without a word, and without the session's end.
    socket.ws.terminate();
    await expectStatus(200, there, 'GET', '/v1/nodes/lives');
    await until('the session to expire', () =>
      watcher.events(watch).some(({ type, path }) => type === 'deleted' && path === '/lives'),
    );
  });

  it('a long-poll', async () => {
    const opened = await expectStatus(201, here, 'POST', '/v1/sessions', {
      body: '{"timeoutMs":2000}',
    });
    const session = opened.json();
    const headers = {
      'x-session-id': textOf(session, 'id'),
      'x-session-secret': textOf(session, 'secret'),
    };
    await expectStatus(201, here, 'POST', '/v1/nodes/?name=mine&kind=ephemeral', { headers });
    const { headers: at } = await call(here, 'GET', '/v1/nodes/mine');
    const since = textOf(at, 'x-zxid');
    await expectStatus(304, there, 'GET', `/v1/nodes/mine?index=${since}&wait=5s`, { headers });
    await expectStatus(200, there, 'GET', '/v1/nodes/mine');
  });
});
