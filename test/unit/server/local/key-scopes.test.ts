import assert from 'node:assert/strict';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { scopeBytesOf } from '../../../../src/model/idempotency-key.ts';
import { KeyScopes } from '../../../../src/server/local/key-scopes.ts';

describe('the scope of an idempotency key', () => {
  const scopes = new KeyScopes(systemHash);
  const address = (id: string) => ({ scheme: 'ip', id });
  const alice = { scheme: 'digest', id: 'alice:x' };

  it('is who has proved who they are, wherever they come from', () => {
    const here = scopes.of([address('10.0.0.1'), alice], 'k');
    assert.match(here, /^[0-9a-f]{32} k$/);
    assert.equal(scopes.of([alice, address('10.0.0.2')], 'k'), here);
    assert.notEqual(scopes.of([{ scheme: 'digest', id: 'bob:x' }], 'k'), here);
    assert.deepEqual([scopeBytesOf(here), scopeBytesOf('k'.repeat(60))], [33, 0]);
  });

  it('is one for all who have proved nothing: a client may come back by another address', () => {
    for (const id of ['10.0.0.1', '10.0.0.2']) assert.equal(scopes.of([address(id)], 'k'), 'k');
  });
});
