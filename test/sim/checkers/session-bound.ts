import type { SessionId } from '../../../src/model/ids.ts';
import type { Txn } from '../../../src/model/txn.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import { show } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import type { TxnRule } from './committed-txns.ts';

/** A sign of life that the ensemble confirmed: the opening, a touch or a write of the session, answered with success. */
export interface ConfirmedTouch {
  readonly session: SessionId;
  /** When the client sent it: no leader can have heard of it earlier. */
  readonly sentAtMs: number;
}

interface Lifetime {
  readonly timeoutMs: number;
  readonly openedAtMs: number;
  end: { readonly reason: 'closed' | 'expired'; readonly atMs: number; readonly zxid: Zxid } | null;
}

/**
 * S2: a session expires only when its timeout has passed since the last touch that was confirmed to its client, and no
 * touch is confirmed after it has expired. In true time; a leader's clock may run fast by as much as clocks drift. Expiry
 * counts from its commit, which is never before the leader's decision.
 */
export class SessionBound implements TxnRule {
  readonly name = 'S2';
  readonly figures = { sessionsExpired: 0, sessionsClosed: 0, sessionsOutlivingTimeout: 0 };
  readonly #nowMs: () => number;
  readonly #sessions = new Map<SessionId, Lifetime>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  committed({ changes }: Txn, zxid: Zxid): void {
    const atMs = this.#nowMs();
    for (const change of changes) {
      if (change.change === 'createSession') {
        const { session, timeoutMs } = change;
        this.#sessions.set(session, { timeoutMs, openedAtMs: atMs, end: null });
      } else if (change.change === 'closeSession') {
        const lifetime = this.#sessions.get(change.session);
        if (lifetime !== undefined) lifetime.end = { reason: change.reason, atMs, zxid };
        this.figures[change.reason === 'expired' ? 'sessionsExpired' : 'sessionsClosed']++;
      }
    }
  }

  /** Once all answers are in: one may come long after the end that it forbids. */
  check(touches: readonly ConfirmedTouch[], clockDrift: number): void {
    const outliving = new Set<SessionId>();
    for (const { session, sentAtMs } of touches) {
      const lifetime = this.#sessions.get(session);
      if (lifetime === undefined) {
        throw new InvariantViolated('S2', `session ${session} was confirmed and is not in C`);
      }
      const { timeoutMs, openedAtMs, end } = lifetime;
      if (sentAtMs > openedAtMs + timeoutMs) outliving.add(session);
      if (end?.reason !== 'expired') continue;
      const aliveUntilMs = sentAtMs + timeoutMs / (1 + clockDrift);
      if (end.atMs >= aliveUntilMs) continue;
      throw new InvariantViolated(
        'S2',
        `session ${session} expires by ${show(end.zxid)} at ${end.atMs.toFixed(1)} ms; touched at ` +
          `${sentAtMs.toFixed(1)} ms, it was to live until ${aliveUntilMs.toFixed(1)} ms`,
      );
    }
    this.figures.sessionsOutlivingTimeout = outliving.size;
  }
}
