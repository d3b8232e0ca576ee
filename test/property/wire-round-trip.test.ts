import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Change, Txn } from '../../src/model/txn.ts';
import type { PeerMessage } from '../../src/model/peer-message.ts';
import type { TxnCodec } from '../../src/ports/txn-codec.ts';
import { decodeNotification, encodeNotification } from '../../src/wire/notification-codec.ts';
import { decodePeerMessage, encodePeerMessage } from '../../src/wire/peer-codec.ts';
import { txnCodec } from '../../src/wire/txn-codec.ts';
import { changes, notifications, peerMessages, txns } from '../support/wire/arbitraries.ts';

const codec: TxnCodec = txnCodec;

// fast-check makes records without a prototype now and then; what is compared is what the bytes say.
function plain<Value>(value: Value): Value {
  return structuredClone(value);
}

describe('wire round trip', () => {
  describe('txn', () => {
    for (const [name, arbitrary] of Object.entries(changes)) {
      it(`carries every ${name}`, () => {
        fc.assert(
          fc.property(arbitrary as fc.Arbitrary<Change>, (change) => {
            const txn: Txn = { timeMs: 1, changes: [change], branch: 'ops' };
            assert.deepEqual(codec.decode(codec.encode(txn)), plain(txn));
          }),
        );
      });
    }

    it('carries session, branch, idempotency and many changes', () => {
      fc.assert(
        fc.property(txns, (txn) => {
          assert.deepEqual(codec.decode(codec.encode(txn)), plain(txn));
        }),
      );
    });

    it('gives the same bytes again: peers compare hashes of them', () => {
      fc.assert(
        fc.property(txns, (txn) => {
          const bytes = codec.encode(txn);
          assert.deepEqual(codec.encode(codec.decode(bytes)), bytes);
        }),
      );
    });

    it('reads from the middle of a larger buffer, and shares no memory with it', () => {
      fc.assert(
        fc.property(txns, (txn) => {
          const bytes = codec.encode(txn);
          const within = Buffer.concat([Buffer.alloc(7, 0xff), bytes, Buffer.alloc(9, 0xff)]);
          const decoded = codec.decode(within.subarray(7, 7 + bytes.length));
          within.fill(0);
          assert.deepEqual(decoded, plain(txn));
        }),
      );
    });
  });

  describe('peer message', () => {
    for (const [name, arbitrary] of Object.entries(peerMessages)) {
      it(`carries every ${name}`, () => {
        fc.assert(
          fc.property(arbitrary as fc.Arbitrary<PeerMessage>, (message) => {
            assert.deepEqual(decodePeerMessage(encodePeerMessage(message)), plain(message));
          }),
        );
      });
    }
  });

  it('gives plain bytes from a Buffer, whose slices would not be copies', () => {
    const message: PeerMessage = { kind: 'snapChunk', sequence: 1, bytes: Uint8Array.of(1, 2, 3) };
    const decoded = decodePeerMessage(Buffer.from(encodePeerMessage(message)));
    assert.deepEqual(decoded, message);
  });

  it('notification', () => {
    fc.assert(
      fc.property(notifications, (notification) => {
        assert.deepEqual(decodeNotification(encodeNotification(notification)), plain(notification));
      }),
    );
  });
});
