import type { Txn } from '../../model/txn.ts';
import { ElectionObservers } from './observers.ts';
import { QueuePlaces } from './places.ts';
import { LockWaits, type LockWaitsParts } from './waits.ts';

/** Does what this peer does for locks and elections besides deciding: it lets wait, and tells. */
export class Locks {
  readonly waits: LockWaits;
  readonly observers: ElectionObservers;
  readonly places: QueuePlaces;

  constructor(parts: LockWaitsParts) {
    this.waits = new LockWaits(parts);
    this.observers = new ElectionObservers(parts.applier);
    this.places = new QueuePlaces(parts.applier);
  }

  applied(txn: Txn): void {
    this.waits.applied(txn);
    this.observers.applied(txn);
    this.places.applied(txn);
  }

  /** The state was replaced by a leader's snapshot. */
  replaced(): void {
    this.waits.replaced();
    this.observers.replaced();
    this.places.replaced();
  }

  tick(): void {
    this.waits.tick();
  }
}
