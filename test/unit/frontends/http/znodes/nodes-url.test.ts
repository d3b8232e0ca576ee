import assert from 'node:assert/strict';
import { decodePath } from '../../../../../src/frontends/http/znodes/nodes-url.ts';
import { nodeUrl } from '../../../../../src/frontends/http/znodes/stat-headers.ts';
import { type ZnodePath } from '../../../../../src/model/path.ts';
import { refusal } from '../../../../support/http/refusals.ts';

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
