import type { ServerId, SessionId } from '../../../src/model/ids.ts';
import type { PeerMessage } from '../../../src/model/peer-message.ts';
import type { Txn } from '../../../src/model/txn.ts';
import { InvariantViolated } from '../node-view.ts';
import type { TxnRule } from './committed-txns.ts';

/** A sign of life at the door of a peer. */
interface Sign {
  readonly arrivedAtMs: number;
  /** It is there and was not read; a connection that ends takes it along. */
  readonly isUnread: () => boolean;
}

/**
 * S5: no session is ended needlessly. When a leader decides to end one, no sign of life of it may lie unread in the
 * leader's socket that came within the session's timeout of the last one that was read: whoever stood still, or was long
 * at work, must read first.
 */
export class NeedlessEnds implements TxnRule {
  readonly name = 'S5';
  readonly #clockDrift: number;
  readonly #nowMs: () => number;
  readonly #sessions = new Map<SessionId, { readonly timeoutMs: number; openedAtMs: number }>();
  readonly #unread = new Map<string, Sign[]>();
  readonly #readAtMs = new Map<string, number>();

  constructor(options: { readonly nowMs: () => number; readonly clockDrift: number }) {
    this.#nowMs = options.nowMs;
    this.#clockDrift = options.clockDrift;
  }

  committed({ changes }: Txn): void {
    for (const change of changes) {
      if (change.change !== 'createSession') continue;
      const { session, timeoutMs } = change;
      this.#sessions.set(session, { timeoutMs, openedAtMs: this.#nowMs() });
    }
  }

  /** A message has come as far as the socket of a peer. */
  arrived(at: ServerId, message: PeerMessage, isUnread: () => boolean): void {
    for (const session of heardIn(message)) {
      const key = keyOf(at, session);
      const others = (this.#unread.get(key) ?? []).filter((sign) => sign.isUnread());
      this.#unread.set(key, [...others, { arrivedAtMs: this.#nowMs(), isUnread }]);
    }
  }

  /** A peer takes it in, at a time of its own. */
  read(at: ServerId, message: PeerMessage, atMs: number): void {
    for (const session of heardIn(message)) this.#readAtMs.set(keyOf(at, session), atMs);
  }

  /** A leader is about to propose the end. */
  ending(by: ServerId, session: SessionId): void {
    const key = keyOf(by, session);
    const known = this.#sessions.get(session);
    const unread = this.#unread.get(key)?.find((sign) => sign.isUnread());
    if (known === undefined || unread === undefined) return;
    const lastReadMs = Math.max(known.openedAtMs, this.#readAtMs.get(key) ?? 0);
    const aliveUntilMs = lastReadMs + known.timeoutMs / (1 + this.#clockDrift);
    if (unread.arrivedAtMs > aliveUntilMs) return;
    throw new InvariantViolated(
      'S5',
      `peer ${String(by)} ends session ${session}, a touch of which it has not read since ` +
        `${unread.arrivedAtMs.toFixed(1)} ms; by the last that it read it lives until ${aliveUntilMs.toFixed(1)} ms`,
    );
  }
}

function heardIn(message: PeerMessage): readonly SessionId[] {
  if (message.kind === 'touch') return message.sessions;
  const session = message.kind === 'request' ? message.context.session : undefined;
  return session === undefined ? [] : [session];
}

function keyOf(peer: ServerId, session: SessionId): string {
  return `${String(peer)} ${session}`;
}
