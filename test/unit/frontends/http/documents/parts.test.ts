import assert from 'node:assert/strict';
import {
  arrayParts,
  dataFieldsOf,
  objectParts,
} from '../../../../../src/frontends/http/documents/parts.ts';
import { encodeData } from '../../../../../src/frontends/http/documents/encode.ts';

describe('large documents in parts', () => {
  const text = (parts: Iterable<string>): string => [...parts].join('');

  it('read as JSON.stringify writes them', () => {
    assert.equal(text(objectParts([])), '{}');
    const empty = (): Iterable<string> => arrayParts([], String);
    assert.equal(text(objectParts([['none', empty]])), '{"none":[]}');
    const names = (): Iterable<string> =>
      arrayParts(['"', 'é'], (name) => objectParts([['name', name]]));
    const numbers = (): Iterable<string> => arrayParts([1, 2], String);
    assert.equal(
      text(
        objectParts([
          ['a', 1],
          ['left away', undefined],
          ['names', names],
          ['numbers', numbers],
          ['b', null],
        ]),
      ),
      JSON.stringify({ a: 1, names: [{ name: '"' }, { name: 'é' }], numbers: [1, 2], b: null }),
    );
  });

  it('cut data between its characters, and base64 where it has no padding', () => {
    const samples = [
      ...[0, 1, 2, 3].map((more) => Buffer.from(`${'x'.repeat(more)}${'😀é"\n'.repeat(20_000)}`)),
      ...[0, 1, 2].map((more) => Buffer.alloc(100_000 + more, 0xfe)),
    ];
    for (const data of samples) {
      for (const force of [undefined, 'base64'] as const) {
        const parts = [...objectParts(dataFieldsOf(data, force))];
        assert.equal(parts.join(''), JSON.stringify(encodeData(data, force)));
        assert.ok(Math.max(...parts.map(({ length }) => length)) < 100_000);
      }
    }
  });
});
