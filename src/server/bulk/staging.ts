import type { ConnectionId } from '../../model/ids.ts';
import type { LogPosition } from '../../model/log-entry.ts';
import type { CloseReason, PeerMessage, ZabMessage } from '../../model/peer-message.ts';
import type { Store, StoredSnapshot } from '../../ports/store.ts';
import type { SnapshotRestore, StateMachine } from '../../state/state-machine.ts';
import type { StateAt } from '../applied/applier.ts';
import type { ServerTuning } from '../tuning.ts';
import { finishRestore, readingSnapshot, type StateSource } from '../applied/state-source.ts';

interface StagingTargets {
  readonly store: Store;
  readonly tuning: ServerTuning;
  readonly states: StateSource;
  /** To the core. */
  receive(connection: ConnectionId, message: ZabMessage): void;
  /** The core is told that something moves. */
  progress(connection: ConnectionId): void;
  /** Messages that were held back behind a snapshot go on their way. */
  dispatch(connection: ConnectionId, message: PeerMessage): void;
  close(connection: ConnectionId, reason: CloseReason): void;
}

type Snap = Extract<ZabMessage, { kind: 'snap' }>;

/** Holds a leader's snapshot, whole and checked, and the state in it. */
export interface Verified {
  readonly stored: StoredSnapshot;
  readonly at: StateAt;
}

interface Incoming {
  readonly snap: Snap;
  /** Built from the chunks as they come: what can't be read is refused before it replaces anything. */
  readonly state: StateMachine;
  readonly restore: SnapshotRestore;
  nextSequence: number;
  bytes: number;
  /** Once `snapEnd` is in: what came after it and waits for the verdict. */
  held: PeerMessage[] | undefined;
}

/**
 * Takes in a leader's snapshot beside our own data. The core sees `snap` and, once all of it is stored and verified,
 * `snapEnd`; the chunks are none of its business. At most one at a time: beginning one drops an earlier one.
 */
export class Staging {
  readonly #targets: StagingTargets;
  #connection: ConnectionId | undefined;
  #incoming: Incoming | undefined;
  #verified: Verified | undefined;

  constructor(targets: StagingTargets) {
    this.#targets = targets;
  }

  /** True when the message was one of a snapshot, or has to wait behind one. */
  takes(connection: ConnectionId, message: PeerMessage): boolean {
    const incoming = this.#connection === connection ? this.#incoming : undefined;
    if (incoming?.held !== undefined) {
      if (incoming.held.length >= this.#targets.tuning.heldMessagesMax) {
        this.#refuse(connection, 'too much behind SNAP');
      } else incoming.held.push(message);
      return true;
    }
    switch (message.kind) {
      case 'snap':
        this.#begin(connection, message);
        return true;
      case 'snapChunk':
        if (incoming === undefined) this.#refuse(connection, 'a chunk without SNAP');
        else this.#chunk(connection, incoming, message);
        return true;
      case 'snapEnd':
        if (incoming === undefined) this.#refuse(connection, 'an end without SNAP');
        else this.#end(connection, incoming, message);
        return true;
      default:
        return false;
    }
  }

  /** The connection is gone, and with it the snapshot that was coming in. */
  drop(connection: ConnectionId): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#incoming = undefined;
  }

  /** The snapshot that the core may have installed. */
  verifiedAt(at: LogPosition): Verified | undefined {
    return this.#verified?.stored.at.chain === at.chain ? this.#verified : undefined;
  }

  #begin(connection: ConnectionId, snap: Snap): void {
    if (snap.bytes > this.#targets.tuning.snapshotBytesMax) {
      this.#refuse(connection, `a snapshot of ${String(snap.bytes)} bytes`);
      return;
    }
    this.#connection = connection;
    const state = this.#targets.states.empty();
    const restore = state.beginRestore();
    this.#incoming = { snap, state, restore, nextSequence: 0, bytes: 0, held: undefined };
    this.#verified = undefined;
    this.#targets.store.beginStaging(snap.at, snap.membership);
    this.#targets.receive(connection, snap);
  }

  #chunk(
    connection: ConnectionId,
    incoming: Incoming,
    message: Extract<ZabMessage, { kind: 'snapChunk' }>,
  ): void {
    incoming.bytes += message.bytes.length;
    if (message.sequence !== incoming.nextSequence || incoming.bytes > incoming.snap.bytes) {
      this.#refuse(
        connection,
        `chunk ${String(message.sequence)} of SNAP is not the next one or too long`,
      );
      return;
    }
    incoming.nextSequence++;
    const attempt = readingSnapshot(() => {
      incoming.restore.feed(message.bytes);
    });
    if ('complaint' in attempt) {
      this.#refuse(connection, attempt.complaint);
      return;
    }
    this.#targets.store.stageChunk(message.sequence, message.bytes, () => {
      if (this.#incoming === incoming) this.#targets.progress(connection);
    });
  }

  #end(
    connection: ConnectionId,
    incoming: Incoming,
    message: Extract<ZabMessage, { kind: 'snapEnd' }>,
  ): void {
    const { at, chunks, bytes, membership } = incoming.snap;
    const stored = { at, chunks, bytes, sha256: message.sha256, membership };
    incoming.held = [];
    this.#targets.store.verifyStaging(stored, (valid) => {
      if (this.#incoming !== incoming) return;
      if (!valid) this.#refuse(connection, 'the snapshot does not match its digest');
      else this.#check(connection, incoming, { stored, message });
    });
  }

  #check(
    connection: ConnectionId,
    incoming: Incoming,
    { stored, message }: { readonly stored: StoredSnapshot; readonly message: ZabMessage },
  ): void {
    const { states } = this.#targets;
    finishRestore(incoming.restore, states, (complaint) => {
      if (this.#incoming !== incoming) return;
      if (complaint !== undefined) {
        this.#refuse(connection, complaint);
        return;
      }
      const { state, held } = incoming;
      this.#verified = {
        stored,
        at: { state, position: stored.at, membership: stored.membership },
      };
      this.#connection = undefined;
      this.#incoming = undefined;
      this.#targets.receive(connection, message);
      for (const later of held ?? []) this.#targets.dispatch(connection, later);
    });
  }

  #refuse(connection: ConnectionId, detail: string): void {
    this.drop(connection);
    this.#targets.close(connection, { code: 'protocol', detail });
  }
}
