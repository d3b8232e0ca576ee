import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { formatPrincipal } from '../../../src/model/auth.ts';
import { digestIdentity } from '../../../src/wire/credentials.ts';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { newTokenText } from '../../support/identity/static-tokens.ts';
import {
  auth,
  cluster,
  collected,
  GrpcClient,
  richErrorOf,
  znodes,
} from '../../support/grpc-client.ts';

const root = 'root:secret';
const ann = 'ann:secret';
const principal = (pair: string): string => formatPrincipal(digestIdentity(pair));
const as = (pair: string) => ({
  metadata: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
});

describe('gRPC: grants', () => {
  let ensemble: TestEnsemble;
  let client: GrpcClient;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1, grpc: true });
    client = new GrpcClient(ensemble.peer(1).grpc);
  });

  after(async () => {
    client.close();
    await ensemble.stop();
  });

  async function refused(reason: string, asked: Promise<unknown>): Promise<void> {
    const error = await asked.then(
      () => assert.fail(`${reason} was expected`),
      (failed: unknown) => failed,
    );
    assert.equal(richErrorOf(error).reason, reason);
  }

  it('are switched on, asked for, and switched off', async () => {
    const rules = [{ prefix: '/app', verbs: ['VERB_READ', 'VERB_CREATE'] as const }].map(
      ({ prefix, verbs }) => ({ prefix, verbs: [...verbs] }),
    );
    const begun = await client.call(auth.InitAuth, { principals: [principal(root)] });
    assert.deepEqual([begun.status?.on, begun.status?.identities], [true, ['ip:127.0.0.1']]);
    const grant = { name: 'ann', principals: [principal(ann)], roles: ['app'] };
    await client.call(auth.PutRole, { role: { name: 'app', rules } }, as(root));
    await client.call(auth.PutGrant, { grant }, as(root));
    await client.call(znodes.Create, { path: '/app' }, as(ann));
    await refused('NOAUTH', client.call(znodes.Create, { path: '/app/b' }));
    await refused('NOAUTH', client.call(znodes.Delete, { path: '/app' }, as(ann)));
    const { status } = await client.call(auth.GetAuth, {}, as(ann));
    assert.deepEqual([status?.roles, status?.rules], [['app'], rules]);
    const listed = await client.call(auth.ListGrants, {}, as(root));
    assert.deepEqual(
      listed.grants.map(({ name }) => name),
      ['admins', 'ann'],
    );
    const first = await client.call(auth.ListGrants, { limit: 1 }, as(root));
    const last = await client.call(auth.ListGrants, { limit: 1, after: first.next }, as(root));
    const pages = [first, last].map(({ grants, next }) => [grants[0]?.name, next]);
    assert.deepEqual(pages, [
      ['admins', 'admins'],
      ['ann', ''],
    ]);
    assert.deepEqual(last.grants[0]?.principals, ['digest:ann:x']);
    const { roles } = await client.call(auth.ListRoles, {}, as(root));
    assert.deepEqual(roles, [{ name: 'app', rules }]);
    await refused('NOAUTH', client.call(auth.ListRoles, {}, as(ann)));
    await refused('BADARGUMENTS', client.call(auth.DeleteRole, { name: 'app' }, as(root)));
    await client.call(auth.DeleteGrant, { name: 'ann' }, as(root));
    await client.call(auth.DeleteRole, { name: 'app' }, as(root));
    await refused('BADARGUMENTS', client.call(auth.DeleteGrant, { name: 'admins' }, as(root)));
    await refused('NOAUTH', client.call(auth.SwitchAuthOff, {}, as(ann)));
    // A copy holds everything.
    const backup = (pair: string) => collected(client.stream(cluster.TakeBackup, {}, as(pair)));
    assert.equal(richErrorOf((await backup(ann)).error).reason, 'NOAUTH');
    assert.equal((await backup(root)).error, undefined);
    await client.call(auth.SwitchAuthOff, {}, as(root));
    await client.call(znodes.Get, { path: '/app' });
  });

  it('go by tokens that are made, listed and revoked', async () => {
    await client.call(auth.InitAuth, { principals: [principal(root)] });
    const text = newTokenText();
    const sha256 = createHash('sha256').update(text).digest('hex');
    const ci = { name: 'ci', sha256, groups: ['builders'], notAfterMs: 4_000_000_000_000 };
    const endless = { name: 'endless', sha256: 'a'.repeat(64), groups: [] };
    for (const token of [ci, endless]) await client.call(auth.PutToken, { token }, as(root));
    const { tokens } = await client.call(auth.ListTokens, {}, as(root));
    const shown = tokens.map(({ notAfterMs, ...rest }) => ({
      ...rest,
      end: notAfterMs.toNumber(),
    }));
    const { notAfterMs: end, ...rest } = ci;
    assert.deepEqual(shown, [
      { ...rest, end },
      { ...endless, end: 0 },
    ]);
    const bearer = { metadata: { authorization: `Bearer ${text}` } };
    const { status } = await client.call(auth.GetAuth, {}, bearer);
    assert.deepEqual(status?.identities, ['ip:127.0.0.1', 'token:ci', 'group:builders']);
    for (const asked of [
      client.call(auth.ListTokens, {}, bearer),
      client.call(auth.PutToken, { token: ci }, bearer),
      client.call(auth.DeleteToken, { name: 'ci' }),
    ]) {
      await refused('NOAUTH', asked);
    }
    await client.call(auth.DeleteToken, { name: 'ci' }, as(root));
    await refused('AUTHFAILED', client.call(auth.GetAuth, {}, bearer));
    await refused('NONODE', client.call(auth.DeleteToken, { name: 'ci' }, as(root)));
    await client.call(auth.SwitchAuthOff, {}, as(root));
  });

  it('begin open where that is asked for', async () => {
    const first = { principals: [principal(root)], open: true };
    const { status } = await client.call(auth.InitAuth, first);
    assert.deepEqual(status?.roles, ['open']);
    await client.call(znodes.Create, { path: '/open' });
    await refused('NOAUTH', client.call(znodes.Get, { path: '/zookeeper/config' }));
    await client.call(auth.DeleteGrant, { name: 'open' }, as(root));
    await refused('NOAUTH', client.call(znodes.Get, { path: '/open' }));
    await client.call(auth.SwitchAuthOff, {}, as(root));
  });

  it('refuse what says nothing', async () => {
    const role = { name: 'a', rules: [{ prefix: '/a', verbs: ['VERB_UNSPECIFIED' as const] }] };
    await refused('BADARGUMENTS', client.call(auth.PutRole, { role }));
    await refused('BADARGUMENTS', client.call(auth.PutRole, {}));
    await refused('BADARGUMENTS', client.call(auth.PutGrant, {}));
    await refused('BADARGUMENTS', client.call(auth.PutToken, {}));
    const token = { name: 'a', sha256: newTokenText(), groups: [] };
    await refused('BADARGUMENTS', client.call(auth.PutToken, { token }));
    const grant = { name: 'a', principals: ['ann'], roles: [] };
    await refused('BADARGUMENTS', client.call(auth.PutGrant, { grant }));
    await refused('BADARGUMENTS', client.call(auth.InitAuth, { principals: ['ann'] }));
  });
});
