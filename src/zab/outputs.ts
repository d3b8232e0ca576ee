import { assert } from '../base/assert.ts';
import type { ConnectionId, ServerId } from '../model/ids.ts';
import type { LogChange } from '../model/log-change.ts';
import type { LogEntry } from '../model/log-entry.ts';
import type { Membership } from '../model/membership.ts';
import type { CloseReason, Notification, ZabMessage } from '../model/peer-message.ts';
import type { Zxid } from '../model/zxid.ts';
import type { BarrierAnswer, Outbound, Ready, ZabEvent } from './ready.ts';

/** What is durable once a Ready is: the state as it was when the Ready was taken. */
export interface DurablePoint {
  readonly lastLogged: Zxid;
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  readonly founded: boolean;
  /** The last membership that this disk says is committed. */
  readonly settled: Membership | null;
}

/** Of what there is none: an array for each would be most of what a turn makes. Nothing is ever pushed to it. */
const none: never[] = [];

function withMore<Item>(list: Item[], item: Item): Item[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}

interface Outstanding {
  readonly sequence: number;
  readonly sinceTick: number;
  readonly point: DurablePoint;
}

/**
 * Gathers what the protocol decides during one turn into a Ready, and remembers which Readys are still on their way to
 * the disk.
 */
export class Outputs {
  #persist: LogChange[] = none;
  /** The entries of the last change in `#persist` while that is an append: those of one turn become one change. */
  #appending: LogEntry[] | undefined;
  #sendNow: Outbound[] = none;
  #sendAfterPersist: Outbound[] = none;
  #notify: { to: ServerId; notification: Notification }[] = none;
  #dial: ServerId | undefined;
  #close: { connection: ConnectionId; reason: CloseReason }[] = none;
  #deliver: LogEntry[] = none;
  #barriers: BarrierAnswer[] = none;
  #events: ZabEvent[] = none;
  #sequence = 0;
  readonly #outstanding: Outstanding[] = [];

  /** True while something was decided to be durable and is not known to be. */
  get isDraining(): boolean {
    return this.#outstanding.length > 0 || this.#persist.length > 0;
  }

  /** When the oldest unfinished write was handed out; undefined when there is none. */
  get oldestWriteTick(): number | undefined {
    return this.#outstanding[0]?.sinceTick;
  }

  persist(change: LogChange): void {
    this.#appending = undefined;
    this.#persist = withMore(this.#persist, change);
  }

  append(entry: LogEntry, commit: Zxid): void {
    if (this.#appending !== undefined) this.#appending.push(entry);
    else {
      const entries = (this.#appending = [entry]);
      this.#persist = withMore(this.#persist, { kind: 'append', entries, commit });
    }
  }

  send(to: ConnectionId, message: ZabMessage): void {
    this.#sendNow = withMore(this.#sendNow, { to, item: 'message', message });
  }

  sendBulk(outbound: Outbound): void {
    this.#sendNow = withMore(this.#sendNow, outbound);
  }

  /** For promises: leaves only when all that was decided to be durable so far is. */
  promise(to: ConnectionId, message: ZabMessage): void {
    this.#sendAfterPersist = withMore(this.#sendAfterPersist, { to, item: 'message', message });
  }

  notify(to: ServerId, notification: Notification): void {
    this.#notify = withMore(this.#notify, { to, notification });
  }

  dial(to: ServerId): void {
    this.#dial = to;
  }

  close(connection: ConnectionId, reason: CloseReason): void {
    this.#close = withMore(this.#close, { connection, reason });
  }

  /** The array goes along. */
  deliver(entries: LogEntry[]): void {
    if (this.#deliver.length === 0) this.#deliver = entries;
    else for (const entry of entries) this.#deliver.push(entry);
  }

  answer(barrier: BarrierAnswer): void {
    this.#barriers = withMore(this.#barriers, barrier);
  }

  event(event: ZabEvent): void {
    this.#events = withMore(this.#events, event);
  }

  /** `point` is asked for when there is something to be made durable. */
  take(tick: number, point: () => DurablePoint): Ready | undefined {
    if (this.#isIdle) return undefined;
    const waits = this.#sendAfterPersist.length > 0 && this.#outstanding.length > 0;
    const needsDisk = this.#persist.length > 0 || waits;
    const ready: Ready = {
      sequence: needsDisk ? ++this.#sequence : 0,
      persist: this.#persist,
      sendNow: needsDisk ? this.#sendNow : this.#allToSend(),
      sendAfterPersist: needsDisk ? this.#sendAfterPersist : none,
      notify: this.#notify,
      dial: this.#dial,
      close: this.#close,
      deliver: this.#deliver,
      barriers: this.#barriers,
      events: this.#events,
    };
    if (needsDisk) {
      this.#outstanding.push({ sequence: this.#sequence, sinceTick: tick, point: point() });
    }
    this.#persist = none;
    this.#appending = undefined;
    this.#sendNow = none;
    this.#sendAfterPersist = none;
    this.#notify = none;
    this.#dial = undefined;
    this.#close = none;
    this.#deliver = none;
    this.#barriers = none;
    this.#events = none;
    return ready;
  }

  #allToSend(): Outbound[] {
    if (this.#sendAfterPersist.length === 0) return this.#sendNow;
    if (this.#sendNow.length === 0) return this.#sendAfterPersist;
    return [...this.#sendNow, ...this.#sendAfterPersist];
  }

  /** Asked at the end of every turn, and several times in most. */
  get #isIdle(): boolean {
    return (
      this.#persist.length === 0 &&
      this.#sendNow.length === 0 &&
      this.#sendAfterPersist.length === 0 &&
      this.#notify.length === 0 &&
      this.#dial === undefined &&
      this.#close.length === 0 &&
      this.#deliver.length === 0 &&
      this.#barriers.length === 0 &&
      this.#events.length === 0
    );
  }

  /** Everything up to this sequence is on disk; the newest point reached, or undefined for an old sequence. */
  durable(sequence: number): DurablePoint | undefined {
    let point: DurablePoint | undefined;
    for (;;) {
      const oldest = this.#outstanding[0];
      if (oldest === undefined || oldest.sequence > sequence) break;
      point = oldest.point;
      this.#outstanding.shift();
    }
    assert(sequence <= this.#sequence, 'only what was handed out becomes durable', { sequence });
    return point;
  }
}
