import assert from 'node:assert/strict';
import { assertNothingLost, problemOf, put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { FatedWriters, type RefusedWrite } from '../support/load/fated-writers.ts';
import { doors } from '../support/load/pens.ts';
import { changeBy, changed, configureWith, memberOf, votersAre } from '../support/members.ts';
import { until } from '../support/until.ts';
import { assertFairAndExclusive, LockClients } from '../support/load/lock-clients.ts';
import { LeaderWatch } from './leader-watch.ts';

// `npm run test:members` has four times the writers, and kills at each step whoever comes or goes, and the leader.
const isFull = process.env['QUOLL_MEMBERS_FULL'] !== undefined;
// A peer would take it for an ensemble that is misspelt, and refuse to start.
delete process.env['QUOLL_MEMBERS_FULL'];
const writersCount = isFull ? 64 : 16;
const lockers = 4;
/** What a write may be refused with while nobody leads: it is not done, and may be sent again (docs/operating.md). */
const rule = /"code":"(NOQUORUM|CONNECTIONLOSS)"/;

/** Who is killed during a step. */
interface Kills {
  readonly mover?: boolean;
  readonly leader?: boolean;
}

describe('members that come and go under load', function () {
  this.timeout(900_000);
  let ensemble: TestEnsemble;
  /** From a kill until all serve again: when writes may be refused. */
  const storms: { readonly fromMs: number; readonly toMs: number }[] = [];
  let writers: FatedWriters;
  /** Goes on until it is stopped, whatever becomes of the test. */
  const load: { stop(): Promise<void> }[] = [];

  before(async () => {
    ensemble = await startEnsemble({ peers: 5, grpc: true, zookeeper: true, start: false });
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
    await Promise.allSettled(load.map((each) => each.stop()));
  });

  function anotherThan(...others: readonly PeerProcess[]): PeerProcess {
    const found = ensemble.peers.find((peer) => peer.isRunning && !others.includes(peer));
    return found ?? assert.fail('nobody is left');
  }

  /** It is killed and started again; `settled` resolves when what was under way is done. */
  async function through(victim: PeerProcess, settled: () => Promise<unknown>): Promise<void> {
    const fromMs = performance.now();
    await victim.end('SIGKILL');
    victim.start();
    await settled();
    await victim.ready();
    storms.push({ fromMs, toMs: performance.now() });
  }

  /** A joiner that is killed comes back and gets its vote; a leader that is, leaves the change to the next. */
  async function grows(id: number, kills: Kills): Promise<void> {
    const joiner = ensemble.peer(id);
    const wanted = Array.from({ length: id }, (_, index) => index + 1);
    await changed(anotherThan(joiner), 'POST', '', memberOf(joiner));
    joiner.start();
    await joiner.logs(/"event":"elected"/);
    const voting = (): Promise<void> => votersAre(anotherThan(), wanted);
    if (kills.mover === true) await through(joiner, kills.leader === true ? nothing : voting);
    if (kills.leader === true) await through(await ensemble.leader(), voting);
    await voting();
    for (const peer of ensemble.peers.slice(0, id)) await votersAre(peer, wanted);
    await joiner.ready();
  }

  /** Asked again until it is so: who was asked may have died before it answered. */
  async function removal(gone: PeerProcess): Promise<void> {
    await until(`the end of server ${String(gone.id)}`, async () => {
      const answer = await changeBy(anotherThan(gone), 'DELETE', `/${String(gone.id)}`);
      if (answer.status === 200) return true;
      const { code, retryable, detail } = await problemOf(answer);
      assert.ok(retryable || ['NOMEMBER', 'TIMEOUT', 'CONNECTIONLOSS'].includes(code), detail);
      return code === 'NOMEMBER';
    });
  }

  /** A leaver that is killed while it goes is no member when it comes back. */
  async function shrinks(gone: PeerProcess, kills: Kills): Promise<void> {
    const stay = ensemble.peers.filter((peer) => peer.isRunning && peer !== gone);
    const fromMs = performance.now();
    const removing = removal(gone);
    if (kills.mover === true) {
      await gone.end('SIGKILL');
      // Of two the majority is both: without it nothing could be decided.
      gone.start();
      if (kills.leader === true && stay.length > 1) {
        const leader = await ensemble.leader();
        if (leader !== gone) await through(leader, nothing);
      }
    }
    await removing;
    assert.ok([77, 'SIGKILL'].includes(await gone.ended()));
    for (const peer of stay) {
      await votersAre(
        peer,
        stay.map(({ id }) => id),
      );
    }
    if (kills.mover === true) storms.push({ fromMs, toMs: performance.now() });
  }

  /** Whoever was not killed cost nobody a write. */
  function assertByTheRule(refused: readonly RefusedWrite[]): void {
    const against = refused.filter(({ why, isRetryable }) => !isRetryable || !rule.test(why));
    assert.deepEqual(against, [], 'refused otherwise than by the rule');
    const inCalm = refused.filter(
      ({ atMs }) => !storms.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs),
    );
    assert.deepEqual(inCalm, [], 'refused though nobody was killed');
  }

  it('1 to 3 to 5 to 3 to 1: nothing acknowledged is lost, one leader an epoch, one holder at a time', async () => {
    const first = ensemble.peer(1);
    assert.equal((await put(first, '/w', '')).status, 201);
    const leaders = new LeaderWatch(ensemble.peers);
    writers = new FatedWriters(ensemble.peers, writersCount, '/w');
    const locks = new LockClients(ensemble.peers, lockers, 'members');
    load.push(leaders, writers, locks);
    await until('load through every door', () =>
      doors.every((door) => (writers.acknowledgedBy.get(door) ?? 0) > 10),
    );

    const both = { mover: true, leader: true };
    await grows(2, isFull ? both : {});
    await grows(3, isFull ? both : {});
    await grows(4, isFull ? both : { mover: true });
    await grows(5, isFull ? both : { leader: true });

    await shrinks(ensemble.peer(2), isFull ? both : { mover: true });
    // The leader goes: it hands over, and nobody is refused.
    await shrinks(await ensemble.leader(), {});
    const last = await ensemble.leader();
    const others = ensemble.peers.filter((peer) => peer.isRunning && peer !== last);
    for (const gone of others) await shrinks(gone, isFull ? both : {});
    const [left = assert.fail()] = ensemble.peers.filter(({ isRunning }) => isRunning);
    await votersAre(left, [left.id]);
    const before = writers.acknowledged;
    await until('writes at the one that is left', () => writers.acknowledged > before + 50);

    await locks.stop();
    await writers.stop();
    await leaders.stop();
    report(locks, leaders);
    await assertNothingLost([left], writers, '/w');
    assertFairAndExclusive(locks);
    leaders.assertOneAnEpoch();
    assertByTheRule(writers.refused);
  });

  function report(locks: LockClients, leaders: LeaderWatch): void {
    const fates = [...writers.told.values()];
    const count = (fate: string): string => String(fates.filter((each) => each === fate).length);
    const byDoor = doors.map((door) => `${door} ${String(writers.acknowledgedBy.get(door))}`);
    process.stdout.write(
      `      ${count('acknowledged')} acknowledged (${byDoor.join(', ')}), ${count('refused')} refused, ` +
        `${count('unknown')} unknown; ${String(locks.grants.length)} grants; ${String(leaders.epochs)} epochs, ` +
        `${String(leaders.seen)} looks at leaders, ${String(storms.length)} kills\n`,
    );
  }
});

function nothing(): Promise<void> {
  return Promise.resolve();
}
