import assert from 'node:assert/strict';
import fc from 'fast-check';
import { serverId, type Nonce } from '../../../src/model/ids.ts';
import type { Notification, Vote } from '../../../src/model/peer-message.ts';
import { beats, Election } from '../../../src/zab/election.ts';
import { at } from '../../support/zab/logs.ts';

function vote(leader: number, zxid = '1.1', peerEpoch = 1): Vote {
  return { leader: serverId(leader), zxid: at(zxid), peerEpoch };
}

function says(from: number, more: Partial<Notification>): Notification {
  const common = { nonce: `n${String(from)}` as Nonce, clusterId: 'c', votes: true } as const;
  return { from: serverId(from), ...common, state: 'looking', round: 1, vote: vote(from), ...more };
}

const threeVoters = [[serverId(1), serverId(2), serverId(3)]];

/** Server 2 of three, LOOKING in round 1 with finalizeWait 2. */
function looking(): Election {
  const election = new Election(serverId(2), 2, vote(2));
  election.start(vote(2), true);
  return election;
}

describe('Election', () => {
  it('prefers epoch to zxid to server id, and nothing to itself', () => {
    const worstFirst = [vote(1), vote(3), vote(1, '1.2'), vote(1, '1.1', 2), vote(1, '2.1', 2)];
    for (const [left, first] of worstFirst.entries()) {
      for (const [right, second] of worstFirst.entries()) {
        assert.equal(beats(first, second), left > right);
      }
    }
  });

  it('wants a majority of each membership in force, and counts nobody who is in none of it', () => {
    const election = looking();
    const removed = 9;
    election.hear(says(removed, { vote: vote(2) }));
    assert.equal(election.decide(threeVoters, 100), undefined);
    assert.equal(election.decide(threeVoters, 110), undefined);
    election.hear(says(1, { vote: vote(2) }));
    const under = [...threeVoters, [serverId(2), serverId(4), serverId(5)]];
    assert.equal(election.decide(under, 120), undefined);
    election.hear(says(4, { vote: vote(2) }));
    election.decide(under, 130);
    assert.deepEqual(election.decide(under, 132), { leader: 2, round: 1 });
  });

  it('decides at once when all agree, and after finalizeWait when a quorum does', () => {
    const election = looking();
    election.hear(says(3, { vote: vote(3) }));
    assert.equal(election.decide(threeVoters, 10), undefined);
    assert.deepEqual(election.decide(threeVoters, 12), { leader: 3, round: 1 });
    const unanimous = looking();
    unanimous.hear(says(3, { vote: vote(3) }));
    unanimous.hear(says(1, { vote: vote(3) }));
    assert.deepEqual(unanimous.decide(threeVoters, 10), { leader: 3, round: 1 });
  });

  it('begins anew in a later round, and answers an earlier one', () => {
    const election = looking();
    election.hear(says(3, { vote: vote(3) }));
    assert.deepEqual(election.hear(says(1, { round: 4 })), { broadcast: true, reply: false });
    assert.deepEqual([election.round, election.vote], [4, vote(2)]);
    assert.deepEqual(election.hear(says(3, {})), { broadcast: false, reply: true });
    assert.equal(election.decide(threeVoters, 100), undefined);
  });

  it('counts nobody who has no vote', () => {
    const election = looking();
    election.hear(says(3, { vote: vote(3), votes: false }));
    assert.deepEqual(election.vote, vote(2));
    const blind = new Election(serverId(2), 2, vote(2));
    blind.start(vote(2), false);
    blind.hear(says(3, { vote: vote(3) }));
    blind.hear(says(1, { vote: vote(3) }));
    assert.equal(blind.decide(threeVoters, 100), undefined);
  });

  it('counts who has a vote and does not know it, unless its log goes further', () => {
    const more = [[...(threeVoters[0] ?? []), serverId(4)]];
    const unaware = (zxid: string): Election => {
      const election = looking();
      election.hear(says(1, { vote: vote(2) }));
      election.hear(says(4, { vote: vote(4, zxid), votes: false }), true);
      election.decide(more, 10);
      return election;
    };
    assert.deepEqual(unaware('1.0').decide(more, 12), { leader: 2, round: 1 });
    assert.deepEqual(unaware('1.0').supporters, [2, 1, 4]);
    assert.equal(unaware('1.2').decide(more, 12), undefined);
    const gone = unaware('1.0');
    gone.hear(says(4, { state: 'observing', vote: vote(3) }), true);
    assert.equal(gone.decide(more, 12), undefined);
  });

  it('joins a leader that a majority follows and that says so itself: never a dead one', () => {
    const election = looking();
    election.hear(says(1, { state: 'following', round: 7, vote: vote(3) }));
    assert.equal(election.decide(threeVoters, 100), undefined);
    election.hear(says(3, { state: 'leading', round: 7, vote: vote(3) }));
    assert.deepEqual(election.decide(threeVoters, 100), { leader: 3, round: 7 });
  });

  it('counts such a one by its log, whatever its id', () => {
    const election = looking();
    const unaware = says(4, { votes: false, vote: vote(4) });
    election.hear(says(1, { vote: vote(2) }));
    election.hear(unaware, true);
    const four = [[...(threeVoters[0] ?? []), serverId(4)]];
    election.decide(four, 10);
    assert.deepEqual(election.decide(four, 12), { leader: 2, round: 1 });
    election.hear({ ...unaware, vote: vote(4, '1.2') }, true);
    assert.equal(election.decide(four, 14), undefined);
  });

  it('joins, amid a change, a leader that with itself a majority follows', () => {
    const four = [[...(threeVoters[0] ?? []), serverId(4)]];
    for (const votes of [false, true]) {
      const election = new Election(serverId(4), 2, vote(4));
      election.start(vote(4), votes);
      election.hear(says(3, { state: 'leading', vote: vote(3) }));
      election.hear(says(1, { state: 'following', vote: vote(3) }));
      assert.equal(election.decide(four, 10), undefined);
      const under = votes ? [...four, [1, 2, 4, 5].map(serverId)] : four;
      assert.deepEqual(election.decide(under, 10, true), { leader: 3, round: 1 });
      if (votes) assert.equal(election.decide(four, 10, true), undefined, 'no change is under way');
      election.start(vote(4, '1.2'), votes);
      election.hear(says(3, { state: 'leading', vote: vote(3) }));
      election.hear(says(1, { state: 'following', vote: vote(3) }));
      assert.equal(election.decide(under, 10, true), undefined, 'that leader would give up');
    }
  });

  it('has won by the votes that name it alone, also when it gave its own to a better candidate', () => {
    const election = looking();
    election.hear(says(3, { vote: vote(3, '1.2') }));
    election.hear(says(1, { state: 'following', vote: vote(2) }));
    const under = [...threeVoters, [serverId(2), serverId(3)]];
    assert.equal(election.decide(under, 10), undefined, 'of two of those who stay one is for 3');
    assert.deepEqual(election.decide(under, 12), { leader: 3, round: 1 });
    assert.deepEqual(
      election.decide(threeVoters, 12),
      { leader: 2, round: 1 },
      'and 1 waits for it',
    );
  });

  it('has not won because somebody followed it in the round before, who may have a better vote', () => {
    const election = looking();
    election.hear(says(1, { vote: vote(2) }));
    election.hear(says(3, { state: 'following', round: 0, vote: vote(2) }));
    assert.equal(election.decide(threeVoters, 10), undefined);
    election.hear(says(3, { state: 'following', vote: vote(2) }));
    assert.deepEqual(election.decide(threeVoters, 10), { leader: 2, round: 1 });
  });

  it('names one leader for all who got the same votes, in whatever order', () => {
    const someVotes = fc.uniqueArray(fc.integer({ min: 1, max: 3 }), {
      minLength: 3,
      maxLength: 3,
    });
    const zxids = fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 3 })));
    fc.assert(
      fc.property(someVotes, zxids, (order, counters) => {
        const mine = (id: number): Vote => vote(id, `1.${String(counters[id - 1] ?? 1)}`);
        const best = [1, 2, 3]
          .map(mine)
          .reduce((left, right) => (beats(right, left) ? right : left));
        for (const self of [1, 2, 3]) {
          const election = new Election(serverId(self), 2, mine(self));
          election.start(mine(self), true);
          const others = order.filter((id) => id !== self);
          for (const id of others) election.hear(says(id, { vote: mine(id) }));
          for (const id of others) election.hear(says(id, { vote: best }));
          assert.equal(election.decide(threeVoters, 0)?.leader, best.leader);
        }
      }),
    );
  });
});
