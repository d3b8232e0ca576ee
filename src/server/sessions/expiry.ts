import type { SessionId } from '../../model/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Pace } from '../../service/budget/pace.ts';

interface Tracked {
  readonly timeoutMs: number;
  /** Its time was counted anew so many times, with everybody's, when its place was last chosen. */
  round: number;
  bucket: number;
  /** By a pause, and it was not heard of since: another pause gives none. */
  wasGivenTime: boolean;
  /** A sign of life came while its end was under way: whoever gave it was told of a full timeout, should the end fail. */
  isOwedTimeout: boolean;
}

/** A session to be watched over. */
export interface Watched {
  readonly session: SessionId;
  readonly timeoutMs: number;
}

/** A large end is waited for no longer than this: nobody may ever know what became of it. */
const largeEndMsMax = 1_000;

/** The clock is looked at after so many sessions were taken in. */
const takenPerLook = 64;

interface SessionExpiryParts {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly bucketMs: number;
  /** Sessions are taken in, and ends proposed, for so long in one turn; the rest waits for the next tick. */
  readonly sliceMs: number;
  /** Of a timeout: when the time of all is counted anew, the ends of those with equal timeouts are spread over so much. */
  readonly spreadPart: number;
  /** Of a session that is alive; undefined for one that is not. */
  timeoutOf(session: SessionId): number | undefined;
  /** Proposes the end of a session. */
  close(session: SessionId, done: (fate: CloseFate) => void): void;
}

/**
 * Says what became of a session's proposed end. `refused`: nothing was proposed. `unknown`: it was, and may commit at any
 * time: only `closed`, or the end of this leadership, tells.
 */
export type CloseFate = 'ended' | 'refused' | 'unknown';

/**
 * Watches over all sessions as leader (brief A12): who was not heard of for its timeout is proposed to be closed, and
 * only the commit of that ends it. Runs on the monotonic clock, and from the moment this peer became able to lead, so
 * that every session has its full timeout under a new leader. Rounds up: never early.
 *
 * Two things may keep a sign of life from being read in time. What came while this process was at work or stood still lies
 * in its sockets, so a session ends only when its time had run out at the last moment up to which everything is read. And
 * a long pause may have cost the connections by which it would have come: it gives everybody a full timeout, but nobody a
 * second one before he is heard of. A process that stands still again and again ends the sessions of the dead all the same.
 *
 * Nothing here costs as much as there are sessions in one turn. That their time is counted anew, at the start and after a
 * pause, is noted down once, and holds for each when it is looked at.
 */
export class SessionExpiry {
  readonly #parts: SessionExpiryParts;
  readonly #tracked = new Map<SessionId, Tracked>();
  readonly #buckets = new Map<number, Set<SessionId>>();
  /** Proposed to be closed, and who wants to know how that ends. */
  readonly #closing = new Map<SessionId, (() => void)[]>();
  /** The bucket whose sessions are being ended; all before it are empty. Behind the clock while many are due. */
  #swept = 0;
  /** All that had come by then is read. */
  #readUpToMs = 0;
  #isRunning = false;
  /** The end that took more than a slice to propose; no other is proposed until it is applied, or before the time. */
  #large: { readonly session: SessionId; readonly sinceMs: number } | undefined;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  /** Those that were alive at the start and are not taken in yet. */
  #untaken: Iterator<Watched> | undefined;
  /** Since then, at the earliest, everybody's time is counted; and how many times it was begun anew. */
  #sinceMs = 0;
  #round = 0;
  #spread = 0;

