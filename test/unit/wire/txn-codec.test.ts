import assert from 'node:assert/strict';
import { MalformedBytes } from '../../../src/base/bytes.ts';
import { openAcl } from '../../../src/model/acl.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import type { Txn } from '../../../src/model/txn.ts';
import { zxid } from '../../../src/model/zxid.ts';
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
    assert.equal(bytes[0], 4);
    bytes[0] = 5;
    assert.throws(
      () => decodeTxn(bytes),
      (error) =>
        error instanceof MalformedBytes && /format 5.*run the newer Quoll/.test(error.message),
    );
  });

  it('reads the formats in which keys are forgotten by time, and had no owner', () => {
    const idempotency = { key: 'k', fingerprint: Uint8Array.of(1, 2) };
    const old = { ...creating(null), forgetsByTime: true as const };
    const before = encodeTxn({ ...old, idempotency });
    const owned = encodeTxn({ ...old, idempotency: { ...idempotency, owner: 'o' } });
    assert.deepEqual([before[0], owned[0]], [2, 3]);
    for (const bytes of [before, owned]) assert.equal(decodeTxn(bytes).forgetsByTime, true);
    const now = decodeTxn(encodeTxn({ ...creating(null), forgetUpTo: zxid(3, 7) }));
    assert.deepEqual([now.forgetsByTime, now.forgetUpTo], [undefined, zxid(3, 7)]);
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
