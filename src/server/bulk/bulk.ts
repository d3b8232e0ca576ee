import type { ConnectionId } from '../../model/ids.ts';
import type { LogEntry, LogPosition } from '../../model/log-entry.ts';
import type { Membership } from '../../model/membership.ts';
import type { CloseReason, PeerMessage } from '../../model/peer-message.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { Pace } from '../../service/budget/pace.ts';
import type { Outbound, ZabCore } from '../../zab/ready.ts';
import type { Applier } from '../applied/applier.ts';
import { CopySource } from './copy-source.ts';
import { Outbox, type Taken } from './outbox.ts';
import type { Recovered } from '../applied/recovery.ts';
import type { ServerPorts } from '../options.ts';
import type { ServerTuning } from '../tuning.ts';
import { SnapshotAdoption } from './snapshot-adoption.ts';
import { Snapshotting } from './snapshotting.ts';
import { Staging } from './staging.ts';
import type { StateSource } from '../applied/state-source.ts';

export interface BulkParts {
  readonly ports: ServerPorts;
  readonly tuning: ServerTuning;
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly states: StateSource;
  readonly recovered: Recovered;
  readonly pace: Pace;
  readonly hasSpace: () => boolean;
  /** Nothing may be made of the state, nor handed on. */
  readonly isInDispute: () => boolean;
  close(connection: ConnectionId, reason: CloseReason): void;
  /** A message that was held back behind a snapshot goes on its way. */
  dispatch(connection: ConnectionId, message: PeerMessage): void;
  /** The log is about to be forgotten up to there. */
  compacting(upTo: Zxid): void;
  /** The state is another one now. */
  replaced(): void;
  wake(): void;
}

/** Names the parts by which `Bulk` tells the others. */
export type BulkCalls = 'close' | 'dispatch' | 'compacting' | 'replaced' | 'wake';

/**
 * Moves all that is too much for one message: the log and snapshots, to learners, from the leader, and to our own disk.
 */
export class Bulk {
  readonly copies: CopySource;
  readonly #outbox: Outbox;
  readonly #staging: Staging;
  readonly #snapshotting: Snapshotting;
  readonly #adoption: SnapshotAdoption;

  constructor(parts: BulkParts) {
    const { ports, tuning, zab, applier, states } = parts;
    const { clock, network, store, logger } = ports;
    const close = parts.close.bind(parts);
    const progress = zab.progress.bind(zab);
    const snapshotting = new Snapshotting(
      {
        ports,
        tuning,
        applier,
        pace: parts.pace,
        hasSpace: parts.hasSpace,
        isInDispute: parts.isInDispute,
        compacting: parts.compacting.bind(parts),
        compacted: (base) => {
          zab.compacted(base);
          parts.wake();
        },
      },
      parts.recovered,
    );
    this.#snapshotting = snapshotting;
    this.copies = new CopySource({
      store,
      tuning,
      applier,
      snapshots: snapshotting,
      ensemble: () => ({ clusterId: zab.status.clusterId, epoch: zab.status.epoch }),
      logBase: () => snapshotting.logBase,
    });
    this.#outbox = new Outbox({
      clock,
      network,
      store,
      tuning,
      snapshots: snapshotting,
      close,
      progress,
    });
    const staging = new Staging({
      store,
      tuning,
      states,
      close,
      progress,
      receive: (connection, message) => {
        zab.receive(connection, message);
        parts.wake();
      },
      dispatch: parts.dispatch.bind(parts),
    });
    this.#staging = staging;
    this.#adoption = new SnapshotAdoption({
      staging,
      snapshotting,
      applier,
      logger,
      replaced: parts.replaced.bind(parts),
    });
  }

  get logBytes(): number {
    return this.#snapshotting.logBytes;
  }

  /** This peer's log begins after it. */
  get logBase(): Zxid {
    return this.#snapshotting.logBase;
  }

  /** To another peer, behind what is under way to it. */
  send(item: Outbound): void {
    this.#outbox.send(item);
  }

  onDrained(connection: ConnectionId): void {
    this.#outbox.onDrained(connection);
  }

  /** From a learner of ours. */
  onTaken(connection: ConnectionId, taken: Taken): void {
    this.#outbox.onTaken(connection, taken);
  }

  /** From our leader: true when the message is part of a snapshot, or has to wait behind one. */
  takes(connection: ConnectionId, message: PeerMessage): boolean {
    return this.#staging.takes(connection, message);
  }

  drop(connection: ConnectionId): void {
    this.#outbox.drop(connection);
    this.#staging.drop(connection);
  }

  founded(membership: Membership): void {
    this.#snapshotting.founded(membership);
  }

  adopting(at: LogPosition): void {
    this.#adoption.adopting(at);
  }

  adopted(at: LogPosition): void {
    this.#adoption.adopted(at);
  }

  applied(entry: LogEntry): void {
    this.#snapshotting.applied(entry);
  }

  tick(): void {
    this.#snapshotting.consider();
  }
}
