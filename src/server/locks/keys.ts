import { ByteWriter } from '../../base/bytes.ts';
import { toHex } from '../../base/hex.ts';
import { sessionIdFromWords, type SessionId } from '../../model/ids.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { Hash } from '../../ports/hash.ts';

/**
 * Holds what a lockId stands for in one queue. All of it follows from the lockId, on every peer; none of it leads back.
 */
export interface LockKeys {
  /** Stands in the contender's name, for everybody to see: 32 hex digits. */
  readonly contender: string;
  /** Of the session that is opened for the lock when its client brings none. */
  readonly ownSession: SessionId;
  /** The request is known by it when it comes again. Holds a space, which no client's key does. */
  readonly idempotencyKey: string;
}

export function lockKeys(hash: Hash, queue: ZnodePath, lockId: string): LockKeys {
  const derive = (what: string): Uint8Array =>
    hash.sha256(new ByteWriter().text(`quoll ${what}`).text(queue).text(lockId).take());
  const session = derive('session');
  const view = new DataView(session.buffer, session.byteOffset, session.byteLength);
  return {
    contender: toHex(derive('contender').subarray(0, 16)),
    // 63 bits; the lowest is set, so that it is never the id that means nobody.
    ownSession: sessionIdFromWords(view.getUint32(0) & 0x7fff_ffff, (view.getUint32(4) | 1) >>> 0),
    idempotencyKey: `lock ${toHex(derive('request'))}`,
  };
}
