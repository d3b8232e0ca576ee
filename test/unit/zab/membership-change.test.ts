import assert from 'node:assert/strict';
import { serverId, type Nonce, type ServerId } from '../../../src/model/ids.ts';
import {
  decodeMembership,
  encodeMembership,
  isRemovedUnknown,
  levelOf,
  type Member,
  type MemberRole,
  type Membership,
} from '../../../src/model/membership.ts';
import {
  judgeChange,
  type ChangeSituation,
  type MembershipChange,
} from '../../../src/zab/membership-change.ts';
import { at, voters } from '../../support/zab/logs.ts';

function member(id: number, role: MemberRole = 'participant', host = `h${String(id)}`): Member {
  return { id: serverId(id), role, host, quorumPort: 2888, electionPort: 3888 };
}

function identities(...names: readonly string[]): Map<ServerId, Nonce> {
  return new Map(names.map((name) => [serverId(Number(name.charAt(1))), name as Nonce]));
}

/** `n1a` is the nonce of server 1. */
function situation(
  here: readonly string[],
  current: Membership = { ...voters('n1a', 'n2a', 'n3a'), level: 2 },
): ChangeSituation {
  return {
    current,
    zxid: at('2.7'),
    upToDate: identities(...here),
    following: identities(...here),
    connected: identities(...here),
  };
}

function why(change: MembershipChange, asked: ChangeSituation): string {
  const judged = judgeChange(change, asked);
  return 'why' in judged
    ? [judged.why, ...judged.members].join(' ')
    : judged.voters.map(({ nonce }) => nonce).join(' ');
}

const three = [member(1), member(2), member(3)];

describe('a change of the membership', () => {
  it('keeps the identities of voters, and takes that of its connection for a new one', () => {
    const here = situation(['n1a', 'n2a', 'n3b', 'n4a']);
    assert.equal(why({ members: [...three, member(4)] }, here), 'n1a n2a n3a n4a');
    assert.equal(why({ members: [member(4), member(1), member(2)] }, here), 'n1a n2a n4a');
  });

  it('gives no vote to who has not caught up: it may join as long as it takes', () => {
    const here = situation(['n1a', 'n2a', 'n3a']);
    const members = [...three, member(4), member(5, 'observer')];
    assert.equal(why({ members }, here), 'notCaughtUp 4');
    assert.equal(why({ members, force: true }, here), 'notCaughtUp 4');
    const joins = judgeChange({ members, mayJoin: true }, here);
    assert.ok('voters' in joins);
    assert.deepEqual(
      joins.voters.map(({ id }) => id),
      [1, 2, 3],
    );
    assert.deepEqual(joins.members, members);
  });

  it('is refused at the level of the version before, which knows no members', () => {
    const before = situation(['n1a', 'n2a', 'n3a'], voters('n1a', 'n2a', 'n3a'));
    assert.equal(why({ members: three }, before), 'levelTooLow');
    // One that an earlier build of this version changed is at level 2 without a word.
    const changed = { ...voters('n1a', 'n2a', 'n3a'), members: three, version: at('1.9') };
    const members = [...three, member(4, 'observer')];
    const next = judgeChange({ members }, situation(['n1a', 'n2a', 'n3a'], changed));
    assert.ok('voters' in next);
    assert.equal(levelOf(next), 2);
    assert.equal(next.level, undefined);
  });

  it('wants a quorum of the new voters to be here and up to date; by force, to be here', () => {
    const here = situation(['n1a', 'n2a']);
    const members = [member(1), member(3)];
    assert.equal(why({ members }, here), 'noQuorum 3');
    assert.equal(why({ members, force: true }, here), 'noQuorum 3');
    const behind = { ...here, following: identities('n1a', 'n2a', 'n3a') };
    assert.equal(why({ members }, behind), 'noQuorum 3');
    assert.equal(why({ members, force: true }, behind), 'n1a n3a');
  });

  it('is refused when it says nothing, leaves nobody to vote, or names one twice', () => {
    const here = situation(['n1a', 'n2a', 'n3a']);
    const changed = judgeChange({ members: three }, here);
    assert.ok('voters' in changed);
    assert.equal(why({ members: three }, situation(['n1a'], changed)), 'unchanged');
    assert.equal(why({ members: [member(1, 'observer')] }, here), 'noVoter');
    assert.equal(why({ members: [...three, member(2)] }, here), 'doubled 2');
    for (const host of ['h2', 'H2', 'h2.']) {
      assert.equal(why({ members: [...three, member(4, 'observer', host)] }, here), 'doubled 4');
    }
    const long = Array.from({ length: 200 }, (_, index) =>
      member(index + 4, 'observer', `${'x'.repeat(250)}${String(index)}`),
    );
    assert.equal(why({ members: [...three, ...long] }, here), 'tooLarge');
  });

  it('is made from the version in force; what a founding made is 0', () => {
    const here = situation(['n1a', 'n2a', 'n3a']);
    assert.equal(why({ members: three, fromVersion: at('2.7') }, here), 'otherVersion');
    assert.equal(why({ members: three, fromVersion: at('0.0') }, here), 'n1a n2a n3a');
    const changed = judgeChange({ members: three }, here);
    assert.ok('voters' in changed);
    assert.deepEqual(changed.version, at('2.7'));
    const next = { members: [member(1), member(2)], fromVersion: at('2.7') };
    assert.equal(why(next, situation(['n1a', 'n2a'], changed)), 'n1a n2a');
  });

  it('remembers whom it removed, until that one is a member again', () => {
    const here = situation(['n1a', 'n2a']);
    const gone = judgeChange({ members: [member(1), member(2)] }, here);
    assert.ok('voters' in gone);
    assert.deepEqual(gone.removed, [{ id: 3, nonce: 'n3a' }]);
    const back = judgeChange({ members: three, mayJoin: true }, situation(['n1a', 'n2a'], gone));
    assert.ok('voters' in back);
    assert.deepEqual(back.removed, []);
  });

  it('remembers since when a member is none whose nonce nobody knew', () => {
    const members = [...three, member(7, 'observer')];
    const here = situation(['n1a', 'n2a', 'n3a']);
    const added = judgeChange({ members }, here);
    assert.ok('voters' in added);
    const gone = judgeChange({ members: three }, { ...here, current: added, zxid: at('2.9') });
    assert.ok('voters' in gone);
    assert.deepEqual(gone.removed, [{ id: 7, nonce: '', at: at('2.9') }]);
    const seven = serverId(7);
    assert.ok(isRemovedUnknown(gone, seven, at('2.8')));
    assert.ok(!isRemovedUnknown(gone, seven, at('2.9')), 'it came after that');
    assert.ok(!isRemovedUnknown(gone, seven, at('0.0')), 'it begins with nothing');
    assert.ok(!isRemovedUnknown(gone, serverId(3), at('2.8')));
    assert.deepEqual(decodeMembership(encodeMembership(gone)), gone);
  });
});

