import type { ConnectionId, ServerId } from '../model/ids.ts';
import type { ServiceMessage } from '../model/peer-message.ts';
import type { Clock } from '../ports/clock.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';

/** A leader asks each learner so often what its wall clock says. */
const askEveryMs = 1_000;
/** An answer that took longer says less than the one before it: a reading is off by half of the way at most. */
const roundTripMsMax = 1_000;

interface PeerClocksParts {
  readonly clock: Clock;
  readonly network: Pick<PeerNetwork, 'send'>;
}

/**
 * Reads the wall clocks of the learners, for a leader: by asking, so that the way there and back bounds the error, and a
 * process that stood still is not taken for a clock that did.
 */
export class PeerClocks {
  readonly #parts: PeerClocksParts;
  readonly #read = new Map<ConnectionId, PeerClock>();

  constructor(parts: PeerClocksParts) {
    this.#parts = parts;
  }

  /** A peer has come. Nothing is asked of it before it has shown that it speaks our version. */
  accepted(connection: ConnectionId, id: ServerId): void {
    this.#read.set(connection, { id, asked: 0, askedAtMs: undefined, offsetMs: undefined });
  }

  /**
   * It has answered the leader's epoch: asked now, it has answered before it can ack the leader's history. So a leader has
   * read the clocks of the quorum that establishes it.
   */
  met(connection: ConnectionId): void {
    const peer = this.#read.get(connection);
    if (peer !== undefined && peer.askedAtMs === undefined) this.#ask(connection, peer);
  }

  drop(connection: ConnectionId): void {
    this.#read.delete(connection);
  }

  tick(): void {
    const now = this.#parts.clock.now();
    for (const [connection, peer] of this.#read) {
      const { askedAtMs, offsetMs } = peer;
      // Unanswered, or not met yet: there is nothing to ask again.
      if (askedAtMs === undefined || offsetMs === undefined) continue;
      if (now - askedAtMs >= askEveryMs) this.#ask(connection, peer);
    }
  }

  /** False for an answer to what was not asked. */
  told(connection: ConnectionId, { id, wallMs }: ClockTold): boolean {
    const peer = this.#read.get(connection);
    if (peer?.askedAtMs === undefined || id !== peer.asked) return false;
    const now = this.#parts.clock.now();
    const roundTripMs = now - peer.askedAtMs;
    if (peer.offsetMs === undefined || roundTripMs <= roundTripMsMax) {
      peer.offsetMs = wallMs - (now - roundTripMs / 2);
    }
    return true;
  }

  /** By how much the wall clock of each of these is ahead of the monotonic clock here. Of two by one id, the newer's. */
  offsets(ids: readonly ServerId[]): ReadonlyMap<ServerId, number> {
    const offsets = new Map<ServerId, number>();
    for (const { id, offsetMs } of this.#read.values()) {
      if (offsetMs !== undefined && ids.includes(id)) offsets.set(id, offsetMs);
    }
    return offsets;
  }

  #ask(connection: ConnectionId, peer: PeerClock): void {
    peer.asked++;
    peer.askedAtMs = this.#parts.clock.now();
    this.#parts.network.send(connection, { kind: 'askClock', id: peer.asked });
  }
}

interface PeerClock {
  readonly id: ServerId;
  asked: number;
  askedAtMs: number | undefined;
  offsetMs: number | undefined;
}

type ClockTold = Extract<ServiceMessage, { kind: 'clock' }>;
