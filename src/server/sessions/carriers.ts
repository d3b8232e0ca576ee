import type { SessionId } from '../../model/ids.ts';
import type { Txn } from '../../model/txn.ts';

interface CarrierListener {
  readonly carrier: string | undefined;
  readonly left: (why: 'ended' | 'moved') => void;
}

/** Tells connections of this peer when the session that they speak for has ended, or speaks through another one. */
export class SessionCarriers {
  readonly #listeners = new Map<SessionId, Set<CarrierListener>>();

  /** The answer stops it. */
  listen(
    session: SessionId,
    carrier: string | undefined,
    left: CarrierListener['left'],
  ): () => void {
    const listener = { carrier, left };
    const listeners = this.#listeners.get(session);
    if (listeners === undefined) this.#listeners.set(session, new Set([listener]));
    else listeners.add(listener);
    return () => {
      this.#remove(session, listener);
    };
  }

  applied(txn: Txn): void {
    if (this.#listeners.size === 0) return;
    for (const change of txn.changes) {
      if (change.change === 'closeSession') this.check(change.session, undefined);
      else if (change.change === 'moveSession') {
        this.check(change.session, change.owner);
      }
    }
  }

  /** The state is another one now: who speaks for each session, undefined for one that is gone. */
  replaced(ownerOf: (session: SessionId) => string | undefined): void {
    for (const session of [...this.#listeners.keys()]) {
      this.check(session, ownerOf(session));
    }
  }

  /** `owner`: who speaks for it as far as this peer has applied; undefined when it is gone. */
  check(session: SessionId, owner: string | undefined): void {
    if (owner === undefined) this.#tell(session, 'ended', () => true);
    else this.#tell(session, 'moved', (carrier) => carrier !== undefined && carrier !== owner);
  }

  #tell(
    session: SessionId,
    why: 'ended' | 'moved',
    concerns: (carrier: string | undefined) => boolean,
  ): void {
    for (const listener of [...(this.#listeners.get(session) ?? [])]) {
      if (!concerns(listener.carrier)) continue;
      this.#remove(session, listener);
      listener.left(why);
    }
  }

  #remove(session: SessionId, listener: CarrierListener): void {
    const listeners = this.#listeners.get(session);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(session);
  }
}