describe('a membership in the log', () => {
  it('is written as ever while there was no change', () => {
    const founded = voters('n1a', 'n2a');
    const text = new TextDecoder().decode(encodeMembership(founded));
    assert.equal(
      text,
      '{"v":1,"clusterId":"c","voters":[{"id":1,"nonce":"n1a"},{"id":2,"nonce":"n2a"}]}',
    );
    assert.deepEqual(decodeMembership(encodeMembership(founded)), founded);
  });

  it('reads what it wrote, and refuses a format that it does not know', () => {
    const membership: Membership = {
      ...voters('n1a'),
      members: [member(1), { ...member(2, 'observer'), client: 'h2:2181' }],
      version: at('3.4'),
      removed: [{ id: serverId(3), nonce: 'n3a' as Nonce }],
    };
    assert.deepEqual(decodeMembership(encodeMembership(membership)), membership);
    const newer = new TextEncoder().encode('{"v":3,"clusterId":"c","voters":[]}');
    assert.throws(() => decodeMembership(newer), /format 3; this build reads 1 and 2/);
    for (const part of ['members', 'version', 'removed'] as const) {
      const broken = { v: 2, ...membership, version: [3, 4], [part]: 7 };
      const bytes = new TextEncoder().encode(JSON.stringify(broken));
      assert.throws(() => decodeMembership(bytes), /another shape/);
    }
  });

  it('refuses numbers that would not be written as they were read', () => {
    const membership = { ...voters('n1a'), members: [member(1)], version: at('3.4'), removed: [] };
    const text = new TextDecoder().decode(encodeMembership(membership));
    for (const whole of [/"id":1/, /"quorumPort":\d+/, /"version":\[3/, /,4\]/]) {
      assert.match(text, whole);
      for (const number of ['1e999', '-0', '0.5', '-3']) {
        const odd = text.replace(whole, (found) => found.replace(/\d+/, number));
        const bytes = new TextEncoder().encode(odd);
        assert.throws(() => decodeMembership(bytes), /another shape/, odd);
      }
    }
  });
});
