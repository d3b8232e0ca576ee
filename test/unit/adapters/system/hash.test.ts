import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { zeroChain, type EntryKind } from '../../../../src/model/log-entry.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import { systemHash } from '../../../../src/adapters/system/hash.ts';

describe('system hash', () => {
  it('is SHA-256', () => {
    const digest = systemHash.sha256(new TextEncoder().encode('abc'));
    assert.equal(
      Buffer.from(digest).toString('hex'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  // Written out once more, as the format says it: before, zxid, kind, payload. Epoch 7 is 000007, and the counter's 40
  // bits are 0200000009.
  const kindHex = { txn: '00', epochStart: '01', membership: '02' } as const satisfies Record<
    EntryKind,
    string
  >;
  function chainByTheBook(before: string, kind: EntryKind, payload: Uint8Array): string {
    const head = Buffer.from(`${before}0000070200000009${kindHex[kind]}`, 'hex');
    return createHash('sha256').update(head).update(payload).digest('hex').slice(0, 32);
  }

  for (const kind of ['txn', 'epochStart', 'membership'] as const) {
    it(`chains a ${kind} of any size`, () => {
      const before = systemHash.chain(zeroChain, zxid(1, 1), 'txn', new Uint8Array(0));
      for (const length of [0, 1, 200, 16_384, 16_385, 100_000]) {
        const payload = new Uint8Array(length).fill(length % 251);
        const chain = systemHash.chain(before, zxid(7, 0x2_0000_0009), kind, payload);
        assert.equal(chain, chainByTheBook(before, kind, payload), String(length));
        assert.match(chain, /^[0-9a-f]{32}$/);
      }
    });
  }

  it('has nothing left over from a longer payload', () => {
    const first = systemHash.chain(zeroChain, zxid(1, 1), 'txn', Uint8Array.of(1));
    systemHash.chain(zeroChain, zxid(1, 1), 'txn', new Uint8Array(500).fill(9));
    assert.equal(systemHash.chain(zeroChain, zxid(1, 1), 'txn', Uint8Array.of(1)), first);
  });
});
