import assert from 'node:assert/strict';
import { MembersBed } from '../../../support/members-bed.ts';
import { adding, removing } from '../../../support/model/members.ts';

interface Told {
  readonly by: number;
  readonly members: readonly number[];
  readonly welcome: readonly number[];
}

describe('where the members are', () => {
  let bed: MembersBed;
  let told: Told[];
  const last = (by: number): Told | undefined => told.filter((each) => each.by === by).at(-1);

  beforeEach(async () => {
    told = [];
    bed = new MembersBed(3, 4, {
      onKnown: (by, members, welcome) =>
        told.push({ by, members: members.map(({ id }) => id), welcome: [...welcome] }),
    });
    await bed.founded();
  });

  it('is what the configuration says, until the first change', () => {
    assert.deepEqual(told, []);
  });

  it('is told the network of every peer, whoever was removed among those who may come', async () => {
    const { ensemble, leader } = bed;
    await bed.change(leader, [adding(4)]);
    await ensemble.until(() => bed.votersBy(ensemble.member(4)).length === 4);
    for (const id of [1, 2, 3, 4]) assert.deepEqual(last(id)?.members, [1, 2, 3, 4]);

    const [gone] = ensemble.followers;
    assert.ok(gone);
    ensemble.forgive(gone);
    await bed.change(leader, [removing(gone.id)]);
    const stay = [1, 2, 3, 4].filter((id) => id !== gone.id);
    await ensemble.until(() => stay.every((id) => last(id)?.welcome.join() === String(gone.id)));
    for (const id of stay) assert.deepEqual(last(id)?.members, stay);
  });

  it('is told once for each version, and again by a peer that starts', async () => {
    const { ensemble, leader } = bed;
    await bed.change(leader, [adding(4)]);
    await ensemble.until(() => bed.votersBy(ensemble.member(4)).length === 4);
    await ensemble.pass(1_000);
    // As joining, and with its vote.
    assert.equal(told.filter(({ by }) => by === leader.id).length, 2);
    const [restarted] = ensemble.followers;
    assert.ok(restarted);
    told.length = 0;
    ensemble.restart(restarted);
    await ensemble.until(() => last(restarted.id)?.members.length === 4);
    assert.deepEqual(new Set(told.map(({ by }) => by)), new Set([restarted.id]));
  });

  it('is said where a configuration has it otherwise, once', async () => {
    const { ensemble, leader } = bed;
    const said = (event: string) =>
      ensemble.events.filter((line) => line.includes(` ${String(leader.id)} warn ${event} `));
    await bed.change(leader, [adding(4)]);
    await ensemble.until(() => said('withoutLine').length > 0);
    assert.match(said('withoutLine')[0] ?? '', /"servers":\[4\]/);
    const [gone] = ensemble.followers;
    assert.ok(gone);
    ensemble.forgive(gone);
    await bed.change(leader, [removing(gone.id)]);
    await ensemble.until(() => said('withoutVote').length > 0);
    assert.match(said('withoutVote')[0] ?? '', new RegExp(`"servers":\\[${String(gone.id)}\\]`));
    await ensemble.pass(5_000);
    assert.equal(said('withoutVote').length, 1);
  });

  it('is missed aloud by who is let in nowhere', async () => {
    const { ensemble } = new MembersBed(3, 4);
    ensemble.isolate(ensemble.member(4));
    const said = / 4 warn notMember .*quoll member add 4=/;
    await ensemble.until(() => ensemble.events.some((line) => said.test(line)), 30_000);
    assert.ok(!ensemble.events.some((line) => / [123] warn notMember /.test(line)));
  });
});
