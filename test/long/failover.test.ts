import assert from 'node:assert/strict';
import { get, localChildren, put, synced } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

async function post(
  peer: PeerProcess,
  parent: string,
  { query, key, body = '' }: { query: string; key?: string; body?: string },
): Promise<Response> {
  return fetch(`${peer.http}/v1/nodes${parent}?${query}`, {
    method: 'POST',
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
    signal: AbortSignal.timeout(20_000),
  });
}

async function made(peer: PeerProcess, parent: string, query: string): Promise<void> {
  const response = await post(peer, parent, { query });
  assert.equal(response.status, 201, await response.text());
}

/** On none of these, as each of them has it. */
async function untilGone(peers: readonly PeerProcess[], path: string): Promise<void> {
  for (const peer of peers) {
    await until(`${path} to be gone at peer ${String(peer.id)}`, async () => {
      const { status } = await get(peer, path, '?consistency=local');
      return status === 404;
    });
  }
}

describe('through the kill -9 of a leader', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3, lines: ['quoll.reaper.intervalMs=1000'] });
  });

  beforeEach(async () => {
    for (const peer of ensemble.peers) if (!peer.isRunning) peer.start();
    await ensemble.ready();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('a write that is repeated under its key happens once, and gives the first answer', async () => {
    const { peers } = ensemble;
    const leader = await ensemble.leader();
    const others = peers.filter((peer) => peer !== leader);
    await made(leader, '/', 'name=keyed');

    const answerOf = async (peer: PeerProcess, key: string): Promise<string | undefined> => {
      const query = 'name=n-&sequential&timeout=5s';
      const response = await post(peer, '/keyed', { query, key, body: key }).catch(() => undefined);
      return response?.status === 201 ? response.text() : undefined;
    };
    // Each repeats until it has an answer; the leader dies amid the first of them, the old one included.
    let answered = 0;
    const writers = Array.from({ length: 60 }, async (_, index) => {
      const key = `key-${String(index)}`;
      let turn = index;
      const first = await until(`an answer for ${key}`, async () => {
        const peer = peers[turn++ % peers.length];
        return peer?.isRunning === true ? answerOf(peer, key) : undefined;
      });
      answered++;
      return { key, first };
    });
    await until('some to be answered', () => answered > 0);
    leader.signal('SIGKILL');
    const told = await Promise.all(writers);
    await leader.ended();

    for (const { key, first } of told) {
      for (const peer of others) {
        assert.equal(await until(key, () => answerOf(peer, key)), first, key);
      }
    }
    for (const peer of others) {
      await synced(peer);
      const found = await localChildren(peer, '/keyed');
      assert.deepEqual([...found.values()].sort(), told.map(({ key }) => key).sort());
      for (const { key, first } of told) {
        const { path } = JSON.parse(first) as { path: string };
        assert.equal(found.get(path.slice('/keyed/'.length)), key);
      }
    }
  });

  it('containers and TTL znodes that are due go, on every peer; one that is touched stays', async () => {
    const { peers } = ensemble;
    const leader = await ensemble.leader();
    await made(leader, '/', 'name=ttl&ttl=1s');
    await made(leader, '/', 'name=box&kind=container');
    await made(leader, '/', 'name=full&kind=container');
    for (const name of ['box', 'full']) await made(leader, `/${name}`, 'name=child');
    const emptied = await fetch(`${leader.http}/v1/nodes/box/child`, { method: 'DELETE' });
    assert.ok(emptied.ok);
    const touched = await touchedStays(leader, peers);
    await untilGone(peers, '/ttl');
    await untilGone(peers, '/box');

    await made(leader, '/', 'name=later&ttl=1s');
    await fetch(`${leader.http}/v1/nodes/full/child`, { method: 'DELETE' });
    await leader.end('SIGKILL');
    const others = peers.filter((peer) => peer !== leader);
    for (const path of ['/later', '/full', touched]) await untilGone(others, path);
  });
});

/** Touched for longer than its TTL, and never left alone for it as far as its client can tell. */
async function touchedStays(leader: PeerProcess, peers: readonly PeerProcess[]): Promise<string> {
  const ttlMs = 3_000;
  for (let attempt = 1; ; attempt++) {
    const path = `/touched${String(attempt)}`;
    await made(leader, '/', `name=${path.slice(1)}&ttl=3s`);
    const madeAtMs = performance.now();
    let sentAtMs = madeAtMs;
    let aloneMs = 0;
    while (performance.now() - madeAtMs < ttlMs + 1_500) {
      const before = sentAtMs;
      sentAtMs = performance.now();
      const { status } = await put(leader, path, 'again', '');
      aloneMs = Math.max(aloneMs, performance.now() - before);
      if (aloneMs < ttlMs) assert.equal(status, 200);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // A machine that was too busy to touch it in time proves nothing.
    if (aloneMs >= ttlMs) continue;
    await Promise.all(peers.map(synced));
    for (const peer of peers) {
      const { status } = await get(peer, path, '?consistency=local');
      if (performance.now() - sentAtMs < ttlMs) assert.equal(status, 200);
    }
    return path;
  }
}
