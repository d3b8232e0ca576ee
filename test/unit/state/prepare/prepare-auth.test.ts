import assert from 'node:assert/strict';
import { keptAcl, openAcl, permission, type Identity } from '../../../../src/model/acl.ts';
import { authGrantsPath, authRolesPath, authRoot, type Verb } from '../../../../src/model/auth.ts';
import type { ErrorCode, Refusal } from '../../../../src/model/error-code.ts';
import type { TreeOp } from '../../../../src/model/request.ts';
import {
  administrator,
  grantOp,
  grantsOn,
  roleOp,
  superuser,
  switchOp,
} from '../../../support/model/grants.ts';
import {
  check,
  create,
  multi,
  path,
  remove,
  set,
  setAcl,
  single,
} from '../../../support/model/requests.ts';
import { Leader, openSession, sessionId } from '../../../support/state/leader.ts';
import { leaveBehind } from '../../../support/state/left-behind.ts';

const ann: Identity = { scheme: 'x509', id: 'CN=ann' };
const byAnn = { identities: [ann] };
const byAdmin = { identities: [administrator] };
const bySuper = { identities: [superuser] };

/** Has /app/a, and grants are on; ann has these verbs on /app. */
function aLeader(...verbs: readonly Verb[]): Leader {
  const leader = new Leader();
  leader.do(create('/app/a', { parents: true, data: 'x' }));
  leader.write(openSession(sessionId(1)));
  const role = roleOp('some', verbs.length === 0 ? {} : { '/app': verbs });
  leader.write(grantsOn(role, grantOp('ann', ['x509:CN=ann'], ['some'])), bySuper);
  return leader;
}

const upsert = { orCreate: { acl: openAcl, parents: true } };

/** Each op, and the one verb that it asks for. */
const asks: readonly (readonly [string, Verb, TreeOp])[] = [
  ['create', 'create', create('/app/b')],
  ['create with parents', 'create', create('/app/x/y', { parents: true })],
  ['create, sequential', 'create', create('/app/s-', { sequential: true })],
  ['upsert of what is not there', 'create', set('/app/b', 'y', upsert)],
  ['upsert of what is there', 'write', set('/app/a', 'y', upsert)],
  ['set', 'write', set('/app/a', 'y')],
  ['delete', 'delete', remove('/app/a')],
  ['delete, recursive', 'delete', remove('/app', { recursive: true })],
  ['setAcl', 'admin', setAcl('/app/a', openAcl)],
  ['check', 'read', check('/app/a')],
  ['checkAbsent', 'read', check('/app/b', { absent: true })],
];

const all: readonly Verb[] = ['read', 'write', 'create', 'delete', 'admin', 'lock', 'watch'];

