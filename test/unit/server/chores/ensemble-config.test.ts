import assert from 'node:assert/strict';
import { serverId } from '../../../../src/model/ids.ts';
import { zookeeperConfigPath } from '../../../../src/model/path.ts';
import type { Stat } from '../../../../src/model/stat.ts';
import { formatZxid } from '../../../../src/model/zxid.ts';
import type { ServerLine } from '../../../../src/model/server-line.ts';
import type { ServiceError } from '../../../../src/service/service-error.ts';
import { create, multi, remove, set, single } from '../../../support/model/requests.ts';
import { SimulatedEnsemble, type Member } from '../../../support/simulated-ensemble.ts';

const superuser = [{ scheme: 'super', id: '' }];
const closed = { http: '', grpc: '', zookeeper: '' };

function linesOf(count: number, network = '10.0.0'): ServerLine[] {
  return Array.from({ length: count }, (_, index) => ({
    id: serverId(index + 1),
    host: `${network}.${String(index + 1)}`,
    quorumPort: 2888,
    electionPort: 3888,
    role: index < 3 ? 'participant' : 'observer',
  }));
}

/** `version` and, of each server, whether its client address is there. */
function expected(version: number, addresses: readonly string[], network = '10.0.0'): string {
  const lines = addresses.map((address, index) => {
    const host = `${network}.${String(index + 1)}`;
    const role = index < 3 ? 'participant' : 'observer';
    return `server.${String(index + 1)}=${host}:2888:3888:${role}${address}\n`;
  });
  return `${lines.join('')}version=${version.toString(16)}`;
}

