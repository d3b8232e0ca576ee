import assert from 'node:assert/strict';
import { call, expectStatus } from '../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { RawConnection, statusesIn } from '../support/raw-http.ts';
import { until } from '../support/until.ts';

/** As many as a peer takes, and some more. */
const connectionsMax = 10_000;
const beyond = 300;
const atATime = 300;
/** Above what a peer has without them; measured: 110 MB. */
const memoryMax = 400 * 1_048_576;

describe('REST: ten thousand idle sockets', () => {
  let ensemble: TestEnsemble;
  let base: string;
  const idle: RawConnection[] = [];

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    base = ensemble.peer(1).http;
  });

  after(async () => {
    for (const connection of idle) connection.destroy();
    await ensemble.stop();
  });

  async function memory(): Promise<number> {
    const { text } = await expectStatus(200, base, 'GET', '/metrics');
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  }

  it('cost little, and keep nobody out: the longest idle makes room', async () => {
    const before = await memory();
    while (idle.length < connectionsMax + beyond) {
      // Silent ones would be given up after five seconds: these have said something, and may stay.
      const batch = Array.from({ length: atATime }, () =>
        new RawConnection(base).write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      );
      idle.push(...batch);
      await until('the answers', () => batch.every(({ received }) => received.endsWith('ok\n')));
      const body = String(idle.length);
      const good = await call(base, 'PUT', '/v1/nodes/good?create', { body });
      assert.ok(good.status === 200 || good.status === 201, good.text);
    }
    await until('the oldest to have made room', () => idle[0]?.isClosed === true);
    const closed = idle.filter(({ isClosed }) => isClosed).length;
    assert.ok(closed >= beyond, `${String(closed)} of ${String(idle.length)} closed`);
    // The newest stay, and are served.
    const newest = idle.at(-1);
    assert.equal(newest?.isClosed, false);
    newest.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until('a second answer', () => statusesIn(newest.received).length === 2);
    const grown = (await memory()) - before;
    assert.ok(grown < memoryMax, `${String(Math.round(grown / 1_048_576))} MiB more`);
    await expectStatus(200, base, 'GET', '/readyz');
  });
});
