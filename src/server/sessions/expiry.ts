import type { SessionId } from '../../model/ids.ts';
import type { Clock } from '../../ports/clock.ts';

interface Tracked {
  readonly timeoutMs: number;
  bucket: number;
  /** A sign of life came while its end was under way: whoever gave it was told of a full timeout, should the end fail. */
  isOwedTimeout: boolean;
}

interface SessionExpiryParts {
  readonly clock: Clock;
  readonly bucketMs: number;
  /** Ends are proposed for so long in one turn; the rest waits for the next tick. */
  readonly sliceMs: number;
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
 */
export class SessionExpiry {
  readonly #parts: SessionExpiryParts;
  readonly #tracked = new Map<SessionId, Tracked>();
  readonly #buckets = new Map<number, Set<SessionId>>();
  /** Proposed to be closed, and who wants to know how that ends. */
  readonly #closing = new Map<SessionId, (() => void)[]>();
  /** The bucket whose sessions are being ended; all before it are empty. Behind the clock while many are due. */
  #swept = 0;
  #isRunning = false;

  constructor(parts: SessionExpiryParts) {
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** 0 for one whose end is under way; undefined for one that is not known, or while this does not run. */
  expiresInMs(session: SessionId): number | undefined {
    const tracked = this.#tracked.get(session);
    if (tracked === undefined) return undefined;
    return Math.max(0, tracked.bucket * this.#parts.bucketMs - this.#parts.clock.now());
  }

  start(sessions: Iterable<{ readonly session: SessionId; readonly timeoutMs: number }>): void {
    this.stop();
    this.#isRunning = true;
    this.#swept = Math.floor(this.#parts.clock.now() / this.#parts.bucketMs);
    for (const { session, timeoutMs } of sessions) this.opened(session, timeoutMs);
  }

  stop(): void {
    this.#isRunning = false;
    this.#tracked.clear();
    this.#buckets.clear();
    this.#closing.clear();
  }

  opened(session: SessionId, timeoutMs: number): void {
    if (!this.#isRunning) return;
    this.closed(session);
    const tracked = { timeoutMs, bucket: 0, isOwedTimeout: false };
    this.#tracked.set(session, tracked);
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
    const tracked = this.#tracked.get(session);
    if (tracked !== undefined) this.#giveTimeout(session, tracked);
  }

  /** This process stood still: what was sent meanwhile may not have been heard. */
  giveFullTimeouts(): void {
    for (const [session, tracked] of this.#tracked) this.#giveTimeout(session, tracked);
  }

  /**
   * Every tick, for a slice at most: a fail-over lines all sessions up in few buckets, and ending them must not cost the
   * new leader its place. Whoever is heard of before its turn leaves the bucket, and is spared.
   */
  sweep(): void {
    if (!this.#isRunning) return;
    const { clock, bucketMs, sliceMs } = this.#parts;
    const now = clock.now();
    const reached = Math.floor(now / bucketMs);
    for (;;) {
      const due = this.#buckets.get(this.#swept) ?? new Set();
      for (const session of due) {
        due.delete(session);
        this.#expire(session);
        if (clock.now() > now + sliceMs) return;
      }
      this.#buckets.delete(this.#swept);
      if (this.#swept >= reached) return;
      this.#swept++;
    }
  }

  /** Once no end of any of these is under way: only then can be said who is alive. */
  whenSettled(sessions: readonly SessionId[], done: () => void): void {
    const closing = sessions.find((session) => this.#closing.has(session));
    if (closing === undefined) {
      done();
      return;
    }
    this.#closing.get(closing)?.push(() => {
      this.whenSettled(sessions, done);
    });
  }

  #settle(session: SessionId): void {
    const waiting = this.#closing.get(session) ?? [];
    this.#closing.delete(session);
    for (const settled of waiting) settled();
  }

  #giveTimeout(session: SessionId, tracked: Tracked): void {
    if (this.#closing.has(session)) tracked.isOwedTimeout = true;
    else this.#move(session, tracked);
  }

  #expire(session: SessionId): void {
    const tracked = this.#tracked.get(session);
    if (tracked === undefined) return;
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
    const bucket = this.#bucketAfter(tracked.timeoutMs);
    if (bucket === tracked.bucket) return;
    this.#buckets.get(tracked.bucket)?.delete(session);
    this.#put(session, tracked, bucket);
  }

  #place(session: SessionId, tracked: Tracked): void {
    this.#put(session, tracked, this.#bucketAfter(tracked.timeoutMs));
  }

  #retry(session: SessionId, tracked: Tracked): void {
    if (tracked.isOwedTimeout) this.#place(session, tracked);
    else this.#put(session, tracked, this.#swept + 1);
  }

  #put(session: SessionId, tracked: Tracked, bucket: number): void {
    tracked.bucket = bucket;
    const sessions = this.#buckets.get(bucket);
    if (sessions === undefined) this.#buckets.set(bucket, new Set([session]));
    else sessions.add(session);
  }

  #bucketAfter(timeoutMs: number): number {
    return Math.max(
      Math.ceil((this.#parts.clock.now() + timeoutMs) / this.#parts.bucketMs),
      this.#swept + 1,
    );
  }
}
