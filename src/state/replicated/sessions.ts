import { assert } from '../../base/assert.ts';
import type { SessionId } from '../../model/ids.ts';
import { laneSeeds, type RunningDigest } from '../digest/digest.ts';
import { finish, hashBytes, hashText, mix, mixNumber } from '../digest/mixing.ts';

/** What is replicated of a session; replaced as a whole when it changes. */
export interface Session {
  readonly session: SessionId;
  readonly timeoutMs: number;
  /** SHA-256 of the secret, and what whoever made it put behind that. */
  readonly secretHash: Uint8Array;
  /** The carrier that owns the session's order; empty until one took it. */
  readonly owner: string;
}

/** What a session takes in memory, about. */
export const sessionBytes = 400;

/**
 * The sessions that are alive, and which znodes go with each. When they end is the leader's business, not this one's.
 */
export class Sessions {
  readonly #sessions = new Map<SessionId, Session>();
  readonly #ephemerals = new Map<SessionId, Set<number>>();
  readonly #digest: RunningDigest;

  constructor(digest: RunningDigest) {
    this.#digest = digest;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(session: SessionId): Session | undefined {
    return this.#sessions.get(session);
  }

  /** Gives all sessions, in no order. */
  values(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /** Gives the ids of the znodes that the session owns, in no order. */
  ephemerals(session: SessionId): ReadonlySet<number> {
    return this.#ephemerals.get(session) ?? none;
  }

  put(session: Session): void {
    const before = this.#sessions.get(session.session);
    if (before !== undefined) contribute(this.#digest, before, 'subtract');
    this.#sessions.set(session.session, session);
    contribute(this.#digest, session, 'add');
  }

  remove(session: SessionId): void {
    const before = this.#sessions.get(session);
    assert(before !== undefined, 'only a session that is alive is closed', { session });
    assert(!this.#ephemerals.has(session), 'a closed session leaves no ephemeral', { session });
    contribute(this.#digest, before, 'subtract');
    this.#sessions.delete(session);
  }

  own(session: SessionId, znode: number): void {
    assert(this.#sessions.has(session), 'an ephemeral belongs to a session alive', { session });
    const owned = this.#ephemerals.get(session);
    if (owned === undefined) this.#ephemerals.set(session, new Set([znode]));
    else owned.add(znode);
  }

  disown(session: SessionId, znode: number): void {
    const owned = this.#ephemerals.get(session);
    owned?.delete(znode);
    if (owned?.size === 0) this.#ephemerals.delete(session);
  }

  /** Adds every session's share anew. */
  addTo(digest: RunningDigest): void {
    for (const session of this.#sessions.values()) contribute(digest, session, 'add');
  }
}

const none: ReadonlySet<number> = new Set<number>();

function contribute(digest: RunningDigest, session: Session, how: 'add' | 'subtract'): void {
  const [first, second] = laneSeeds.map((seed) => {
    let hash = mix(seed, hashText(session.session));
    hash = mixNumber(hash, session.timeoutMs);
    hash = mix(hash, hashBytes(session.secretHash) ^ seed);
    return finish(mix(hash, hashText(session.owner) ^ seed));
  }) as [number, number];
  digest[how](first, second);
}