  constructor(parts: SessionExpiryParts) {
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** 0 for one whose end is under way; undefined for one that is not known, or while this does not run. */
  expiresInMs(session: SessionId): number | undefined {
    const tracked = this.#tracked.get(session);
    const timeoutMs = tracked?.timeoutMs ?? this.#parts.timeoutOf(session);
    if (!this.#isRunning || timeoutMs === undefined) return undefined;
    if (this.#closing.has(session)) return 0;
    const { bucketMs, clock } = this.#parts;
    const isAnew = tracked === undefined || this.#isToBeGivenTime(tracked);
    const endsAtMs = isAnew ? this.#sinceMs + timeoutMs : tracked.bucket * bucketMs;
    return Math.max(0, endsAtMs - clock.now());
  }

  /** `sessions` is read on as it is needed: those that have ended meanwhile must not come any more. */
  start(sessions: Iterable<Watched>): void {
    this.stop();
    this.#isRunning = true;
    this.#sinceMs = this.#readUpToMs = this.#parts.clock.now();
    this.#swept = Math.floor(this.#sinceMs / this.#parts.bucketMs);
    this.#untaken = sessions[Symbol.iterator]();
  }

  stop(): void {
    this.#isRunning = false;
    this.#untaken = undefined;
    this.#tracked.clear();
    this.#buckets.clear();
    this.#closing.clear();
    this.#large = undefined;
    this.#restsUntilMs = Number.NEGATIVE_INFINITY;
  }

  opened(session: SessionId, timeoutMs: number): void {
    if (!this.#isRunning) return;
    this.closed(session);
    const tracked = this.#track(session, timeoutMs);
    this.#place(session, tracked);
  }

  /** Its end was applied. */
  closed(session: SessionId): void {
    const tracked = this.#tracked.get(session);
    if (tracked === undefined) return;
    this.#tracked.delete(session);
    this.#buckets.get(tracked.bucket)?.delete(session);
    this.#settle(session);
  }

  touch(session: SessionId): void {
    if (!this.#isRunning) return;
    const tracked = this.#tracked.get(session);
    if (tracked === undefined) this.#takeEarly(session);
    else if (this.#closing.has(session)) tracked.isOwedTimeout = true;
    else this.#move(session, tracked);
  }

  /** This process stood still: what was sent meanwhile may never be heard. */
  giveFullTimeouts(): void {
    this.#sinceMs = this.#parts.clock.now();
    this.#round++;
  }

  /**
   * Every tick, for a slice at most: a fail-over lines all sessions up in few buckets, and ending them must not cost the
   * new leader its place. Whoever is heard of before its turn leaves the bucket, and is spared. The end of a session with
   * thousands of ephemerals costs every peer as much as large work, and rests for others as that does.
   */
  sweep(): void {
    if (!this.#isRunning) return;
    const { clock, bucketMs, sliceMs } = this.#parts;
    const now = clock.now();
    const untilMs = now + sliceMs;
    const reached = Math.floor(this.#readUpToMs / bucketMs);
    // Behind the sockets, which are read in between.
    clock.soon(() => {
      this.#readUpToMs = Math.max(this.#readUpToMs, now);
    });
    if (!this.#takeIn(untilMs) || this.#rests(now)) return;
    for (;;) {
      const due = this.#buckets.get(this.#swept) ?? new Set();
      for (const session of due) {
        due.delete(session);
        if (this.#isLargeEnd(session)) return;
        if (clock.now() > untilMs) return;
      }
      this.#buckets.delete(this.#swept);
      if (this.#swept >= reached) return;
      this.#swept++;
    }
  }

  /** Once no end of any of these is under way: only then can be said who is alive. */
  whenSettled(sessions: readonly SessionId[], done: () => void): void {
    let closing = 0;
    const settled = (): void => {
      closing--;
      // Meanwhile the end of another may have been proposed.
      if (closing === 0) this.whenSettled(sessions, done);
    };
    for (const session of sessions) {
      const waiting = this.#closing.get(session);
      if (waiting === undefined) continue;
      closing++;
      waiting.push(settled);
    }
    if (closing === 0) done();
  }

  /** False when not all were taken in before the slice was over. */
  #takeIn(untilMs: number): boolean {
    if (this.#untaken === undefined) return true;
    const { clock } = this.#parts;
    for (let taken = 1; ; taken++) {
      const next = this.#untaken.next();
      if (next.done === true) break;
      const { session, timeoutMs } = next.value;
      if (!this.#tracked.has(session)) this.#placeAnew(session, this.#track(session, timeoutMs));
      if (taken % takenPerLook === 0 && clock.now() > untilMs) return false;
    }
    this.#untaken = undefined;
    return true;
  }

  /** It was heard of before its turn to be taken in. */
  #takeEarly(session: SessionId): void {
    const timeoutMs = this.#untaken === undefined ? undefined : this.#parts.timeoutOf(session);
    if (timeoutMs !== undefined) this.opened(session, timeoutMs);
  }

  #track(session: SessionId, timeoutMs: number): Tracked {
    const tracked = {
      timeoutMs,
      round: this.#round,
      bucket: 0,
      wasGivenTime: false,
      isOwedTimeout: false,
    };
    this.#tracked.set(session, tracked);
    return tracked;
  }

  /** Ends a session; true when that took a slice and more. */
  #isLargeEnd(session: SessionId): boolean {
    const { clock, sliceMs } = this.#parts;
    const sinceMs = clock.now();
    this.#end(session);
    if (clock.now() - sinceMs <= sliceMs) return false;
    if (this.#closing.has(session)) this.#large = { session, sinceMs };
    return true;
  }

  #rests(nowMs: number): boolean {
    if (this.#large !== undefined && nowMs - this.#large.sinceMs < largeEndMsMax) return true;
    this.#large = undefined;
    return nowMs < this.#restsUntilMs;
  }

  #settle(session: SessionId): void {
    if (this.#large?.session === session) {
      const now = this.#parts.clock.now();
      this.#restsUntilMs = now + this.#parts.pace.restAfter(now - this.#large.sinceMs);
      this.#large = undefined;
    }
    const waiting = this.#closing.get(session) ?? [];
    this.#closing.delete(session);
    for (const settled of waiting) settled();
  }

  /** Its turn has come, unless it is given time by a pause after that was chosen. */
  #end(session: SessionId): void {
    const tracked = this.#tracked.get(session);
    if (tracked === undefined) return;
    if (this.#isToBeGivenTime(tracked)) this.#giveTime(session, tracked);
    else this.#expire(session, tracked);
  }

  #isToBeGivenTime({ round, wasGivenTime }: Tracked): boolean {
    return round !== this.#round && !wasGivenTime;
  }

  #giveTime(session: SessionId, tracked: Tracked): void {
    tracked.wasGivenTime = true;
    this.#placeAnew(session, tracked);
  }

  #expire(session: SessionId, tracked: Tracked): void {
    tracked.isOwedTimeout = false;
    const waiting: (() => void)[] = [];
    this.#closing.set(session, waiting);
    this.#parts.close(session, (fate) => {
      // Another leadership may have begun since: its own list counts.
      if (fate === 'unknown' || this.#closing.get(session) !== waiting) return;
      if (fate === 'refused' && this.#tracked.get(session) === tracked) {
        this.#retry(session, tracked);
      }
      this.#settle(session);
    });
  }

  #move(session: SessionId, tracked: Tracked): void {
    const bucket = this.#bucketAt(this.#parts.clock.recent() + tracked.timeoutMs);
    tracked.round = this.#round;
    tracked.wasGivenTime = false;
    if (bucket === tracked.bucket) return;
    this.#buckets.get(tracked.bucket)?.delete(session);
    this.#put(session, tracked, bucket);
  }

  #place(session: SessionId, tracked: Tracked): void {
    tracked.round = this.#round;
    tracked.wasGivenTime = false;
    this.#put(session, tracked, this.#bucketAt(this.#parts.clock.now() + tracked.timeoutMs));
  }

  /** With all others from the same moment on: their ends are spread, or they would come all at once. */
  #placeAnew(session: SessionId, tracked: Tracked): void {
    const { bucketMs, spreadPart } = this.#parts;
    const places = 1 + Math.floor((tracked.timeoutMs * spreadPart) / bucketMs);
    const place = this.#spread++ % places;
    tracked.round = this.#round;
    const bucket = this.#bucketAt(this.#sinceMs + tracked.timeoutMs + place * bucketMs);
    this.#put(session, tracked, bucket);
  }

  #retry(session: SessionId, tracked: Tracked): void {
    if (tracked.isOwedTimeout) this.#place(session, tracked);
    else if (this.#isToBeGivenTime(tracked)) this.#giveTime(session, tracked);
    else this.#put(session, tracked, this.#swept + 1);
  }

  #put(session: SessionId, tracked: Tracked, bucket: number): void {
    tracked.bucket = bucket;
    const sessions = this.#buckets.get(bucket);
    if (sessions === undefined) this.#buckets.set(bucket, new Set([session]));
    else sessions.add(session);
  }

  #bucketAt(endsAtMs: number): number {
    return Math.max(Math.ceil(endsAtMs / this.#parts.bucketMs), this.#swept + 1);
  }
}
