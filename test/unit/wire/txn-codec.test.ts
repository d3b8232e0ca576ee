import assert from 'node:assert/strict';
import { MalformedBytes } from '../../../src/base/bytes.ts';
import { openAcl } from '../../../src/model/acl.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import type { Txn } from '../../../src/model/txn.ts';
import { decodeTxn, encodeTxn } from '../../../src/wire/txn-codec.ts';

const path = '/a' as ZnodePath;

function creating(data: Uint8Array | null): Txn {
  return {
    timeMs: 5,
    branch: 'ops',
    changes: [
      {
        change: 'create',
        path,
        answers: 0,
        data,
        acl: [{ permissions: 31, scheme: 'world', id: 'anyone' }],
        owned: { kind: 'persistent' },
        parentCreates: 1,
        parentAcl: openAcl,
      },
    ],
  };
}

describe('txn codec', () => {
  it('refuses another version with words that say what to do', () => {
    const bytes = encodeTxn(creating(null));
    assert.equal(bytes[0], 2);
    bytes[0] = 4;
    assert.throws(
      () => decodeTxn(bytes),
      (error) =>
        error instanceof MalformedBytes && /format 4.*run the newer Quoll/.test(error.message),
    );
  });

  it('writes the owner of a key in a format of its own, and reads the one before', () => {
    const idempotency = { key: 'k', fingerprint: Uint8Array.of(1, 2) };
    const before = encodeTxn({ ...creating(null), idempotency });
    const owned = encodeTxn({ ...creating(null), idempotency: { ...idempotency, owner: 'o' } });
    assert.deepEqual([before[0], owned[0]], [2, 3]);
    assert.equal(decodeTxn(before).idempotency?.owner, undefined);
    assert.equal(decodeTxn(owned).idempotency?.owner, 'o');
    owned[0] = 2;
    assert.throws(() => decodeTxn(owned), MalformedBytes);
  });

  it('tells null from empty data', () => {
    for (const data of [null, new Uint8Array(0)]) {
      const change = decodeTxn(encodeTxn(creating(data))).changes[0];
      assert.deepEqual(change?.change === 'create' && change.data, data);
    }
  });

  it('gives every open ACL as the one that is shared', () => {
    const change = decodeTxn(encodeTxn(creating(null))).changes[0];
    assert.ok(change?.change === 'create' && change.acl === openAcl);
  });

  it('encodes small txns the same after a large one', () => {
    const small = encodeTxn(creating(null));
    assert.ok(encodeTxn(creating(new Uint8Array(2_000_000))).length > 2_000_000);
    assert.deepEqual(encodeTxn(creating(null)), small);
  });
});
