import assert from 'node:assert/strict';
import { serverId } from '../../../../src/model/ids.ts';
import type { MemberRole } from '../../../../src/model/membership.ts';
import { compareZxid, zeroZxid, zxidEquals } from '../../../../src/model/zxid.ts';
import { MemberRemoved } from '../../../../src/server/members/member-removed.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import { asking, knowing, MembersBed } from '../../../support/members-bed.ts';
import { create, single } from '../../../support/model/requests.ts';
import type { Member } from '../../../support/simulated-ensemble.ts';
import { adding, aMember, putting, removing, turning } from '../../../support/model/members.ts';

const soon = { timeoutMs: 5_000 };

describe('a change of the members', () => {
  it('brings who joins to its vote, and who goes to its end, whichever peer is asked', async () => {
    const bed = await new MembersBed(3, 4).founded();
    const { ensemble } = bed;
    const [asked] = ensemble.followers;
    assert.ok(asked);
    const added = await bed.change(asked, [adding(4)]);
    assert.deepEqual(
      added.members.map(({ id, isJoining }) => [id, isJoining]),
      [
        [1, false],
        [2, false],
        [3, false],
        [4, true],
      ],
    );
    await ensemble.until(() => bed.votersBy(ensemble.member(4)).length === 4);

    const { leader } = bed;
    ensemble.forgive(leader);
    await bed.change(leader, [removing(leader.id)]);
    await ensemble.until(() => leader.fatal !== undefined);
    assert.ok(leader.fatal instanceof MemberRemoved);
    assert.match(leader.fatal.message, new RegExp(`quoll member add ${String(leader.id)}=HOST`));
    await ensemble.until(() => ensemble.leader !== undefined && ensemble.leader !== leader);
    const others = [1, 2, 3, 4].filter((id) => id !== leader.id);
    assert.deepEqual(bed.votersBy(bed.leader), others);
  });

  it('that takes the leader its vote costs nobody a write', async () => {
    const bed = await new MembersBed(3).founded();
    const { ensemble, leader } = bed;
    const told: Promise<string>[] = [];
    const write = (member: Member): void => {
      const path = `/w${String(told.length)}`;
      const asked = member.server.service.write(single(create(path)), { identities: [] }, soon);
      const words = (error: unknown): string => (error as ServiceError).refusal.detail;
      told.push(asked.then(() => 'done', words));
    };
    const changing = bed.change(leader, [turning(leader.id, 'observer')]);
    // As often as time is looked at: each peer is asked in every moment of the change.
    await ensemble.until(() => {
      ensemble.members.forEach(write);
      return ![undefined, leader].includes(ensemble.leader);
    });
    await changing;
    const answers = await ensemble.settle(Promise.all(told));
    assert.ok(answers.length > 10);
    assert.deepEqual(new Set(answers), new Set(['done']));
  });

  it('that says what is so is done, and makes no version', async () => {
    const bed = await new MembersBed(3).founded();
    const first = await bed.change(bed.leader, [turning(2, 'observer')]);
    assert.ok(!zxidEquals(first.version, zeroZxid));
    for (const steps of [[turning(2, 'observer')], [adding(3)], [adding(3, { host: 'H3.' })], []]) {
      const again = await bed.change(bed.leader, steps);
      assert.deepEqual(again.version, first.version, JSON.stringify(steps));
    }
  });

  it('is refused where it makes no sense, and nothing is changed', async () => {
    const bed = await new MembersBed(3, 4).founded();
    const { leader } = bed;
    const { version } = await bed.change(leader, [adding(4), turning(4, 'observer')]);
    for (const [steps, more, said] of [
      [[adding(2, { host: 'else' })], {}, /^memberExists .*is a member at h2:2888:3888/],
      [[removing(9)], {}, /^noMember .*the members are 1, 2, 3, 4/],
      [[turning(9, 'observer')], {}, /^noMember/],
      [[adding(5, { host: 'h2' })], {}, /^badArguments Server 5 has the number or an address/],
      [[adding(5, { host: 'H2.' })], {}, /^badArguments Server 5 has/],
      [[adding(5), adding(6, { host: 'h5' })], {}, /^badArguments Server 6 has/],
      [
        [adding(5, { host: 'h2', quorumPort: 3888, electionPort: 4 })],
        {},
        /^badArguments Server 5/,
      ],
      [[adding(5, { host: 'a b' })], {}, /^badArguments The host of server 5/],
      [[putting(5), putting(5)], {}, /^badArguments Server 5 is to join twice/],
      [[removing(3)], { fromVersion: zeroZxid }, /^badVersion .*quoll member list/],
      [[putting(4, { role: 'observer' })], { isWhole: true }, /^badArguments Nobody would vote/],
      [[putting(9)], { isWhole: true }, /^newConfigNoQuorum Server 9 would vote/],
      [
        Array.from({ length: 200 }, (_, index) =>
          adding(index + 10, { host: `${'x'.repeat(240)}${String(index)}`, role: 'observer' }),
        ),
        {},
        /^tooLarge/,
      ],
    ] as const) {
      assert.match(await bed.refusal(leader, steps, more), said);
    }
    assert.deepEqual(leader.server.service.members.list().version, version);
  });

  it('leaves a majority that is there, or is forced', async () => {
    const bed = await new MembersBed(3).founded();
    const { ensemble, leader } = bed;
    const [silent, other] = ensemble.followers;
    assert.ok(silent && other);
    ensemble.isolate(silent);
    await ensemble.pass(3_000);
    const spared = /^newConfigNoQuorum Of the new voters .* server (\d) is not\. .*With force/;
    const [, missing] = spared.exec(await bed.refusal(leader, [removing(other.id)])) ?? [];
    assert.equal(Number(missing), silent.id);
    assert.deepEqual(leader.server.service.members.list().version, zeroZxid);
    await bed.change(leader, [removing(silent.id)]);
    assert.equal(bed.votersBy(leader).length, 2);
  });

  it('waits for the one before it, and is seen by all while it is under way', async () => {
    const bed = await new MembersBed(3).founded();
    const { ensemble, leader } = bed;
    const [kept, gone] = ensemble.followers;
    assert.ok(kept && gone);
    await bed.change(leader, [turning(gone.id, 'observer')]);
    const wish = (role: MemberRole) => ({
      steps: [turning(gone.id, role)],
      isWhole: false,
      force: false,
    });
    const { members } = leader.server.service;
    const first = bed.change(leader, [turning(gone.id, 'participant')]);
    await ensemble.until(() => members.list().pending !== undefined);
    const { version, members: wanted } = members.list().pending ?? assert.fail();
    assert.ok(compareZxid(version, members.list().version) > 0);
    assert.deepEqual(
      wanted.map(({ role, votes }) => `${role} ${String(votes)}`),
      ['participant true', 'participant true', 'participant true'],
    );
    const second = members.change(wish('observer'), asking).then(
      () => 'done',
      (error: unknown) => (error instanceof ServiceError ? error.refusal.code : String(error)),
    );
    assert.equal(await ensemble.settle(second), 'reconfigInProgress');
    await ensemble.settle(first);
    assert.equal(members.list().pending, undefined);
    assert.deepEqual(members.list().version, version);
  });

  it('does not take in a peer of another ensemble, nor harm it', async () => {
    const bed = new MembersBed(3, 4, {
      optionsOf: (id) => (id === 4 ? { configuredVoters: [serverId(4)] } : {}),
    });
    const { ensemble } = await bed.founded();
    const stranger = ensemble.member(4);
    const theirs = stranger.server.service.cluster().clusterId;
    const leader =
      ensemble.members.slice(0, 3).find(({ server }) => server.service.meta().role === 'leader') ??
      assert.fail();
    assert.notEqual(leader.server.service.cluster().clusterId, theirs);
    await bed.change(leader, [adding(4)]);
    await ensemble.pass(5_000);
    assert.deepEqual(bed.votersBy(leader), [1, 2, 3], 'it has no vote');
    await bed.change(leader, [removing(4)]);
    await ensemble.pass(5_000);
    assert.equal(
      stranger.fatal,
      undefined,
      'what this ensemble has removed is no matter of another',
    );
    assert.deepEqual(stranger.server.service.cluster().clusterId, theirs);
    assert.ok(stranger.server.service.unreadyBecause() === undefined);
  });

  it('needs to be told where everybody is, once', async () => {
    const lines = knowing(2);
    const bed = await new MembersBed(3, 3, {
      optionsOf: () => ({ memberLines: lines.memberLines ?? [] }),
    }).founded();
    const said = await bed.refusal(bed.leader, [adding(4)]);
    assert.match(said, /^badArguments The first change .* no line for server 3: add it there/);
  });

  it('needs a peer that others reach', async () => {
    const bed = await new MembersBed(1, 1, {
      optionsOf: () => ({ listensForPeers: false }),
    }).founded();
    const said = await bed.refusal(bed.leader, [adding(2)]);
    assert.match(said, /^badArguments Server 1 is alone .*--servers 1=HOST:2888:3888/);
    const alone = await bed.change(bed.leader, [putting(1, { client: '2181' })]);
    assert.deepEqual(
      alone.members.map(({ client }) => client),
      ['2181'],
    );
    assert.equal(aMember(1).client, undefined);
  });
});
