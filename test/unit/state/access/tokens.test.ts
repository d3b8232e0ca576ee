import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import { Tokens } from '../../../../src/state/access/tokens.ts';

const sha256 = 'ab'.repeat(32);
const documentOf = (...groups: readonly string[]) =>
  utf8(JSON.stringify({ sha256, groups, notAfter: null }));

/** As it is after these changes, each of one name. */
function after(...changes: readonly (readonly [string, Uint8Array | undefined])[]): Tokens {
  const tokens = new Tokens();
  for (const [name, data] of changes) tokens.changed(name, data);
  return tokens;
}

describe('static tokens of one hash', () => {
  const others = utf8(JSON.stringify({ sha256: 'cd'.repeat(32), groups: [], notAfter: null }));

  it('prove the same whatever came first', () => {
    const [one, other] = [
      after(['a', documentOf('x')], ['b', documentOf('y')]),
      after(['b', documentOf('y')], ['a', documentOf('x')]),
    ];
    assert.deepEqual(one.find(sha256), other.find(sha256));
    for (const name of ['a', 'b']) assert.deepEqual(one.document(name), other.document(name));
  });

  it('stand each for itself', () => {
    for (const gone of [undefined, others]) {
      for (const name of ['a', 'b']) {
        const tokens = after(['a', documentOf('x')], ['b', documentOf('y')], [name, gone]);
        const stays = name === 'a' ? 'b' : 'a';
        const found = tokens.find(sha256);
        assert.equal(found?.identities[0]?.id, stays);
        assert(found.validity?.tokens?.every((words) => tokens.stands(words)));
      }
    }
  });

  it('end whoever was let in by the one that is gone', () => {
    const tokens = after(['a', documentOf('x')], ['b', documentOf('y')]);
    const [words = ''] = tokens.find(sha256)?.validity?.tokens ?? [];
    assert(tokens.stands(words));
    tokens.changed('a', undefined);
    assert(!tokens.stands(words));
    tokens.changed('b', undefined);
    assert.equal(tokens.find(sha256), undefined);
  });
});
