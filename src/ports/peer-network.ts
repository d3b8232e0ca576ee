import type { Caller, ConnectionId, ServerId } from '../model/ids.ts';
import type { CloseReason, Notification, PeerMessage } from '../model/peer-message.ts';

/**
 * The two planes between peers. Every callback comes from a turn of its own, never from within a call.
 *
 * A connection id names one incarnation of one stream: after `onClosed(id)` (or our own `close(id)`) nothing more is
 * delivered for it and `send` to it is dropped silently. Messages of one stream arrive whole, in order, or not at all.
 */
export interface PeerNetworkHandlers {
  onNotification(notification: Notification): void;
  /**
   * A learner dialled us and proved who it is. It may have a stream already, and so may another process under its server
   * id: which of them goes on is for whoever takes them to say.
   */
  onAccepted(connection: ConnectionId, caller: Caller): void;
  /**
   * Election plane: `by` refuses our link, for it hears another process under our server id, which dialled it from
   * `livesAt`. Repeated as long as we try and that one is heard.
   */
  onTwin(by: ServerId, livesAt: string): void;
  /** Our `dial` succeeded. */
  onConnected(connection: ConnectionId, to: ServerId): void;
  onMessage(connection: ConnectionId, message: PeerMessage): void;
  /** Also when a dial failed. Not called after our own `close`. */
  onClosed(connection: ConnectionId, why: string): void;
  /** The bytes queued for this connection fell below `drainedBelowBytes`. */
  onDrained(connection: ConnectionId): void;
}

/** A sender of bulk (DIFF, SNAP) waits for `onDrained` once `queuedBytes` is above this. */
export const drainedBelowBytes = 1_048_576;

/** Where a peer is reached. */
export interface PeerAddress {
  readonly id: ServerId;
  /** A name or an address without brackets; resolved anew at every dial. */
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
}

export interface PeerNetwork {
  start(handlers: PeerNetworkHandlers): void;
  /**
   * Peers that there are by now, and where. Whoever was known before stays known, be it to be told that it was removed; of
   * `welcome` no more is known than that they may come.
   */
  know(peers: readonly PeerAddress[], welcome: readonly ServerId[]): void;
  /** Election plane. Replaces what is still queued for that peer; resent when its link comes back. Never fails. */
  notify(to: ServerId, notification: Notification): void;
  /** Broadcast plane. The address is resolved anew at every call. */
  dial(to: ServerId): ConnectionId;
  send(connection: ConnectionId, message: PeerMessage): void;
  /** Has what was sent leave now: by itself it leaves, as one write, when the turn is over. */
  flush(): void;
  queuedBytes(connection: ConnectionId): number;
  close(connection: ConnectionId, reason: CloseReason): void;
  /** Closes everything; `done` once no socket is left. */
  stop(done: () => void): void;
}
