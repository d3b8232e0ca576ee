import assert from 'node:assert/strict';
import {
  serverId,
  type Caller,
  type ConnectionId,
  type Nonce,
  type ServerId,
} from '../../../src/model/ids.ts';
import type { Notification, PeerMessage } from '../../../src/model/peer-message.ts';
import { zeroZxid } from '../../../src/model/zxid.ts';
import type { PeerNetwork, PeerNetworkHandlers } from '../../../src/ports/peer-network.ts';

/** Some networks that know each other, of whatever they are made. */
export interface NetworkBed {
  /** Peers 1, 2, …, each knowing all of them, and peer 9, who never answers. Not started. */
  readonly networks: readonly PeerNetwork[];
  /** Lets time pass until it holds; rejects, naming `what`, when it never does. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Stops whatever still runs. */
  close(): Promise<void>;
}

export type NetworkEvent =
  | { readonly event: 'notification'; readonly notification: Notification }
  | { readonly event: 'accepted' | 'connected'; readonly id: ConnectionId; readonly peer: ServerId }
  | { readonly event: 'twin'; readonly peer: ServerId }
  | { readonly event: 'message'; readonly id: ConnectionId; readonly message: PeerMessage }
  | { readonly event: 'closed'; readonly id: ConnectionId; readonly why: string }
  | { readonly event: 'drained'; readonly id: ConnectionId };

/** Writes down what it is told, and that it was told from a turn of its own. */
export class NetworkRecorder implements PeerNetworkHandlers {
  readonly events: NetworkEvent[] = [];
  isCalling = false;

  /** Calls the network: no event may come before that returns. */
  calling<Result>(call: () => Result): Result {
    this.isCalling = true;
    try {
      return call();
    } finally {
      this.isCalling = false;
    }
  }

  onNotification(notification: Notification): void {
    this.#note({ event: 'notification', notification });
  }

  onAccepted(id: ConnectionId, { id: peer }: Caller): void {
    this.#note({ event: 'accepted', id, peer });
  }

  onTwin(by: ServerId): void {
    this.#note({ event: 'twin', peer: by });
  }

  onConnected(id: ConnectionId, peer: ServerId): void {
    this.#note({ event: 'connected', id, peer });
  }

  onMessage(id: ConnectionId, message: PeerMessage): void {
    this.#note({ event: 'message', id, message });
  }

  onClosed(id: ConnectionId, why: string): void {
    this.#note({ event: 'closed', id, why });
  }

  onDrained(id: ConnectionId): void {
    this.#note({ event: 'drained', id });
  }

  accepted(): ConnectionId[] {
    return this.events.flatMap((event) => (event.event === 'accepted' ? [event.id] : []));
  }

  isConnected(id: ConnectionId): boolean {
    return this.events.some((event) => event.event === 'connected' && event.id === id);
  }

  closings(id: ConnectionId): string[] {
    return this.events.flatMap((event) =>
      event.event === 'closed' && event.id === id ? [event.why] : [],
    );
  }

  messages(id: ConnectionId): PeerMessage[] {
    return this.events.flatMap((event) =>
      event.event === 'message' && event.id === id ? [event.message] : [],
    );
  }

  notifications(): Notification[] {
    return this.events.flatMap((event) =>
      event.event === 'notification' ? [event.notification] : [],
    );
  }

  #note(event: NetworkEvent): void {
    assert.ok(!this.isCalling, `${event.event} came from within a call`);
    this.events.push(event);
  }
}

/** A notification of somebody who looks for a leader. */
export function notificationOf(from: number, round: number): Notification {
  return {
    from: serverId(from),
    nonce: 'a'.repeat(32) as Nonce,
    clusterId: '0123456789abcdef',
    state: 'looking',
    round,
    vote: { leader: serverId(from), zxid: zeroZxid, peerEpoch: 0 },
    votes: true,
  };
}

/** A message that is easily told from others, by its round. */
export function pong(round: number): PeerMessage {
  return { kind: 'pong', round, durable: zeroZxid, applied: zeroZxid };
}
