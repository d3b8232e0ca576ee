import assert from 'node:assert/strict';
import { utf8 } from '../../../../../src/base/bytes.ts';
import { openAcl } from '../../../../../src/model/acl.ts';
import { rootPath, type ZnodePath } from '../../../../../src/model/path.ts';
import { zxid, zxidToDecimal } from '../../../../../src/model/zxid.ts';
import { encodeData } from '../../../../../src/frontends/http/documents/encode.ts';
import { matchesEtag, wantsJson } from '../../../../../src/frontends/http/exchange/decode.ts';
import {
  decodeIdempotencyKey,
  decodeReadOptions,
} from '../../../../../src/frontends/http/znodes/call-options.ts';
import {
  decodeCreate,
  decodeDelete,
  decodePrecondition,
  decodeSet,
} from '../../../../../src/frontends/http/znodes/decode-change.ts';
import { decodePath, nodesParameters } from '../../../../../src/frontends/http/znodes/nodes-url.ts';
import { nodeUrl } from '../../../../../src/frontends/http/znodes/stat-headers.ts';
import { Query } from '../../../../../src/frontends/http/exchange/query.ts';
import { refusal } from '../../../../support/http/refusals.ts';

const query = (method: keyof typeof nodesParameters, raw: string): Query =>
  Query.parse(raw, nodesParameters[method]);

const path = '/a' as ZnodePath;
const data = utf8('x');

describe('rest paths', () => {
  it('decodes once, and takes %2F for a slash', () => {
    const cases: [string, string][] = [
      ['', '/'],
      ['/', '/'],
      ['/a', '/a'],
      ['/a/b', '/a/b'],
      ['/a%2Fb', '/a/b'],
      ['/a%2fb', '/a/b'],
      ['/a%252Fb', '/a%2Fb'],
      ['/%C3%A9', '/é'],
      ['/a+b', '/a+b'],
      ['/__proto__', '/__proto__'],
      ['/%3Fchildren', '/?children'],
    ];
    for (const [raw, expected] of cases) assert.equal(decodePath(raw), expected, raw);
  });

  it('refuses what ZooKeeper refuses, and bad percent-encoding', () => {
    const cases = [
      ...[
        '/a/',
        '//',
        '//a',
        '/a//b',
        '/.',
        '/..',
        '/a/../b',
        '/%2e%2e',
        '/%2e',
        '/a%2F',
        '/a%2F%2Fb',
      ],
      ...['/a%00', '/a%01', '/a%7f', '/a%C2%9f', '/%EF%BF%B0', '/%EE%80%80', '/%F0%9F%A6%98'],
      ...['/%', '/%z', '/%c0%ae', '/%ff', '/%ed%a0%80', '/%e2%28%a1'],
    ];
    for (const raw of cases) refusal(() => decodePath(raw));
  });

  it('writes URLs that read back as the same path', () => {
    for (const text of ['/', '/a', '/a/b c', '/é', '/a%2Fb', '/?&#', '/+', '/;=@:']) {
      const url = nodeUrl(text as ZnodePath);
      assert.match(url, /^[\x21-\x7e]+$/);
      assert.equal(decodePath(url.slice('/v1/nodes'.length)), text);
    }
  });
});

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

  it('refuses what contradicts itself or is no ETag of ours', () => {
    refusal(() => of('version=8', { 'if-match': '"1-7"' }));
    refusal(() => of('', { 'if-none-match': '"1-7"' }));
    refusal(() => of('version=1', { 'if-none-match': '*' }));
    refusal(() => of('', { 'if-none-match': '*', 'if-match': '*' }));
    for (const etag of [
      '1-7',
      '"7"',
      'W/"1-7"',
      '"1-7", "1-8"',
      '"1--7"',
      '"-1-7"',
      '"9223372036854775808-1"',
      '"1-2147483648"',
      '',
    ]) {
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

  it('takes an idempotency key with or without quotes', () => {
    assert.equal(decodeIdempotencyKey({}), undefined);
    assert.equal(decodeIdempotencyKey({ 'idempotency-key': 'abc' }), 'abc');
    assert.equal(decodeIdempotencyKey({ 'idempotency-key': '"abc"' }), 'abc');
    for (const key of ['', '""', 'a b', 'é', 'a\tb']) {
      refusal(() => decodeIdempotencyKey({ 'idempotency-key': key }));
    }
  });
});

describe('rest reads', () => {
  it('are linearizable unless told otherwise', () => {
    const of = (raw: string, headers = {}): unknown =>
      decodeReadOptions(query('GET', raw), headers, 5_000);
    assert.deepEqual(of(''), { consistency: 'linearizable', timeoutMs: 5_000 });
    assert.deepEqual(of('consistency=local&timeout=1s'), {
      consistency: 'local',
      timeoutMs: 1_000,
    });
    assert.deepEqual(of('minZxid=5'), {
      consistency: 'linearizable',
      timeoutMs: 5_000,
      minZxid: zxid(0, 5),
    });
    const both = of('minZxid=5', { 'x-min-zxid': '7' });
    assert.deepEqual(both, { consistency: 'linearizable', timeoutMs: 5_000, minZxid: zxid(0, 7) });
    for (const raw of [
      'minZxid=',
      'minZxid=0x5',
      'minZxid=-1',
      'minZxid=9223372036854775808',
      'timeout=61s',
      'timeout=0ms',
    ]) {
      refusal(() => of(raw));
    }
    refusal(() => of('', { 'x-min-zxid': 'x' }));
  });

  it('compare ETags weakly', () => {
    assert.ok(matchesEtag('"1-1"', '"1-1"'));
    assert.ok(matchesEtag('W/"1-1"', '"1-1"'));
    assert.ok(matchesEtag('"0-0", "1-1"', '"1-1"'));
    assert.ok(matchesEtag('*', '"1-1"'));
    assert.ok(!matchesEtag('"1-2"', '"1-1"'));
    assert.ok(!matchesEtag('1-1', '"1-1"'));
    assert.ok(!matchesEtag(undefined, '"1-1"'));
  });

  it('give JSON only when it is named', () => {
    const cases: [string | undefined, boolean][] = [
      [undefined, false],
      ['*/*', false],
      ['application/json', true],
      ['Application/JSON; charset=utf-8', true],
      ['application/json, text/plain, */*', true],
      ['application/json;q=0', false],
      ['application/octet-stream, application/json;q=0.5', false],
      ['application/octet-stream;q=0.1, application/json', true],
      ['application/problem+json', false],
      ['text/html', false],
    ];
    for (const [accept, expected] of cases) assert.equal(wantsJson(accept), expected, accept);
  });

  it('write data as text where it is text', () => {
    assert.deepEqual(encodeData(utf8('é'), undefined), { data: 'é', encoding: 'utf8' });
    assert.deepEqual(encodeData(utf8('é'), 'base64'), { data: 'w6k=', encoding: 'base64' });
    assert.deepEqual(encodeData(new Uint8Array([0xff]), undefined), {
      data: '/w==',
      encoding: 'base64',
    });
    assert.deepEqual(encodeData(new Uint8Array([0xff]), 'utf8'), {
      data: '/w==',
      encoding: 'base64',
    });
    assert.deepEqual(encodeData(new Uint8Array([]), undefined), { data: '', encoding: 'utf8' });
    assert.deepEqual(encodeData(null, undefined), { data: null, encoding: 'utf8' });
    const within = new Uint8Array([1, 2, 0xff, 4]).subarray(2, 3);
    assert.deepEqual(encodeData(within, undefined), { data: '/w==', encoding: 'base64' });
  });
});
