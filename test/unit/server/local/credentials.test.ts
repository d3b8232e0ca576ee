import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import { compareZxid } from '../../../../src/model/zxid.ts';
import type { WriteAnswer } from '../../../../src/service/call.ts';
import { SimulatedEnsemble } from '../../../support/simulated-ensemble.ts';
import { create, single } from '../../../support/model/requests.ts';

describe('requests of a session', () => {
  it('keep their order at a peer that hears of the session between them', async () => {
    const ensemble = new SimulatedEnsemble(3);
    await ensemble.established();
    const [follower] = ensemble.followers;
    const { leader } = ensemble;
    assert(follower && leader);
    ensemble.network.block(leader.id, follower.id);
    const secret = utf8('secret');
    const { session } = await ensemble.settle(
      leader.server.service.sessions.open({ timeoutMs: 10_000, secret, requestTimeoutMs: 5_000 }),
    );
    const isKnown = (): boolean =>
      follower.server.peer?.applier.state.session(session) !== undefined;
    assert.equal(isKnown(), false, 'the follower is behind');
    ensemble.network.unblock(leader.id, follower.id);
    const caller = { identities: [], credential: { session, secret } };
    const answers: Promise<WriteAnswer>[] = [];
    const send = (name: string): void => {
      follower.process.deliver(() => {
        answers.push(
          follower.server.service.write(single(create(`/${name}`)), caller, { timeoutMs: 5_000 }),
        );
      });
    };
    send('first');
    while (!isKnown()) ensemble.scheduler.step(Number.POSITIVE_INFINITY);
    send('second');
    const [first, second] = await ensemble.settle(Promise.all(answers));
    assert(first && second);
    assert(compareZxid(first.outcome.zxid, second.outcome.zxid) < 0);
  });
});
