import assert from 'node:assert/strict';
import { utf8 } from '../../../../../src/base/bytes.ts';
import { Query } from '../../../../../src/frontends/http/exchange/query.ts';
import {
  decodeCreate,
  decodeDelete,
  decodePrecondition,
  decodeSet,
  expectedByEtags,
} from '../../../../../src/frontends/http/znodes/decode-change.ts';
import { nodesParameters } from '../../../../../src/frontends/http/znodes/nodes-url.ts';
import { openAcl } from '../../../../../src/model/acl.ts';
import { rootPath, type ZnodePath } from '../../../../../src/model/path.ts';
import { zxid, zxidToDecimal } from '../../../../../src/model/zxid.ts';
import { refusal } from '../../../../support/http/refusals.ts';

const query = (method: keyof typeof nodesParameters, raw: string): Query =>
  Query.parse(raw, nodesParameters[method]);

const path = '/a' as ZnodePath;
const data = utf8('x');

describe('rest preconditions', () => {
  const of = (raw: string, headers: Record<string, string>): unknown =>
    decodePrecondition(query('PUT', raw), headers);

  it('reads If-Match, If-None-Match and version', () => {
    const etag = `"${zxidToDecimal(zxid(3, 9))}-7"`;
    const anyOf = (mustExist: boolean, version: number): object => ({
      kind: 'expected',
      expected: { version },
      mustExist,
    });
    assert.deepEqual(of('', {}), anyOf(false, -1));
    assert.deepEqual(of('version=7', {}), anyOf(false, 7));
    assert.deepEqual(of('version=-1', {}), anyOf(false, -1));
    assert.deepEqual(of('', { 'if-match': '*' }), anyOf(true, -1));
    const exact = {
      kind: 'expected',
      expected: { version: 7, czxid: zxid(3, 9) },
      mustExist: true,
    };
    assert.deepEqual(of('', { 'if-match': etag }), exact);
    assert.deepEqual(of('version=7', { 'if-match': etag }), exact);
    assert.deepEqual(of('', { 'if-none-match': '*' }), { kind: 'mustNotExist' });
  });

  it('takes of a list what could be an ETag of ours, and else asks for what no znode has', () => {
    assert.deepEqual(expectedByEtags('"a,b", W/"1-7",\t"1-8" , "2-9"'), [
      { version: 8, czxid: zxid(0, 1) },
      { version: 9, czxid: zxid(0, 2) },
    ]);
    const none = { kind: 'expected', expected: { version: 2_147_483_647, czxid: zxid(0, 0) } };
    for (const etag of ['"7"', 'W/"1-7"', '"1--7"', '"9223372036854775808-1"', '"1-2147483648"']) {
      assert.deepEqual(of('', { 'if-match': etag }), { ...none, mustExist: true }, etag);
    }
  });

  it('refuses what contradicts itself or is no ETag', () => {
    refusal(() => of('version=8', { 'if-match': '"1-7"' }));
    refusal(() => of('', { 'if-none-match': '"1-7"' }));
    refusal(() => of('version=1', { 'if-none-match': '*' }));
    refusal(() => of('', { 'if-none-match': '*', 'if-match': '*' }));
    for (const etag of ['1-7', '"1-7" "1-8"', '"1-7', 'w/"1-7"', '']) {
      refusal(() => of('', { 'if-match': etag }));
    }
    for (const version of ['-2', '2147483648', 'x', '']) {
      refusal(() => of(`version=${version}`, {}));
    }
  });
});

describe('rest changes', () => {
  it('creates under the parent', () => {
    const created = {
      op: 'create',
      path: '/a/b',
      data,
      acl: openAcl,
      kind: 'persistent',
      sequential: false,
      parents: false,
    };
    assert.deepEqual(decodeCreate(path, query('POST', 'name=b'), { data }), created);
    assert.deepEqual(decodeCreate(path, query('POST', 'name=b&ttl=30s&parents'), { data }), {
      ...created,
      kind: 'ttl',
      ttlMs: 30_000,
      parents: true,
    });
    assert.deepEqual(decodeCreate(path, query('POST', 'sequential&kind=ephemeral'), { data }), {
      ...created,
      path: '/a/',
      kind: 'ephemeral',
      sequential: true,
    });
    assert.equal(decodeCreate(rootPath, query('POST', 'name=x'), { data }).path, '/x');
    const bad = [
      '',
      'name=',
      'name=a/b',
      'name=a%2Fb',
      'name=..',
      'kind=ttl&name=a',
      'kind=container&ttl=1s&name=a',
    ];
    for (const raw of [
      ...bad,
      'kind=Ephemeral&name=a',
      'ttl=30&name=a',
      'ttl=0s&name=a',
      'ttl=99999d&name=a',
      'name=a%00',
    ]) {
      refusal(() => decodeCreate(path, query('POST', raw), { data }));
    }
  });

  it('sets, and creates only when told so', () => {
    const set = (raw: string, headers: Record<string, string> = {}): unknown =>
      decodeSet(path, query('PUT', raw), { headers, data });
    const expected = { version: -1 };
    assert.deepEqual(set(''), { op: 'set', path, data, expected });
    assert.deepEqual(set('create=false'), { op: 'set', path, data, expected });
    assert.deepEqual(set('create&parents'), {
      op: 'set',
      path,
      data,
      expected,
      orCreate: { acl: openAcl, parents: true },
    });
    assert.deepEqual(set('parents', { 'if-none-match': '*' }), {
      op: 'create',
      path,
      data,
      acl: openAcl,
      kind: 'persistent',
      sequential: false,
      parents: true,
    });
    refusal(() => set('parents'));
    refusal(() => set('create', { 'if-match': '*' }));
    refusal(() => set('create', { 'if-match': '"1-1"' }));
  });

  it('deletes', () => {
    assert.deepEqual(decodeDelete(path, query('DELETE', 'recursive'), {}), {
      op: 'delete',
      path,
      expected: { version: -1 },
      recursive: true,
    });
    refusal(() => decodeDelete(path, query('DELETE', ''), { 'if-none-match': '*' }));
  });
});
