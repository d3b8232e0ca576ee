import type { LogChange } from '../../src/model/log-change.ts';
import type { LogPosition } from '../../src/model/log-entry.ts';
import type { Caller, ConnectionId, ServerId } from '../../src/model/ids.ts';
import type { Notification, ZabMessage } from '../../src/model/peer-message.ts';
import type { Zxid } from '../../src/model/zxid.ts';
import type { LevelVerdict, LevelWish } from '../../src/zab/level-change.ts';
import type { MembershipChange, MembershipVerdict } from '../../src/zab/membership-change.ts';
import type { HandOverRefusal, Ready, ZabCore, ZabStatus } from '../../src/zab/ready.ts';
import type { ForcibleCore } from './core-node.ts';

export interface ReadyObserver {
  /** False when this killed the peer: nothing of the Ready is carried out. */
  onReady(ready: Ready): boolean;
  /** A Ready with these changes is durable. */
  onDurable(changes: readonly LogChange[]): void;
}

/** The core inside a real shell, with an observer between the two. */
export class ObservedZab implements ZabCore {
  readonly #zab: ForcibleCore;
  readonly #observer: ReadyObserver;
  readonly #persisting: { readonly sequence: number; readonly changes: readonly LogChange[] }[] =
    [];

  constructor(zab: ForcibleCore, observer: ReadyObserver) {
    this.#zab = zab;
    this.#observer = observer;
  }

  get status(): ZabStatus {
    return this.#zab.status;
  }

  tick(): void {
    this.#zab.tick();
  }

  paused(ticks: number): void {
    this.#zab.paused(ticks);
  }

  notification(message: Notification): void {
    this.#zab.notification(message);
  }

  accepted(connection: ConnectionId, caller: Caller): void {
    this.#zab.accepted(connection, caller);
  }

  connected(connection: ConnectionId, to: ServerId): void {
    this.#zab.connected(connection, to);
  }

  disconnected(connection: ConnectionId, why: string): void {
    this.#zab.disconnected(connection, why);
  }

  receive(connection: ConnectionId, message: ZabMessage): boolean {
    return this.#zab.receive(connection, message);
  }

  progress(connection: ConnectionId): void {
    this.#zab.progress(connection);
  }

  durable(sequence: number): void {
    while (this.#persisting[0] !== undefined && this.#persisting[0].sequence <= sequence) {
      this.#observer.onDurable(this.#persisting.shift()?.changes ?? []);
    }
    this.#zab.durable(sequence);
  }

  isReady(connection: ConnectionId): boolean {
    return this.#zab.isReady(connection);
  }

  nextZxid(): Zxid | undefined {
    return this.#zab.nextZxid();
  }

  propose(payload: Uint8Array): Zxid {
    return this.#zab.propose(payload);
  }

  handOver(to: ServerId | undefined): HandOverRefusal | undefined {
    return this.#zab.handOver(to);
  }

  settled(): void {
    this.#zab.settled();
  }

  changeMembership(change: MembershipChange): MembershipVerdict {
    return this.#zab.changeMembership(change);
  }

  raiseLevel(wish: LevelWish): LevelVerdict {
    return this.#zab.raiseLevel(wish);
  }

  readBarrier(id: number, mode: 'barrier' | 'sync'): void {
    this.#zab.readBarrier(id, mode);
  }

  applied(upTo: Zxid): void {
    this.#zab.applied(upTo);
  }

  compacted(base: LogPosition): void {
    this.#zab.compacted(base);
  }

  takeReady(): Ready | undefined {
    const ready = this.#zab.takeReady();
    if (ready === undefined || !this.#observer.onReady(ready)) return undefined;
    if (ready.sequence !== 0) {
      this.#persisting.push({ sequence: ready.sequence, changes: ready.persist });
    }
    return ready;
  }

  forceVote(leader: ServerId): boolean {
    return this.#zab.forceVote(leader);
  }
}
