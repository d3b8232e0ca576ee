import assert from 'node:assert/strict';
import type { Identity } from '../../../../src/model/acl.ts';
import { authRolesPath, authTokensPath } from '../../../../src/model/auth.ts';
import type { CoordinationService } from '../../../../src/service/coordination-service.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import {
  administrator,
  grantOp,
  grantsOn,
  roleOp,
  superuser,
} from '../../../support/model/grants.ts';
import { create, multi, remove, set } from '../../../support/model/requests.ts';
import type { Member } from '../../../support/simulated-ensemble.ts';
import { Bed } from '../../../support/watch/watch-bed.ts';

const ann: Identity = { scheme: 'x509', id: 'CN=ann' };
const token: Identity = { scheme: 'token', id: 'ci' };
const soon = { timeoutMs: 5_000 };

describe('a write that a peer passes on that has not applied yet what takes the right to it', () => {
  let bed: Bed;
  let lagging: Member;

  beforeEach(async () => {
    bed = await new Bed(3).established();
    const { service } = bed.leader.server;
    const { ops } = grantsOn(
      roleOp('some', { '/a': ['write', 'create'] }),
      grantOp('some', ['x509:CN=ann', 'token:ci'], ['some']),
      create(`${authTokensPath}/ci`, {
        data: JSON.stringify({ sha256: 'ab'.repeat(32), groups: [], notAfter: null }),
        parents: true,
      }),
      create('/a'),
    );
    await bed.writeAs(service, [superuser], ...ops);
    const other = bed.ensemble.members.find((member) => member !== bed.leader);
    assert.ok(other);
    lagging = other;
    await bed.ensemble.until(() => reached(lagging.server.service));
  });

  const zxidOf = ({ server }: Member) => server.service.meta().zxid.counter;
  const reached = (service: CoordinationService) =>
    service.meta().zxid.counter === zxidOf(bed.leader);

  /** Asks the lagging peer once the leader alone has applied `change`; gives the code of its answer. */
  async function askedBehind(change: Parameters<typeof multi>[0], who: Identity): Promise<string> {
    const before = zxidOf(lagging);
    const changing = bed.leader.server.service.write(
      multi(change),
      { identities: [administrator] },
      soon,
    );
    await bed.ensemble.until(() => zxidOf(bed.leader) > before);
    assert.equal(zxidOf(lagging), before, 'it has not applied it yet');
    const asking = lagging.server.service.write(
      multi([set('/a', 'late')]),
      { identities: [who] },
      soon,
    );
    const answer = await bed.ensemble.settle(
      asking.then(
        () => 'written',
        (error: unknown) => {
          assert.ok(error instanceof ServiceError, String(error));
          return error.refusal.code;
        },
      ),
    );
    await bed.ensemble.settle(changing);
    return answer;
  }

  it('is judged by the roles of the leader', async () => {
    const role = `${authRolesPath}/some`;
    const rules = JSON.stringify({ rules: [{ prefix: '/b', verbs: ['write'] }] });
    assert.equal(await askedBehind([set(role, rules)], ann), 'noAuth');
  });

  it('is judged by the tokens of the leader', async () => {
    assert.equal(await askedBehind([remove(`${authTokensPath}/ci`)], token), 'authFailed');
  });

  it('is done where nothing was taken', async () => {
    assert.equal(await askedBehind([set('/a', 'meanwhile')], token), 'written');
  });
});
