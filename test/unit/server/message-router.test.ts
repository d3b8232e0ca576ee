import assert from 'node:assert/strict';
import { serverId, type ConnectionId } from '../../../src/model/ids.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import { zxid } from '../../../src/model/zxid.ts';
import type { ServiceError } from '../../../src/service/service-error.ts';
import { SimulatedProcess } from '../../sim/process.ts';
import { create, single } from '../../support/model/requests.ts';
import { SimulatedEnsemble } from '../../support/simulated-ensemble.ts';

describe('the message router', () => {
  it('takes requests of no peer that the leader has not brought up to date', async () => {
    const ensemble = await new SimulatedEnsemble(3).established();
    const leader = ensemble.leader ?? assert.fail();
    const pretended = ensemble.followers[0] ?? assert.fail();
    pretended.process.kill();
    const process = new SimulatedProcess(ensemble.scheduler);
    const network = ensemble.network.attach(process, pretended.id);
    const closed: ConnectionId[] = [];
    let connected: ConnectionId | undefined;
    network.start({
      onNotification: () => undefined,
      onAccepted: () => undefined,
      onTwin: () => undefined,
      onConnected: (connection) => {
        connected = connection;
      },
      onMessage: () => undefined,
      onClosed: (connection) => closed.push(connection),
      onDrained: () => undefined,
    });
    network.dial(leader.id);
    await ensemble.until(() => connected !== undefined);
    assert.ok(connected !== undefined);
    network.send(connected, {
      kind: 'request',
      id: 1,
      request: single(create('/of-nobody')),
      context: { identities: [{ scheme: 'super', id: '' }] },
    });
    await ensemble.until(() => closed.length > 0);
    await ensemble.pass(500);
    const path = '/of-nobody' as ZnodePath;
    const found = leader.server.peer?.applier.state.read({ read: 'stat', path }, []);
    assert.ok(found !== undefined && !('stat' in found), 'nothing was written');
  });

  it('hands nothing back by a last word that the core does not take', async () => {
    let isFalse = false;
    const ensemble = await new SimulatedEnsemble(3, {
      alter: (message) => {
        if (!isFalse || message.kind !== 'proposed') return message;
        isFalse = false;
        return { kind: 'lead', epoch: 9, leader: serverId(1), last: zxid(9, 1), round: 9 };
      },
    }).established();
    const follower = ensemble.followers[0] ?? assert.fail();
    isFalse = true;
    const writing = follower.server.service.write(
      single(create('/once-', { sequential: true })),
      { identities: [] },
      { timeoutMs: 5_000 },
    );
    await assert.rejects(ensemble.settle(writing), ({ refusal }: ServiceError) => {
      // It was sent and decided: done once more, it would be done twice.
      assert.equal(refusal.code, 'connectionLoss');
      assert.notEqual(refusal.applied, 'no');
      return true;
    });
    await ensemble.established();
    await ensemble.pass(1_000);
    const found = (ensemble.leader ?? assert.fail()).server.peer?.applier.state.read(
      { read: 'children', path: '/' as ZnodePath, limit: 10, withData: false },
      [],
    );
    assert.ok(found !== undefined && 'children' in found);
    assert.deepEqual(
      found.children.map(({ name }) => name),
      ['once-0000000000', 'zookeeper'],
    );
  });
});
