import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openAcl, permission, type Acl, type Identity } from '../../src/model/acl.ts';
import type { ReadQuery } from '../../src/model/read.ts';
import type { TreeOp } from '../../src/model/request.ts';
import { check, create, multi, path, remove, set, setAcl } from '../support/model/requests.ts';
import { bytes, Leader } from '../support/state/leader.ts';

// Two trees that differ in what is secret, and in nothing that ZooKeeper shows to everybody (stats and names): whoever may
// not read the secret can't tell them apart, whatever he asks and whatever he tries.

const owner: Identity = { scheme: 'digest', id: 'owner:secret-hash' };
const snooper: Identity = { scheme: 'digest', id: 'snooper:x' };
const everything = permission.all - permission.read - permission.admin;

interface Secret {
  readonly data: string;
  readonly digest: string;
}

/** Secrets of one length, for stats show that. */
const secret: fc.Arbitrary<Secret> = fc.record({
  data: fc.string({ unit: 'grapheme-ascii', minLength: 6, maxLength: 6 }),
  digest: fc.stringMatching(/^[a-z]{8}$/),
});
const aclKind = fc.constantFrom('none', 'all but reading', 'admin-less read');

function aclOf(kind: string, { digest }: Secret): Acl {
  const mine = { permissions: permission.all, ...owner };
  if (kind === 'none') return [mine];
  if (kind === 'all but reading') return [mine, { permissions: everything, ...snooper }];
  // May read, but not see digests.
  return [
    mine,
    { permissions: permission.read, ...snooper },
    { permissions: permission.read, scheme: 'digest', id: `friend:${digest}` },
  ];
}

const at = fc.constantFrom('/s', '/s/a', '/s/b', '/s/none', '/open', '/s/a/x');
const expected = fc.integer({ min: -1, max: 2 }).map((version) => ({ version }));
const op: fc.Arbitrary<TreeOp> = fc.oneof(
  at.map((name) => create(name, { data: bytes('mine') })),
  fc.tuple(at, expected).map(([name, version]) => set(name, 'mine', { expected: version })),
  fc
    .tuple(at, expected, fc.boolean())
    .map(([name, version, recursive]) => remove(name, { expected: version, recursive })),
  fc
    .tuple(at, fc.integer({ min: -1, max: 1 }))
    .map(([name, aversion]) => setAcl(name, openAcl, aversion)),
  fc
    .tuple(at, expected, fc.boolean())
    .map(([name, version, absent]) => check(name, { expected: version, absent })),
);
const query: fc.Arbitrary<ReadQuery> = fc.oneof(
  fc.record({ read: fc.constantFrom('data', 'stat', 'acl'), path: at.map(path) }),
  fc.record({
    read: fc.constant('children' as const),
    path: fc.constantFrom('/', '/s', '/s/a').map(path),
    limit: fc.constantFrom(1, 10),
    withData: fc.boolean(),
  }),
);
type Attempt = { readonly ops: readonly TreeOp[] } | { readonly query: ReadQuery };
const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  fc.record({ ops: fc.array(op, { minLength: 1, maxLength: 3 }) }),
  fc.record({ query }),
);

function treeWith(kind: string, hidden: Secret): Leader {
  const leader = new Leader();
  const acl = aclOf(kind, hidden);
  // Read alone is no secret's guard: that ACL hides digests, not data.
  const data = bytes(kind === 'admin-less read' ? 'public' : hidden.data);
  leader.do(create('/open'));
  for (const name of ['/s', '/s/a', '/s/b', '/s/a/x']) {
    leader.do(create(name, { acl, data }), { identities: [owner] });
  }
  return leader;
}

/** All that the snooper is told. */
function told(leader: Leader, attempts: readonly Attempt[]): unknown[] {
  const identities = [snooper];
  return attempts.map((tried) => {
    if ('query' in tried) return leader.machine.read(tried.query, identities);
    const prepared = leader.prepare(multi(tried.ops), { identities });
    return prepared.kind === 'txn' ? leader.commit() : prepared;
  });
}

describe('what may not be read', () => {
  it('does not show in any answer, error, listing or result', () => {
    fc.assert(
      fc.property(
        aclKind,
        secret,
        secret,
        fc.array(attempt, { maxLength: 25 }),
        (kind, one, other, attempts) => {
          const seen = told(treeWith(kind, one), attempts);
          assert.deepEqual(seen, told(treeWith(kind, other), attempts));
          assert(!JSON.stringify(seen).includes(owner.id), 'digests are never disclosed');
        },
      ),
      { numRuns: 200 },
    );
  });
});
