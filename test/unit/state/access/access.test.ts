import { defaultLimits } from '../../../../src/model/limits.ts';
import assert from 'node:assert/strict';
import { openAcl, permission, type Acl, type Identity } from '../../../../src/model/acl.ts';
import { isAllowed, resolveAcl } from '../../../../src/state/access/access.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import {
  create,
  path,
  remove,
  set,
  setAcl,
  check,
  single,
} from '../../../support/model/requests.ts';
import { Leader, sha256 } from '../../../support/state/leader.ts';

const alice: Identity = { scheme: 'digest', id: 'alice:hash' };
const bob: Identity = { scheme: 'digest', id: 'bob:hash' };
const home: Identity = { scheme: 'ip', id: '10.1.2.3' };
const superuser: Identity = { scheme: 'super', id: '' };

function only(
  permissions: number,
  { scheme, id }: Identity = { scheme: 'world', id: 'anyone' },
): Acl {
  return [{ permissions, scheme, id }];
}

describe('ACLs', () => {
  it('let in whoever one entry lets in, for the permissions of that entry alone', () => {
    const acl = [...only(permission.read), ...only(permission.write, alice)];
    assert(isAllowed(acl, permission.read, []));
    assert(!isAllowed(acl, permission.write, []));
    assert(isAllowed(acl, permission.write, [alice]));
    assert(!isAllowed(acl, permission.write, [bob]));
    assert(!isAllowed(acl, permission.admin, [alice]));
  });

  it('match addresses by range and let the super user do everything', () => {
    const acl = only(permission.all, { scheme: 'ip', id: '10.0.0.0/8' });
    assert(isAllowed(acl, permission.write, [home]));
    assert(!isAllowed(acl, permission.write, [{ scheme: 'ip', id: '192.168.0.1' }]));
    assert(isAllowed(acl, permission.write, [superuser]));
  });

  it('name digests as ZooKeeper takes them: two parts, of which the first may be empty, and colons after', () => {
    const leader = new Leader();
    const digest = (id: string): Acl => only(permission.all, { scheme: 'digest', id });
    for (const id of ['', ':', 'a', 'a:', 'a:b:c', '::b', ':b:c']) {
      assert.equal(leader.code(create('/a', { acl: digest(id) })), 'invalidAcl', id);
    }
    for (const [index, id] of ['a:b', ':b', 'a:b:', 'a:b::', 'a:b\nc'].entries()) {
      leader.do(create(`/a${String(index)}`, { acl: [...digest(id), ...only(permission.read)] }));
      const result = leader.machine.read({ read: 'acl', path: path(`/a${String(index)}`) }, []);
      assert('acl' in result);
      assert.equal(result.acl[0]?.id, `${id.split(':')[0] ?? ''}:x`);
    }
  });

  it('keep bits that mean nothing, as ZooKeeper does, also through a snapshot', () => {
    const leader = new Leader();
    const all = [0, 32, 33, 255, -1, 2 ** 31 - 1, -(2 ** 31)];
    for (const bits of all) leader.do(create(`/a${String(bits)}`, { acl: only(bits) }));
    const restored = new StateMachine({ limits: defaultLimits, sha256 });
    const restore = restored.beginRestore();
    const snapshot = leader.machine.beginSnapshot();
    for (let chunk = snapshot.next(1_000); chunk !== undefined; chunk = snapshot.next(1_000)) {
      restore.feed(chunk);
    }
    while (!restore.finish(100));
    assert.equal(restored.digest(), leader.machine.digest());
    for (const machine of [leader.machine, restored]) {
      for (const bits of all) {
        const at = path(`/a${String(bits)}`);
        const result = machine.read({ read: 'acl', path: at }, [superuser]);
        assert('acl' in result);
        assert.deepEqual(result.acl, only(bits));
        const data = machine.read({ read: 'data', path: at }, []);
        assert.equal('data' in data, (bits & permission.read) !== 0, String(bits));
      }
    }
  });

  it('are stored without duplicates, and with `auth` as the ids that the caller proved', () => {
    const auth = only(permission.all, { scheme: 'auth', id: 'ignored' });
    const resolved = resolveAcl(
      [...auth, ...auth, ...openAcl, ...openAcl],
      [home, alice, bob],
      defaultLimits,
    );
    assert.deepEqual(resolved, [
      { permissions: permission.all, ...alice },
      { permissions: permission.all, ...bob },
      ...openAcl,
    ]);
    const own = { permissions: permission.all, ...alice };
    const twice = resolveAcl([...auth, own, own], [alice], defaultLimits);
    assert.deepEqual(twice, [own, own], 'what comes of `auth` is not compared any more');
  });

  it('that nobody could match are refused as INVALIDACL', () => {
    const leader = new Leader();
    const invalid: Acl[] = [
      [],
      only(permission.all, { scheme: 'auth', id: '' }),
      only(permission.all, { scheme: 'world', id: 'someone' }),
      only(permission.all, { scheme: 'digest', id: 'no-colon' }),
      only(permission.all, { scheme: 'ip', id: 'localhost' }),
      only(permission.all, { scheme: 'kerberos', id: 'k' }),
      only(1.5),
      only(2 ** 31),
    ];
    for (const acl of invalid) {
      // An address proves nobody: it does not make `auth` valid.
      assert.equal(leader.code(create('/a', { acl }), { identities: [home] }), 'invalidAcl');
      assert.equal(leader.code(setAcl('/', acl)), 'invalidAcl');
    }
  });

  it('guard each operation as in ZooKeeper: create and delete by the parent, the others by the znode', () => {
    const leader = new Leader();
    const parentAcl = only(permission.create, alice);
    leader.do(create('/p', { acl: parentAcl }));
    assert.equal(leader.code(create('/p/c')), 'noAuth');
    leader.do(create('/p/c', { acl: only(permission.all, bob) }), { identities: [alice] });
    assert.equal(leader.code(remove('/p/c'), { identities: [alice, bob] }), 'noAuth');
    assert.equal(leader.code(set('/p/c', 'x'), { identities: [alice] }), 'noAuth');
    assert.equal(leader.code(setAcl('/p/c', openAcl), { identities: [alice] }), 'noAuth');
    assert.equal(leader.code(check('/p/c'), { identities: [alice] }), 'noAuth');
    leader.do(set('/p/c', 'x'), { identities: [bob] });
    leader.do(remove('/p/c'), { identities: [superuser] });
  });

  it('are looked at before versions, so that a version is no oracle', () => {
    const leader = new Leader();
    leader.do(create('/a', { acl: only(permission.read) }));
    assert.equal(leader.code(set('/a', 'x', { expected: { version: 9 } })), 'noAuth');
  });

  it('of a parent are looked at before the child is looked for', () => {
    const leader = new Leader();
    leader.do(create('/p', { acl: only(permission.read) }));
    assert.equal(leader.code(remove('/p/absent')), 'noAuth');
  });

  it('guard every parent whose children a recursive delete takes', () => {
    const leader = new Leader();
    leader.do(create('/p'));
    leader.do(create('/p/q', { acl: only(permission.all - permission.delete) }));
    leader.do(create('/p/q/r'));
    assert.equal(leader.code(remove('/p', { recursive: true })), 'noAuth');
    assert.deepEqual(leader.children('/p/q'), ['r']);
  });

  it('are judged as they will be: a proposal in flight that takes a right away counts', () => {
    const leader = new Leader();
    leader.do(create('/a'));
    const at = leader.propose(single(setAcl('/a', only(permission.read))));
    const refusal = leader.refusal(single(set('/a', 'x')));
    assert.equal(refusal.code, 'noAuth');
    assert.deepEqual(refusal.basis, at);
  });

  it('guard reads: data and children by READ, the ACL by READ or ADMIN, the stat by nothing', () => {
    const leader = new Leader();
    leader.do(
      create('/a', { acl: [...only(permission.admin, alice), ...only(permission.read, bob)] }),
    );
    const codes = (...who: Identity[]): string[] =>
      (['data', 'stat', 'acl'] as const).map((read) => {
        const result = leader.machine.read({ read, path: path('/a') }, who);
        return 'code' in result ? result.code : 'ok';
      });
    assert.deepEqual(codes(), ['noAuth', 'ok', 'noAuth']);
    assert.deepEqual(codes(alice), ['noAuth', 'ok', 'ok']);
    assert.deepEqual(codes(bob), ['ok', 'ok', 'ok']);
  });

  it('show digests to those with ADMIN only', () => {
    const leader = new Leader();
    leader.do(create('/a', { acl: [...only(permission.admin, alice), ...only(permission.read)] }));
    const seenBy = (who: Identity[]): string | undefined => {
      const result = leader.machine.read({ read: 'acl', path: path('/a') }, who);
      return 'acl' in result ? result.acl[0]?.id : undefined;
    };
    assert.equal(seenBy([]), 'alice:x');
    assert.equal(seenBy([alice]), 'alice:hash');
  });

  it('decide which children come with their data', () => {
    const leader = new Leader();
    leader.do(create('/p'));
    leader.do(create('/p/open', { data: new Uint8Array([1]) }));
    leader.do(create('/p/shut', { acl: only(permission.all, alice) }));
    const query = { read: 'children', path: path('/p'), limit: 9, withData: true } as const;
    const page = leader.machine.read(query, []);
    assert('children' in page);
    assert.deepEqual(
      page.children.map(({ name, znode }) => [name, znode?.data]),
      [
        ['open', new Uint8Array([1])],
        ['shut', undefined],
      ],
    );
  });
});
