import { isRefusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { Txn } from '../../model/txn.ts';
import type { Applier } from '../applied/applier.ts';

/** Knows the places in queues that were taken through this peer, by their contenders, and tells when each is left. */
export class QueuePlaces {
  readonly #applier: Applier;
  readonly #left = new Map<ZnodePath, () => void>();

  constructor(applier: Applier) {
    this.#applier = applier;
  }

  /** `left` is called once: when the contender is gone from what is applied here, perhaps before this returns. */
  taken(contender: ZnodePath, left: () => void): void {
    if (this.#isThere(contender)) this.#left.set(contender, left);
    else left();
  }

  applied(txn: Txn): void {
    if (this.#left.size === 0) return;
    for (const change of txn.changes) if (change.change === 'delete') this.#leave(change.path);
  }

  /** The state is another one now. */
  replaced(): void {
    for (const contender of [...this.#left.keys()]) {
      if (!this.#isThere(contender)) this.#leave(contender);
    }
  }

  #leave(contender: ZnodePath): void {
    const left = this.#left.get(contender);
    if (left === undefined) return;
    this.#left.delete(contender);
    left();
  }

  #isThere(path: ZnodePath): boolean {
    return !isRefusal(this.#applier.state.read({ read: 'stat', path }, []));
  }
}
