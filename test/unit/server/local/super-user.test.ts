import assert from 'node:assert/strict';
import type { Identity } from '../../../../src/model/acl.ts';
import type { SessionCredential } from '../../../../src/service/call.ts';
import {
  authFailureDelayMs,
  authFailuresPerSecondMax,
} from '../../../../src/server/local/auth-failures.ts';
import { utf8 } from '../../../../src/base/bytes.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import { create, path } from '../../../support/model/requests.ts';
import { Bed, soon } from '../../../support/watch/watch-bed.ts';

const superDigest = 'root:right';
const closed = [{ permissions: 31, scheme: 'digest', id: 'nobody:x' }] as const;

async function aPeer() {
  const bed = await new Bed(1, { optionsOf: () => ({ superDigest }) }).established();
  const { ensemble } = bed;
  const { service } = bed.leader.server;
  await bed.write(service, { ...create('/closed'), acl: closed });
  const asked = async (address: string, digest: string, credential?: SessionCredential) => {
    const identities: Identity[] = [{ scheme: 'ip', id: address }];
    if (digest !== '') identities.push({ scheme: 'digest', id: digest });
    const caller = { identities, ...(credential === undefined ? {} : { credential }) };
    const query = { read: 'data', path: path('/closed') } as const;
    const read = service.read(query, caller, { consistency: 'local', ...soon });
    return ensemble.settle(read.then(() => 'read', codeOf));
  };
  const guess = (from: string, count: number): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => asked(from, `root:${String(index)}`)));
  return { bed, service, asked, guess };
}

function codeOf(error: unknown): string {
  assert.ok(error instanceof ServiceError, String(error));
  return error.refusal.code;
}

describe("guesses at the super user's password", () => {
  it('are so many from one address, and then even the right one is not looked at', async () => {
    const { bed, asked, guess } = await aPeer();
    assert.equal(await asked('here', superDigest), 'read');
    const [guessed, right, elsewhere] = await Promise.all([
      guess('here', authFailuresPerSecondMax + 3),
      asked('here', superDigest),
      asked('there', superDigest),
    ]);
    assert.equal(guessed.filter((code) => code === 'noAuth').length, authFailuresPerSecondMax);
    assert.deepEqual([guessed.at(-1), right, elsewhere], ['throttled', 'throttled', 'read']);
    await bed.ensemble.pass(authFailureDelayMs);
    assert.equal(await asked('here', superDigest), 'read');
  });

  it('are none when a wrong one comes again, nor when another user is named', async () => {
    const { asked, guess } = await aPeer();
    for (let times = 0; times < 20; times++) {
      assert.equal(await asked('here', 'root:0'), 'noAuth');
      assert.equal(await asked('here', `other:${String(times)}`), 'noAuth');
    }
    assert.ok(!(await guess('here', authFailuresPerSecondMax)).includes('throttled'));
  });

  it('are judged once for a proof that a connection keeps', async () => {
    const { bed, service, guess } = await aPeer();
    const identities = [
      { scheme: 'ip', id: 'here' },
      { scheme: 'digest', id: superDigest },
    ];
    const told: unknown[] = [];
    service.prove({ identities }, (refusal) => told.push(refusal?.code));
    assert.equal(told.length, 1);
    await guess('here', authFailuresPerSecondMax);
    const query = { read: 'data', path: path('/closed') } as const;
    const read = service.read(query, { identities }, { consistency: 'local', ...soon });
    await bed.ensemble.settle(read);
    const other = [...identities.slice(0, 1), { scheme: 'digest', id: 'root:x' }];
    service.prove({ identities: other }, (refusal) => told.push(refusal?.code));
    assert.equal(told.length, 1, 'not at once');
    await bed.ensemble.pass(authFailureDelayMs);
    assert.deepEqual(told, [undefined, 'throttled']);
  });
});

describe('wrong secrets of a session', () => {
  it('are throttled too, and the right one never is', async () => {
    const { bed, service, asked } = await aPeer();
    const secret = utf8('0123456789abcdef');
    const opening = { timeoutMs: 10_000, secret, requestTimeoutMs: 5_000 };
    const { session } = await bed.ensemble.settle(service.sessions.open(opening));
    const codes = await Promise.all(
      Array.from({ length: authFailuresPerSecondMax + 1 }, (_, index) =>
        asked('here', '', { session, secret: utf8(String(index)) }),
      ),
    );
    assert.equal(codes.filter((code) => code === 'sessionExpired').length, 5);
    assert.equal(codes.at(-1), 'throttled');
    assert.equal(await asked('here', '', { session, secret }), 'noAuth');
  });
});
