import assert from 'node:assert/strict';
import type { Identity } from '../../../../src/model/acl.ts';
import { authRoot } from '../../../../src/model/auth.ts';
import { beginningOps } from '../../../../src/server/local/local-auth.ts';
import type { AuthService } from '../../../../src/service/auth.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import { administrator, grantOp, grantsOn, superuser } from '../../../support/model/grants.ts';
import { create, multi, path, set } from '../../../support/model/requests.ts';
import { Leader } from '../../../support/state/leader.ts';
import { leaveBehind } from '../../../support/state/left-behind.ts';
import { Bed } from '../../../support/watch/watch-bed.ts';

const here: Identity = { scheme: 'ip', id: '127.0.0.1' };
const away: Identity = { scheme: 'ip', id: '10.1.2.3' };
const ann: Identity = { scheme: 'x509', id: 'CN=ann' };

describe('the service of grants', () => {
  let bed: Bed;
  let auth: AuthService;
  const by = (...identities: Identity[]) => ({ caller: { identities }, timeoutMs: 5_000 });
  const reader = { rules: [{ prefix: path('/app'), verbs: ['read'] as const }] };

  async function settle<Value>(asked: Promise<Value>): Promise<Value | string> {
    return bed.ensemble.settle(
      asked.catch((error: unknown) => {
        assert(error instanceof ServiceError, String(error));
        return `${error.refusal.code}: ${error.refusal.detail}`;
      }),
    );
  }

  async function refused(asked: Promise<unknown>, why: RegExp): Promise<void> {
    const answer = await settle(asked);
    assert(typeof answer === 'string', JSON.stringify(answer));
    assert.match(answer, why);
  }

  beforeEach(async () => {
    bed = await new Bed(3).established();
    ({ auth } = bed.leader.server.service);
  });

  it('is begun by who asks from here, has a certificate, or is the super user', async () => {
    for (const identities of [
      [here],
      [{ scheme: 'ip', id: '::1' }],
      [administrator],
      [superuser],
    ]) {
      bed = await new Bed(1).established();
      ({ auth } = bed.leader.server.service);
      const begun = await settle(auth.init(['x509:CN=ops'], by(...identities)));
      assert(typeof begun === 'object' && begun.on, JSON.stringify(begun));
    }
    for (const identities of [[], [away], [{ scheme: 'digest', id: 'ann:x' }, away]]) {
      bed = await new Bed(1).established();
      ({ auth } = bed.leader.server.service);
      await refused(auth.init(['x509:CN=ops'], by(...identities)), /^noAuth/);
    }
  });

  it('makes who asks the first administrator, and needs a name where nobody has one', async () => {
    await refused(auth.init([], by(here)), /^badArguments: Name who/);
    const begun = await settle(auth.init([], by(away, ann)));
    assert(typeof begun === 'object');
    assert.deepEqual([begun.on, begun.roles, begun.identities], [true, ['admin'], [away, ann]]);
    assert.equal(begun.warning, undefined);
    await refused(auth.init([], by(ann)), /on already/);
    await refused(auth.init(['world:anyone'], by(here)), /on already/);
  });

  it('warns who begins it for others, and not the super user', async () => {
    const begun = await settle(auth.init(['x509:CN=ops'], by(ann)));
    assert(typeof begun === 'object');
    assert.match(begun.warning ?? '', /none of the administrators/);
    const again = await settle(auth.status(by(ann)));
    assert(typeof again === 'object' && again.warning === undefined);
    await settle(auth.off(by(superuser)));
    const bySuper = await settle(auth.init(['x509:CN=ops'], by(superuser)));
    assert(typeof bySuper === 'object' && bySuper.warning === undefined);
  });

  it('is begun once by two at a time, at two peers', async () => {
    const [one, two] = bed.ensemble.members.map(({ server }) => server.service.auth);
    const both = [one?.init(['x509:CN=a'], by(here)), two?.init(['x509:CN=b'], by(here))];
    const answers = await bed.ensemble.settle(
      Promise.all(
        both.map(async (each) =>
          each?.then(
            () => 'on',
            (error: unknown) => String(error),
          ),
        ),
      ),
    );
    assert.deepEqual(answers.filter((answer) => answer === 'on').length, 1, answers.join('; '));
    const grants = await settle(auth.list('grants', {}, by(superuser)));
    assert(typeof grants === 'object');
    assert.equal(grants.documents[0]?.principals.length, 1);
  });

  it('puts, lists, gives and deletes roles and grants, for administrators', async () => {
    await settle(auth.init(['x509:CN=ops'], by(here)));
    const asAdmin = by(administrator);
    await settle(auth.put('roles', 'reader', reader, asAdmin));
    const grant = { principals: ['x509:CN=ann'], roles: ['reader'] };
    await settle(auth.put('grants', 'ann', grant, asAdmin));
    const listed = await settle(auth.list('roles', {}, asAdmin));
    assert.deepEqual(typeof listed === 'object' && listed.documents, [
      { name: 'reader', ...reader },
    ]);
    const got = await settle(auth.get('grants', 'ann', asAdmin));
    assert.deepEqual(typeof got === 'object' && got.document, { name: 'ann', ...grant });
    const status = await settle(auth.status(by(ann)));
    assert.deepEqual(typeof status === 'object' && status.rules, reader.rules);
    await refused(auth.delete('roles', 'reader', asAdmin), /would not exist/);
    await settle(auth.delete('grants', 'ann', asAdmin));
    await settle(auth.delete('roles', 'reader', asAdmin));
    await refused(auth.get('roles', 'reader', asAdmin), /^noNode/);
    await refused(auth.get('roles', 'admin', asAdmin), /built in/);
    await refused(auth.put('roles', 'a b', reader, asAdmin), /a name has/);
  });

  it('is nobody else’s', async () => {
    await settle(auth.init(['x509:CN=ops'], by(here)));
    const asked: readonly (() => Promise<unknown>)[] = [
      () => auth.list('roles', {}, by(ann)),
      () => auth.get('grants', 'admins', by(here)),
      () => auth.put('roles', 'reader', reader, by(ann)),
      () => auth.delete('grants', 'admins', by(ann)),
      () => auth.off(by(ann)),
    ];
    for (const each of asked) await refused(each(), /^noAuth/);
  });

  it('is switched off by an administrator, and on again with what was there', async () => {
    await settle(auth.init(['x509:CN=ops'], by(here)));
    await settle(auth.off(by(administrator)));
    const status = await settle(auth.status(by(ann)));
    assert.equal(typeof status === 'object' && status.on, false);
    await settle(auth.off(by(ann)));
    await settle(auth.init([], by(ann)));
    const { service } = bed.leader.server;
    await bed.writeAs(service, [ann], set('/zookeeper', 'by ann'));
    await refused(auth.list('roles', {}, by(administrator)), /^noAuth/);
  });

  it('is begun in the place of what a version without grants left there', () => {
    const leader = new Leader();
    leaveBehind(leader, grantsOn(grantOp('mallory', ['x509:CN=ann'], ['admin'])));
    const ops = beginningOps(leader.machine, ['x509:CN=ops']);
    leader.write(multi(ops), { identities: [superuser] });
    const { grants } = leader.machine;
    assert(grants.isOn && grants.may('admin', authRoot, [administrator]));
    assert(!grants.may('read', path('/'), [ann]));
    assert.deepEqual(beginningOps(leader.machine, []).length, 2);
  });

  it('asks again behind the barrier whether what was proved still stands', async () => {
    const { clock, server } = bed.leader;
    const validity = { notAfterMs: clock.wall() + 1_000 };
    const caller = { identities: [superuser], validity };
    const options = { consistency: 'linearizable', timeoutMs: 5_000 } as const;
    const asked = [
      server.service.read({ read: 'data', path: path('/') }, caller, options),
      auth.list('grants', {}, { caller, timeoutMs: 5_000 }),
    ];
    clock.wallOffsetMs += 2_000;
    await Promise.all(asked.map((each) => refused(each, /^authFailed/)));
  });

  it('may be prepared before it is on, by the super user alone', async () => {
    for (const who of [here, ann, away]) {
      await refused(auth.put('roles', 'reader', reader, by(who)), /^noAuth/);
      await refused(auth.list('grants', {}, by(who)), /^noAuth/);
    }
    await settle(auth.put('roles', 'reader', reader, by(superuser)));
    const grant = { principals: ['x509:CN=ann'], roles: ['reader'] };
    await settle(auth.put('grants', 'ann', grant, by(superuser)));
    const { service } = bed.leader.server;
    await bed.write(service, create('/app'));
    await settle(auth.init(['x509:CN=ops'], by(here)));
    const options = { consistency: 'local', timeoutMs: 1_000 } as const;
    const query = { read: 'data', path: path('/app') } as const;
    assert.equal(typeof (await settle(service.read(query, by(ann).caller, options))), 'object');
    const kept = service.read({ read: 'data', path: authRoot }, by(here).caller, options);
    await refused(kept, /^noAuth/);
  });
});
