import {
  connectionId,
  type Caller,
  type ConnectionId,
  type ServerId,
  type StartId,
} from '../../src/model/ids.ts';
import type { CloseReason, Notification, PeerMessage } from '../../src/model/peer-message.ts';
import {
  drainedBelowBytes,
  type PeerNetwork,
  type PeerNetworkHandlers,
} from '../../src/ports/peer-network.ts';
import type { Prng } from './prng.ts';
import type { SimulatedProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

export interface NetworkOptions {
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Of the election plane. */
  readonly notificationLoss: number;
  readonly notificationCopy: number;
  /** A crash takes along what was under way in its streams. */
  readonly crashCutsStreams: number;
  /** What a message becomes on the wire: the whole-peer ring encodes and decodes it here. */
  readonly carry?: (message: PeerMessage) => {
    readonly message: PeerMessage;
    readonly bytes: number;
  };
  /** Told of what has come as far as a peer's socket, where it may lie unread. */
  readonly arrived?: (at: ServerId, message: PeerMessage, isUnread: () => boolean) => void;
}

/** One direction between two peers. Streams over a blocked link stall, as TCP does, and go on when it heals. */
interface Link {
  isBlocked: boolean;
  delayFactor: number;
  readonly stalled: (() => void)[];
  /** The election plane keeps only the newest. */
  heldNotification: { readonly from: Attached; readonly notification: Notification } | undefined;
}

/** One end of one stream. */
interface Endpoint {
  readonly id: ConnectionId;
  readonly attached: Attached;
  readonly peer: ServerId;
  isOpen: boolean;
  /** Of this end's sending direction: what keeps it FIFO. */
  lastArrivalMs: number;
  queuedBytes: number;
  other: Endpoint | undefined;
}

/**
 * A twin runs under another's server id, at an address that nobody dials. The election links of the peers that it dials
 * are refused to it while the other one lives; a `linkedTwin` had them before that one came.
 */
export type AttachedKind = 'peer' | 'twin' | 'linkedTwin';

interface Attached {
  readonly self: ServerId;
  readonly start: StartId;
  readonly kind: AttachedKind;
  readonly process: SimulatedProcess;
  handlers: PeerNetworkHandlers | undefined;
  readonly endpoints: Map<ConnectionId, Endpoint>;
}

/**
 * The wires between peers. Streams are FIFO per incarnation and lose nothing but their end; notifications are datagrams
 * that get lost, doubled and overtaken. Links block in one direction at a time.
 */
export class SimulatedNetwork {
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #attached = new Map<ServerId, Attached>();
  readonly #links = new Map<string, Link>();
  /** The election links, by the peer that was dialled and the one with the higher id, which dialled: who has it. */
  readonly #linked = new Map<string, Attached>();
  #lastConnection = 0;
  readonly #linkedTwins = new Set<Attached>();
  #lastStart = 0;
  /** A message is handed to a peer's program. */
  heard: (to: ServerId, from: Caller) => void = () => undefined;
  /** May be replaced while the simulation runs: faults end when the ensemble is healed. */
  options: NetworkOptions;
  /** False while an oracle elects: no notification arrives. */
  carriesNotifications: (from: ServerId, to: ServerId) => boolean = () => true;

  constructor(scheduler: Scheduler, random: Prng, options: NetworkOptions) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.options = options;
  }

  /**
   * The network as one process sees it. The process takes the peer's address over from an earlier, dead one; not so a
   * `twin`, which runs under the same server id elsewhere.
   */
  attach(process: SimulatedProcess, self: ServerId, kind: AttachedKind = 'peer'): PeerNetwork {
    this.#lastStart += 1;
    const attached: Attached = {
      self,
      start: this.#lastStart.toString(16).padStart(16, '0') as StartId,
      kind,
      process,
      handlers: undefined,
      endpoints: new Map(),
    };
    if (kind === 'peer') this.#attached.set(self, attached);
    if (kind === 'linkedTwin') this.#linkedTwins.add(attached);
    process.onKill(() => {
      this.#crashed(attached);
    });
    return {
      start: (handlers) => {
        if (process.isAlive) attached.handlers = handlers;
      },
      know: () => undefined,
      notify: (to, notification) => {
        if (process.isAlive) this.#notify(attached, { to, notification, sentAtMs: process.nowMs });
      },
      dial: (to) => this.#dial(attached, to),
      send: (connection, message) => {
        this.#send(attached, connection, message);
      },
      flush: () => undefined,
      queuedBytes: (connection) => attached.endpoints.get(connection)?.queuedBytes ?? 0,
      close: (connection, reason) => {
        this.#close(attached, connection, reason);
      },
      stop: (done) => {
        this.#stop(attached, done);
      },
    };
  }

  /** What `from` sends reaches `to` no more, until unblocked. */
  block(from: ServerId, to: ServerId): void {
    this.#link(from, to).isBlocked = true;
  }

  unblock(from: ServerId, to: ServerId): void {
    const link = this.#link(from, to);
    if (!link.isBlocked) return;
    link.isBlocked = false;
    for (const arrive of link.stalled.splice(0)) arrive();
    const held = link.heldNotification;
    link.heldNotification = undefined;
    if (held !== undefined) {
      this.#notify(held.from, {
        to,
        notification: held.notification,
        sentAtMs: this.#scheduler.nowMs,
      });
    }
  }

  slow(from: ServerId, to: ServerId, factor: number): void {
    this.#link(from, to).delayFactor = factor;
  }

  /** Resets every stream between two peers, as a middlebox does; each side learns of it in its own time. */
  breakStreams(left: ServerId, right: ServerId): void {
    for (const endpoint of [...(this.#attached.get(left)?.endpoints.values() ?? [])]) {
      if (endpoint.peer !== right) continue;
      const other = endpoint.other;
      this.#lost(endpoint, 'reset');
      if (other !== undefined) this.#lost(other, 'reset');
    }
  }

  #link(from: ServerId, to: ServerId): Link {
    const key = `${String(from)}>${String(to)}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = { isBlocked: false, delayFactor: 1, stalled: [], heldNotification: undefined };
      this.#links.set(key, link);
    }
    return link;
  }

  #delayMs(link: Link): number {
    const { delayMsMin, delayMsMax } = this.options;
    return this.#random.between(delayMsMin, delayMsMax) * link.delayFactor;
  }

  /** At `timeMs`, or when the link is unblocked after it; never before what stalled earlier. */
  #arrive(link: Link, timeMs: number, run: () => void): void {
    this.#scheduler.at(timeMs, () => {
      if (link.isBlocked) link.stalled.push(run);
      else run();
    });
  }

  #notify(
    from: Attached,
    {
      to,
      notification,
      sentAtMs,
    }: { readonly to: ServerId; readonly notification: Notification; readonly sentAtMs: number },
  ): void {
    if (this.#random.chance(this.options.notificationLoss)) return;
    const link = this.#link(notification.from, to);
    const copies = this.#random.chance(this.options.notificationCopy) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      this.#scheduler.at(sentAtMs + this.#delayMs(link), () => {
        if (link.isBlocked) {
          link.heldNotification = { from, notification };
          return;
        }
        const target = this.#linkedTarget(from, to);
        if (target === undefined || !this.carriesNotifications(notification.from, to)) return;
        const targets = [target];
        for (const twin of this.#linkedTwins) {
          if (twin.self === to) targets.push(twin);
        }
        for (const { process, handlers } of targets) {
          process.deliver(
            () => handlers?.onNotification(notification),
            'socket',
            `notifications of ${String(notification.from)}`,
          );
        }
      });
    }
  }

  /** Whoever the election link leads to. The one with the higher id dials; while its process lives, no other gets the link. */
  #linkedTarget(from: Attached, to: ServerId): Attached | undefined {
    const key = `${String(Math.min(from.self, to))}<${String(Math.max(from.self, to))}`;
    const linked = this.#linked.get(key);
    if (from.kind === 'linkedTwin') return this.#attached.get(to);
    if (from.self < to) {
      const dialled = this.#attached.get(from.self);
      if (from !== dialled && dialled?.process.isAlive === true) {
        // It knocked.
        from.process.deliver(() => from.handlers?.onTwin(to, `process ${dialled.start}`), 'socket');
      }
      if (from.kind !== 'peer') return undefined;
      return linked?.process.isAlive === true ? linked : this.#attached.get(to);
    }
    if (linked !== from && linked?.process.isAlive === true) {
      from.process.deliver(() => from.handlers?.onTwin(to, `process ${linked.start}`), 'socket');
      return undefined;
    }
    this.#linked.set(key, from);
    return this.#attached.get(to);
  }

  #endpoint(attached: Attached, peer: ServerId): Endpoint {
    const id = connectionId(++this.#lastConnection);
    const endpoint: Endpoint = {
      id,
      attached,
      peer,
      isOpen: true,
      lastArrivalMs: 0,
      queuedBytes: 0,
      other: undefined,
    };
    attached.endpoints.set(id, endpoint);
    return endpoint;
  }

  #dial(attached: Attached, to: ServerId): ConnectionId {
    const dialler = this.#endpoint(attached, to);
    if (!attached.process.isAlive) return dialler.id;
    const forth = this.#link(attached.self, to);
    const back = this.#link(to, attached.self);
    this.#scheduler.after(this.#delayMs(forth), () => {
      if (!dialler.isOpen) return;
      if (forth.isBlocked || back.isBlocked) {
        this.#scheduler.after(this.#random.between(200, 1_000), () => {
          this.#closed(dialler, 'dial timed out');
        });
        return;
      }
      const target = this.#attached.get(to);
      if (target?.handlers === undefined || !target.process.isAlive) {
        this.#scheduler.after(this.#delayMs(back), () => {
          this.#closed(dialler, 'refused');
        });
        return;
      }
      this.#accept(dialler, target);
    });
    return dialler.id;
  }

  #accept(dialler: Endpoint, target: Attached): void {
    const accepted = this.#endpoint(target, dialler.attached.self);
    accepted.other = dialler;
    dialler.other = accepted;
    const back = this.#link(target.self, dialler.attached.self);
    accepted.lastArrivalMs = this.#scheduler.nowMs + this.#delayMs(back);
    this.#arrive(back, accepted.lastArrivalMs, () => {
      this.#deliver(dialler, (handlers) => {
        handlers.onConnected(dialler.id, dialler.peer);
      });
    });
    this.#deliver(accepted, (handlers) => {
      const { self, start } = dialler.attached;
      handlers.onAccepted(accepted.id, { id: self, start, address: `process ${start}` });
    });
  }

  #deliver(endpoint: Endpoint, run: (handlers: PeerNetworkHandlers) => void): void {
    if (!endpoint.isOpen) return;
    endpoint.attached.process.deliver(
      () => {
        if (endpoint.isOpen && endpoint.attached.handlers !== undefined) {
          run(endpoint.attached.handlers);
        }
      },
      'socket',
      endpoint.id,
    );
  }

  #send(attached: Attached, connection: ConnectionId, message: PeerMessage): void {
    const endpoint = attached.endpoints.get(connection);
    const other = endpoint?.other;
    if (endpoint?.isOpen !== true || other === undefined) return;
    const carried = this.options.carry?.(message) ?? { message, bytes: 0 };
    endpoint.queuedBytes += carried.bytes;
    this.#inOrder(endpoint, () => {
      const wasFull = endpoint.queuedBytes > drainedBelowBytes;
      endpoint.queuedBytes -= carried.bytes;
      if (wasFull && endpoint.queuedBytes <= drainedBelowBytes) {
        this.#deliver(endpoint, (handlers) => {
          handlers.onDrained(endpoint.id);
        });
      }
      let isUnread = other.isOpen;
      this.options.arrived?.(other.attached.self, carried.message, () => isUnread && other.isOpen);
      this.#deliver(other, (handlers) => {
        isUnread = false;
        const { self, start } = attached;
        this.heard(other.attached.self, { id: self, start, address: '' });
        handlers.onMessage(other.id, carried.message);
      });
    });
  }

  /** Behind everything this end sent before. */
  #inOrder(endpoint: Endpoint, run: () => void): void {
    const link = this.#link(endpoint.attached.self, endpoint.peer);
    const sentAtMs = endpoint.attached.process.nowMs;
    const arrivalMs = Math.max(sentAtMs + this.#delayMs(link), endpoint.lastArrivalMs);
    endpoint.lastArrivalMs = arrivalMs;
    this.#arrive(link, arrivalMs, run);
  }

  #close(attached: Attached, connection: ConnectionId, reason: CloseReason): void {
    const endpoint = attached.endpoints.get(connection);
    if (endpoint?.isOpen !== true) return;
    endpoint.isOpen = false;
    attached.endpoints.delete(connection);
    const other = endpoint.other;
    if (other === undefined) return;
    this.#inOrder(endpoint, () => {
      this.#closed(other, `closed by peer: ${reason.code}: ${reason.detail}`);
    });
  }

  #stop(attached: Attached, done: () => void): void {
    for (const id of [...attached.endpoints.keys()]) {
      this.#close(attached, id, { code: 'shutdown', detail: '' });
    }
    attached.handlers = undefined;
    this.#scheduler.after(1, () => {
      attached.process.deliver(done);
    });
  }

  /** The stream is gone for this end: it hears so, and nothing more. */
  #closed(endpoint: Endpoint, why: string): void {
    this.#deliver(endpoint, (handlers) => {
      endpoint.isOpen = false;
      endpoint.attached.endpoints.delete(endpoint.id);
      handlers.onClosed(endpoint.id, why);
    });
  }

  /** What is under way to this end is lost; it hears of the end soon. */
  #lost(endpoint: Endpoint, why: string): void {
    if (!endpoint.isOpen) return;
    const { attached } = endpoint;
    endpoint.isOpen = false;
    attached.endpoints.delete(endpoint.id);
    this.#scheduler.after(this.#random.between(0, 2 * this.options.delayMsMax), () => {
      attached.process.deliver(
        () => attached.handlers?.onClosed(endpoint.id, why),
        'socket',
        endpoint.id,
      );
    });
  }

  #crashed(attached: Attached): void {
    this.#linkedTwins.delete(attached);
    attached.handlers = undefined;
    for (const endpoint of attached.endpoints.values()) {
      endpoint.isOpen = false;
      const other = endpoint.other;
      if (other === undefined) continue;
      if (this.#random.chance(this.options.crashCutsStreams)) this.#lost(other, 'connection reset');
      else {
        this.#inOrder(endpoint, () => {
          this.#closed(other, 'peer died');
        });
      }
    }
    attached.endpoints.clear();
  }
}
