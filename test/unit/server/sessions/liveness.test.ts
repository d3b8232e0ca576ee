import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import { SimulatedEnsemble } from '../../../support/simulated-ensemble.ts';

describe('a heartbeat', () => {
  it('is not confirmed by a leader that nobody hears any more, and does not know it yet', async () => {
    const ensemble = await new SimulatedEnsemble(3).established();
    const leader = ensemble.leader ?? assert.fail('nobody leads');
    const { sessions } = leader.server.service;
    const secret = utf8('a secret');
    const opened = await ensemble.settle(
      sessions.open({ timeoutMs: 10_000, secret, requestTimeoutMs: 5_000 }),
    );
    const credential = { session: opened.session, secret };
    await ensemble.settle(sessions.touch(credential, 1_000));
    // Its connections do not break: what it says is lost on the way.
    for (const { id } of ensemble.followers) ensemble.network.block(leader.id, id);
    const refused = sessions.touch(credential, 900).catch((error: unknown) => error);
    await ensemble.pass(400);
    assert.equal(leader.server.service.meta().role, 'leader', 'it still believes that it leads');
    const error = await ensemble.settle(refused);
    assert.ok(error instanceof ServiceError && error.refusal.code === 'noQuorum', String(error));
  });
});
