import assert from 'node:assert/strict';
import { utf8 } from '../../../src/base/bytes.ts';
import { keptFromSessions } from '../../../src/server/free-space.ts';
import { ServiceError } from '../../../src/service/service-error.ts';
import { create, path, single } from '../../support/model/requests.ts';
import { SimulatedEnsemble } from '../../support/simulated-ensemble.ts';

const nobody = { identities: [] };
const soon = { timeoutMs: 5_000 };
const freeBytesMin = 1_000_000;

function code(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof ServiceError && error.refusal.code === expected;
}

describe('free space', () => {
  it('opens and moves sessions on a disk that is low, and reads, until the rest is the protocol’s', async () => {
    const ensemble = new SimulatedEnsemble(3, { tuning: { freeBytesMin } });
    await ensemble.established();
    const { leader } = ensemble;
    const [follower] = ensemble.followers;
    assert.ok(leader && follower);
    const { service } = follower.server;
    const secret = utf8('a secret');
    const asked = { timeoutMs: 20_000, secret, requestTimeoutMs: 5_000 };
    leader.faults.freeBytes = freeBytesMin - 1;
    await ensemble.pass(6_000);
    const { session } = await ensemble.settle(service.sessions.open(asked));
    await ensemble.settle(service.sessions.attach({ session, secret }, 5_000));
    const root = { read: 'stat', path: path('/') } as const;
    await ensemble.settle(service.read(root, nobody, { consistency: 'linearizable', ...soon }));
    await assert.rejects(
      ensemble.settle(service.write(single(create('/a', { data: '1' })), nobody, soon)),
      code('noSpace'),
    );
    leader.faults.freeBytes = freeBytesMin * keptFromSessions - 1;
    await ensemble.pass(1_500);
    await assert.rejects(ensemble.settle(service.sessions.open(asked)), code('noSpace'));
    await assert.rejects(
      ensemble.settle(service.sessions.attach({ session, secret }, 5_000)),
      code('noSpace'),
    );
    // It is alive all the same, and its end frees space.
    await ensemble.settle(service.sessions.touch({ session, secret }, 5_000));
    await ensemble.settle(service.sessions.close({ session, secret }, 5_000));
  });
});
