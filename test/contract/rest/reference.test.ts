import assert from 'node:assert/strict';
import { contract, expectProblem, expectStatus } from '../../support/contract.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';

describe('REST: the contract and its reference', () => {
  let ensemble: TestEnsemble;
  let base: string;

  before(async () => {
    ensemble = await borrowEnsemble();
    base = ensemble.peer(1).http;
  });

  after(async () => {
    await ensemble.stop();
  });

  it('gives the document as JSON, the same as the file but for the server', async () => {
    const answer = await expectStatus(200, base, 'GET', '/openapi.json');
    assert.equal(answer.headers['content-type'], 'application/json');
    const served = answer.json();
    assert.deepEqual(served['servers'], [{ url: '.' }]);
    assert.deepEqual({ ...served, servers: [] }, { ...contract, servers: [] });
  });

  it('sends nothing again to those who have it', async () => {
    for (const target of ['/openapi.json', '/docs', '/docs/swagger-ui.css']) {
      const etag = (await expectStatus(200, base, 'GET', target)).headers['etag'] ?? '';
      const headers = { 'if-none-match': etag };
      await expectStatus(304, base, 'GET', target, { headers });
      await expectStatus(304, base, 'HEAD', target, { headers });
      const other = { headers: { 'if-none-match': '"0"' } };
      await expectStatus(200, base, 'GET', target, other);
    }
  });

  it('serves a page that loads nothing but files of this peer, which are all there', async () => {
    const page = await expectStatus(200, base, 'GET', '/docs');
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    const policy = page.headers['content-security-policy'] ?? '';
    assert.match(policy, /default-src 'none'/);
    // One policy, and no source in it but this peer and images in the text itself.
    for (const directive of policy.split('; ').slice(1)) {
      const sources = directive.split(' ').slice(1);
      for (const source of sources) {
        assert.ok(["'self'", "'none'", 'data:'].includes(source), directive);
      }
    }

    const links = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link ?? '');
    assert.equal(links.length, 4);
    for (const link of links) {
      assert.match(link, /^docs\//);
      const file = await expectStatus(200, base, 'GET', `/${link}`);
      assert.ok(file.bytes.length > 100, link);
      assert.equal(file.headers['x-content-type-options'], 'nosniff');
      assert.match(file.headers['content-security-policy'] ?? '', /sandbox/);
    }
  });

  it('serves no other file, by any spelling', async () => {
    for (const file of [
      ...['package.json', 'index.html', '..%2fpackage.json', '%2e%2e', 'start.js%00', '__proto__'],
      ...['swagger-ui.css.map', 'Start.js', '%2fetc%2fpasswd', 'constructor'],
    ]) {
      await expectProblem({ status: 404, code: 'NOROUTE' }, base, 'GET', `/docs/${file}`);
    }
    for (const target of ['/docs/../package.json', '/docs/', '/docs//start.js', '/openapi.yaml']) {
      await expectProblem({ status: 404, code: 'NOROUTE' }, base, 'GET', target);
    }
    for (const target of ['/docs?x', '/openapi.json?prety', '/docs/start.js?v=1']) {
      await expectProblem({ status: 400, code: 'BADARGUMENTS' }, base, 'GET', target);
    }
  });

  it('lets neither foreign hosts in nor methods that change things', async () => {
    for (const target of ['/openapi.json', '/docs', '/docs/start.js']) {
      const headers = { host: 'evil.example' };
      await expectStatus(421, base, 'GET', target, { headers });
      const answer = await expectStatus(405, base, 'POST', target);
      assert.equal(answer.headers['allow'], 'GET, HEAD, OPTIONS');
    }
  });
});
