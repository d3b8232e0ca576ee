import { Fifo } from '../../base/fifo.ts';
import type { ConnectionId } from '../../model/ids.ts';
import type { LogEntry } from '../../model/log-entry.ts';
import type { CloseReason, ZabMessage } from '../../model/peer-message.ts';
import { compareZxid, minZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import { drainedBelowBytes, type PeerNetwork } from '../../ports/peer-network.ts';
import type { Store, StoredSnapshot } from '../../ports/store.ts';
import type { Outbound } from '../../zab/ready.ts';
import type { ServerTuning } from '../tuning.ts';

/** Lends snapshots to the outbox, which says when it is done, so that no newer one takes their place meanwhile. */
export interface SnapshotSource {
  /**
   * Takes one first when there is none that is not below. Undefined when that can't be done now; may be below even so,
   * when one was being taken already.
   */
  borrow(notBelow: Zxid, done: (snapshot: StoredSnapshot | undefined) => void): void;
  giveBack(): void;
}

interface OutboxTargets {
  readonly clock: Pick<Clock, 'now' | 'soon'>;
  readonly network: PeerNetwork;
  readonly store: Store;
  readonly snapshots: SnapshotSource;
  readonly tuning: ServerTuning;
  close(connection: ConnectionId, reason: CloseReason): void;
  /** A piece of a snapshot went out: the learner is slow, not stuck. */
  progress(connection: ConnectionId): void;
}

/** A piece of the log that was sent: where it ends, and the bytes of its payloads. */
interface Piece {
  readonly end: Zxid;
  readonly bytes: number;
}

/** How far a learner has come. */
export interface Taken {
  readonly durable: Zxid;
  readonly applied: Zxid;
}

type SnapshotItem = Extract<Outbound, { item: 'snapshot' }>;
type BulkItem = SnapshotItem | Extract<Outbound, { item: 'logRange' }>;

/** What a message that waits costs beside its payload. */
const waitingMessageBytes = 100;

interface Queue {
  readonly items: Fifo<Outbound>;
  /** Of what waits. */
  bytes: number;
  /** While the head waits for room. */
  resume: (() => void) | undefined;
  /** Pieces that the learner has not taken yet, oldest first, and their bytes. */
  readonly ahead: Piece[];
  aheadBytes: number;
  /** Known to be committed when the range was planned that they are of. */
  commit: Zxid;
  /** A snapshot is being sent and must be given back. */
  borrowing: boolean;
}

/**
 * Sends what the core wants sent, in order per connection. Bulk is read from the store in pieces, as fast as the
 * connection takes it; what follows on that connection waits behind. A connection that is not in here is sent to at once.
 */
export class Outbox {
  readonly #targets: OutboxTargets;
  readonly #queues = new Map<ConnectionId, Queue>();

  constructor(targets: OutboxTargets) {
    this.#targets = targets;
  }

  send(item: Outbound): void {
    const queue = this.#queues.get(item.to);
    if (queue !== undefined) {
      queue.items.push(item);
      queue.bytes += waitingBytes(item);
      if (queue.bytes > this.#targets.tuning.behindBulkBytesMax) {
        this.#giveUp(item.to, 'too much waits behind the history that is being sent');
      }
    } else if (item.item === 'message') {
      this.#post(item.to, item.message);
    } else {
      this.#queues.set(item.to, {
        items: new Fifo([item]),
        bytes: waitingBytes(item),
        resume: undefined,
        ahead: [],
        aheadBytes: 0,
        commit: zeroZxid,
        borrowing: false,
      });
      this.#next(item.to);
    }
  }

  onDrained(connection: ConnectionId): void {
    const queue = this.#queues.get(connection);
    const resume = queue?.resume;
    if (queue === undefined || resume === undefined) return;
    queue.resume = undefined;
    this.#whenRoom(connection, resume);
  }

  /** A learner says how far it is: what is committed it has taken once it is applied, what is not once it is durable. */
  onTaken(connection: ConnectionId, { durable, applied }: Taken): void {
    const queue = this.#queues.get(connection);
    if (queue === undefined) return;
    for (;;) {
      const oldest = queue.ahead[0];
      if (oldest === undefined || compareZxid(oldest.end, durable) > 0) break;
      const isCommitted = compareZxid(oldest.end, queue.commit) <= 0;
      if (isCommitted && compareZxid(oldest.end, applied) > 0) break;
      queue.ahead.shift();
      queue.aheadBytes -= oldest.bytes;
    }
    this.onDrained(connection);
  }

  /** The connection is gone. */
  drop(connection: ConnectionId): void {
    const queue = this.#queues.get(connection);
    if (queue?.borrowing === true) this.#targets.snapshots.giveBack();
    this.#queues.delete(connection);
  }

  /** What has waited through a long history may be thousands of messages: they go in slices, and those to come behind. */
  #next(to: ConnectionId): void {
    const { clock, tuning } = this.#targets;
    const until = clock.now() + tuning.sliceMs;
    for (;;) {
      const queue = this.#queues.get(to);
      const item = queue?.items.shift();
      if (item === undefined) {
        this.#queues.delete(to);
        return;
      }
      if (queue !== undefined) queue.bytes -= waitingBytes(item);
      if (item.item === 'message') {
        this.#post(to, item.message);
        if (clock.now() >= until) {
          clock.soon(() => {
            this.#next(to);
          });
          return;
        }
      } else if (item.item === 'logRange') {
        this.#sendLog(item, item.after);
        return;
      } else {
        this.#sendSnapshot(item);
        return;
      }
    }
  }

  /** All that was proposed in one turn may be more than one message can hold: it goes in pieces, as the log does. */
  #post(to: ConnectionId, message: ZabMessage): void {
    const { network, tuning } = this.#targets;
    if (message.kind !== 'proposal' && message.kind !== 'inform') {
      network.send(to, message);
      return;
    }
    for (const entries of piecesOf(message.entries, tuning.logPieceBytes)) {
      const last = entries.at(-1);
      if (message.kind === 'inform' || last === undefined) {
        network.send(to, { ...message, entries });
      }
      // No message may speak of a commit that is in a later one.
      else network.send(to, { ...message, entries, commit: minZxid(message.commit, last.zxid) });
    }
  }

  /** Runs when the connection has room, and the learner too; never when it is gone. */
  #whenRoom(to: ConnectionId, run: () => void): void {
    const queue = this.#queues.get(to);
    if (queue === undefined) return;
    const { network, tuning } = this.#targets;
    const hasRoom =
      network.queuedBytes(to) <= drainedBelowBytes && queue.aheadBytes <= tuning.historyAheadBytes;
    if (hasRoom) run();
    else queue.resume = run;
  }

  #sendLog(range: BulkItem, after: Zxid): void {
    const { to, upTo, commit } = range;
    if (compareZxid(after, upTo) >= 0) {
      this.#next(to);
      return;
    }
    const { store, network, tuning } = this.#targets;
    store.readLog({ after, upTo, bytesMax: tuning.logPieceBytes }, (entries) => {
      if (!this.#queues.has(to)) return;
      if (entries === undefined) {
        this.#giveUp(to, 'the log does not reach back that far any more');
        return;
      }
      const last = entries.at(-1);
      if (last === undefined) {
        this.#next(to);
        return;
      }
      network.send(to, { kind: 'proposal', entries, commit });
      if (range.item === 'logRange' || compareZxid(last.zxid, range.learnerEnd) > 0) {
        this.#sentAhead(range, entries);
      }
      this.#whenRoom(to, () => {
        this.#sendLog(range, last.zxid);
      });
    });
  }

  #sentAhead({ to, commit }: BulkItem, entries: readonly LogEntry[]): void {
    const queue = this.#queues.get(to);
    const end = entries.at(-1)?.zxid;
    if (queue === undefined || end === undefined) return;
    const bytes = bytesOf(entries);
    queue.ahead.push({ end, bytes });
    queue.aheadBytes += bytes;
    queue.commit = commit;
  }

  #sendSnapshot(item: SnapshotItem): void {
    const { snapshots, network } = this.#targets;
    snapshots.borrow(item.notBelow, (snapshot) => {
      const queue = this.#queues.get(item.to);
      if (queue === undefined) {
        if (snapshot !== undefined) snapshots.giveBack();
        return;
      }
      if (snapshot === undefined) {
        this.#giveUp(item.to, 'there is no snapshot to give now');
        return;
      }
      queue.borrowing = true;
      if (compareZxid(snapshot.at.zxid, item.notBelow) < 0) {
        this.#giveUp(item.to, 'the snapshot is older than what the learner has');
        return;
      }
      const { at, chunks, bytes, membership } = snapshot;
      network.send(item.to, { kind: 'snap', at, membership, chunks, bytes });
      this.#sendChunk(item, snapshot, 0);
    });
  }

  #sendChunk(item: BulkItem, snapshot: StoredSnapshot, sequence: number): void {
    const { store, network, snapshots } = this.#targets;
    const { to } = item;
    if (sequence === snapshot.chunks) {
      const queue = this.#queues.get(to);
      if (queue !== undefined) queue.borrowing = false;
      snapshots.giveBack();
      network.send(to, { kind: 'snapEnd', sha256: snapshot.sha256 });
      this.#sendLog(item, snapshot.at.zxid);
      return;
    }
    store.readSnapshotChunk(snapshot.at, sequence, (bytes) => {
      if (!this.#queues.has(to)) return;
      if (bytes === undefined) {
        this.#giveUp(to, 'a newer snapshot took the place of the one being sent');
        return;
      }
      network.send(to, { kind: 'snapChunk', sequence, bytes });
      this.#targets.progress(to);
      this.#whenRoom(to, () => {
        this.#sendChunk(item, snapshot, sequence + 1);
      });
    });
  }

  #giveUp(to: ConnectionId, detail: string): void {
    this.#targets.close(to, { code: 'slow', detail });
  }
}

function waitingBytes(item: Outbound): number {
  if (item.item !== 'message' || !('entries' in item.message)) return waitingMessageBytes;
  return waitingMessageBytes + bytesOf(item.message.entries);
}

function bytesOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { payload }) => sum + payload.length, 0);
}

/** Runs of entries of about so many bytes each, one entry at least. */
function piecesOf(
  entries: readonly LogEntry[],
  bytesMax: number,
): readonly (readonly LogEntry[])[] {
  const pieces: (readonly LogEntry[])[] = [];
  let start = 0;
  let bytes = 0;
  let index = 0;
  for (const { payload } of entries) {
    if (index > start && bytes + payload.length > bytesMax) {
      pieces.push(entries.slice(start, index));
      start = index;
      bytes = 0;
    }
    bytes += payload.length;
    index++;
  }
  pieces.push(start === 0 ? entries : entries.slice(start));
  return pieces;
}
