import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { problemOf } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { assertFairAndExclusive, LockClients } from '../support/load/lock-clients.ts';
import { until } from '../support/until.ts';

// `npm run test:locks` runs it whole: for two minutes, with ten times the clients. The share ends with the third kill.
const isFull = process.env['QUOLL_LOCKS_FULL'] !== undefined;
const clients = isFull ? 200 : 20;
const seconds = isFull ? 120 : 0;
const killsMin = 3;
const killEveryMs = isFull ? 5_000 : 2_000;

describe('locks through fail-overs', function () {
  this.timeout((seconds + 120) * 1_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
  });

  after(async () => {
    await ensemble.stop();
  });

  const enter = (
    peer: PeerProcess,
    name: string,
    lockId: string,
    wait: string,
  ): Promise<Response> =>
    fetch(`${peer.http}/v1/locks/${name}?wait=${wait}`, {
      method: 'POST',
      body: JSON.stringify({ lockId, ttlMs: 60_000 }),
    });

  it('enter once with one lockId, wherever its answers were lost', async () => {
    const lockId = randomUUID();
    const leader = await ensemble.leader();
    const others = ensemble.peers.filter((peer) => peer !== leader);
    const [first, second] = others;
    assert.ok(first !== undefined && second !== undefined);
    // Three at once, at three peers, while the leader dies.
    const asked = Promise.allSettled(
      [leader, first, second].map((peer) => enter(peer, 'once', lockId, '0s')),
    );
    await leader.end('SIGKILL');
    await asked;
    const found = await until('the lock at both', async () => {
      const answers = await Promise.all(others.map((peer) => enter(peer, 'once', lockId, '10s')));
      return answers.every(({ status }) => status === 200) ? answers : undefined;
    });
    const locks = (await Promise.all(found.map((answer) => answer.json()))) as { path: string }[];
    assert.equal(new Set(locks.map(({ path }) => path)).size, 1);
    const queue = await fetch(`${first.http}/v1/locks/once`);
    const { contenders } = (await queue.json()) as { contenders: { path: string }[] };
    assert.deepEqual(
      contenders.map(({ path }) => path),
      [locks[0]?.path],
    );
    leader.start();
    await leader.ready();
    const released = await fetch(`${leader.http}/v1/locks/once/${lockId}`, { method: 'DELETE' });
    assert.equal(released.status, 204);
    for (const peer of ensemble.peers) {
      const late = await enter(peer, 'once', lockId, '0s');
      assert.equal(late.status, 410);
      assert.equal((await problemOf(late)).code, 'LOCKLOST');
    }
  });

  it(`are granted to one at a time, in order, to ${String(clients)} clients`, async () => {
    const { peers } = ensemble;
    const competing = new LockClients(peers, clients, 'contended');
    const endAtMs = performance.now() + seconds * 1_000;
    let kills = 0;
    while (kills < killsMin || performance.now() < endAtMs) {
      await delay(killEveryMs);
      const before = competing.grants.length;
      const leader = await ensemble.leader();
      await leader.end('SIGKILL');
      kills++;
      leader.start();
      await until('grants after a fail-over', () => competing.grants.length > before);
    }
    await competing.stop();
    await ensemble.ready();
    assertFairAndExclusive(competing);
    assert.ok(competing.repeated > 0);
    const woken = await Promise.all(peers.map((peer) => metric(peer, 'quoll_locks_woken_total')));
    const total = woken.reduce((sum, each) => sum + each, 0);
    assert.ok(total > 0 && total <= competing.grants.length, `${String(total)} woken`);
    process.stdout.write(
      `      ${String(competing.grants.length)} grants, ${String(kills)} fail-overs, ${String(competing.repeated)} requests sent again\n`,
    );
  });
});

async function metric(peer: PeerProcess, name: string): Promise<number> {
  const text = await (await fetch(`${peer.http}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}
