import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';
import { expectStatus } from '../../support/contract.ts';
import { RawConnection, statusesIn } from '../../support/raw-http.ts';
import { until } from '../../support/until.ts';

const host = 'Host: localhost\r\n';
/** Is answered while it is taken in. */
const atOnce = `GET /v1/nodes/?stat&consistency=local HTTP/1.1\r\n${host}\r\n`;

describe('answers of one turn', () => {
  let ensemble: Ensemble;
  let base: string;
  let connections: readonly RawConnection[];

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    base = ensemble.peer(1).url;
  });

  after(async () => {
    await ensemble.stop();
  });

  beforeEach(async () => {
    connections = Array.from({ length: 16 }, () => new RawConnection(base).write(atOnce));
    await answered(1);
  });

  afterEach(() => {
    for (const connection of connections) connection.destroy();
  });

  const statuses = ({ received }: RawConnection): readonly number[] => statusesIn(received);
  const answered = (count: number): Promise<unknown> =>
    until(`${String(count)} answers on each connection`, () =>
      connections.every((each) => each.isClosed || statuses(each).length === count),
    );

  /** Calls `heard` with the socket of each such message that Node publishes, until what comes back is called. */
  function listen(name: string, heard: (socket: Socket) => void): () => void {
    const listener = (message: unknown): void => {
      heard((message as { readonly socket: Socket }).socket);
    };
    subscribe(name, listener);
    return () => void unsubscribe(name, listener);
  }

  it('leave once its requests are taken in', async () => {
    const order: string[] = [];
    const stop = [
      listen('http.server.request.start', () => order.push('taken')),
      listen('http.server.response.finish', () => order.push('left')),
    ];
    for (const connection of connections) connection.write(atOnce);
    await answered(2);
    for (const run of stop) run();
    assert.deepEqual(order.slice(0, 2), ['taken', 'taken']);
  });

  it('leave in the order of their connection, whichever of them waited', async () => {
    const put = (path: string): string =>
      `PUT /v1/nodes/${path}?create HTTP/1.1\r\n${host}Content-Length: 1\r\n\r\nx`;
    const get = (path: string): string => `GET /v1/nodes/${path}?stat HTTP/1.1\r\n${host}\r\n`;
    for (const [index, connection] of connections.entries()) {
      const path = `of-${String(index)}`;
      connection.write([put(path), get(path), atOnce, get('none'), get(path), atOnce].join(''));
    }
    await answered(7);
    for (const [index, connection] of connections.entries()) {
      assert.deepEqual(statuses(connection), [200, 201, 200, 200, 404, 200, 200]);
      const paths = [...connection.received.matchAll(/\n\{"path":"([^"]*)"/g)].map(([, it]) => it);
      const own = `/of-${String(index)}`;
      assert.deepEqual(paths, ['/', own, own, '/', own, '/']);
    }
  });

  it('are there for all others when a connection is cut before they leave', async () => {
    let requests = 0;
    const stop = listen('http.server.request.start', (socket) => {
      if (requests++ % 2 === 0) process.nextTick(() => socket.destroy());
    });
    for (const connection of connections) connection.write(atOnce);
    await answered(2);
    stop();
    const received = connections.map((connection) => statuses(connection).length);
    assert.deepEqual(
      received.toSorted((one, other) => one - other),
      [...Array<number>(8).fill(1), ...Array<number>(8).fill(2)],
    );
    await expectStatus(200, base, 'GET', '/livez');
  });

  it('are not lost when what follows on the connection makes no sense', async () => {
    const refused = `PUT /v1/nodes/a?nonsense HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`;
    const received = await new RawConnection(base).write(refused).closed();
    assert.deepEqual(statusesIn(received), [400], received);
    assert.match(received, /"code":"BADARGUMENTS"/);
  });
});
