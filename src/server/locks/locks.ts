import type { Txn } from '../../model/txn.ts';
import { ElectionObservers } from './observers.ts';
import { LockWaits, type LockWaitsParts } from './waits.ts';

/** Does what this peer does for locks and elections besides deciding: it lets wait, and tells. */
export class Locks {
  readonly waits: LockWaits;
  readonly observers: ElectionObservers;

  constructor(parts: LockWaitsParts) {
    this.waits = new LockWaits(parts);
    this.observers = new ElectionObservers(parts.applier);
  }

  applied(txn: Txn): void {
    this.waits.applied(txn);
    this.observers.applied(txn);
  }

  /** The state was replaced by a leader's snapshot. */
  replaced(): void {
    this.waits.replaced();
    this.observers.replaced();
  }

  tick(): void {
    this.waits.tick();
  }
}
