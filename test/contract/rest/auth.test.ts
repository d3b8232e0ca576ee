import assert from 'node:assert/strict';
import { formatPrincipal } from '../../../src/model/auth.ts';
import { digestIdentity } from '../../../src/wire/credentials.ts';
import {
  type call,
  expectProblem,
  expectStatus,
  textOf,
  type JsonObject,
} from '../../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';

const root = 'root:secret';
const ann = 'ann:secret';
const principal = (pair: string): string => formatPrincipal(digestIdentity(pair));

describe('REST: grants', () => {
  let ensemble: TestEnsemble;
  let here: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    here = ensemble.peer(1).http;
  });

  after(async () => {
    await ensemble.stop();
  });

  const as = (pair: string | undefined, body?: unknown) => ({
    headers: {
      ...(pair !== undefined && { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const refused = (status: number, code: string, ...asked: Parameters<typeof call>) =>
    expectProblem({ status, code }, ...asked);

  it('say who asks, before they are on and after', async () => {
    const before = (await expectStatus(200, here, 'GET', '/v1/auth', as(ann))).json();
    assert.deepEqual(before, {
      on: false,
      identities: ['ip:127.0.0.1', principal(ann)],
      roles: [],
      rules: [],
    });
  });

  it('are switched on, and asked for from then on', async () => {
    const role = { rules: [{ prefix: '/app', verbs: ['read', 'create'] }] };
    const grant = { principals: [principal(ann)], roles: ['app'] };
    await refused(403, 'NOAUTH', here, 'PUT', '/v1/auth/roles/app', as(undefined, role));
    await refused(400, 'BADARGUMENTS', here, 'POST', '/v1/auth/init', as(undefined));
    const first = { principals: [principal(root)] };
    await expectStatus(200, here, 'POST', '/v1/auth/init', as(undefined, first));
    await refused(400, 'BADARGUMENTS', here, 'POST', '/v1/auth/init', as(root));
    await expectStatus(204, here, 'PUT', '/v1/auth/roles/app', as(root, role));
    await expectStatus(204, here, 'PUT', '/v1/auth/grants/ann', as(root, grant));
    const app = '/v1/nodes/app?create';
    const problem = await refused(403, 'NOAUTH', here, 'PUT', app, as(undefined));
    assert.match(textOf(problem, 'detail'), /the verb "write" on "\/app".*ask an administrator/);
    await expectStatus(201, here, 'PUT', app, as(ann));
    await expectStatus(200, here, 'GET', '/v1/nodes/app', as(ann));
    await refused(403, 'NOAUTH', here, 'DELETE', '/v1/nodes/app', as(ann));
    await refused(403, 'NOAUTH', here, 'GET', '/v1/nodes/app?stat', as(undefined));
    const status = (await expectStatus(200, here, 'GET', '/v1/auth', as(ann))).json();
    assert.deepEqual([status['on'], status['roles'], status['rules']], [true, ['app'], role.rules]);
  });

  it('are listed, shown, changed and deleted by administrators alone', async () => {
    const list = async (kind: string): Promise<JsonObject> =>
      (await expectStatus(200, here, 'GET', `/v1/auth/${kind}`, as(root))).json();
    const names = (listed: unknown) => (listed as JsonObject[]).map(({ name }) => name);
    assert.deepEqual(names((await list('grants'))['grants']), ['admins', 'ann']);
    assert.deepEqual(names((await list('roles'))['roles']), ['app']);
    const shown = await expectStatus(200, here, 'GET', '/v1/auth/grants/ann', as(root));
    assert.deepEqual(shown.json(), { name: 'ann', principals: ['digest:ann:x'], roles: ['app'] });
    await refused(403, 'NOAUTH', here, 'GET', '/v1/auth/roles', as(ann));
    await refused(403, 'NOAUTH', here, 'PUT', '/v1/auth/roles/x', as(ann, { rules: [] }));
    await refused(404, 'NONODE', here, 'GET', '/v1/auth/roles/none', as(root));
    await refused(404, 'NONODE', here, 'DELETE', '/v1/auth/roles/none', as(root));
    await refused(400, 'BADARGUMENTS', here, 'DELETE', '/v1/auth/roles/app', as(root));
    await refused(400, 'BADARGUMENTS', here, 'DELETE', '/v1/auth/grants/admins', as(root));
    await expectStatus(204, here, 'DELETE', '/v1/auth/grants/ann', as(root));
    await expectStatus(204, here, 'DELETE', '/v1/auth/roles/app', as(root));
    await refused(403, 'NOAUTH', here, 'GET', '/v1/nodes/app', as(ann));
  });

  it('show no digest to guess at, and take what they showed', async () => {
    const hash = principal(ann).split(':').at(-1) ?? '';
    const put = (principals: readonly string[]) =>
      as(root, { principals: [...principals], roles: ['shown'] });
    await expectStatus(204, here, 'PUT', '/v1/auth/roles/shown', as(root, { rules: [] }));
    const at = '/v1/auth/grants/masked';
    await expectStatus(204, here, 'PUT', at, put([principal(ann), 'group:a']));
    const listed = await expectStatus(200, here, 'GET', '/v1/auth/grants', as(root));
    assert(!JSON.stringify(listed.json()).includes(hash));
    const { principals } = (await expectStatus(200, here, 'GET', at, as(root))).json();
    assert.deepEqual(principals, ['digest:ann:x', 'group:a']);
    await expectStatus(204, here, 'PUT', at, put([...principals, 'group:b']));
    const whole = await expectStatus(200, here, 'GET', `/v1/nodes/zookeeper/quoll${at.slice(3)}`, {
      headers: { ...as(root).headers, accept: 'application/octet-stream' },
    });
    assert.deepEqual(whole.json()['principals'], [principal(ann), 'group:a', 'group:b']);
    const problem = await refused(400, 'BADARGUMENTS', here, 'PUT', at, put(['digest:bob:x']));
    assert.match(textOf(problem, 'detail'), /"digest:bob:x" is a masked digest/);
    await expectStatus(204, here, 'DELETE', at, as(root));
    await expectStatus(204, here, 'DELETE', '/v1/auth/roles/shown', as(root));
  });

  it('refuse documents that say nothing, or too much', async () => {
    const wrong: readonly (readonly [string, unknown])[] = [
      ['roles/a', {}],
      ['roles/a', { rules: [{ prefix: 'app', verbs: ['read'] }] }],
      ['roles/a', { rules: [{ prefix: '/app', verbs: ['fly'] }] }],
      ['roles/a', { rules: [], more: true }],
      ['roles/a%20b', { rules: [] }],
      ['roles/admin', { rules: [] }],
      ['grants/a', { principals: ['ann'], roles: [] }],
      ['grants/a', { principals: ['ip:10.0.0.0/99'], roles: [] }],
      ['grants/a', { principals: [], roles: ['none'] }],
    ];
    for (const [at, body] of wrong) {
      await refused(400, 'BADARGUMENTS', here, 'PUT', `/v1/auth/${at}`, as(root, body));
    }
  });

  it('are switched off by an administrator', async () => {
    await refused(403, 'NOAUTH', here, 'POST', '/v1/auth/off', as(ann));
    await expectStatus(204, here, 'POST', '/v1/auth/off', as(root));
    await expectStatus(200, here, 'GET', '/v1/nodes/app', as(undefined));
  });
});
