import assert from 'node:assert/strict';
import { connectionId, serverId, type Nonce, type StartId } from '../../src/model/ids.ts';
import { protocolVersion } from '../../src/zab/step.ts';
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
    protocolVersion,
    role: 'follower',
    nonce: 'n7' as Nonce,
    clusterId,
    acceptedEpoch: 0,
  });
  const sent = zab.takeReady()?.sendNow ?? [];
  return sent.filter((item) => item.item === 'message' && item.message.kind === 'farewell').length;
}

describe('a leader that has removed a member', () => {
  it('says so to a peer of its ensemble that comes under that server id', () => {
    assert.equal(farewells('c'), 1);
  });

  it('refuses a peer of another ensemble, and does not send it away for good', () => {
    assert.equal(farewells('other'), 0);
  });
});
