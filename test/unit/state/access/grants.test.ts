import assert from 'node:assert/strict';
import { keptAcl, type Identity } from '../../../../src/model/acl.ts';
import { authGrantsPath, authRolesPath, authRoot, keptRoot } from '../../../../src/model/auth.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import {
  administrator,
  grantOp,
  grantsOn,
  roleOp,
  superuser,
  switchOp,
} from '../../../support/model/grants.ts';
import { create, path, remove, set, single } from '../../../support/model/requests.ts';
import { follower, Leader, nobody, sha256 } from '../../../support/state/leader.ts';
import { leaveBehind } from '../../../support/state/left-behind.ts';

const ann: Identity = { scheme: 'x509', id: 'CN=ann' };
const teamA: Identity = { scheme: 'group', id: 'team-a' };
const home: Identity = { scheme: 'ip', id: '10.1.2.3' };
const bySuper = { identities: [superuser] };

const reader = roleOp('reader', { '/app': ['read', 'watch'] });
const writer = roleOp('writer', { '/app/jobs': ['write', 'create', 'delete'] });

/** With /app and what is below it, and the grants given. */
function aLeader(...grants: readonly ReturnType<typeof grantOp>[]): Leader {
  const leader = new Leader();
  leader.do(create('/app/jobs', { parents: true }));
  leader.write(grantsOn(reader, writer, ...grants), bySuper);
  return leader;
}

function mayRead(machine: StateMachine, ...identities: Identity[]): boolean {
  return machine.grants.may('read', path('/app/jobs/1'), identities);
}

function restoredFrom({ machine }: Leader): StateMachine {
  const restored = new StateMachine({ limits: defaultLimits, sha256 });
  const writing = machine.beginSnapshot();
  const restore = restored.beginRestore();
  for (let chunk = writing.next(65_536); chunk !== undefined; chunk = writing.next(65_536)) {
    restore.feed(chunk);
  }
  while (!restore.finish(1_000));
  return restored;
}

describe('grants', () => {
  it('are asked for by nobody before they are on', () => {
    const { machine } = new Leader();
    assert(!machine.grants.isOn && machine.grants.may('write', path('/a'), nobody));
  });

  it('give a role to whoever is named: identity, group, address, anybody', () => {
    const { machine } = aLeader(
      grantOp('a', ['x509:CN=ann', 'group:team-a', 'ip:10.0.0.0/8'], ['reader']),
    );
    assert(mayRead(machine, ann) && mayRead(machine, home, teamA) && mayRead(machine, home));
    assert(!mayRead(machine) && !mayRead(machine, { scheme: 'ip', id: '11.1.2.3' }));
    assert(!mayRead(machine, { scheme: 'digest', id: 'CN=ann' }));
    assert(mayRead(aLeader(grantOp('all', ['world:anyone'], ['reader'])).machine));
  });

  it('give nothing by default, and all to administrators and the super user', () => {
    const { machine } = aLeader();
    assert(!mayRead(machine, ann));
    for (const at of ['/', '/app', authRoot, '/zookeeper/quota']) {
      assert(machine.grants.may('write', path(at), [administrator]), at);
      assert(machine.grants.may('write', path(at), [superuser]), at);
    }
  });

  it('follow each change: a role, a grant, the switch', () => {
    const leader = aLeader(grantOp('a', ['x509:CN=ann'], ['reader']));
    const { machine } = leader;
    assert(mayRead(machine, ann));
    const rules = JSON.stringify({ rules: [{ prefix: '/other', verbs: ['read'] }] });
    leader.do(set(`${authRolesPath}/reader`, rules), { identities: [administrator] });
    assert(!mayRead(machine, ann) && machine.grants.may('read', path('/other'), [ann]));
    leader.do(remove(`${authGrantsPath}/a`), { identities: [administrator] });
    assert(!machine.grants.may('read', path('/other'), [ann]));
    leader.write(single(switchOp(false)), { identities: [administrator] });
    assert(mayRead(machine));
  });

  it('say what somebody was granted', () => {
    const { machine } = aLeader(grantOp('a', ['x509:CN=ann'], ['reader', 'writer']));
    const { roles, rules } = machine.grants.grantedTo([ann, home]);
    assert.deepEqual(roles, ['reader', 'writer']);
    assert.deepEqual(
      rules.map(({ prefix }) => prefix),
      ['/app', '/app/jobs'],
    );
    assert.deepEqual(machine.grants.grantedTo([administrator]).roles, ['admin']);
  });

  it('are the same on a peer that applied the log, and on one that restored a snapshot', () => {
    const leader = aLeader(grantOp('a', ['x509:CN=ann'], ['reader']));
    const applied = follower(leader.log);
    assert(applied.grants.isOn && mayRead(applied, ann) && !mayRead(applied, home));
    const restored = restoredFrom(leader);
    assert(restored.grants.isOn && mayRead(restored, ann) && !mayRead(restored, home));
    assert(restored.grants.may('admin', authRoot, [administrator]));
  });

  it('are not what clients of a version without grants left there, in a snapshot neither', () => {
    const leader = new Leader();
    leaveBehind(leader, grantsOn(grantOp('mallory', ['x509:CN=ann'], ['admin'])));
    for (const machine of [leader.machine, follower(leader.log), restoredFrom(leader)]) {
      assert(!machine.grants.isOn && machine.grants.grant('admins') === undefined);
      assert.deepEqual(machine.grants.leftBehind(), [keptRoot]);
    }
  });

  it('are what is persistent alone', () => {
    const leader = new Leader();
    leaveBehind(leader, grantsOn(), { acl: keptAcl, owned: { kind: 'ttl', ttlMs: 1_000 } });
    assert(!leader.machine.grants.isOn && !restoredFrom(leader).grants.isOn);
  });

  it('are worked out once for all who have the same roles, however many names strangers take', () => {
    const { grants } = aLeader(grantOp('all', ['world:anyone'], ['reader'])).machine;
    const stranger = (index: number): Identity[] => [
      { scheme: 'digest', id: `s${String(index)}:x` },
    ];
    const first = grants.rightsOf(stranger(0));
    for (let index = 1; index < 3_000; index++) {
      assert.equal(grants.rightsOf(stranger(index)), first);
    }
    const long = [{ scheme: 'digest', id: 'x'.repeat(10_000) }];
    assert.equal(grants.rightsOf(long), first);
  });

  it('tell apart sets of identities whose texts run together', () => {
    const { machine } = aLeader(grantOp('a', ['x509:CN=ann'], ['reader']));
    const odd: Identity[] = [{ scheme: 'x509', id: 'CN=ann x509 6 CN=bob' }];
    assert(!mayRead(machine, ...odd) && mayRead(machine, ann, { scheme: 'x509', id: 'CN=bob' }));
  });
});
