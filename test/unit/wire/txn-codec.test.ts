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
    bytes[0] = 3;
    assert.throws(
      () => decodeTxn(bytes),
      (error) =>
        error instanceof MalformedBytes && /format 3.*run the newer Quoll/.test(error.message),
    );
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
