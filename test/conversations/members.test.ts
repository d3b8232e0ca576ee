import assert from 'node:assert/strict';
import {
  connectionId,
  serverId,
  type Nonce,
  type ServerId,
  type StartId,
} from '../../src/model/ids.ts';
import { zeroChain } from '../../src/model/log-entry.ts';
import type { Notification } from '../../src/model/peer-message.ts';
import { zeroZxid, zxid } from '../../src/model/zxid.ts';
import { protocols } from '../../src/model/level.ts';
import { BenchEnsemble } from './bench-ensemble.ts';
import { wantedMembers } from './wanted-members.ts';

/** Who is told by a leader that it is no member any more: 7 was one, was never here, and so its nonce is not known. */
function farewells(clusterId: string): number {
  const bench = new BenchEnsemble({
    participants: [1, 2, 3],
    observers: [],
    strangers: [7],
    forced: false,
  });
  bench.founded();
  for (const id of [1, 2, 3]) bench.start(id);
  bench.tick(12);
  for (const members of ['1 2 3 7o', '1 2 3']) {
    bench.change(wantedMembers(members.split(' ')));
    bench.stabilize();
  }
  const { zab } = bench.leader();
  assert.ok(zab !== undefined);
  const connection = connectionId(901);
  zab.accepted(connection, { id: serverId(7), start: 's' as StartId, address: '' });
  zab.receive(connection, {
    kind: 'learnerInfo',
    protocolVersion: protocols.newest,
    role: 'follower',
    nonce: 'n7' as Nonce,
    clusterId,
    acceptedEpoch: 0,
  });
  const before = zab.takeReady();
  // Refused, nothing that it says is listened to.
  if (before?.close.length === 0) {
    zab.receive(connection, {
      kind: 'ackEpoch',
      currentEpoch: 1,
      last: { zxid: zxid(1, 1), chain: zeroChain },
      applied: zxid(1, 1),
    });
  }
  const sent = zab.takeReady()?.sendNow ?? [];
  return sent.filter((item) => item.item === 'message' && item.message.kind === 'farewell').length;
}

const strangers = [11, 12, 13].map(serverId);
const version = zxid(4, 2);

/** It comes by a wrong address, from a peer of another ensemble. */
const ofAnother: Notification = {
  from: serverId(1),
  nonce: 'other' as Nonce,
  clusterId: 'other',
  state: 'following',
  round: 9,
  vote: { leader: serverId(11), zxid: version, peerEpoch: 4 },
  votes: true,
  membershipVersion: version,
  membership: {
    clusterId: 'other',
    voters: strangers.map((id) => ({ id, nonce: `q${String(id)}` as Nonce })),
    members: strangers.map((id) => ({
      id,
      role: 'participant',
      host: `h${String(id)}`,
      quorumPort: 2888,
      electionPort: 3888,
    })),
    version,
    removed: [],
  },
};

describe('a leader that has removed a member', () => {
  it('says so to a peer of its ensemble that comes under that server id', () => {
    assert.equal(farewells('c'), 1);
  });

  it('refuses a peer of another ensemble, and does not send it away for good', () => {
    assert.equal(farewells('other'), 0);
  });
});

/** How often 2, which looks since it was started, answers what comes so often in one tick; then in the next. */
function answersTo(asked: Partial<Notification>): number[] {
  const bench = new BenchEnsemble({
    participants: [1, 2, 3, 5, 6],
    observers: [],
    strangers: [4],
    forced: false,
  });
  bench.founded();
  bench.start(2);
  const { zab } = bench.node(2);
  const from = asked.from ?? serverId(1);
  const message: Notification = {
    nonce: `n${String(from)}` as Nonce,
    clusterId: 'c',
    state: 'looking',
    round: 0,
    vote: { leader: from, zxid: zeroZxid, peerEpoch: 0 },
    votes: true,
    ...asked,
    from,
  };
  return [1, 2].map(() => {
    zab?.tick();
    zab?.takeReady();
    let answers = 0;
    for (let times = 0; times < 100; times++) {
      zab?.notification(message);
      answers += zab?.takeReady()?.notify.length ?? 0;
    }
    return answers;
  });
}

describe('a peer that looks', () => {
  it('answers one that looks too a few times a tick: a voter, one that asks whom to follow, and a stranger', () => {
    assert.deepEqual(answersTo({}), [3, 3]);
    assert.deepEqual(answersTo({ votes: false }), [3, 3]);
    assert.deepEqual(answersTo({ from: serverId(4) }), [3, 3]);
  });
});

describe('who alone knows that a change is committed, and has no vote', () => {
  it('says so to the voter that is left, when that has answered', () => {
    const bench = new BenchEnsemble({
      participants: [1, 2],
      observers: [3],
      strangers: [],
      forced: false,
    });
    bench.founded();
    for (const id of [1, 2, 3]) bench.start(id);
    bench.tick(60);
    assert.equal(bench.leader().id, 2);
    bench.change(wantedMembers(['1', '3o']));
    // 1 acks the change, and 2 commits it; what 2 says from then on comes to 3 alone.
    const isCommitted = (): boolean => bench.trace.some((line) => /^2 fsync commit/.test(line));
    while (!isCommitted()) assert.ok(bench.step());
    for (let messages = 0; messages < 30; messages++) bench.deliver(2, 3);
    bench.crash(2);
    bench.stabilize();
    bench.tick(300);
    assert.equal(bench.leader().id, 1);
  });
});

describe('a peer that belongs to no ensemble yet', () => {
  it('goes to another one by the word of a majority of the voters that it is configured with', () => {
    const bench = new BenchEnsemble({
      participants: [1, 2, 3],
      observers: [],
      strangers: [],
      forced: false,
    });
    bench.start(2);
    const { zab } = bench.node(2);
    const asked = (): ServerId[] => {
      zab?.tick();
      return strangers.filter((id) => zab?.takeReady()?.notify.some(({ to }) => to === id));
    };
    zab?.notification(ofAnother);
    for (let tick = 0; tick < 30; tick++) assert.deepEqual(asked(), []);
    zab?.notification({ ...ofAnother, from: serverId(3) });
    assert.equal(zab?.status.role, 'looking');
    const all = new Set(Array.from({ length: 300 }, asked).flat());
    assert.ok(all.size > 0);
  });

  it('does not elect by what it heard of another one before it founded its own', () => {
    const bench = new BenchEnsemble({
      participants: [1, 2, 3],
      observers: [],
      strangers: [],
      forced: false,
    });
    for (const id of [1, 2]) bench.start(id);
    bench.tick(3);
    bench.node(2).zab?.notification(ofAnother);
    bench.start(3);
    bench.tick(40);
    bench.crash(3);
    bench.tick(120);
    assert.deepEqual(
      [1, 2].map((id) => bench.node(id).zab?.status.isServing),
      [true, true],
    );
  });
});
