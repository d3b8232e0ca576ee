import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { expectProblem, expectStatus, textOf } from '../../support/contract.ts';
import { startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { newTokenText } from '../../support/identity/static-tokens.ts';

describe('REST: static tokens', () => {
  let ensemble: TestEnsemble;
  let here: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    here = ensemble.peer(1).http;
    const first = { principals: ['ip:127.0.0.1'] };
    await expectStatus(200, here, 'POST', '/v1/auth/init', json(first));
  });
  after(() => ensemble.stop());

  const json = (body: unknown) => ({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const ofBearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it('are put, shown without their text, and revoked', async () => {
    const token = newTokenText();
    const sha256 = createHash('sha256').update(token).digest('hex');
    const document = { sha256, groups: ['builders'], notAfter: 4_000_000_000_000 };
    await expectStatus(204, here, 'PUT', '/v1/auth/tokens/ci', json(document));
    const one = (await expectStatus(200, here, 'GET', '/v1/auth/tokens/ci')).json();
    assert.deepEqual(one, { name: 'ci', ...document });
    const all = (await expectStatus(200, here, 'GET', '/v1/auth/tokens')).json();
    assert.deepEqual(all, { tokens: [{ name: 'ci', ...document }], continue: null });
    const who = (await expectStatus(200, here, 'GET', '/v1/auth', ofBearer(token))).json();
    assert.deepEqual(who['identities'], ['ip:127.0.0.1', 'token:ci', 'group:builders']);
    await expectStatus(204, here, 'DELETE', '/v1/auth/tokens/ci');
    const gone = { status: 401, code: 'AUTHFAILED' };
    await expectProblem(gone, here, 'GET', '/v1/auth', ofBearer(token));
    const absent = { status: 404, code: 'NONODE' };
    await expectProblem(absent, here, 'GET', '/v1/auth/tokens/ci');
  });

  it('are listed page by page', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const sha256 = 'b'.repeat(64);
    for (const name of names) {
      await expectStatus(204, here, 'PUT', `/v1/auth/tokens/${name}`, json({ sha256 }));
    }
    const pages: unknown[] = [];
    let at = '/v1/auth/tokens?limit=2';
    for (let more: unknown = ''; more !== null;) {
      const page = (await expectStatus(200, here, 'GET', at)).json();
      pages.push((page['tokens'] as { readonly name: string }[]).map(({ name }) => name).join(''));
      more = page['continue'];
      at = `/v1/auth/tokens?limit=2&continue=${String(more)}`;
      // What goes meanwhile is no end of it.
      if (pages.length === 1) await expectStatus(204, here, 'DELETE', '/v1/auth/tokens/b');
    }
    assert.deepEqual(pages, ['ab', 'cd', 'e']);
    const wrong = { status: 400, code: 'BADARGUMENTS' };
    for (const query of ['limit=0', 'limit=1001', 'continue=x', 'more=1']) {
      await expectProblem(wrong, here, 'GET', `/v1/auth/tokens?${query}`);
    }
    for (const name of ['a', 'c', 'd', 'e']) {
      await expectStatus(204, here, 'DELETE', `/v1/auth/tokens/${name}`);
    }
  });

  it('end a page of a list at its bytes, too', async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      `x509:CN=${String(index)}`.padEnd(1_000, '-'),
    );
    const count = 8;
    for (let index = 0; index < count; index++) {
      const grant = { principals: many, roles: [] };
      await expectStatus(204, here, 'PUT', `/v1/auth/grants/g${String(index)}`, json(grant));
    }
    const first = (await expectStatus(200, here, 'GET', '/v1/auth/grants')).json();
    const rest = (
      await expectStatus(200, here, 'GET', `/v1/auth/grants?continue=${textOf(first, 'continue')}`)
    ).json();
    const shown = [first, rest].map((page) => page['grants'] as readonly unknown[]);
    assert.equal(rest['continue'], null);
    assert.equal(shown.flat().length, count + 1);
    assert.ok(JSON.stringify(shown[0]).length < 270_000);
    for (let index = 0; index < count; index++) {
      await expectStatus(204, here, 'DELETE', `/v1/auth/grants/g${String(index)}`);
    }
  });

  it('are refused when their document is none', async () => {
    const wrong = { status: 400, code: 'BADARGUMENTS' };
    const sha256 = 'a'.repeat(64);
    const documents = [
      {},
      { sha256: newTokenText() },
      { sha256, groups: 'builders' },
      { sha256, groups: Array.from({ length: 33 }, (_, index) => `g${String(index)}`) },
      { sha256, notAfter: 'tomorrow' },
      { sha256, more: true },
    ];
    for (const document of documents) {
      await expectProblem(wrong, here, 'PUT', '/v1/auth/tokens/ci', json(document));
    }
    await expectProblem(wrong, here, 'PUT', '/v1/auth/tokens/a%20b', json({ sha256 }));
  });
});