describe('/zookeeper/config', () => {
  const all = [';a:1', ';a:2', ';a:3', ';a:4'];

  async function established(
    optionsOf: (id: number) => object = () => ({ serverLines: linesOf(4), addresses: closed }),
  ): Promise<SimulatedEnsemble> {
    const ensemble = new SimulatedEnsemble(4, { observers: 1, optionsOf });
    await ensemble.until(() => isReady(ensemble, ensemble.members));
    return ensemble;
  }

  function isReady({ leader }: SimulatedEnsemble, members: readonly Member[]): boolean {
    return (
      leader !== undefined &&
      members.every(({ server }) => server.service.unreadyBecause() === undefined)
    );
  }

  function open({ id, server }: Member, host = 'a'): void {
    server.advertise({ http: `${host}:80`, grpc: '', zookeeper: `${host}:${String(id)}` });
  }

  function published({ server }: Member): { text: string; stat: Stat } {
    const query = { read: 'data', path: zookeeperConfigPath } as const;
    const result = server.peer?.applier.state.read(query, []);
    assert.ok(result !== undefined && 'data' in result);
    return { text: new TextDecoder().decode(result.data ?? undefined), stat: result.stat };
  }

  async function untilPublished(ensemble: SimulatedEnsemble, text: string): Promise<void> {
    const alive = ensemble.members.filter(({ process }) => process.isAlive);
    await ensemble.until(() => alive.every((member) => published(member).text === text));
  }

  function leaderOf(ensemble: SimulatedEnsemble): Member {
    return ensemble.leader ?? assert.fail('no leader');
  }

  function lastZxid(ensemble: SimulatedEnsemble): string {
    return formatZxid(leaderOf(ensemble).server.service.meta().zxid);
  }

  it('says who is configured and where clients reach them, once all doors are open, and once', async () => {
    const ensemble = await established();
    for (const member of ensemble.members) {
      assert.equal(published(member).text, '');
      open(member);
    }
    await untilPublished(ensemble, expected(0, all));
    assert.equal(published(leaderOf(ensemble)).stat.version, 1);
    const before = lastZxid(ensemble);
    await ensemble.pass(10_000);
    assert.equal(lastZxid(ensemble), before);
  });

  it('waits a while for doors that do not open, and follows when they do or move', async () => {
    const ensemble = await established();
    for (const member of ensemble.members.slice(0, 3)) open(member);
    await ensemble.pass(1_000);
    assert.equal(published(leaderOf(ensemble)).text, '');
    await untilPublished(ensemble, expected(0, [';a:1', ';a:2', ';a:3', '']));
    open(ensemble.member(4));
    await untilPublished(ensemble, expected(1, all));
    open(ensemble.member(2), 'b');
    await untilPublished(ensemble, expected(2, [';a:1', ';b:2', ';a:3', ';a:4']));
    ensemble.member(2).server.advertise({ http: 'b:80', grpc: '', zookeeper: '' });
    await untilPublished(ensemble, expected(3, [';a:1', '', ';a:3', ';a:4']));
  });

  it('stays as it is at a fail-over, with the address of the peer that is gone', async () => {
    const ensemble = await established();
    for (const member of ensemble.members) open(member);
    await untilPublished(ensemble, expected(0, all));
    const gone = leaderOf(ensemble);
    gone.process.kill();
    const others = ensemble.members.filter((member) => member !== gone);
    await ensemble.until(() => isReady(ensemble, others));
    const before = lastZxid(ensemble);
    await ensemble.pass(10_000);
    assert.equal(lastZxid(ensemble), before);
    ensemble.restart(gone);
    await ensemble.until(() => isReady(ensemble, ensemble.members));
    await ensemble.pass(5_000);
    assert.equal(lastZxid(ensemble), before, 'its doors are not open yet');
    open(gone, 'c');
    const moved = all.map((address, index) =>
      index === gone.id - 1 ? `;c:${String(gone.id)}` : address,
    );
    await untilPublished(ensemble, expected(1, moved));
  });

  it('becomes what the next leader is configured with', async () => {
    const networkOf = (id: number): string => `10.0.${String(id)}`;
    const ensemble = await established((id) => ({
      serverLines: linesOf(4, networkOf(id)),
      addresses: closed,
    }));
    for (const member of ensemble.members) open(member);
    const first = leaderOf(ensemble);
    await untilPublished(ensemble, expected(0, all, networkOf(first.id)));
    first.process.kill();
    await ensemble.until(() => ![undefined, first].includes(ensemble.leader));
    await untilPublished(ensemble, expected(1, all, networkOf(leaderOf(ensemble).id)));
  });

  it('is written by the ensemble alone: who has all rights is told what to use instead', async () => {
    const ensemble = await established();
    for (const member of ensemble.members) open(member);
    await untilPublished(ensemble, expected(0, all));
    const before = lastZxid(ensemble);
    const junk = set(zookeeperConfigPath, 'junk');
    for (const { server } of ensemble.members) {
      for (const [request, code] of [
        [single(junk), 'badArguments'],
        [multi([create('/beside'), junk]), 'badArguments'],
        [single(set(zookeeperConfigPath, 'junk', { expected: { version: 7 } })), 'badVersion'],
        [single(remove(zookeeperConfigPath)), 'badArguments'],
      ] as const) {
        const writing = server.service.write(
          request,
          { identities: superuser },
          { timeoutMs: 5_000 },
        );
        await assert.rejects(ensemble.settle(writing), ({ refusal }: ServiceError) => {
          assert.equal(refusal.code, code);
          if (code === 'badArguments') assert.match(refusal.detail, /quoll member.*reconfig/);
          return true;
        });
      }
    }
    assert.equal(lastZxid(ensemble), before, 'nothing was changed, and nothing restored');
  });

  it('is left empty without server lines, as in a standalone ZooKeeper', async () => {
    const ensemble = await established(() => ({ addresses: closed }));
    for (const member of ensemble.members) open(member);
    await ensemble.pass(10_000);
    assert.equal(published(leaderOf(ensemble)).text, '');
    assert.equal(published(leaderOf(ensemble)).stat.version, 0);
  });
});
