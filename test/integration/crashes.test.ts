import assert from 'node:assert/strict';
import { localChildren, put, synced } from '../support/client.ts';
import {
  borrowEnsemble,
  startEnsemble,
  type PeerProcess,
  type TestEnsemble,
} from '../support/ensemble.ts';
import { until } from '../support/until.ts';

/** Children of `parent`, each by a txn of its own. */
async function writeMany(peer: PeerProcess, parent: string, count: number): Promise<void> {
  for (let start = 0; start < count; start += 100) {
    const single = Array.from({ length: Math.min(100, count - start) }, (_, index) =>
      fetch(`${peer.http}/v1/txn`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ops: [{ op: 'create', path: `${parent}/n${String(start + index)}`, data: 'x' }],
        }),
      }),
    );
    for (const response of await Promise.all(single)) {
      assert.equal(response.status, 200, await response.text());
    }
  }
}

async function sameEverywhere({ peers }: TestEnsemble, parent: string): Promise<void> {
  const [first, ...others] = peers;
  assert.ok(first !== undefined);
  await synced(first);
  const expected = await localChildren(first, parent);
  for (const peer of others) {
    await synced(peer);
    assert.deepEqual(await localChildren(peer, parent), expected);
  }
}

/** Whether any peer, as leader, has synchronized another by this since now. */
function synchronization({ peers }: TestEnsemble, by: 'diff' | 'trunc'): () => boolean {
  const before = new Map(peers.map((peer) => [peer, peer.log.length]));
  const line = new RegExp(`"by":"${by}"[^\\n]*learnerSynchronizing`);
  return () => peers.some((peer) => line.test(peer.log.slice(before.get(peer))));
}

describe('kill -9', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  beforeEach(async () => {
    for (const peer of ensemble.peers) if (!peer.isRunning) peer.start();
    await ensemble.ready();
  });

  after(async () => {
    await ensemble.stop();
  });

  it('of a peer: when it comes back it gets what it missed by DIFF', async () => {
    const leader = await ensemble.leader();
    await put(leader, '/missed', '');
    const follower = ensemble.peers.find((peer) => peer !== leader);
    assert.ok(follower !== undefined);
    await follower.end('SIGKILL');
    await writeMany(leader, '/missed', 300);
    const synchronized = synchronization(ensemble, 'diff');
    follower.start();
    await follower.ready();
    await until('a DIFF', synchronized);
    await sameEverywhere(ensemble, '/missed');
  });

  it('of a leader with an uncommitted tail has it cut by TRUNC', async () => {
    const leader = await ensemble.leader();
    await put(leader, '/tail', '');
    const followers = ensemble.peers.filter((peer) => peer !== leader);
    const logged = async (): Promise<number> => {
      const text = await (await fetch(`${leader.http}/metrics`)).text();
      return Number(/^quoll_last_logged_counter(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1]);
    };
    const before = await logged();
    // Stopped, then killed: what the leader sends them is lost with them.
    for (const follower of followers) follower.signal('SIGSTOP');
    const lost = put(leader, '/tail/lost', 'x').catch(() => undefined);
    await until('the write in the log', async () => (await logged()) > before);
    await Promise.all(followers.map((follower) => follower.end('SIGKILL')));
    await leader.end('SIGKILL');
    await lost;
    for (const follower of followers) follower.start();
    await ensemble.ready();
    const successor = await ensemble.leader();
    assert.equal((await put(successor, '/tail/new', 'x')).status, 201);
    const synchronized = synchronization(ensemble, 'trunc');
    leader.start();
    await leader.ready();
    await until('a TRUNC', synchronized);
    await sameEverywhere(ensemble, '/tail');
    const copy = await localChildren(leader, '/tail');
    assert.deepEqual([...copy.keys()], ['new']);
  });
});

describe('a peer that comes back', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  after(async () => {
    await ensemble.stop();
  });

  it('wiped, gets a snapshot and then its vote back', async () => {
    ensemble = await startEnsemble({
      peers: 3,
      lines: [
        'quoll.snapshot.afterTxns=300',
        'quoll.retention.keepTxns=100',
        'quoll.retention.keepMs=0',
      ],
    });
    const leader = await ensemble.leader();
    await put(leader, '/load', '');
    const follower = ensemble.peers.find((peer) => peer !== leader);
    assert.ok(follower !== undefined);
    await follower.end('SIGKILL');
    follower.wipe();
    await writeMany(leader, '/load', 1_200);
    await until('a compacted log', () => leader.log.includes('logCompacted'));
    follower.start();
    await follower.ready();
    await until('a SNAP', () => /"by":"snap"[^\n]*learnerSynchronizing/.test(leader.log));
    await until('its vote', () => leader.log.includes('membershipChanged'));
    await sameEverywhere(ensemble, '/load');

    // Its vote counts: with the third peer gone, nothing commits without it.
    const third = ensemble.peers.find((peer) => peer !== leader && peer !== follower);
    assert.ok(third !== undefined);
    await third.end('SIGKILL');
    assert.equal((await put(leader, '/load/after', 'x')).status, 201);
    third.start();
    await third.ready();
    await sameEverywhere(ensemble, '/load');
  });
});
