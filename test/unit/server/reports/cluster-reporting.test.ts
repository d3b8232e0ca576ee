import assert from 'node:assert/strict';
import { fromUtf8 } from '../../../../src/base/bytes.ts';
import { serverId } from '../../../../src/model/ids.ts';
import { zookeeperConfigPath } from '../../../../src/model/path.ts';
import { MembersBed } from '../../../support/members-bed.ts';
import { removing } from '../../../support/model/members.ts';
import { SimulatedEnsemble } from '../../../support/simulated-ensemble.ts';

describe('who has no vote', () => {
  it('cannot be missed: two servers that were added by their lines alone', async () => {
    const founders = [1, 2, 3].map(serverId);
    const all = [1, 2, 3, 4, 5].map(serverId);
    let voters = founders;
    const ensemble = new SimulatedEnsemble(5, {
      optionsOf: (id) => ({
        configuredVoters: id > 3 ? all : voters,
        serverLines: (id > 3 ? all : voters).map((server) => ({
          id: server,
          host: `10.0.0.${String(server)}`,
          quorumPort: 2888,
          electionPort: 3888,
          role: 'participant',
        })),
      }),
    });
    await ensemble.established();
    voters = all;
    const from = ensemble.events.length;
    for (const member of ensemble.members) ensemble.restart(member);
    await ensemble.established();
    // Every peer has told of itself, and looked around.
    await ensemble.pass(5_000);

    for (const { id, server } of ensemble.members) {
      const { service } = server;
      const votes = service.cluster().peers.map((peer) => peer.votes);
      assert.deepEqual(votes, [true, true, true, false, false], `as peer ${String(id)} has it`);
      const because = service.noVoteBecause();
      if (id <= 3) assert.equal(because, undefined);
      else assert.match(String(because), /has no vote.*server 1, server 2, server 3/);
      const said = ensemble.events
        .slice(from)
        .filter((line) => line.includes(` ${String(id)} warn withoutVote {"servers":[4,5]`));
      assert.equal(said.length, 1, `peer ${String(id)} says it once`);
    }
    const config = ensemble
      .member(4)
      .server.peer?.applier.state.read({ read: 'data', path: zookeeperConfigPath }, []);
    assert.ok(config !== undefined && 'data' in config);
    const roles = [
      ...fromUtf8(config.data ?? new Uint8Array()).matchAll(/:(participant|observer)/g),
    ];
    assert.deepEqual(
      roles.map(([, role]) => role),
      ['participant', 'participant', 'participant', 'observer', 'observer'],
    );
  });
});

describe('a peer that was removed', () => {
  it('is shown as such where the configuration still names it, and not as one to wait for', async () => {
    const bed = await new MembersBed(3).founded();
    const { ensemble, leader } = bed;
    const [gone, other] = ensemble.followers;
    assert.ok(gone && other);
    ensemble.forgive(gone);
    await bed.change(leader, [removing(gone.id)]);
    for (const { server } of [leader, other]) {
      const shown = () => server.service.cluster().peers.filter(({ isRemoved }) => isRemoved);
      await ensemble.until(() => shown().length > 0);
      assert.deepEqual(
        shown().map(({ id, votes }) => ({ id, votes })),
        [{ id: gone.id, votes: false }],
      );
    }
  });
});
