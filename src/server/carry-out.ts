import type { ConnectionId } from '../model/ids.ts';
import type { LogChange } from '../model/log-change.ts';
import type { CloseReason } from '../model/peer-message.ts';
import type { LogEntry, LogPosition } from '../model/log-entry.ts';
import type { Clock } from '../ports/clock.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import type { Store } from '../ports/store.ts';
import type { BarrierAnswer, Outbound, Ready, ZabCore, ZabEvent } from '../zab/ready.ts';

/** Takes what a Ready holds, each part once its time has come. */
export interface CarryOutTargets {
  readonly zab: Pick<ZabCore, 'durable'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly store: Pick<Store, 'write'>;
  readonly network: Pick<PeerNetwork, 'notify' | 'dial' | 'flush'>;
  send(item: Outbound): void;
  close(connection: ConnectionId, reason: CloseReason): void;
  deliver(entries: readonly LogEntry[]): void;
  /** A leader's snapshot is about to replace log and state. */
  adoptingSnapshot(at: LogPosition): void;
  /** It is durable: the state must be rebuilt from it before anything is delivered. */
  adoptedSnapshot(at: LogPosition): void;
  barrierAnswered(answer: BarrierAnswer): void;
  report(event: ZabEvent): void;
  /** `durable` was said: the core may have something to do. `entries`: what the Ready appended. */
  persisted(entries: number, tookMs: number): void;
}

/** So few txns are answered before their commit leaves, which then takes along what else the turn has to say. */
export const answeredFirstMax = 2;

/**
 * Enacts the order that a Ready stands for, and is the only code that does:
 *
 * 1. `sendNow`, `notify` and `dial` at once. They promise nothing and may overtake promises that still wait.
 * 2. `persist` goes to the store, which keeps the order of all writes.
 * 3. Once that is durable, and so all of every earlier Ready: `sendAfterPersist`, then `durable`. The store calls back in
 *    order, so promises leave in the order in which the core made them. A Ready that has only promises carries a sequence
 *    and an empty `persist`: a barrier behind the writes under way.
 * 4. `deliver`, `barriers`, `close` and `events` need no durability that is not there already: at once.
 */
export function carryOut(ready: Ready, targets: CarryOutTargets): void {
  for (const item of ready.sendNow) targets.send(item);
  for (const { to, notification } of ready.notify) targets.network.notify(to, notification);
  if (ready.dial !== undefined) targets.network.dial(ready.dial);
  if (ready.sequence !== 0) persist(ready, targets);
  if (ready.deliver.length > 0) {
    // Answering many takes longer than to have their commit leave first, for the clients of all other peers.
    if (ready.deliver.length > answeredFirstMax) targets.network.flush();
    targets.deliver(ready.deliver);
  }
  for (const answer of ready.barriers) targets.barrierAnswered(answer);
  for (const { connection, reason } of ready.close) targets.close(connection, reason);
  for (const event of ready.events) targets.report(event);
}

function persist(ready: Ready, targets: CarryOutTargets): void {
  const snapshot = adoptedIn(ready.persist);
  if (snapshot !== null) targets.adoptingSnapshot(snapshot);
  const begunAtMs = targets.clock.now();
  targets.store.write(ready.persist, () => {
    for (const item of ready.sendAfterPersist) targets.send(item);
    if (snapshot !== null) targets.adoptedSnapshot(snapshot);
    targets.zab.durable(ready.sequence);
    targets.persisted(appendedBy(ready.persist), targets.clock.now() - begunAtMs);
  });
}

function appendedBy(changes: readonly LogChange[]): number {
  let entries = 0;
  for (const change of changes) if ('entries' in change) entries += change.entries.length;
  return entries;
}

function adoptedIn(changes: readonly LogChange[]): LogPosition | null {
  for (const change of changes) {
    if (change.kind === 'adopt' && change.snapshot !== null) return change.snapshot;
  }
  return null;
}
