import type { Identity } from '../../model/acl.ts';
import { queueOf } from '../../model/lock.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { Txn } from '../../model/txn.ts';
import { formatZxid } from '../../model/zxid.ts';
import type { LeadershipSink } from '../../service/locking.ts';
import type { Applier } from '../applied/applier.ts';
import { leaderOf, unreadable } from './standing.ts';

interface Observer {
  readonly queue: ZnodePath;
  readonly identities: readonly Identity[];
  /** It took no more. */
  isBlocked: boolean;
  /** Something may have changed since. */
  isBehind: boolean;
  /** Names what it was told last. */
  told: string | undefined;
  readonly sink: LeadershipSink;
}

export interface ElectionObservation {
  drained(): void;
  close(): void;
}

/**
 * Keeps those who want to know who leads, now and from now on. One that is slow is told the newest, and misses what was
 * between. Who may not READ the queue's directory (any more) is told that, and nothing else.
 */
export class ElectionObservers {
  readonly #applier: Applier;
  readonly #observers = new Map<ZnodePath, Set<Observer>>();

  constructor(applier: Applier) {
    this.#applier = applier;
  }

  open(
    queue: ZnodePath,
    identities: readonly Identity[],
    sink: LeadershipSink,
  ): ElectionObservation {
    const observer: Observer = {
      queue,
      identities,
      isBlocked: false,
      isBehind: false,
      told: undefined,
      sink,
    };
    const same = this.#observers.get(queue) ?? new Set<Observer>();
    this.#observers.set(queue, same.add(observer));
    this.#tell(observer);
    return {
      drained: () => {
        if (!same.has(observer)) return;
        observer.isBlocked = false;
        if (observer.isBehind) this.#tell(observer);
      },
      close: () => {
        this.#forget(observer);
      },
    };
  }

  #forget(observer: Observer): void {
    const same = this.#observers.get(observer.queue);
    if (same?.delete(observer) === true && same.size === 0) this.#observers.delete(observer.queue);
  }

  applied(txn: Txn): void {
    if (this.#observers.size === 0) return;
    const moved = new Set<ZnodePath>();
    for (const change of txn.changes) {
      const queue = 'path' in change ? queueOf(change.path) : undefined;
      if (queue !== undefined) moved.add(queue);
    }
    for (const queue of moved) for (const observer of this.#of(queue)) this.#tell(observer);
  }

  replaced(): void {
    for (const queue of [...this.#observers.keys()]) {
      for (const observer of this.#of(queue)) this.#tell(observer);
    }
  }

  #of(queue: ZnodePath): Observer[] {
    return [...(this.#observers.get(queue) ?? [])];
  }

  #tell(observer: Observer): void {
    observer.isBehind = observer.isBlocked;
    if (observer.isBlocked) return;
    const { state, applied } = this.#applier;
    const { queue, identities, sink } = observer;
    const refusal =
      state.grants.refusal('watch', queue, identities) ??
      unreadable(state, queue, { identities, verb: 'read' });
    if (refusal !== undefined) {
      this.#forget(observer);
      sink.refused(refusal);
      return;
    }
    const first = state.lockQueue(queue)?.contenders[0];
    const stat = first && state.stat(first.path);
    const version = stat === undefined ? '' : formatZxid(stat.mzxid);
    const told = `${version} ${first?.path ?? ''}`;
    // Others may come and go: only the first counts, and what it says.
    if (told === observer.told) return;
    observer.told = told;
    const leader = leaderOf(state, queue, identities);
    observer.isBlocked = !sink.send({ zxid: applied, leader });
  }
}