describe('what is prepared while grants are on', () => {
  for (const [name, verb, op] of asks) {
    it(`asks for "${verb}" of ${name}, and for nothing else`, () => {
      const refusal = aLeader(...all.filter((each) => each !== verb)).refusal(single(op), byAnn);
      assert.equal(refusal.code, 'noAuth');
      assert.match(refusal.detail, new RegExp(`the verb "${verb}"`));
      assert.notEqual(aLeader(verb).prepare(single(op), byAnn).kind, 'refused');
    });

    it(`refuses ${name} in the second place of a multi, and all of it`, () => {
      const leader = aLeader('create');
      const request = multi([create('/app/first'), op]);
      if (verb === 'create') {
        assert.equal(leader.prepare(request, byAnn).kind, 'txn');
        return;
      }
      const refusal = leader.refusal(request, byAnn);
      assert.deepEqual([refusal.code, refusal.failedIndex], ['noAuth', 1]);
      assert.equal(leader.stat('/app/first'), undefined);
    });
  }

  it('says the same of what is there and what is not, to who may nothing there', () => {
    const leader = aLeader('read');
    const words = (op: TreeOp): string =>
      leader.refusal(single(op), byAnn).detail.replaceAll(op.path, '');
    assert.equal(words(set('/other/a', 'x')), words(set('/app/a', 'x')));
    assert.equal(words(remove('/nowhere')), words(remove('/app/a')));
  });

  it('needs the ACL as well', () => {
    const leader = aLeader(...all);
    const acl = [{ permissions: permission.read, scheme: 'world', id: 'anyone' }];
    leader.do(setAcl('/app/a', acl), bySuper);
    assert.match(leader.refusal(single(set('/app/a', 'y')), byAnn).detail, /which the ACL/);
  });

  it('asks for each parent that is made', () => {
    const leader = aLeader();
    leader.do(roleOpSet('some', '/deep/app'), byAdmin);
    const refusal = leader.refusal(single(create('/deep/app/b', { parents: true })), byAnn);
    assert.deepEqual([refusal.code, refusal.path], ['noAuth', '/deep']);
  });

  it('takes a sequential name by its parent alone', () => {
    const leader = aLeader();
    leader.do(roleOpSet('some', '/app/s'), byAdmin);
    assert.equal(leader.code(create('/app/s', { sequential: true }), byAnn), 'noAuth');
    leader.do(create('/app/s'), byAnn);
    leader.do(create('/app/s/', { sequential: true }), byAnn);
  });

  it('lets nobody near /zookeeper but administrators, whatever the root grants', () => {
    const leader = aLeader();
    leader.do(roleOpSet('some', '/'), byAdmin);
    leader.do(create('/top'), byAnn);
    assert.equal(leader.code(create('/zookeeper/quota/app'), byAnn), 'noAuth');
    assert.equal(leader.code(create('/zookeeper/x'), byAnn), 'noAuth');
    leader.do(create('/zookeeper/quota/app'), byAdmin);
  });

  it('ends sessions and what goes with them, whatever was revoked', () => {
    const leader = aLeader('create');
    leader.do(create('/app/e', { kind: 'ephemeral' }), { ...byAnn, session: sessionId(1) });
    leader.do(remove(`${authGrantsPath}/ann`), byAdmin);
    leader.write({ kind: 'closeSession', session: sessionId(1), reason: 'expired' });
    assert.equal(leader.stat('/app/e'), undefined);
  });
});

function roleOpSet(name: string, prefix: string): TreeOp {
  const rules = JSON.stringify({ rules: [{ prefix, verbs: ['create'] }] });
  return set(`${authRolesPath}/${name}`, rules);
}

function refusalOf(leader: Leader, op: TreeOp, context = byAdmin): Refusal {
  return leader.refusal(single(op), context);
}

