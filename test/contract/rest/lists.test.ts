import assert from 'node:assert/strict';
import { call, expectProblem, expectStatus, type JsonObject } from '../../support/contract.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';

const basic = `Basic ${Buffer.from('alice:wonder').toString('base64')}`;
const alice = 'alice:8y0lhh/7xkdEiwhX7vo9i+/Nmzc=';

describe('REST: lists and ACLs', () => {
  let ensemble: TestEnsemble;
  let base: string;

  before(async () => {
    ensemble = await borrowEnsemble();
    base = ensemble.peer(1).http;
  });

  after(async () => {
    await ensemble.stop();
  });

  async function plant(...paths: string[]): Promise<void> {
    for (const path of paths) {
      await expectStatus(201, base, 'PUT', `/v1/nodes${path}?create&parents`, { body: path });
    }
  }

  /** Every page, by its links; `between` runs after each. */
  async function pages(
    first: string,
    between: (page: number) => Promise<void> = () => Promise.resolve(),
  ): Promise<JsonObject[]> {
    const found: JsonObject[] = [];
    let next: string | undefined = first;
    while (next !== undefined) {
      const answer = await expectStatus(200, base, 'GET', next);
      found.push(answer.json());
      next = /^<(.*)>; rel="next"$/.exec(answer.headers['link'] ?? '')?.[1];
      await between(found.length);
    }
    return found;
  }

  const namesOf = (found: readonly JsonObject[]): readonly string[] =>
    found.flatMap((page) => page['children'] as string[]);

  it('lists all below a znode, in pages', async () => {
    await plant('/tree/b', '/tree/a/y', '/tree/a/x', '/tree/a-b');
    const all = ['a', 'a/x', 'a/y', 'a-b', 'b'];
    const [whole] = await pages('/v1/nodes/tree?children&recursive');
    assert.deepEqual([whole?.['children'], whole?.['moved']], [all, false]);
    for (const limit of [1, 2, 3, 5]) {
      const found = await pages(`/v1/nodes/tree?children&recursive&limit=${String(limit)}`);
      assert.deepEqual(namesOf(found), all);
      assert.ok(found.every((page) => page['moved'] === false));
    }
    const [data] = await pages('/v1/nodes/tree?children&recursive&withData');
    const znodes = data?.['znodes'] as JsonObject[];
    assert.deepEqual(
      znodes.map(({ name, data: text }) => [name, text]),
      [
        ['a', ''],
        ['a/x', '/tree/a/x'],
        ['a/y', '/tree/a/y'],
        ['a-b', '/tree/a-b'],
        ['b', '/tree/b'],
      ],
    );
    const root = namesOf(await pages('/v1/nodes/?children&recursive=true'));
    assert.ok(root.includes('zookeeper/quota') && root.includes('tree/a/x'));
    await expectProblem(
      { status: 404, code: 'NONODE' },
      base,
      'GET',
      '/v1/nodes/none?children&recursive',
    );
  });

  for (const kind of ['children', 'children&recursive']) {
    it(`lists what stays exactly once while the rest moves: ?${kind}`, async () => {
      const top = `/moving-${String(kind.length)}`;
      const staying = Array.from(
        { length: 30 },
        (_, index) => `s${String(index).padStart(2, '0')}`,
      );
      await plant(
        ...staying.map((name) => `${top}/${name}`),
        ...['/g1', '/g2'].map((g) => top + g),
      );
      const found = await pages(`/v1/nodes${top}?${kind}&limit=4`, async (page) => {
        if (page === 1) await expectStatus(204, base, 'DELETE', `/v1/nodes${top}/g1`);
        if (page > 20) assert.fail('the list does not end');
        // Before, between and after what was listed so far.
        await plant(...['a', 's03-', 'z'].map((name) => `${top}/${name}${String(page)}`));
      });
      const listed = namesOf(found).filter((name) => staying.includes(name));
      assert.deepEqual(listed, staying);
      const all = namesOf(found);
      assert.deepEqual(all, [...new Set(all)]);
      assert.equal(found[0]?.['moved'], false);
      assert.ok(found.slice(1).every((page) => page['moved'] === true));
    });
  }

  it('ends a page before it holds too much data', async () => {
    for (const name of ['1', '2', '3']) {
      const body = Buffer.alloc(600_000, 0x61);
      await expectStatus(201, base, 'PUT', `/v1/nodes/heavy/${name}?create&parents`, { body });
    }
    for (const kind of ['children', 'children&recursive']) {
      const found = await pages(`/v1/nodes/heavy?${kind}&withData`);
      assert.deepEqual(
        found.map((page) => page['children']),
        [['1'], ['2'], ['3']],
      );
    }
  });

  it('takes no token of another list', async () => {
    await plant('/tokens/a', '/tokens/b');
    const tokenOf = async (kind: string): Promise<string> => {
      const page = await expectStatus(200, base, 'GET', `/v1/nodes/tokens?${kind}&limit=1`);
      return page.json()['continue'] as string;
    };
    const plain = await tokenOf('children');
    const deep = await tokenOf('children&recursive');
    for (const [kind, token] of [
      ['children', deep],
      ['children&recursive', plain],
      ['children&recursive', `${deep}!`.slice(3)],
    ] as const) {
      const target = `/v1/nodes/tokens?${kind}&continue=${encodeURIComponent(token)}`;
      await expectProblem({ status: 400, code: 'BADARGUMENTS' }, base, 'GET', target);
    }
  });

  it('creates with an ACL, by POST and by PUT', async () => {
    const headers = { 'x-acl': `world:anyone:r, digest:${alice}:cdrwa` };
    await expectStatus(201, base, 'POST', '/v1/nodes/?name=acl-post', { headers, body: 'x' });
    await expectStatus(201, base, 'PUT', '/v1/nodes/acl-put?create', { headers });
    const once = { ...headers, 'if-none-match': '*' };
    await expectStatus(201, base, 'PUT', '/v1/nodes/acl-once', { headers: once });
    for (const name of ['acl-post', 'acl-put', 'acl-once']) {
      const target = `/v1/nodes/${name}`;
      await expectProblem({ status: 403, code: 'NOAUTH' }, base, 'PUT', target, { body: 'y' });
      const sent = { headers: { authorization: basic }, body: 'y' };
      await expectStatus(200, base, 'PUT', target, sent);
      const seen = async (more: Readonly<Record<string, string>>): Promise<JsonObject[]> =>
        (await expectStatus(200, base, 'GET', `${target}?acl`, { headers: more })).json()[
          'acl'
        ] as JsonObject[];
      assert.deepEqual(await seen({}), [
        { permissions: 'r', scheme: 'world', id: 'anyone' },
        { permissions: 'cdrwa', scheme: 'digest', id: 'alice:x' },
      ]);
      assert.equal((await seen({ authorization: basic }))[1]?.['id'], alice);
    }
  });

  it('creates for who asks with auth, and refuses it to those who prove nothing', async () => {
    const headers = { 'x-acl': 'auth::cdrwa' };
    const target = '/v1/nodes/acl-auth?create';
    const own = { headers: { ...headers, authorization: basic } };
    await expectProblem({ status: 400, code: 'INVALIDACL' }, base, 'PUT', target, { headers });
    await expectStatus(201, base, 'PUT', target, own);
    await expectProblem({ status: 403, code: 'NOAUTH' }, base, 'GET', '/v1/nodes/acl-auth');
    await expectStatus(200, base, 'GET', '/v1/nodes/acl-auth', own);
    await expectStatus(200, base, 'GET', '/v1/nodes/acl-auth?stat');
  });

  it('refuses an ACL that says nothing clear, or where nothing is created', async () => {
    const bad = ['', 'world', 'world:anyone', ':anyone:r', 'world:anyone:', 'world:anyone:rr'];
    for (const acl of [...bad, 'world:anyone:R', 'world:anyone:31', 'world:anyone:r,', 'a:b:c d']) {
      const headers = { 'x-acl': acl };
      for (const [method, target] of [
        ['POST', '/v1/nodes/?name=never'],
        ['PUT', '/v1/nodes/never?create'],
      ] as const) {
        const sent = { headers };
        await expectProblem({ status: 400, code: 'BADARGUMENTS' }, base, method, target, sent);
      }
    }
    for (const acl of ['world:all:r', 'kerberos:cn:r', 'ip:999.1.1.1:r', 'digest:alice:r']) {
      const sent = { headers: { 'x-acl': acl } };
      const problem = await call(base, 'PUT', '/v1/nodes/never?create', sent);
      assert.equal(problem.json()['code'], 'INVALIDACL', acl);
    }
    const headers = { 'x-acl': 'world:anyone:r' };
    await plant('/acl-none');
    for (const [method, query] of [
      ['PUT', ''],
      ['PUT', '?acl'],
      ['DELETE', ''],
    ] as const) {
      const target = `/v1/nodes/acl-none${query}`;
      const sent = { headers };
      await expectProblem({ status: 400, code: 'BADARGUMENTS' }, base, method, target, sent);
    }
    await expectStatus(200, base, 'GET', '/v1/nodes/acl-none');
    await expectProblem({ status: 404, code: 'NONODE' }, base, 'GET', '/v1/nodes/never');
  });
});
