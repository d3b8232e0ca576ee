import type { ConnectionId } from '../../src/model/ids.ts';
import type { LogEntry } from '../../src/model/log-entry.ts';
import type { ZabMessage } from '../../src/model/peer-message.ts';
import { compareZxid, type Zxid } from '../../src/model/zxid.ts';
import type { Outbound } from '../../src/zab/ready.ts';
import type { ImageSnapshot, SimulatedDisk } from './disk.ts';
import type { Prng } from './prng.ts';
import type { SimulatedProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

interface OutboxPorts {
  readonly disk: SimulatedDisk;
  readonly applied: () => ImageSnapshot;
  readonly send: (connection: ConnectionId, message: ZabMessage) => void;
  readonly close: (connection: ConnectionId, detail: string) => void;
}

const entriesPerMessage = 16;
/** A core ring's snapshot says it all in its first message; the chunks are there to be interrupted. */
const snapshotChunks = 3;

/**
 * Keeps the order of each connection while bulk is being read from the disk, and gathers the snapshot that comes in.
 */
export class Outbox {
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #process: SimulatedProcess;
  readonly #ports: OutboxPorts;
  /** Of connections whose head is being read from disk: what waits behind it. */
  readonly #waiting = new Map<ConnectionId, Outbound[]>();
  readonly #observers = new Set<ConnectionId>();
  readonly #staging = new Map<ConnectionId, ImageSnapshot>();

  constructor(scheduler: Scheduler, random: Prng, process: SimulatedProcess, ports: OutboxPorts) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#process = process;
    this.#ports = ports;
  }

  push(item: Outbound): void {
    const waiting = this.#waiting.get(item.to);
    if (waiting !== undefined) waiting.push(item);
    else if (item.item === 'message') this.#ports.send(item.to, item.message);
    else this.#read(item);
  }

  forget(connection: ConnectionId): void {
    this.#waiting.delete(connection);
    this.#observers.delete(connection);
    this.#staging.delete(connection);
  }

  learner(connection: ConnectionId, role: 'follower' | 'observer'): void {
    if (role === 'observer') this.#observers.add(connection);
  }

  beginStaging(connection: ConnectionId, snapshot: ImageSnapshot): void {
    this.#staging.set(connection, snapshot);
  }

  staged(connection: ConnectionId): ImageSnapshot {
    const staging = this.#staging.get(connection);
    if (staging === undefined) throw new Error('snapEnd without snap');
    return staging;
  }

  #read(item: Exclude<Outbound, { item: 'message' }>): void {
    const waiting: Outbound[] = [];
    this.#waiting.set(item.to, waiting);
    this.#scheduler.after(this.#random.between(0.1, 20), () => {
      this.#process.deliver(() => {
        if (this.#waiting.get(item.to) !== waiting) return;
        this.#waiting.delete(item.to);
        const isComplete =
          item.item === 'logRange'
            ? this.#sendRange(item, item.after)
            : this.#sendSnapshot(item) !== undefined;
        if (!isComplete) {
          this.#ports.close(item.to, 'the log does not reach back');
          return;
        }
        for (const next of waiting) if (this.#process.isAlive) this.push(next);
      });
    });
  }

  #sendRange(item: { to: ConnectionId; upTo: Zxid; commit: Zxid }, after: Zxid): boolean {
    const entries = this.#ports.disk.readLog(after, item.upTo);
    if (entries === undefined) return false;
    for (let start = 0; start < entries.length; start += entriesPerMessage) {
      if (!this.#process.isAlive) return true;
      this.#sendEntries(item, entries.slice(start, start + entriesPerMessage));
    }
    return true;
  }

  #sendEntries(item: { to: ConnectionId; commit: Zxid }, entries: readonly LogEntry[]): void {
    this.#ports.send(item.to, { kind: 'proposal', entries, commit: item.commit });
  }

  /** The snapshot on disk, or one made now when that is too old; then the log from there. */
  #sendSnapshot(item: Extract<Outbound, { item: 'snapshot' }>): true | undefined {
    const { disk, applied, send } = this.#ports;
    const stored = disk.written.snapshot;
    const isRecent = stored !== null && compareZxid(stored.at.zxid, item.notBelow) >= 0;
    const snapshot = isRecent ? stored : applied();
    if (compareZxid(snapshot.at.zxid, item.notBelow) < 0) return undefined;
    if (compareZxid(snapshot.at.zxid, item.upTo) > 0) return undefined;
    send(item.to, { kind: 'snap', ...snapshot, chunks: snapshotChunks, bytes: snapshotChunks });
    for (let sequence = 0; sequence < snapshotChunks; sequence++) {
      if (!this.#process.isAlive) return true;
      send(item.to, { kind: 'snapChunk', sequence, bytes: new Uint8Array(1) });
    }
    send(item.to, { kind: 'snapEnd', sha256: new Uint8Array(32) });
    return this.#sendRange(item, snapshot.at.zxid) ? true : undefined;
  }
}
