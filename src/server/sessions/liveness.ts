import type { ConnectionId, SessionId } from '../../model/ids.ts';
import type { ServiceMessage } from '../../model/peer-message.ts';
import type { Txn } from '../../model/txn.ts';
import { errorCatalogue, isRefusal, type Refusal } from '../../model/error-code.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { Pace } from '../../service/budget/pace.ts';
import type { Applier } from '../applied/applier.ts';
import type { Deadlines } from '../deadlines.ts';
import type { WritePath } from '../requests/write-path.ts';
import type { ReadPath } from '../requests/read-path.ts';
import type { ServerTuning } from '../tuning.ts';
import { SessionExpiry, type CloseFate } from './expiry.ts';
import { SessionTouches } from './touches.ts';

interface SessionLivenessParts {
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly reads: ReadPath;
  readonly network: PeerNetwork;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly tuning: ServerTuning;
  readonly pace: Pace;
  readonly metrics: Metrics;
  readonly writes: Pick<WritePath, 'decideHere'>;
  wake(): void;
}

/** Of the requests that the leader makes for itself. */
const ownTimeoutMs = 10_000;

/**
 * Keeps sessions alive and ends them. Every peer gathers signs of life and tells the leader; the leader counts the time
 * and proposes the end. What the leader confirms it confirms behind a quorum barrier: a deposed leader confirms nothing.
 */
export class SessionLiveness {
  readonly #parts: SessionLivenessParts;
  readonly #expiry: SessionExpiry;
  readonly #touches: SessionTouches;

  constructor(parts: SessionLivenessParts) {
    this.#parts = parts;
    const { clock, tuning, deadlines, pace } = parts;
    this.#expiry = new SessionExpiry({
      clock,
      pace,
      bucketMs: tuning.expiryBucketMs,
      sliceMs: tuning.sliceMs,
      spreadPart: tuning.expirySpreadPart,
      timeoutOf: (session) => parts.applier.state.session(session)?.timeoutMs,
      close: (session, done) => {
        this.#closeExpired(session, done);
      },
    });
    this.#touches = new SessionTouches({
      clock,
      tuning,
      deadlines,
      tellLeader: (id, sessions) => this.#tellLeader(id, sessions),
      wake: () => {
        parts.wake();
      },
    });
  }

  /** A request of the session came in here. */
  heard(session: SessionId): void {
    this.#touches.heard(session);
  }

  /** A request of the session was decided here, on the leader. */
  decidedFor(session: SessionId): void {
    this.#expiry.touch(session);
  }

  heartbeat(
    session: SessionId,
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    this.#touches.heartbeat(session, timeoutMs, done);
  }

  /** The leader confirmed it by committing its opening, asked for at `atMs`. */
  opened(session: SessionId, atMs: number): void {
    this.#touches.confirmed(session, atMs);
  }

  expiresInMs(session: SessionId, timeoutMs: number): number {
    return this.#touches.expiresInMs(session, timeoutMs);
  }

  /** On the leader: until it ends the session, should nobody hear of it again. Undefined elsewhere. */
  leaderGivesMs(session: SessionId): number | undefined {
    return this.#expiry.expiresInMs(session);
  }

  applied(txn: Txn): void {
    for (const change of txn.changes) {
      if (change.change === 'createSession') this.#expiry.opened(change.session, change.timeoutMs);
      else if (change.change === 'closeSession') {
        this.#expiry.closed(change.session);
        this.#touches.closed(change.session);
      }
    }
  }

  /** The state was replaced by a leader's snapshot. */
  replaced(): void {
    const { applier } = this.#parts;
    this.#touches.retain((session) => applier.state.session(session) !== undefined);
  }

  /** This peer can decide requests as leader: the time of every session begins anew. */
  leading(): void {
    if (!this.#expiry.isRunning) this.#expiry.start(this.#parts.applier.state.sessions());
  }

  leadershipEnded(): void {
    this.#expiry.stop();
  }

  leaderChanged(): void {
    this.#touches.leaderLost();
  }

  paused(): void {
    this.#expiry.giveFullTimeouts();
  }

  tick(): void {
    this.#expiry.sweep();
    this.#touches.flush();
  }

  flush(): void {
    this.#touches.flush();
  }

  /** On the leader: a learner heard from these. */
  onTouch(from: ConnectionId, { id, sessions }: Extract<ServiceMessage, { kind: 'touch' }>): void {
    this.#touchAsLeader(sessions, (gone) => {
      this.#parts.network.send(from, { kind: 'touched', id, gone });
    });
  }

  onTouched({ id, gone }: Extract<ServiceMessage, { kind: 'touched' }>): void {
    this.#touches.onTouched(id, gone);
  }

  #tellLeader(id: number, sessions: readonly SessionId[]): boolean {
    const { status } = this.#parts.zab;
    if (!status.isServing) return false;
    if (status.role === 'leading') {
      this.#touchAsLeader(sessions, (gone) => {
        this.#touches.onTouched(id, gone);
      });
      return true;
    }
    if (status.leaderConnection === undefined) return false;
    this.#parts.network.send(status.leaderConnection, { kind: 'touch', id, sessions });
    return true;
  }

  /** Does not answer when this peer turns out not to lead: the connection, or the role, ends then. */
  #touchAsLeader(
    sessions: readonly SessionId[],
    reply: (gone: readonly SessionId[]) => void,
  ): void {
    for (const session of sessions) this.#expiry.touch(session);
    this.#parts.reads.confirm('barrier', ownTimeoutMs, (confirmed) => {
      if (isRefusal(confirmed) || !this.#expiry.isRunning) return;
      this.#expiry.whenSettled(sessions, () => {
        const { state } = this.#parts.applier;
        reply(sessions.filter((session) => state.session(session) === undefined));
      });
    });
  }

  /** As leader: proposes the end of the session. */
  #closeExpired(session: SessionId, done: (fate: CloseFate) => void): void {
    const { applier, metrics, writes } = this.#parts;
    metrics.count('sessions_expired');
    writes.decideHere({ kind: 'closeSession', session, reason: 'expired' }, (result) => {
      if (applier.state.session(session) === undefined) done('ended');
      else done(isRefusal(result) && wasNotProposed(result) ? 'refused' : 'unknown');
    });
  }
}

function wasNotProposed({ code, applied }: Refusal): boolean {
  return (applied ?? errorCatalogue[code].applied) === 'no';
}
