import assert from 'node:assert/strict';
import type { ConnectionId } from '../../../src/model/ids.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
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
});
