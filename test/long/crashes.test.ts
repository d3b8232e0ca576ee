import assert from 'node:assert/strict';
import { assertNothingLost, localChildren, put, Writers } from '../support/client.ts';
import { borrowEnsemble, startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { sameEverywhere, synchronization, writeMany } from '../support/rejoining.ts';
import { until } from '../support/until.ts';

async function moreAcknowledged(writers: Writers, count: number): Promise<void> {
  const goal = writers.acknowledged + count;
  await until(`${String(count)} more acknowledged writes`, () => writers.acknowledged >= goal);
}

describe('kill -9', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let writers: Writers | undefined;

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
  });

  after(async () => {
    await writers?.stop();
    await ensemble.stop();
  });

  it('under load, of the leader, then of each peer in turn, then of all at once, loses nothing acknowledged', async () => {
    const { peers } = ensemble;
    assert.equal((await put(await ensemble.leader(), '/load', '')).status, 201);
    const writing = (writers = new Writers(peers, 8, '/load'));
    await moreAcknowledged(writing, 50);

    const leader = await ensemble.leader();
    await leader.end('SIGKILL');
    await moreAcknowledged(writing, 50);
    leader.start();
    await leader.ready();

    for (const peer of peers) {
      await moreAcknowledged(writing, 20);
      await peer.end('SIGKILL');
      await moreAcknowledged(writing, 20);
      peer.start();
      await peer.ready();
    }

    for (const peer of peers) peer.signal('SIGKILL');
    await Promise.all(peers.map((peer) => peer.ended()));
    for (const peer of peers) peer.start();
    await ensemble.ready();
    await moreAcknowledged(writing, 20);
    await writing.stop();
    await assertNothingLost(peers, writing, '/load');
  });
});

describe('a leader with an uncommitted tail', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;

  after(async () => {
    await ensemble.stop();
  });

  it('has it cut by TRUNC after a kill -9', async () => {
    ensemble = await borrowEnsemble();
    const leader = await ensemble.leader();
    await put(leader, '/tail', '');
    const followers = ensemble.peers.filter((peer) => peer !== leader);
    const logged = async (): Promise<number> => {
      const text = await (await fetch(`${leader.http}/metrics`)).text();
      return Number(/^quoll_last_logged_txn(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1]);
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
