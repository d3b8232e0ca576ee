import assert from 'node:assert/strict';
import { expectProblem, expectStatus, textOf } from '../../support/contract.ts';
import { startEnsemble, type Ensemble } from '../../../src/index.ts';

describe('REST: for people at a terminal', () => {
  let ensemble: Ensemble;
  let base: string;

  before(async () => {
    ensemble = await startEnsemble({ peers: 1 });
    base = ensemble.peer(1).url;
  });

  after(async () => {
    await ensemble.stop();
  });

  it('ends JSON with a line break, and sets it out when asked, small or large', async () => {
    await expectStatus(201, base, 'PUT', '/v1/nodes/eye?create', { body: '{"a":[1]}' });
    const child = { body: 'y'.repeat(500) };
    for (let index = 0; index < 60; index++) {
      await expectStatus(201, base, 'PUT', `/v1/nodes/eye/c${String(index)}?create`, child);
    }
    for (const target of [
      '/v1/cluster',
      '/v1/info',
      '/openapi.json',
      '/readyz?verbose',
      '/v1/nodes/eye?stat',
      '/v1/nodes/eye?encoding=utf8',
      '/v1/nodes/eye?children',
      '/v1/nodes/eye?children&withData',
    ]) {
      const plain = await expectStatus(200, base, 'GET', target);
      assert.match(plain.text, /^[^\n]*\n$/, target);
      const mark = target.includes('?') ? '&' : '?';
      const pretty = await expectStatus(200, base, 'GET', `${target}${mark}pretty`);
      assert.match(pretty.text, /^\{\n {2}"[^]*\n\}\n$/, target);
      assert.equal(pretty.text, `${JSON.stringify(JSON.parse(pretty.text), undefined, 2)}\n`);
    }
    const refused = await expectStatus(404, base, 'GET', '/v1/nodes/none?pretty');
    assert.match(refused.text, /^\{\n {2}"type"[^]*\n\}\n$/);
    assert.match((await expectStatus(400, base, 'GET', '/v1/nodes/none?x')).text, /\}\n$/);
    await expectStatus(400, base, 'GET', '/v1/cluster?pretty=maybe');
  });

  it('ignores what is added against caches', async () => {
    for (const target of ['/livez?_=1', '/readyz?_=17&verbose', '/metrics?_=', '/v1/cluster?_=2']) {
      await expectStatus(200, base, 'GET', target);
    }
  });

  it('points at the route that was meant', async () => {
    const meant = {
      '/v1/node/a': '/v1/nodes/{path}',
      '/V1/Nodes/a/b': '/v1/nodes/{path}',
      '/nodes/a': '/v1/nodes/{path}',
      '/v1/lock/printer': '/v1/locks/{name}',
      '/locks/printer': '/v1/locks/{name}',
      '/v1/txn/': '/v1/txn',
      '/v1/transactions': undefined,
      '/v1/clusters': '/v1/cluster',
      '/cluster': '/v1/cluster',
      '/ready': '/readyz',
      '/healthz': '/health',
      '/metric': '/metrics',
      '/docs/': '/docs',
      '/x': undefined,
    };
    for (const [target, route] of Object.entries(meant)) {
      const problem = await expectProblem({ status: 404, code: 'NOROUTE' }, base, 'GET', target);
      const [, said] = /^Did you mean (\S+)\? /.exec(textOf(problem, 'detail')) ?? [];
      assert.equal(said, route, target);
    }
  });

  it('says in plain words what is wrong with a document', async () => {
    const said = {
      '{"opz":[]}': 'the body: unknown field "opz": did you mean "ops"? known here are ops, else',
      '{"ops":[{"op":"craete","path":"/a"}]}': /did you mean "create"/,
      '{"ops":[{"op":"create","pth":"/a"}]}': /^ops\.0: unknown field "pth": did you mean "path"\?/,
      '{"ops":[{"op":"create"}]}': 'ops.0.path: is missing: it must be a text in quotes',
      '{"ops":[{"op":"create","path":5}]}': 'ops.0.path: must be a text in quotes, got 5',
      '{"ops":[{"op":"create","path":"/a","kind":"Ttl"}]}':
        /got the text "Ttl" \(did you mean "ttl"/,
      '{"ops":[{"op":"create","path":"/a","parents":"yes"}]}':
        'ops.0.parents: must be true or false, got the text "yes"',
      '{"ops":[{"op":"delete","path":"/a","version":1.5}]}':
        'ops.0.version: must be a whole number, got 1.5',
      '{"ops":[{"op":"delete","path":"/a","version":-2}]}':
        'ops.0.version: must be at least -1, got -2',
      '{"ops":[]}': 'ops: must have at least 1 element',
      '[]': 'the body: must be an object, got a list',
    };
    for (const [body, words] of Object.entries(said)) {
      const problem = await expectProblem(
        { status: 400, code: 'BADARGUMENTS' },
        base,
        'POST',
        '/v1/txn',
        { body },
      );
      const detail = textOf(problem, 'detail');
      if (typeof words === 'string') assert.equal(detail, words, body);
      else assert.match(detail, words, body);
    }
    const withMark = { body: '\ufeff{"ops":[{"op":"checkAbsent","path":"/none"}]}' };
    await expectStatus(200, base, 'POST', '/v1/txn', withMark);
  });
});
