import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import type { SessionId } from '../../../../src/model/ids.ts';
import type { CoordinationService } from '../../../../src/service/coordination-service.ts';
import type { Monitoring } from '../../../../src/service/monitoring.ts';
import { SimulatedEnsemble, type Member } from '../../../support/simulated-ensemble.ts';
import { create, single } from '../../../support/model/requests.ts';

const secret = utf8('secret');

async function openSession(
  ensemble: SimulatedEnsemble,
  service: CoordinationService,
): Promise<SessionId> {
  const { session } = await ensemble.settle(
    service.sessions.open({ timeoutMs: 10_000, secret, requestTimeoutMs: 5_000 }),
  );
  return session;
}

async function createEphemeral(
  ensemble: SimulatedEnsemble,
  service: CoordinationService,
  { session, path }: { readonly session: SessionId; readonly path: string },
): Promise<void> {
  await ensemble.settle(
    service.write(
      single(create(path, { data: 'data', kind: 'ephemeral' })),
      { identities: [], credential: { session, secret } },
      { timeoutMs: 5_000 },
    ),
  );
}

const monitoringOf = ({ server }: Member): Monitoring => server.service.monitoring;

describe('what a peer tells of itself', () => {
  let ensemble: SimulatedEnsemble;
  let leader: Member;
  let follower: Member;

  before(async () => {
    ensemble = new SimulatedEnsemble(4, { observers: 1 });
    await ensemble.established();
    const [first] = ensemble.followers;
    assert(ensemble.leader && first);
    ({ leader } = ensemble);
    follower = first;
  });

  it('counts what is the same on every peer', async () => {
    const { service } = follower.server;
    const session = await openSession(ensemble, service);
    const before = monitoringOf(follower).figures();
    for (const path of ['/b', '/a']) await createEphemeral(ensemble, service, { session, path });
    await ensemble.until(() =>
      ensemble.members.every((member) => monitoringOf(member).figures().ephemerals === 2),
    );
    for (const member of ensemble.members) {
      const figures = monitoringOf(member).figures();
      assert.equal(figures.role, member.server.service.meta().role);
      assert.equal(figures.znodes, before.znodes + 2);
      assert.equal(figures.dataBytes, before.dataBytes + 2 * 'data'.length);
      assert.equal(figures.sessions, 1);
      assert.equal(figures.voters, 3);
      assert.equal(figures.isServing, true);
      assert.equal(figures.isAlone, false);
      assert.equal(figures.outstanding, 0);
      assert.deepEqual([...monitoringOf(member).ephemerals()], [{ session, paths: ['/a', '/b'] }]);
    }
  });

  it('knows as the leader how long sessions have left, and what learners serve', async () => {
    const session = await openSession(ensemble, follower.server.service);
    const of = (member: Member): number | undefined =>
      [...monitoringOf(member).sessions()].find((known) => known.session === session)?.expiresInMs;
    const atFirst = of(leader);
    assert(atFirst !== undefined && atFirst >= 9_000 && atFirst <= 11_000, String(atFirst));
    await ensemble.pass(2_000);
    const later = of(leader);
    assert(later !== undefined && later <= atFirst - 2_000, String(later));
    assert.equal(of(follower), undefined);
    assert.equal(monitoringOf(follower).leadership(), undefined);

    const { proposalBytes, leadingMs, ...figures } = monitoringOf(leader).leadership() ?? {};
    assert.deepEqual(figures, {
      followers: 2,
      nonVotingFollowers: 0,
      observers: 1,
      proposals: 0,
      pendingSyncs: 0,
    });
    assert(proposalBytes !== undefined && proposalBytes.min > 0);
    assert(proposalBytes.min <= proposalBytes.last && proposalBytes.last <= proposalBytes.max);
    const { uptimeMs } = monitoringOf(leader).figures();
    assert(leadingMs !== undefined && leadingMs >= 2_000 && leadingMs < uptimeMs);
    monitoringOf(leader).resetProposalBytes();
    assert.equal(monitoringOf(leader).leadership()?.proposalBytes, undefined);
  });

  it('knows no leadership once it is cut off, and says that it does not serve', async () => {
    ensemble.isolate(leader);
    await ensemble.until(() => !monitoringOf(leader).figures().isServing);
    assert.equal(monitoringOf(leader).figures().role, 'looking');
    assert.equal(monitoringOf(leader).leadership(), undefined);
    assert.deepEqual(
      [...monitoringOf(leader).sessions()].map(({ expiresInMs }) => expiresInMs),
      [...monitoringOf(leader).sessions()].map(() => undefined),
    );
    const successor = (): Member | undefined =>
      ensemble.followers.length === 1 ? ensemble.leader : undefined;
    await ensemble.until(() => {
      const next = successor();
      return next !== undefined && monitoringOf(next).leadership()?.followers === 1;
    });
  });
});