describe('what the ensemble keeps for itself', () => {
  it('is the super user’s alone while grants are off', () => {
    const leader = new Leader();
    const role = roleOp('r', { '/a': ['read'] });
    const kept: readonly TreeOp[] = [role, create('/zookeeper/quoll'), check(authRoot)];
    for (const op of kept) assert.equal(leader.code(op, byAdmin), 'noAuth');
    leader.do(role, bySuper);
    assert.equal(leader.code(remove(`${authRolesPath}/r`), byAdmin), 'noAuth');
    const read = leader.machine.read({ read: 'data', path: path(`${authRolesPath}/r`) }, [ann]);
    assert.equal('code' in read && read.code, 'noAuth');
  });

  it('is left out of lists that go through it, for others', () => {
    const leader = aLeader();
    leader.do(roleOpRead('some'), byAdmin);
    const list = (identities: readonly Identity[]): readonly string[] => {
      const query = { read: 'tree', path: path('/'), limit: 100, withData: true } as const;
      const answer = leader.machine.read(query, identities);
      return 'children' in answer ? answer.children.map(({ name }) => name) : [];
    };
    assert.deepEqual(list([ann]), ['app', 'app/a', 'zookeeper']);
    assert(list([administrator]).includes('zookeeper/quoll/auth/roles/some'));
    leader.do(switchOp(false), byAdmin);
    assert(
      list([ann]).includes('zookeeper/quoll') && !list([ann]).includes('zookeeper/quoll/auth'),
    );
  });

  const refusals: readonly (readonly [string, TreeOp, RegExp])[] = [
    ['a document that can’t be read', set(`${authRolesPath}/some`, '{'), /not JSON/],
    ['a switch that can’t be read', set(authRoot, 'on'), /not JSON/],
    [
      'a name of strange letters',
      create(`${authRolesPath}/a b`, { data: '{"rules":[]}' }),
      /a name has/,
    ],
    [
      'the role that is built in',
      create(`${authRolesPath}/admin`, { data: '{"rules":[]}' }),
      /built in/,
    ],
    [
      'a rule below /zookeeper',
      roleOp('r', { '/zookeeper/quota': ['read'] }),
      /administrators alone/,
    ],
    ['an address that is none', grantOp('g', ['ip:10.0.0.0/99'], ['some']), /no address/],
    [
      'a grant of a role that is not there',
      grantOp('g', ['x509:CN=a'], ['none']),
      /would not exist/,
    ],
    ['the end of a role that is granted', remove(`${authRolesPath}/some`), /would not exist/],
    ['the end of the last administrator', remove(`${authGrantsPath}/admins`), /Nobody would have/],
    [
      'the last administrator’s change of heart',
      set(`${authGrantsPath}/admins`, '{"principals":["x509:CN=ops"],"roles":[]}'),
      /Nobody would have/,
    ],
    [
      'a grant to nobody',
      set(`${authGrantsPath}/admins`, '{"principals":[],"roles":["admin"]}'),
      /Nobody/,
    ],
    ['the end of a directory', remove(authGrantsPath, { recursive: true }), /it stays/],
    ['the end of it all', remove('/zookeeper/quoll', { recursive: true }), /it stays/],
    [
      'another ACL',
      setAcl(authRoot, [{ permissions: 1, scheme: 'world', id: 'anyone' }]),
      /its ACL stays/,
    ],
    ['what is not persistent', create(`${authRolesPath}/r`, { kind: 'container' }), /persistent/],
    ['a sequential name', create(`${authRolesPath}/r`, { sequential: true }), /persistent/],
    ['something else', create('/zookeeper/quoll/other'), /nothing is kept/],
    ['something below a document', create(`${authRolesPath}/some/x`), /nothing is kept/],
  ];
  for (const [name, op, why] of refusals) {
    it(`takes not ${name}`, () => {
      const refusal = refusalOf(aLeader(), op);
      assert.equal(refusal.code satisfies ErrorCode, 'badArguments');
      assert.match(refusal.detail, why);
    });
  }

  it('may have its last administrator replaced in one transaction, or by one in flight', () => {
    const leader = aLeader();
    const other = grantOp('others', ['group:ops'], ['admin']);
    leader.write(multi([remove(`${authGrantsPath}/admins`), other]), byAdmin);
    assert(leader.machine.grants.may('admin', authRoot, [{ scheme: 'group', id: 'ops' }]));
    const two = aLeader();
    two.propose(single(other), byAdmin);
    two.propose(single(remove(`${authGrantsPath}/admins`)), byAdmin);
    assert.match(refusalOf(two, remove(`${authGrantsPath}/others`)).detail, /Nobody would have/);
  });

  it('has an ACL that nobody can ask for', () => {
    const leader = aLeader();
    for (const at of ['/zookeeper/quoll', authRoot, authGrantsPath, `${authGrantsPath}/ann`]) {
      const answer = leader.machine.read({ read: 'acl', path: path(at) }, [administrator]);
      assert('acl' in answer);
      assert.deepEqual(answer.acl, keptAcl);
    }
    assert.equal(leader.code(create('/app/mine', { acl: keptAcl }), byAnn), 'noAuth');
    assert.equal(leader.code(create('/app/mine', { acl: keptAcl }), bySuper), 'invalidAcl');
    assert.equal(leader.code(setAcl('/app/a', keptAcl), bySuper), 'invalidAcl');
  });

  it('is not what a version without grants left there: nothing is added to it, and it may go', () => {
    const leader = new Leader();
    leaveBehind(leader, grantsOn());
    const why = /left here by a version/;
    assert.match(refusalOf(leader, switchOp(true), bySuper).detail, why);
    assert.match(refusalOf(leader, roleOp('r', { '/a': ['read'] }), bySuper).detail, why);
    const go = remove('/zookeeper/quoll', { recursive: true });
    assert.equal(leader.code(go), 'noAuth');
    leader.write(multi([go, ...grantsOn().ops]), bySuper);
    assert(leader.machine.grants.isOn && leader.machine.grants.leftBehind().length === 0);
    assert.match(refusalOf(leader, go).detail, /it stays/);
  });

  it('needs an administrator whom somebody can be: no token that is not there or has an end', () => {
    const why = /Nobody would have/;
    const asTokens = grantOp('admins', ['token:adm', 'token:a/b'], ['admin']);
    const begin = (...more: readonly TreeOp[]) => multi([...more, asTokens, switchOp(true)]);
    assert.match(new Leader().refusal(begin(), bySuper).detail, why);
    const ends = tokenOp('adm', 2_000_000_000_000);
    assert.match(new Leader().refusal(begin(ends), bySuper).detail, why);

    const leader = new Leader();
    leader.write(begin(tokenOp('adm', null)), bySuper);
    const token = '/zookeeper/quoll/auth/tokens/adm';
    const withEnd = set(token, `{"sha256":"${'0'.repeat(64)}","groups":[],"notAfter":1}`);
    for (const op of [remove(token), withEnd]) {
      assert.match(refusalOf(leader, op, bySuper).detail, why);
    }
    leader.propose(single(grantOp('more', ['x509:CN=ops'], ['admin'])), bySuper);
    leader.propose(single(withEnd), bySuper);
    leader.propose(single(remove(token)), bySuper);
    leader.commit();
    assert.match(refusalOf(leader, remove(`${authGrantsPath}/more`)).detail, why);
  });

  it('may be without one while grants are off, and can’t be switched on then', () => {
    const leader = aLeader();
    leader.do(switchOp(false), byAdmin);
    leader.do(remove(`${authGrantsPath}/admins`), bySuper);
    assert.match(refusalOf(leader, switchOp(true), bySuper).detail, /Nobody would have/);
  });

  it('names so many principals and no more, in all grants together', () => {
    const leader = aLeader();
    const many = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `group:${String(from + index)}`);
    // Two are there.
    const grants = Array.from({ length: 10 }, (_, index) =>
      grantOp(`g${String(index)}`, many(index * 1_000, index === 9 ? 998 : 1_000), ['some']),
    );
    leader.write(multi(grants), byAdmin);
    const refusal = refusalOf(leader, grantOp('more', ['group:more'], ['some']));
    assert.deepEqual([refusal.code, refusal.limit], ['tooLarge', 10_000]);
  });

  it('holds so many documents and no more', () => {
    const leader = aLeader();
    const roles = Array.from({ length: 999 }, (_, index) => roleOp(`r${String(index)}`, {}));
    leader.write(multi(roles), byAdmin);
    const refusal = refusalOf(leader, roleOp('more', {}));
    assert.deepEqual([refusal.code, refusal.limit], ['tooLarge', 1_000]);
  });
});

function tokenOp(name: string, notAfter: number | null): TreeOp {
  const data = JSON.stringify({ sha256: '0'.repeat(64), groups: [], notAfter });
  return create(`/zookeeper/quoll/auth/tokens/${name}`, { data, parents: true });
}

function roleOpRead(name: string): TreeOp {
  const rules = JSON.stringify({ rules: [{ prefix: '/', verbs: ['read'] }] });
  return set(`${authRolesPath}/${name}`, rules);
}
