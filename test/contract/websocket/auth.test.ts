import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { formatPrincipal } from '../../../src/model/auth.ts';
import { digestIdentity } from '../../../src/wire/credentials.ts';
import { expectProblem, expectStatus, type JsonObject } from '../../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { newTokenText } from '../../support/identity/static-tokens.ts';
import { SocketClient } from '../../support/socket-client.ts';

const root = 'root:secret';
const ann = 'ann:secret';
const principal = (pair: string): string => formatPrincipal(digestIdentity(pair));
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('WebSocket: who may do what', () => {
  let ensemble: TestEnsemble;
  let here: string;
  const sockets: SocketClient[] = [];

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    here = ensemble.peer(1).http;
  });

  afterEach(async () => {
    await Promise.all(sockets.splice(0).map((socket) => socket.close()));
  });

  after(async () => {
    await ensemble.stop();
  });

  async function as(authorization?: string): Promise<SocketClient> {
    const socket = await SocketClient.open(here);
    sockets.push(socket);
    if (authorization !== undefined) await socket.ok('hello', { authorization });
    return socket;
  }

  const names = (listed: unknown) => (listed as JsonObject[]).map(({ name }) => name);

  it('is said, before grants are on and after', async () => {
    const socket = await as(basic(ann));
    const who = await socket.ok('whoami');
    const identities = ['ip:127.0.0.1', principal(ann)];
    assert.deepEqual(who, { on: false, identities, roles: [], rules: [] });
    await socket.refused('BADARGUMENTS', 'whoami', { more: 1 });
    const nobody = await as();
    await nobody.refused('BADARGUMENTS', 'initAuth', {});
    await nobody.refused('BADARGUMENTS', 'initAuth', { principals: ['ann'] });
    const begun = await nobody.ok('initAuth', { principals: [principal(root)] });
    assert.deepEqual([begun['on'], begun['roles']], [true, []]);
    assert.match(begun['warning'] as string, /none of the administrators/);
    assert.equal((await socket.ok('whoami'))['on'], true);
  });

  it('is granted by administrators, and what is pipelined behind a change finds it made', async () => {
    const admin = await as(basic(root));
    const rules = [{ prefix: '/app', verbs: ['read', 'write', 'create'] }];
    await admin.ok('putRole', { name: 'app', rules });
    const her = await as(basic(ann));
    await her.refused('NOAUTH', 'create', { path: '/app' });
    const grant = { principals: [principal(ann)], roles: ['app'] };
    const put = admin.send('putGrant', { name: 'ann', ...grant });
    const listed = admin.send('listGrants');
    assert.deepEqual((await admin.answer(put))['ok'], {});
    const grants = (await admin.answer(listed))['ok'] as JsonObject;
    assert.deepEqual(names(grants['grants']), ['admins', 'ann']);
    assert.equal(grants['continue'], null);
    const first = await admin.ok('listGrants', { limit: 1 });
    assert.deepEqual(names(first['grants']), ['admins']);
    const rest = await admin.ok('listGrants', { limit: 1, continue: first['continue'] });
    assert.deepEqual([names(rest['grants']), rest['continue']], [['ann'], null]);
    await admin.refused('BADARGUMENTS', 'listGrants', { continue: 'x' });
    await her.ok('create', { path: '/app' });
    assert.deepEqual((await her.ok('whoami'))['rules'], rules);
    assert.deepEqual(await admin.ok('getRole', { name: 'app' }), { name: 'app', rules });
    assert.deepEqual(await admin.ok('getGrant', { name: 'ann' }), {
      name: 'ann',
      principals: ['digest:ann:x'],
      roles: grant.roles,
    });
    assert.deepEqual(names((await admin.ok('listRoles'))['roles']), ['app']);
    await admin.refused('BADARGUMENTS', 'deleteRole', { name: 'app' });
    await admin.refused('BADARGUMENTS', 'deleteGrant', { name: 'admins' });
    await admin.ok('deleteGrant', { name: 'ann' });
    await admin.ok('deleteRole', { name: 'app' });
    await admin.refused('NONODE', 'getRole', { name: 'app' });
    await her.refused('NOAUTH', 'get', { path: '/app' });
  });

  it('goes by tokens that are made and revoked here', async () => {
    const admin = await as(basic(root));
    const token = newTokenText();
    const sha256 = createHash('sha256').update(token).digest('hex');
    const document = { sha256, groups: ['builders'], notAfter: null };
    await admin.ok('putToken', { name: 'ci', ...document });
    assert.deepEqual(await admin.ok('getToken', { name: 'ci' }), { name: 'ci', ...document });
    const { tokens } = await admin.ok('listTokens');
    assert.deepEqual(tokens, [{ name: 'ci', ...document }]);
    const its = await as(`Bearer ${token}`);
    const { identities } = await its.ok('whoami');
    assert.deepEqual(identities, ['ip:127.0.0.1', 'token:ci', 'group:builders']);
    await admin.ok('deleteToken', { name: 'ci' });
    assert.equal(await its.closed(), 4401);
    const bearer = { headers: { authorization: `Bearer ${token}` } };
    await expectProblem({ status: 401, code: 'AUTHFAILED' }, here, 'GET', '/v1/auth', bearer);
  });

  it('is nobody else’s to see or change', async () => {
    const her = await as(basic(ann));
    for (const op of ['listRoles', 'listGrants', 'listTokens', 'switchAuthOff']) {
      await her.refused('NOAUTH', op);
    }
    const sha256 = 'a'.repeat(64);
    await her.refused('NOAUTH', 'putRole', { name: 'a', rules: [] });
    await her.refused('NOAUTH', 'putGrant', { name: 'a', principals: [], roles: [] });
    await her.refused('NOAUTH', 'putToken', { name: 'a', sha256 });
    for (const op of ['Role', 'Grant', 'Token']) {
      await her.refused('NOAUTH', `get${op}`, { name: 'a' });
      await her.refused('NOAUTH', `delete${op}`, { name: 'a' });
    }
  });

  it('refuses documents that say nothing, or too much', async () => {
    const admin = await as(basic(root));
    const wrong: readonly (readonly [string, object])[] = [
      ['putRole', { rules: [] }],
      ['putRole', { name: 'a' }],
      ['putRole', { name: 'a b', rules: [] }],
      ['putRole', { name: 'a', rules: [], more: true }],
      ['putRole', { name: 'a', rules: [{ prefix: '/app', verbs: ['fly'] }] }],
      ['putGrant', { name: 'a', principals: ['ann'], roles: [] }],
      ['putToken', { name: 'a', sha256: newTokenText() }],
      ['listRoles', { name: 'a' }],
    ];
    for (const [op, fields] of wrong) await admin.refused('BADARGUMENTS', op, fields);
  });

  it('begins open where that is asked for, and is narrowed from there', async () => {
    const admin = await as(basic(root));
    await admin.ok('switchAuthOff');
    await expectStatus(200, here, 'PUT', '/v1/nodes/app', { body: 'off' });
    const nobody = await as();
    const first = { principals: [principal(root)], open: true };
    const begun = await nobody.ok('initAuth', first);
    assert.deepEqual([begun['on'], begun['roles']], [true, ['open']]);
    await nobody.ok('set', { path: '/app', data: 'open' });
    await nobody.refused('NOAUTH', 'get', { path: '/zookeeper/config' });
    await nobody.refused('NOAUTH', 'listGrants');
    await admin.ok('putRole', { name: 'open', rules: [{ prefix: '/', verbs: ['read'] }] });
    await nobody.ok('get', { path: '/app' });
    await nobody.refused('NOAUTH', 'set', { path: '/app', data: 'narrowed' });
  });
});
