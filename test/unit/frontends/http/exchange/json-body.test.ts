import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8 } from '../../../../../src/base/bytes.ts';
import {
  jsonDepthMax,
  jsonItemsMax,
  jsonKeysMax,
  jsonKeysPerObjectMax,
  parseJson,
} from '../../../../../src/frontends/http/exchange/json-body.ts';
import { Problem } from '../../../../../src/frontends/http/exchange/problem.ts';

function refusal(text: string | Uint8Array, status = 400): string {
  try {
    parseJson(typeof text === 'string' ? utf8(text) : text);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.status, status);
    return error.message;
  }
  return assert.fail(`was not refused: ${String(text)}`);
}

describe('rest JSON bodies', () => {
  it('reads what has one meaning', () => {
    const text = '{"a":[1,{"a":"\\"}{:"}],"b":{"a":null}, "c\\\\" : "x"}';
    assert.deepEqual(parseJson(utf8(text)), JSON.parse(text));
    assert.deepEqual(parseJson(utf8('[{"a":1},{"a":2}]')), [{ a: 1 }, { a: 2 }]);
  });

  it('sees where a string ends, however long it is and whatever stands in it', () => {
    const piece = fc.oneof(
      fc.constantFrom('"', '\\', '\\"', '{', '[', ',', ':'),
      fc.integer({ min: 55, max: 70 }).map((length) => 'n'.repeat(length)),
      fc.integer({ min: 4_085, max: 4_105 }).map((length) => 'n'.repeat(length)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const value = JSON.stringify(pieces.join(''));
        const document = `[{"a":${value},"b":${value}}]`;
        assert.deepEqual(parseJson(utf8(document)), JSON.parse(document));
        assert.match(refusal(`[{"a":${value},"a":${value}}]`), /given twice/);
      }),
    );
    assert.match(refusal(`["${'n'.repeat(5_000)}`), /is not JSON/);
    assert.match(refusal(`["${'n'.repeat(5_000)}\\`), /is not JSON/);
  });

  it('refuses a key that is given twice, however it is written', () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"a":1,"\\u0061":2}',
      '{"x":{"a":1,"b":[{"c":1}],"a" :2}}',
    ]) {
      assert.match(refusal(text), /given twice/, text);
    }
  });

  it('refuses keys that reach a prototype, and pollutes nothing', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
      assert.match(refusal(`{"ops":[{"${key}":{"polluted":1}}]}`), /is not allowed/, key);
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.deepEqual(parseJson(utf8('{"a":"__proto__"}')), { a: '__proto__' });
  });

  it('refuses what is nested too deeply', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    parseJson(utf8(nested(jsonDepthMax)));
    assert.match(refusal(nested(jsonDepthMax + 1)), /too deeply/);
    assert.match(refusal(nested(200_000)), /too deeply/);
  });

  it('refuses what has too many items or keys, before anything is made of them', () => {
    const items = (count: number): string => `{"ops":[${Array(count).fill('{}').join(',')}]}`;
    const object = (count: number): string =>
      `{${Array.from({ length: count }, (_, index) => `"k${String(index)}":0`).join(',')}}`;
    const keys = (count: number): string =>
      `[${Array(count / 50)
        .fill(object(50))
        .join(',')}]`;
    parseJson(utf8(items(jsonItemsMax)));
    parseJson(utf8(keys(jsonKeysMax)));
    parseJson(utf8(object(jsonKeysPerObjectMax)));
    // No parser has seen these: they are not even JSON.
    assert.match(refusal(`${items(jsonItemsMax + 1)}?`, 413), /10000 array elements/);
    assert.match(refusal(`${keys(jsonKeysMax + 50)}?`, 413), /20000 keys/);
    assert.match(refusal(`${object(jsonKeysPerObjectMax + 1)}?`, 413), /64 keys in one object/);
    assert.match(refusal('['.repeat(1_000_000)), /too deeply/);
  });

  it('minds no byte order mark in front', () => {
    assert.deepEqual(parseJson(Buffer.from('\ufeff{"a":1}')), { a: 1 });
  });

  it('refuses what is no JSON', () => {
    for (const text of [
      '',
      '{',
      '{"a":1,}',
      "{'a':1}",
      '{"a":NaN}',
      '{"a":01}',
      '{}\ufeff',
      '\ufeff',
      '{}{}',
      '{"a":"\n"}',
      '{"a\\x":1}',
      '"\\',
      ']]',
    ]) {
      assert.match(refusal(text), /not JSON/, JSON.stringify(text));
    }
    assert.match(refusal(new Uint8Array([0x22, 0xff, 0x22])), /not UTF-8/);
    assert.match(refusal(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])), /not UTF-8/);
  });
});
