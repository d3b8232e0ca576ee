import type { ConnectionId, Nonce, ServerId } from '../../src/model/ids.ts';
import type { LogChange } from '../../src/model/log-change.ts';
import type { LogEntry, LogPosition } from '../../src/model/log-entry.ts';
import type { Notification, ZabMessage } from '../../src/model/peer-message.ts';
import type { ZabEvent, ZabStatus } from '../../src/zab/ready.ts';
import type { DiskImage } from './disk.ts';

/** What a checker may look at of a peer: its disk and what its core says, never its inside. */
export interface NodeView {
  readonly id: ServerId;
  readonly nonce: Nonce;
  readonly role: 'participant' | 'observer';
  /** `forced`: an oracle elects, and what the peer says of its votes means nothing. */
  readonly electionMode: 'fast' | 'forced';
  /** +1 per start. */
  readonly incarnation: number;
  /** What would survive a crash now. */
  readonly durable: DiskImage;
  /** What the peer has asked to be written. */
  readonly written: DiskImage;
  readonly status: ZabStatus;
  /** The end of what its state machine has applied. */
  readonly applied: LogPosition;
}

/** A rule of the brief's section B1, broken. */
export class InvariantViolated extends Error {
  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.name = 'InvariantViolated';
  }
}

/** Looks on and throws `InvariantViolated`. Every hook is called at the instant itself, before anything else happens. */
export interface Checker {
  readonly name: string;
  /** The process starts from what its disk holds. */
  booted?(node: NodeView): void;
  /** A message leaves. */
  sending?(node: NodeView, connection: ConnectionId, message: ZabMessage): void;
  notifying?(node: NodeView, notification: Notification, to: ServerId): void;
  received?(node: NodeView, connection: ConnectionId, message: ZabMessage): void;
  /** Asked to be durable, not yet durable; `written` does not hold it yet. */
  persisting?(node: NodeView, changes: readonly LogChange[]): void;
  /** The disk has changed. */
  becameDurable?(node: NodeView): void;
  /** Entered the committed sequence, by this node's decision. `index` counts from 0. */
  decided?(node: NodeView, entry: LogEntry, index: number): void;
  /** Is about to be applied. */
  delivering?(node: NodeView, entry: LogEntry): void;
  event?(node: NodeView, event: ZabEvent): void;
}
