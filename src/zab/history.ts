import { assert, broken } from '../base/assert.ts';
import type { ChainHash, LogEntry, LogPosition } from '../model/log-entry.ts';
import { decodeMembership, sameMembership, type Membership } from '../model/membership.ts';
import { compareZxid, zxidFollows, type Zxid } from '../model/zxid.ts';
import type { ChainIndex } from './chain-index.ts';
import type { MembershipEntry } from './log-index.ts';
import type { ZabRecovered } from './options.ts';

/**
 * This peer's log as ZAB needs it in memory: the proof (chain hash) of every entry that the log still holds, the
 * memberships in it, and the payloads of those entries that were not delivered yet. The entries themselves are the
 * store's. What is in here is *logged*; whether it is durable is known to the `Journal`.
 */
export class History {
  readonly #chains: ChainIndex;
  readonly #founded: () => Membership | null;
  #memberships: MembershipEntry[];
  #baseMembership: Membership | null;
  /** Entries after `delivered`, in order. */
  #tail: LogEntry[];
  #committed: Zxid;
  #delivered: Zxid;
  /** The last membership that is committed, and how many of `#memberships` are. */
  #settled: Membership | null = null;
  #settledCount = 0;
  /** As of `membershipsInForce`, while nothing has changed that: it is asked for several times for each write. */
  #inForce: readonly Membership[] | undefined;

  constructor(recovered: ZabRecovered, founded: () => Membership | null) {
    this.#founded = founded;
    this.#chains = recovered.index.chains;
    this.#baseMembership = recovered.baseMembership;
    this.#memberships = recovered.index.memberships;
    this.#tail = [...recovered.tail];
    this.#committed = recovered.commit;
    this.#delivered = recovered.delivered;
    this.#settle();
    const last = this.last.zxid;
    assert(compareZxid(this.#delivered, this.#committed) <= 0, 'delivered <= committed', {
      delivered: this.#delivered,
      committed: this.#committed,
    });
    assert(compareZxid(this.#committed, last) <= 0, 'committed <= last logged', {
      committed: this.#committed,
      last,
    });
  }

  /** The end of the log. */
  get last(): LogPosition {
    return this.#chains.last;
  }

  /** As of `last`, for every entry's path: without an object for it. */
  get lastZxid(): Zxid {
    return this.#chains.lastZxid;
  }

  get lastChain(): ChainHash {
    return this.#chains.lastChain;
  }

  get base(): LogPosition {
    return this.#chains.base;
  }

  /** Known to be committed. Never above `last`. */
  get committed(): Zxid {
    return this.#committed;
  }

  /** Handed out to be applied. Never above `committed`. */
  get delivered(): Zxid {
    return this.#delivered;
  }

  /** The last membership in the log, committed or not. */
  get membership(): Membership | null {
    return this.#memberships.at(-1)?.membership ?? this.#baseMembership ?? this.#founded();
  }

  /** The last membership that is known to be committed. */
  get settled(): Membership | null {
    return this.#settled ?? this.#founded();
  }

