import { assert } from '../../base/assert.ts';
import type { WriteOutcome } from '../../model/request.ts';
import { compareZxid, zxidHigh, zxidLow, type Zxid } from '../../model/zxid.ts';
import { laneSeeds, type RunningDigest } from '../digest/digest.ts';
import { finish, hashBytes, hashText, mix, mixNumber } from '../digest/mixing.ts';
import { KeyShares } from './key-shares.ts';
import { decodeRecordedOutcome } from './op-result-codec.ts';
import { bytesOf, type RecordedWrite } from './recorded-write.ts';

/** A day's keys are forgotten over many txns: none takes long for it. */
const forgottenPerTxnMax = 200;

interface IdempotencyLimits {
  readonly keptMs: number;
  readonly keysMax: number;
  /** Of keys, fingerprints and outcomes: a multi of a thousand ops has a large one. */
  readonly bytesMax: number;
}

/**
 * How long a key is remembered: for `keptMs` at the least that have passed on a leader's monotonic clock, unless one of the
 * others bites.
 */
export const idempotencyLimits: IdempotencyLimits = Object.freeze({
  keptMs: 24 * 60 * 60 * 1000,
  keysMax: 100_000,
  bytesMax: 64 * 1024 * 1024,
});

/**
 * The writes that were made under a key. Replicated: every peer records and forgets the same keys with the same txn
 * (brief A14, S8). When there is no room, who has the most gives way.
 */
export class RecordedWrites {
  /** In order of zxid: what was recorded first is forgotten first. */
  readonly #writes = new Map<string, RecordedWrite>();
  readonly #shares = new KeyShares();
  readonly #digest: RunningDigest;
  readonly #limits: IdempotencyLimits;
  #bytes = 0;

  constructor(digest: RunningDigest, limits = idempotencyLimits) {
    this.#digest = digest;
    this.#limits = limits;
  }

  get size(): number {
    return this.#writes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): RecordedWrite | undefined {
    return this.#writes.get(key);
  }

  /** Gives all of them, in order of zxid. */
  values(): IterableIterator<RecordedWrite> {
    return this.#writes.values();
  }

  replay(key: string): WriteOutcome | undefined {
    const write = this.#writes.get(key);
    if (write === undefined) return undefined;
    return { zxid: write.zxid, ...decodeRecordedOutcome(write.outcome), replayed: true };
  }

  /**
   * Gives how far to forget what was recorded up to `aged`, some at a time: the zxid of the last to go. Undefined when
   * nothing is left that is so old.
   */
  oldest(aged: Zxid): Zxid | undefined {
    let last: Zxid | undefined;
    let left = forgottenPerTxnMax;
    for (const { zxid } of this.#writes.values()) {
      if (left-- === 0 || compareZxid(zxid, aged) > 0) break;
      last = zxid;
    }
    return last;
  }

  /** Forgets what was recorded up to here. */
  forgetUpTo(zxid: Zxid): void {
    for (const write of this.#writes.values()) {
      if (compareZxid(write.zxid, zxid) > 0) return;
      this.#forget(write);
    }
  }

  /** Forgets what is too old by the times of txns, as logs of format 3 and before have it. */
  forgetExpired(timeMs: number): void {
    for (const write of this.#writes.values()) {
      if (timeMs - write.timeMs < idempotencyLimits.keptMs) return;
      this.#forget(write);
    }
  }

  /** Makes room, and records: what is new is there, whoever has the most. */
  record(write: RecordedWrite): void {
    assert(!this.#writes.has(write.key), 'a key is recorded once', { key: write.key });
    const { keysMax, bytesMax } = this.#limits;
    const bytes = bytesOf(write);
    for (;;) {
      const isShort = this.#bytes + bytes > bytesMax;
      if (!isShort && this.#writes.size < keysMax) break;
      const oldest = this.#shares.leastMissed(isShort ? 'bytes' : 'keys');
      if (oldest === undefined) break;
      this.#forget(oldest);
    }
    this.#writes.set(write.key, write);
    this.#shares.add(write);
    this.#bytes += bytes;
    contribute(this.#digest, write, 'add');
  }

  /** Adds every key's share anew. */
  addTo(digest: RunningDigest): void {
    for (const write of this.#writes.values()) contribute(digest, write, 'add');
  }

  #forget(write: RecordedWrite): void {
    this.#writes.delete(write.key);
    this.#shares.remove(write);
    this.#bytes -= bytesOf(write);
    contribute(this.#digest, write, 'subtract');
  }
}

function contribute(digest: RunningDigest, write: RecordedWrite, how: 'add' | 'subtract'): void {
  const [first, second] = laneSeeds.map((seed) => {
    let hash = mix(seed, hashText(write.key) ^ seed);
    hash = mix(hash, hashBytes(write.fingerprint));
    hash = mix(mix(hash, zxidHigh(write.zxid)), zxidLow(write.zxid));
    hash = mixNumber(hash, write.timeMs);
    if (write.owner !== '') hash = mix(hash, hashText(write.owner) ^ seed);
    return finish(mix(hash, hashBytes(write.outcome) ^ seed));
  }) as [number, number];
  digest[how](first, second);
}
