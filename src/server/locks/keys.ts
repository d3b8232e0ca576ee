import { ByteWriter } from '../../base/bytes.ts';
import { toHex } from '../../base/hex.ts';
import { sessionIdFromWords, type SessionId } from '../../model/ids.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { Hash } from '../../ports/hash.ts';

/**
 * Gives what a lockId stands for in one queue. All of it follows from the lockId, on every peer; none of it leads back.
 * Each is a hash, made when it is asked for: who polls needs the first alone.
 */
export class LockKeys {
  readonly #hash: Hash;
  readonly #queue: ZnodePath;
  readonly #lockId: string;

  constructor(hash: Hash, queue: ZnodePath, lockId: string) {
    this.#hash = hash;
    this.#queue = queue;
    this.#lockId = lockId;
  }

  /** Stands in the contender's name, for everybody to see: 32 hex digits. */
  contender(): string {
    return toHex(this.#derived('quoll contender').subarray(0, 16));
  }

  /** Of the session that is opened for the lock when its client brings none. */
  ownSession(): SessionId {
    const { buffer, byteOffset } = this.#derived('quoll session');
    const view = new DataView(buffer, byteOffset);
    // 63 bits; the lowest is set, so that it is never the id that means nobody.
    return sessionIdFromWords(view.getUint32(0) & 0x7fff_ffff, (view.getUint32(4) | 1) >>> 0);
  }

  /** The request is known by it when it comes again. Holds a space, which no client's key does. */
  idempotencyKey(): string {
    return `lock ${toHex(this.#derived('quoll request'))}`;
  }

  #derived(what: string): Uint8Array {
    writer.reset();
    return this.#hash.sha256(writer.text(what).text(this.#queue).text(this.#lockId).view());
  }
}

/** What is hashed is read at once. */
const writer = new ByteWriter();
