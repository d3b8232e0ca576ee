import assert from 'node:assert/strict';
import { permission, type Acl, type Identity } from '../../../../src/model/acl.ts';
import type { TreeOp } from '../../../../src/model/request.ts';
import { orderOfChecks, preparedTree } from '../../../support/state/order-of-checks.ts';
import {
  check,
  create,
  multi,
  remove,
  set,
  setAcl,
  single,
} from '../../../support/model/requests.ts';
import { Leader } from '../../../support/state/leader.ts';

// Every operation, by every permission that the ACL gives, to each kind of caller, alone and at each place of a multi: the
// verdict is the same everywhere (brief E15). And which error wins when two things are wrong, in the order of ZooKeeper's
// PrepRequestProcessor; test/peers holds the same table against ZooKeeper itself.

const alice: Identity = { scheme: 'digest', id: 'alice:hash' };
const bob: Identity = { scheme: 'digest', id: 'bob:hash' };
const inside: Identity = { scheme: 'ip', id: '10.1.2.3' };
const outside: Identity = { scheme: 'ip', id: '11.1.2.3' };
const superuser: Identity = { scheme: 'super', id: '' };

const callers: Record<string, readonly Identity[]> = {
  nobody: [],
  alice: [outside, alice],
  bob: [outside, bob],
  inside: [inside],
  super: [superuser],
};

/** Who an entry is for, and which callers that lets in. */
const entries: Record<string, { who: Identity; lets: readonly string[] }> = {
  world: { who: { scheme: 'world', id: 'anyone' }, lets: Object.keys(callers) },
  digest: { who: alice, lets: ['alice', 'super'] },
  ip: { who: { scheme: 'ip', id: '10.0.0.0/8' }, lets: ['inside', 'super'] },
};

const permissions = Object.entries(permission).filter(([name]) => name !== 'all');

/** Each op on /p/c, or below it, whose ACLs are both the same: what it needs. */
const ops: Record<string, { op: TreeOp; needs: number }> = {
  create: { op: create('/p/new'), needs: permission.create },
  set: { op: set('/p/c', 'x'), needs: permission.write },
  delete: { op: remove('/p/c'), needs: permission.delete },
  setAcl: { op: setAcl('/p/c', [{ permissions: 31, ...bob }]), needs: permission.admin },
  check: { op: check('/p/c'), needs: permission.read },
};

function withAcl(acl: Acl): Leader {
  const leader = new Leader();
  leader.do(create('/p'));
  leader.do(create('/free'));
  leader.do(create('/p/c', { acl }));
  leader.do(setAcl('/p', acl));
  return leader;
}

/** The code, or `ok`; whatever it was, it leaves no trace. */
function verdict(leader: Leader, op: TreeOp, identities: readonly Identity[]): string {
  const prepared = leader.prepare(single(op), { identities });
  leader.loseLeadership();
  return prepared.kind === 'refused' ? prepared.code : 'ok';
}

function verdictInMulti(
  leader: Leader,
  op: TreeOp,
  { identities, place }: { identities: readonly Identity[]; place: number },
): string {
  const around = [create('/free/a'), set('/free', 'x'), remove('/free/a')];
  const all = [...around.slice(0, place), op, ...around.slice(place)];
  const prepared = leader.prepare(multi(all), { identities });
  leader.loseLeadership();
  if (prepared.kind !== 'refused') return 'ok';
  assert.equal(prepared.failedIndex, place);
  return prepared.code;
}

describe('permissions', () => {
  for (const [opName, { op, needs }] of Object.entries(ops)) {
    it(`of ${opName}: one alone is enough, for whom its entry names, alone and in a multi`, () => {
      for (const [given, bits] of permissions) {
        for (const [entryName, { who, lets }] of Object.entries(entries)) {
          const leader = withAcl([{ permissions: bits, ...who }]);
          for (const [callerName, identities] of Object.entries(callers)) {
            const isSuper = callerName === 'super';
            const isLetIn = isSuper || (bits === needs && lets.includes(callerName));
            const expected = isLetIn ? 'ok' : 'noAuth';
            const what = `${opName} by ${callerName} with ${given} for ${entryName}`;
            assert.equal(verdict(leader, op, identities), expected, what);
            for (const place of [0, 1, 3]) {
              const asked = { identities, place };
              assert.equal(
                verdictInMulti(leader, op, asked),
                expected,
                `${what} at ${String(place)}`,
              );
            }
          }
        }
      }
    });
  }
});

describe('of two things wrong', () => {
  for (const [what, op, code] of orderOfChecks) {
    it(`${what}, also in a multi`, () => {
      const leader = new Leader();
      for (const step of preparedTree) leader.do(step);
      assert.equal(verdict(leader, op, []), code);
      for (const place of [0, 2]) {
        assert.equal(verdictInMulti(leader, op, { identities: [], place }), code);
      }
    });
  }
});
