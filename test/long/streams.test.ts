import assert from 'node:assert/strict';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { SocketClient } from '../support/socket-client.ts';
import { carrierLimitMs, SocketWanderer, Wanderer } from '../support/load/wanderers.ts';
import { StreamClient } from '../support/stream-client.ts';
import { until } from '../support/until.ts';

/** `npm run test:streams` asks for 100,000. */
const changes = Number(process.env['QUOLL_STREAM_CHANGES'] ?? 5_000);
const limitMs = 60_000 + changes * 6;

class SseWanderer extends Wanderer {
  #stream: StreamClient | undefined;

  cut(): void {
    this.#stream?.close();
  }

  protected async watch(peer: PeerProcess, from: string | undefined): Promise<void> {
    const headers = from === undefined ? undefined : { 'last-event-id': from };
    const stream = new StreamClient(peer.http, '/v1/watch?path=/counted&values', headers);
    this.#stream = stream;
    stream.onEvent = ({ document }) => {
      this.take(document);
    };
    await until('the stream to end', () => stream.isEnded, carrierLimitMs);
  }
}

describe('streams through cuts, moves and the death of leaders', function () {
  this.timeout(limitMs + 60_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
  });

  after(async () => {
    await ensemble.stop();
  });

  /** Sets the znode to 1, 2, 3 and so on, each exactly once, at whatever peer answers. */
  async function count(from: number, to: number): Promise<void> {
    let next = from;
    while (next <= to) {
      const peer = ensemble.peers.find(({ isRunning }) => isRunning) ?? assert.fail();
      const socket = new SocketClient(peer.http);
      await until('a way in', () => socket.ws.readyState === 1 || socket.closeCode !== undefined);
      // A window of writes, the version of each named: none can be done twice, or after one that was not done.
      const ids: number[] = [];
      const last = Math.min(to, next + 199);
      for (let value = next; value <= last && socket.closeCode === undefined; value++) {
        ids.push(socket.send('set', { path: '/counted', data: String(value), version: value - 1 }));
      }
      await until('the answers', () => {
        const answered = socket.messages.filter(({ id }) => id !== undefined).length;
        return answered === ids.length || socket.closeCode !== undefined;
      });
      socket.ws.terminate();
      next = Math.max(next, (await version()) + 1);
    }
  }

  async function version(): Promise<number> {
    return until('the version', async () => {
      for (const peer of ensemble.peers) {
        if (!peer.isRunning) continue;
        const response = await fetch(`${peer.http}/v1/nodes/counted?stat`);
        if (response.status !== 200) continue;
        return ((await response.json()) as { stat: { version: number } }).stat.version;
      }
      return undefined;
    });
  }

  it(`shows each of ${String(changes)} changes exactly once and in order`, async () => {
    const created = await fetch(`${ensemble.peer(1).http}/v1/nodes/counted?create`, {
      method: 'PUT',
      body: '0',
    });
    assert.equal(created.status, 201);
    const wanderers = [new SseWanderer(), new SocketWanderer()];
    for (const wanderer of wanderers) wanderer.start(ensemble.peers);
    // Nobody may begin after the first change.
    await until('both to watch', async () => {
      const metrics = await Promise.all(
        ensemble.peers.map(async ({ http }) => (await fetch(`${http}/metrics`)).text()),
      );
      return metrics.some((text) => /^quoll_watches(\{.*\})? 2$/m.test(text));
    });
    const cuts = setInterval(() => {
      for (const wanderer of wanderers) wanderer.cut();
    }, 700);
    const part = Math.ceil(changes / 4);
    try {
      for (let begun = 1; begun <= changes; begun += part) {
        await count(begun, Math.min(changes, begun + part - 1));
        if (begun + part > changes) break;
        const leader = await ensemble.leader();
        const counting = count(begun + part, begun + part);
        await leader.end('SIGKILL');
        await counting;
        leader.start();
        await ensemble.ready();
      }
    } finally {
      clearInterval(cuts);
    }
    const expected = Array.from({ length: changes }, (_, index) => String(index + 1));
    for (const wanderer of wanderers) {
      await until('the last change', () => wanderer.seen.length >= changes, limitMs);
      await wanderer.stop();
      assert.deepEqual(wanderer.seen, expected);
      assert.ok(wanderer.turns > 3, `${String(wanderer.turns)} turns`);
    }
  });
});