  /** A quorum must be one of each of these: the last committed membership, and every later one in the log (A0, A16). */
  membershipsInForce(): readonly Membership[] {
    if (this.#inForce !== undefined) return this.#inForce;
    const inForce = this.#listInForce();
    // Who founds is told of that from outside.
    if (this.settled !== null) this.#inForce = inForce;
    return inForce;
  }

  #listInForce(): readonly Membership[] {
    let committed = this.#baseMembership ?? this.#founded();
    const inForce: Membership[] = [];
    for (const entry of this.#memberships) {
      if (compareZxid(entry.zxid, this.#committed) <= 0) committed = entry.membership;
      else inForce.push(entry.membership);
    }
    return committed === null ? inForce : [committed, ...inForce];
  }

  /** The membership at a place of the log; null where none was known yet. */
  membershipAt(at: Zxid): Membership | null {
    let found = this.#baseMembership ?? this.#founded();
    for (const entry of this.#memberships) {
      if (compareZxid(entry.zxid, at) <= 0) found = entry.membership;
    }
    return found;
  }

  /** The proof of a place that the log holds (its base included); undefined for one that it does not. */
  chainAt(at: Zxid): ChainHash | undefined {
    return this.#chains.chainAt(at);
  }

  holds(position: LogPosition): boolean {
    return this.#chains.chainAt(position.zxid) === position.chain;
  }

  /** The highest place strictly below, down to the base; undefined when that is not below. */
  highestBelow(limit: Zxid): LogPosition | undefined {
    return this.#chains.highestBelow(limit);
  }

  /** Of undelivered entries only: all that a learner can still need from memory. */
  tailAfter(after: Zxid): readonly LogEntry[] {
    assert(compareZxid(after, this.#delivered) >= 0, 'only undelivered entries are in memory');
    return this.#tail.slice(this.#tailIndexAfter(after));
  }

  /** Of the payloads of those after `after` and up to `upTo`. */
  bytesBetween(after: Zxid, upTo: Zxid): number {
    const end = this.#tailIndexAfter(upTo);
    let bytes = 0;
    for (let index = this.#tailIndexAfter(after); index < end; index++) {
      bytes += this.#tail[index]?.payload.length ?? 0;
    }
    return bytes;
  }

  /** Those after `after` and up to `upTo`, in an array of the caller's own. */
  tailBetween(after: Zxid, upTo: Zxid): LogEntry[] {
    assert(compareZxid(after, this.#delivered) >= 0, 'only undelivered entries are in memory');
    return this.#tail.slice(this.#tailIndexAfter(after), this.#tailIndexAfter(upTo));
  }

  append(entry: LogEntry): void {
    if (!zxidFollows(this.lastZxid, entry.zxid)) {
      throw broken('no gap in the log', { last: this.lastZxid, next: entry.zxid });
    }
    this.#chains.append(entry);
    this.#tail.push(entry);
    if (entry.kind === 'txn') return;
    const membership = decodeMembership(entry.payload);
    // The start of an epoch repeats what is in force: nothing that a second quorum would have to agree to.
    if (this.membership === null || !sameMembership(membership, this.membership)) {
      this.#memberships.push({ zxid: entry.zxid, membership });
      this.#inForce = undefined;
    }
  }

  /** Cuts everything after `to`. Never anything that was committed (I7). */
  truncate(to: LogPosition): void {
    assert(this.holds(to), 'a cut is at a place that the log holds', { to });
    assert(compareZxid(to.zxid, this.#committed) >= 0, 'no committed txn is ever cut', {
      to: to.zxid,
      committed: this.#committed,
    });
    this.#chains.truncate(to.zxid);
    this.#tail.length = this.#tailIndexAfter(to.zxid);
    this.#memberships = this.#memberships.filter((entry) => compareZxid(entry.zxid, to.zxid) <= 0);
    this.#inForce = undefined;
  }

  /** A snapshot replaces the whole log; what follows is appended. */
  replaceBySnapshot(at: LogPosition, membership: Membership | null): void {
    assert(compareZxid(at.zxid, this.#delivered) >= 0, 'a snapshot never takes applied txns back', {
      snapshot: at.zxid,
      delivered: this.#delivered,
    });
    this.#chains.reset(at);
    this.#tail = [];
    this.#memberships = [];
    this.#baseMembership = membership;
    this.#committed = at.zxid;
    this.#delivered = at.zxid;
    this.#settle();
  }

  /** Forgets the proofs up to and including `base`; one that a snapshot has overtaken meanwhile is old news. */
  compact(base: LogPosition): void {
    if (compareZxid(base.zxid, this.base.zxid) <= 0) return;
    assert(compareZxid(base.zxid, this.#delivered) <= 0, 'only applied entries are compacted');
    this.#baseMembership = this.membershipAt(base.zxid);
    this.#memberships = this.#memberships.filter((entry) => compareZxid(entry.zxid, base.zxid) > 0);
    this.#chains.compact(base.zxid);
    this.#settle();
  }

  /** Raises the commit point; lower ones are old news. */
  commit(upTo: Zxid): void {
    if (compareZxid(upTo, this.lastZxid) > 0) {
      throw broken('only logged txns are committed', { commit: upTo, last: this.lastZxid });
    }
    if (compareZxid(upTo, this.#committed) <= 0) return;
    this.#committed = upTo;
    if (this.#memberships.length > this.#settledCount) this.#settle();
  }

  /** Takes out what is committed and durable, in order, in an array of the caller's own. */
  deliver(durable: Zxid): LogEntry[] {
    const upTo = compareZxid(durable, this.#committed) < 0 ? durable : this.#committed;
    if (compareZxid(upTo, this.#delivered) <= 0) return [];
    const delivered = this.#tail.splice(0, this.#tailIndexAfter(upTo));
    const last = delivered.at(-1);
    if (last !== undefined) this.#delivered = last.zxid;
    return delivered;
  }

  #settle(): void {
    const committed = this.#memberships.filter(
      (entry) => compareZxid(entry.zxid, this.#committed) <= 0,
    );
    this.#settledCount = committed.length;
    this.#inForce = undefined;
    this.#settled = committed.at(-1)?.membership ?? this.#baseMembership;
  }

  #tailIndexAfter(after: Zxid): number {
    let low = 0;
    let high = this.#tail.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#tail[middle];
      if (entry !== undefined && compareZxid(entry.zxid, after) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
