import assert from 'node:assert/strict';
import { isRefusal } from '../../../../src/model/error-code.ts';
import { serverId, type Nonce } from '../../../../src/model/ids.ts';
import type { Member } from '../../../../src/model/membership.ts';
import type { MemberStep } from '../../../../src/model/request.ts';
import { membersOf, nextMembers } from '../../../../src/server/members/next-members.ts';
import { adding, aMember, putting, removing, turning } from '../../../support/model/members.ts';

const three = [aMember(1), aMember(2), aMember(3, { host: '2001:db8::3' })];

function after(steps: readonly MemberStep[], isWhole = false): readonly Member[] {
  const next = nextMembers({ steps, isWhole }, three);
  assert.ok(!isRefusal(next), JSON.stringify(next));
  return next;
}

/** Of steps that can not be done. */
function refusal(...steps: readonly MemberStep[]): string {
  const next = nextMembers({ steps, isWhole: false }, three);
  assert.ok(isRefusal(next), JSON.stringify(next));
  return `${next.code} ${next.detail}`;
}

describe('who there will be', () => {
  it('is who there is, and what the steps make of that, in order', () => {
    assert.deepEqual(after([]), three);
    assert.deepEqual(after([adding(4)]), [...three, aMember(4)]);
    assert.deepEqual(after([removing(2), turning(3, 'observer')]), [
      aMember(1),
      { ...aMember(3), host: '2001:db8::3', role: 'observer' },
    ]);
    const moved = { host: 'elsewhere' };
    assert.deepEqual(after([removing(2), adding(2, moved)]), [
      three[0],
      three[2],
      aMember(2, moved),
    ]);
  });

  it('is what a whole list says, and nobody else', () => {
    assert.deepEqual(after([putting(1), putting(4)], true), [aMember(1), aMember(4)]);
  });

  it('takes who is there already for itself, also in another spelling', () => {
    assert.deepEqual(after([adding(2, { host: 'H2.' })]), three, 'its name stays as it was');
    assert.deepEqual(after([adding(3, { host: '2001:DB8::3', client: '2181' })]), [
      three[0],
      three[1],
      { ...aMember(3), host: '2001:db8::3', client: '2181' },
    ]);
  });

  it('has one server of a number: another one is refused, with where that one is', () => {
    assert.match(refusal(adding(2, { host: 'new' })), /^memberExists .* at h2:2888:3888/);
    const bracketed = /^memberExists .* at \[2001:db8::3\]:2888:3888\. .*quoll member remove 3/;
    assert.match(refusal(adding(3, { quorumPort: 1 })), bracketed);
    assert.deepEqual(after([putting(2, { host: 'new' })]), [
      three[0],
      aMember(2, { host: 'new' }),
      three[2],
    ]);
  });

  it('can not be had by a step about nobody', () => {
    const known = /^noMember There is no server 9: the members are 1, 2, 3/;
    assert.match(refusal(removing(9)), known);
    assert.match(refusal(turning(9, 'observer')), known);
    assert.match(refusal(removing(2), removing(2)), /^noMember/);
  });
});

describe('who belongs to the ensemble', () => {
  const lines = three.map((member) => ({ ...member, role: 'participant' as const }));
  const voters = [1, 2].map((id) => ({ id: serverId(id), nonce: `n${String(id)}` as Nonce }));

  it('is said by the configuration until the first change; who has no vote is an observer', () => {
    const roles = membersOf({ clusterId: 'c', voters }, lines).map(({ role }) => role);
    assert.deepEqual(roles, ['participant', 'participant', 'observer']);
    assert.deepEqual(
      membersOf(null, lines).map(({ role }) => role),
      ['observer', 'observer', 'observer'],
    );
  });

  it('is said by the membership from then on', () => {
    const members = [aMember(7)];
    assert.deepEqual(membersOf({ clusterId: 'c', voters, members }, lines), members);
  });
});
