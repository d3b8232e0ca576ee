import { assert, broken } from '../../base/assert.ts';
import { Fifo } from '../../base/fifo.ts';
import { msOf, never, stampOf, type Stamp } from '../../base/stamp.ts';
import type { LogEntry, LogPosition } from '../../model/log-entry.ts';
import { decodeMembership, type Membership } from '../../model/membership.ts';
import type { WriteOutcome } from '../../model/request.ts';
import type { Txn } from '../../model/txn.ts';
import { compareZxid, formatZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import { AppliedWaiters, type AppliedWaiter, type Waiting } from './waiters.ts';
import type { StateMachine } from '../../state/state-machine.ts';
import type { ServerTuning } from '../tuning.ts';
import { StateDigests } from './digests.ts';

/** Holds the state, where in the history it stands, and the membership in force there. */
export interface StateAt {
  readonly state: StateMachine;
  readonly position: LogPosition;
  /** Null until the log holds one. */
  readonly membership: Membership | null;
}

export interface ApplierListener {
  /** `txn` is undefined for the entries that change no znode. */
  onApplied(entry: LogEntry, txn: Txn | undefined): void;
  /** False: what was applied is not told to all whom it concerns, and nothing more should be applied until it is. */
  hasRoom?(): boolean;
  /** Everything that was delivered is applied. */
  onCaughtUp(): void;
}

/** Applies what is committed, in order, in slices, and tells whoever waits for a zxid. Owns the state. */
export class Applier {
  readonly digests: StateDigests;
  readonly #clock: Clock;
  readonly #codec: TxnCodec;
  readonly #metrics: Metrics;
  readonly #tuning: ServerTuning;
  readonly #listener: ApplierListener;
  readonly #waiters = new AppliedWaiters();
  #state: StateMachine;
  /** Of the last entry: that itself as a rule, which is why it is not given to others as it is. */
  #position: LogPosition;
  #membership: Membership | null;
  #queue = new Fifo<LogEntry>();
  /** When what is being applied was known to be committed, and from which zxid on that is later. */
  #deliveredAtMs = 0;
  #deliveredLater = new Fifo<{ readonly from: Zxid; readonly atMs: number }>();
  #scheduled = false;
  #running = false;
  /** Of the turn that is applied in. */
  #sliceEndsMs = 0;
  readonly #hasTime = (): boolean => this.#clock.now() <= this.#sliceEndsMs;
  /** When this peer proposed each of the txns that it did, as leader, and has not applied. The state has them, in order. */
  #proposedAt = new Fifo<Stamp>();

  constructor(
    options: {
      readonly clock: Clock;
      readonly codec: TxnCodec;
      readonly tuning: ServerTuning;
      readonly metrics: Metrics;
    },
    at: StateAt,
    listener: ApplierListener,
  ) {
    this.#clock = options.clock;
    this.#codec = options.codec;
    this.#metrics = options.metrics;
    this.#tuning = options.tuning;
    this.#listener = listener;
    this.#state = at.state;
    this.#position = at.position;
    this.#membership = at.membership;
    this.digests = new StateDigests(options.tuning.digestEveryTxns, options.tuning.digestEveryMs);
  }

  get state(): StateMachine {
    return this.#state;
  }

  get position(): LogPosition {
    const { zxid, chain } = this.#position;
    return { zxid, chain };
  }

  get applied(): Zxid {
    return this.#position.zxid;
  }

  get membership(): Membership | null {
    return this.#membership;
  }

  /** What was delivered and is not applied yet. For the simulator's checkers: look, don't touch. */
  get backlog(): Pick<Fifo<LogEntry>, 'length' | 'places'> {
    return this.#queue;
  }

  /** When this peer heard that a quorum has what it applied last. */
  get committedAtMs(): number {
    return this.#deliveredAtMs;
  }

  /** Tells once `zxid` is behind us; at once when it is, without an outcome. */
  whenApplied(zxid: Zxid, waiter: AppliedWaiter): void {
    if (compareZxid(zxid, this.applied) > 0) this.#waiters.lineUp(zxid, waiter);
    else waiter.applied('applied', undefined);
  }

  /** As `whenApplied`; gives what `leave` ends the wait by. */
  waitFor(zxid: Zxid, waiter: AppliedWaiter): Waiting | undefined {
    if (compareZxid(zxid, this.applied) > 0) return this.#waiters.add(zxid, waiter);
    waiter.applied('applied', undefined);
    return undefined;
  }

  /** Waits no more. */
  leave(waiting: Waiting): void {
    this.#waiters.leave(waiting);
  }

  /** What the state has prepared last is proposed: to be applied when its entry comes back committed. */
  expectOwn(): void {
    this.#proposedAt.push(stampOf(this.#clock.recent()));
  }

  /** Leadership is over: whatever this peer proposed may yet be replaced by another's proposals. */
  abandonOwn(): void {
    this.#proposedAt = new Fifo();
    this.#state.abandonPending();
  }

  deliver(entries: readonly LogEntry[]): void {
    const [first] = entries;
    const atMs = this.#clock.now();
    if (this.#queue.length === 0) this.#deliveredAtMs = atMs;
    else if (first !== undefined) this.#deliveredLater.push({ from: first.zxid, atMs });
    for (const entry of entries) this.#queue.push(entry);
    if (!this.#scheduled) this.#run(false);
  }

  /**
   * A leader's snapshot takes the place of the state; what was delivered before it is part of it. `replaced` runs before
   * anybody who waits is answered out of it: watchers may be owed events that it hides.
   */
  replace(at: StateAt, replaced: () => void): void {
    const { zxid } = at.position;
    assert(compareZxid(zxid, this.applied) >= 0, 'a snapshot never takes the state back', {
      snapshot: formatZxid(zxid),
      applied: formatZxid(this.applied),
    });
    const after = this.#queue.toArray().filter((entry) => compareZxid(entry.zxid, zxid) > 0);
    this.#queue = new Fifo(after);
    this.#deliveredLater = new Fifo();
    this.#proposedAt = new Fifo();
    this.#state = at.state;
    this.#position = at.position;
    this.#membership = at.membership;
    replaced();
    this.#beginSlice();
    if (!this.#waiters.replaced(zxid, this.#hasTime) && !this.#scheduled) this.#scheduleRest();
  }

  #beginSlice(): void {
    this.#sliceEndsMs = this.#clock.now() + this.#tuning.sliceMs;
  }

  /** `isOwnTurn`: nothing else was done in it, and it is for what is too large to share one. */
  #run(isOwnTurn: boolean): void {
    if (this.#running) return;
    this.#running = true;
    this.#beginSlice();
    let left = this.#tuning.sliceEntriesMax;
    let costUntilLook = costPerLook;
    let hasTurn = isOwnTurn;
    let isTold = this.#waiters.tellOn(this.#hasTime);
    while (isTold && this.#listener.hasRoom?.() !== false) {
      const entry = this.#queue.first;
      if (entry === undefined || (!hasTurn && isLarge(entry))) break;
      this.#queue.shift();
      hasTurn = false;
      isTold = this.#apply(entry);
      left--;
      if (left === 0) break;
      costUntilLook -= costOf(entry);
      if (costUntilLook > 0) continue;
      if (!this.#hasTime()) break;
      costUntilLook = costPerLook;
    }
    this.#running = false;
    if (this.#queue.length > 0 || this.#waiters.hasUntold) this.#scheduleRest();
    else this.#listener.onCaughtUp();
  }

  #scheduleRest(): void {
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      this.#run(true);
    });
  }

  /** False: some who wait for it are not told yet. */
  #apply(entry: LogEntry): boolean {
    const { zxid } = entry;
    if (compareZxid(zxid, this.applied) <= 0) {
      const details = { zxid: formatZxid(zxid), applied: formatZxid(this.applied) };
      throw broken('entries are applied in order', details);
    }
    const later = this.#deliveredLater.first;
    if (later !== undefined && compareZxid(zxid, later.from) >= 0) {
      this.#deliveredLater.shift();
      this.#deliveredAtMs = later.atMs;
    }
    const txn = entry.kind === 'txn' ? this.#txnOf(entry) : undefined;
    const state = this.#state;
    let outcome: WriteOutcome | undefined;
    const timeBeforeMs = txn === undefined ? undefined : state.lastTimeMs;
    if (txn === undefined) {
      state.advance(zxid);
      this.#membership = decodeMembership(entry.payload);
    } else {
      outcome = state.apply(zxid, txn);
    }
    this.#position = entry;
    this.digests.applied(zxid, state, timeBeforeMs);
    this.#listener.onApplied(entry, txn);
    return this.#waiters.applied(zxid, outcome, this.#hasTime);
  }

  /** This peer's own need not be decoded again. */
  #txnOf({ zxid, payload }: LogEntry): Txn {
    const own = this.#state.prepared(zxid);
    if (own === undefined) return this.#codec.decode(payload);
    const now = this.#clock.recent();
    this.#metrics.observe('commit_ms', now - msOf(this.#proposedAt.shift() ?? never, now));
    return own;
  }
}

/** The clock is looked at after so much: a slice may be longer by what one entry and this cost. */
const costPerLook = 16;

/** A txn of so much, which may end thousands of znodes, begins a turn: it is not added to what the others took of one. */
const largeTxnBytes = 65_536;

function isLarge({ payload }: LogEntry): boolean {
  return payload.length >= largeTxnBytes;
}

/** One for any entry, and more for those that carry much: the end of a session carries all that goes with it. */
function costOf({ payload }: LogEntry): number {
  return 1 + (payload.length >>> 8);
}
