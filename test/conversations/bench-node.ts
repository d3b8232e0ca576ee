import type { ConnectionId, Nonce, ServerId, StartId } from '../../src/model/ids.ts';
import type { ProtocolRange } from '../../src/model/level.ts';
import type { LogEntry } from '../../src/model/log-entry.ts';
import type { ZabMessage } from '../../src/model/peer-message.ts';
import type { Ready } from '../../src/zab/ready.ts';
import type { Zab } from '../../src/zab/zab.ts';
import type { Disk } from './bench-disk.ts';

export interface Node {
  readonly id: ServerId;
  nonce: Nonce;
  start: StartId;
  readonly role: 'participant' | 'observer';
  readonly founds: boolean;
  /** The voters of its configuration file. */
  configured: readonly ServerId[];
  protocols: ProtocolRange;
  zab: Zab | undefined;
  disk: Disk;
  applied: LogEntry[];
  /** Readys whose writes are on their way; held back while `diskIsHeld`. */
  readonly writes: Ready[];
  diskIsHeld: boolean;
  /** So many writes are finished before the disk is held; undefined while it is not to be. */
  writesUntilHeld: number | undefined;
  /** It hands on what is delivered, and applies none of it. */
  applyingIsHeld: boolean;
}

/** Of a connection. */
export interface End {
  readonly node: ServerId;
  readonly peer: ConnectionId;
  /** Messages to this end, in order. */
  readonly inbox: ZabMessage[];
}
