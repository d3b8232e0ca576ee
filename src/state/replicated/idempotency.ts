import { assert } from '../../base/assert.ts';
import { Fifo } from '../../base/fifo.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { WriteOutcome } from '../../model/request.ts';
import { timeAheadMsMax } from '../../model/txn.ts';
import { compareZxid, zeroZxid, zxidHigh, zxidLow, type Zxid } from '../../model/zxid.ts';
import { laneSeeds, type RunningDigest } from '../digest/digest.ts';
import { finish, hashBytes, hashText, mix, mixNumber } from '../digest/mixing.ts';
import { KeyShares } from './key-shares.ts';
import { decodeRecordedOutcome } from './op-result-codec.ts';
import { bytesOf, type RecordedWrite } from './recorded-write.ts';

/** A day's keys are forgotten over many txns: none takes long for it. */
const forgottenPerTxnMax = 200;

interface IdempotencyLimits {
  readonly keptMs: number;
  /** What is younger is forgotten for nobody's sake. */
  readonly keptMsMin: number;
  readonly keysMax: number;
  /** Of keys, fingerprints and outcomes: a multi of a thousand ops has a large one. */
  readonly bytesMax: number;
}

/**
 * How long a key is remembered: for `keptMs` at the least that have passed on a leader's monotonic clock, or less when there
 * are more keys or bytes than may be, but a minute in every case. Whoever has used so many within a minute that nothing can
 * make room is refused (`whyNoRoom`).
 */
export const idempotencyLimits: IdempotencyLimits = Object.freeze({
  keptMs: 24 * 60 * 60 * 1000,
  keptMsMin: 60 * 1000,
  keysMax: 200_000,
  bytesMax: 128 * 1024 * 1024,
});

/** The leader lets no more in than may be kept; logs of before there was a least time may hold more, up to here. */
const beyondMax = 2;
/** Looked at in one call, to find who is not young any more. */
const agedPerCall = 1_024;

/**
 * The writes that were made under a key. Replicated: every peer records and forgets the same keys with the same txn
 * (brief A14, S8). When there is no room, who has the most gives way, of what is not young; and nobody gets more young
 * ones than are left for others.
 */
export class RecordedWrites {
  /** In order of zxid: what was recorded first is forgotten first. */
  readonly #writes = new Map<string, RecordedWrite>();
  readonly #shares = new KeyShares();
  /** Not found to be old yet, in order; what is forgotten meanwhile may stand there still. */
  readonly #young = new Fifo<RecordedWrite>();
  #agedUpTo = zeroZxid;
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
    const bytes = bytesOf(write);
    for (;;) {
      const leastMissed = this.#inTheWay(bytes, write.timeMs);
      if (leastMissed === undefined) break;
      this.#forget(leastMissed);
    }
    this.#writes.set(write.key, write);
    this.#young.push(write);
    this.#shares.add(write);
    this.#bytes += bytes;
    contribute(this.#digest, write, 'add');
    this.#age(write.timeMs);
  }

  /**
   * Leader only. Says why there is no room for one more of this owner: within the last minute it has used as many keys, or
   * keeps as many bytes, as are left for all others. `part`: of that, what it may have.
   */
  whyNoRoom(
    {
      owner,
      bytes,
      timeMs,
    }: { readonly owner: string; readonly bytes: number; readonly timeMs: number },
    { inFlight, part }: { readonly inFlight: number; readonly part: number },
  ): Refusal | undefined {
    this.#age(timeMs);
    const { keysMax, bytesMax } = this.#limits;
    const own = this.#shares.youngOf(owner);
    const all = this.#shares.young;
    const keysLeft = Math.floor((keysMax - all.keys - inFlight) * part);
    if (own.keys + 1 > keysLeft) return tooManyKeys(own.keys, 'keys');
    const bytesLeft = Math.floor((bytesMax - all.bytes) * part);
    return own.bytes + bytes > bytesLeft ? tooManyKeys(own.bytes, 'bytes') : undefined;
  }

  /** What makes room for so many bytes more, and one key; undefined when there is room, or nothing may go. */
  #inTheWay(bytes: number, timeMs: number): RecordedWrite | undefined {
    const { keysMax, bytesMax } = this.#limits;
    const isShort = this.#bytes + bytes > bytesMax;
    if (!isShort && this.#writes.size < keysMax) return undefined;
    const most = this.#shares.leastMissed(isShort ? 'bytes' : 'keys');
    if (most === undefined || this.#isYoungNoMore(most, timeMs)) return most;
    const [oldest = most] = this.#writes.values();
    if (this.#isYoungNoMore(oldest, timeMs)) return oldest;
    const isFarBeyond =
      this.#bytes + bytes > beyondMax * bytesMax || this.#writes.size >= beyondMax * keysMax;
    return isFarBeyond ? most : undefined;
  }

  /** By the times of txns. One from far ahead is of a clock that was wrong: it would stay young until that time has come. */
  #isYoungNoMore(write: RecordedWrite, timeMs: number): boolean {
    const ageMs = timeMs - write.timeMs;
    return ageMs >= this.#limits.keptMsMin || ageMs < -timeAheadMsMax;
  }

  #age(timeMs: number): void {
    for (let left = agedPerCall; left > 0; left--) {
      const next = this.#young.first;
      if (next === undefined || !this.#isYoungNoMore(next, timeMs)) return;
      this.#young.shift();
      this.#agedUpTo = next.zxid;
      if (this.#writes.get(next.key) === next) this.#shares.aged(next);
    }
  }

  /** Adds every key's share anew. */
  addTo(digest: RunningDigest): void {
    for (const write of this.#writes.values()) contribute(digest, write, 'add');
  }

  #forget(write: RecordedWrite): void {
    this.#writes.delete(write.key);
    this.#shares.remove(write, compareZxid(write.zxid, this.#agedUpTo) > 0);
    this.#bytes -= bytesOf(write);
    contribute(this.#digest, write, 'subtract');
  }
}

function tooManyKeys(actual: number, what: 'keys' | 'bytes'): Refusal {
  const detail =
    what === 'keys'
      ? 'Too many idempotency keys were used from where you are within the last minute, for which all of them are kept: send this again a little later, or without a key what may be done twice.'
      : 'The answers kept under idempotency keys from where you are, for a minute at least, take too many bytes: send this again a little later, in smaller transactions, or without a key what may be done twice.';
  return refused('throttled', detail, { actual });
}

function contribute(digest: RunningDigest, write: RecordedWrite, how: 'add' | 'subtract'): void {
  // Once for both lanes: the outcome of many ops has a megabyte.
  const keyHash = hashText(write.key);
  const outcomeHash = hashBytes(write.outcome);
  const [first, second] = laneSeeds.map((seed) => {
    let hash = mix(seed, keyHash ^ seed);
    hash = mix(hash, hashBytes(write.fingerprint));
    hash = mix(mix(hash, zxidHigh(write.zxid)), zxidLow(write.zxid));
    hash = mixNumber(hash, write.timeMs);
    if (write.owner !== '') hash = mix(hash, hashText(write.owner) ^ seed);
    return finish(mix(hash, outcomeHash ^ seed));
  }) as [number, number];
  digest[how](first, second);
}
