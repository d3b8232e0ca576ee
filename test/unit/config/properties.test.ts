import assert from 'node:assert/strict';
import { parseProperties } from '../../../src/config/properties.ts';

describe('Java properties', () => {
  const read = (text: string): readonly string[] =>
    parseProperties(text).map(({ key, value, line }) => `${String(line)} ${key}=${value}`);

  for (const [what, text, ...expected] of [
    ['escapes', String.raw`a\:b=c\=d\#\!\ e\\f\tg\u0041`, '1 a:b=c=d#! e\\f\tgA'],
    ['a CR alone', 'a=1\rb=2\r', '1 a=1', '2 b=2'],
    ['CR and LF', 'a=1\r\n\r\nb=2\r\n', '1 a=1', '3 b=2'],
    ['a line that goes on', 'a=1\\\n   2\\\r\n\t3\nb=4', '1 a=123', '4 b=4'],
    ['an escaped backslash, which does not', 'a=1\\\\\nb=2', '1 a=1\\', '2 b=2'],
    ['a blank after the backslash, which does not', 'a=1\\ \nb=2', '1 a=1', '2 b=2'],
    ['comments, which never go on', '# a\\\n! b\n  #c\nd=1', '4 d=1'],
    ['separators', 'a 1\nb : 2\nc\t=\f3\nd==4\ne', '1 a=1', '2 b=2', '3 c=3', '4 d==4', '5 e='],
    ['the end in the middle of a line', 'a=1\\', '1 a=1'],
  ] as const) {
    it(`have ${what}`, () => {
      assert.deepEqual(read(text), expected);
    });
  }

  it('are malformed by half a letter', () => {
    const found = parseProperties('a=\\u12\nb=\\\\u12\nc=\\u00e9');
    assert.deepEqual(
      found.map(({ isMalformed, value }) => (isMalformed ? '!' : value)),
      ['!', '\\u12', 'é'],
    );
  });
});
