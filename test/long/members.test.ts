import assert from 'node:assert/strict';
import { Writers, assertNothingLost, put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { changed, configureWith, join, memberOf, votersAre } from '../support/members.ts';
import { until } from '../support/until.ts';
import { assertFairAndExclusive, LockClients } from '../support/load/lock-clients.ts';

// `QUOLL_MEMBERS_FULL=1` has four times the writers.
const writersCount = process.env['QUOLL_MEMBERS_FULL'] === undefined ? 16 : 64;
const lockers = 4;

describe('members that come and go under load', function () {
  this.timeout(240_000);
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await startEnsemble({ peers: 5, start: false });
    for (const peer of ensemble.peers) {
      configureWith(
        peer,
        [1, 2, 3, 4, 5].filter((id) => id <= peer.id),
      );
    }
    ensemble.peer(1).start();
    await ensemble.peer(1).ready();
  });

  after(async () => {
    await ensemble.stop();
  });

  /** Killed in the midst of it, and started again: the change is gone on with by whoever leads. */
  async function through(victim: PeerProcess, change: Promise<unknown>): Promise<void> {
    await victim.end('SIGKILL');
    victim.start();
    await change;
  }

  async function removal(id: number): Promise<void> {
    const gone = ensemble.peer(id);
    const by = ensemble.peers.find((peer) => peer.isRunning && peer !== gone);
    assert.ok(by !== undefined);
    await changed(by, 'DELETE', `/${String(id)}`);
  }

  /** It may be killed as it goes; once it has heard, it ends by itself and stays so. */
  async function leaves(id: number): Promise<void> {
    const gone = ensemble.peer(id);
    assert.ok([77, 'SIGKILL'].includes(await gone.ended()));
  }

  it('1 to 3 to 5 to 3 to 1: nothing acknowledged is lost, one holder at a time', async () => {
    const first = ensemble.peer(1);
    assert.equal((await put(first, '/w', '')).status, 201);
    const writers = new Writers(ensemble.peers, writersCount, '/w');
    const locks = new LockClients(ensemble.peers, lockers, 'members');
    await until('load', () => writers.acknowledged > 50);

    await join(ensemble, 2, first);
    await join(ensemble, 3, first);
    // A joiner that is killed comes back and gets its vote.
    const joining = ensemble.peer(4);
    await changed(first, 'POST', '', memberOf(joining));
    joining.start();
    await until('the joiner to be let in', () => /"event":"elected"/.test(joining.log));
    await through(joining, votersAre(first, [1, 2, 3, 4]));
    // A leader that is killed in the midst of a change leaves it to the next.
    const leader = await ensemble.leader();
    const by = ensemble.peers.find((peer) => peer.isRunning && peer !== leader) ?? first;
    await changed(by, 'POST', '', memberOf(ensemble.peer(5)));
    ensemble.peer(5).start();
    await through(leader, votersAre(by, [1, 2, 3, 4, 5]));
    for (const peer of ensemble.peers) await votersAre(peer, [1, 2, 3, 4, 5]);

    // A leaver that is killed while it goes is no member when it comes back.
    const leaver = ensemble.peer(2);
    const removing = removal(2);
    await leaver.end('SIGKILL');
    await removing;
    leaver.start();
    await leaves(2);
    // The leader goes.
    const removed = await ensemble.leader();
    await removal(removed.id);
    await leaves(removed.id);
    const stay = ensemble.peers.filter((peer) => peer !== leaver && peer !== removed);
    const ids = stay.map(({ id }) => id);
    for (const peer of stay) await votersAre(peer, ids);

    const last = await ensemble.leader();
    for (const { id } of stay.filter((peer) => peer !== last)) {
      await changed(last, 'DELETE', `/${String(id)}`);
      await leaves(id);
    }
    await votersAre(last, [last.id]);
    const before = writers.acknowledged;
    await until('writes at the one that is left', () => writers.acknowledged > before + 50);

    await locks.stop();
    await writers.stop();
    await assertNothingLost([last], writers, '/w');
    assertFairAndExclusive(locks);
    const fates = [...writers.told.values()];
    const count = (fate: string): string => String(fates.filter((each) => each === fate).length);
    process.stdout.write(
      `      ${count('acknowledged')} acknowledged, ${count('refused')} refused, ${count('unknown')} unknown; ` +
        `${String(locks.grants.length)} grants\n`,
    );
  });
});
