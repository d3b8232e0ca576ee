import { noSession, type SessionId } from '../../../model/ids.ts';
import type { Zxid } from '../../../model/zxid.ts';

// What the door and its connections did, as ZooKeeper's ServerStats and ServerCnxn count it. Called for every request:
// nothing is allocated once a connection is open.

/** ZooKeeper's abbreviations (FinalRequestProcessor), by op code; what is not named here is no operation to remember. */
const operationNames: ReadonlyMap<number, string> = new Map([
  [-11, 'CLOS'],
  [-10, 'SESS'],
  [1, 'CREA'],
  [2, 'DELE'],
  [3, 'EXIS'],
  [4, 'GETD'],
  [5, 'SETD'],
  [6, 'GETA'],
  [7, 'SETA'],
  [8, 'GETC'],
  [9, 'SYNC'],
  [11, 'PING'],
  [12, 'GETC'],
  [13, 'CHEC'],
  [14, 'MULT'],
  [15, 'CREA'],
  [16, 'RECO'],
  [17, 'CHKW'],
  [18, 'REMW'],
  [19, 'CREA'],
  [20, 'DELE'],
  [21, 'CREA'],
  [22, 'MLTR'],
  [101, 'SETW'],
  [103, 'GETE'],
  [104, 'GETACN'],
  [105, 'STW2'],
  [106, 'ADDW'],
  [107, 'HOMI'],
]);
const noOperation = 0;
/** What ZooKeeper counts as an update: all that takes a txn. */
const updates: ReadonlySet<number> = new Set([-11, -10, 1, 2, 5, 7, 14, 15, 16, 19, 20, 21]);
const createSession = -10;
const firstXid = 0;
const noXid = -1;

/** Counts how long answers took, in milliseconds from the request's arrival. */
export class Latency {
  count = 0;
  totalMs = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  add(ms: number): void {
    this.count++;
    this.totalMs += ms;
    if (ms < this.#min) this.#min = ms;
    if (ms > this.#max) this.#max = ms;
  }

  /** 0 before the first. */
  get minMs(): number {
    return this.count === 0 ? 0 : this.#min;
  }

  get avgMs(): number {
    return this.count === 0 ? 0 : this.totalMs / this.count;
  }

  get maxMs(): number {
    return this.#max;
  }

  reset(): void {
    this.count = 0;
    this.totalMs = 0;
    this.#min = Number.POSITIVE_INFINITY;
    this.#max = 0;
  }
}

/** Counts for the door as a whole, from its opening or its last `reset` on. */
export class DoorStatistics {
  received = 0;
  sent = 0;
  /** Requests that have no answer yet. */
  outstanding = 0;
  /** Connections that a limit kept out. */
  rejectedCount = 0;
  /** Connections that were ended because of what the client did, or did not do: bad frames, not reading. */
  droppedCount = 0;
  /** ConnectRequests that were granted: new sessions, and those that came back to theirs. */
  sessionsCreated = 0;
  sessionsResumed = 0;
  readonly reads = new Latency();
  readonly updates = new Latency();
  readonly #open = new Set<ConnectionStatistics>();

  /** Connections that are open, with or without a session; the oldest first. */
  get connections(): Iterable<ConnectionStatistics> {
    return this.#open;
  }

  /** Of reads and updates together. */
  get latency(): Pick<Latency, 'minMs' | 'avgMs' | 'maxMs'> {
    const { reads, updates } = this;
    const count = reads.count + updates.count;
    const [first, second] = updates.count === 0 ? [reads, reads] : [updates, reads];
    return {
      minMs: second.count === 0 ? first.minMs : Math.min(first.minMs, second.minMs),
      avgMs: count === 0 ? 0 : (reads.totalMs + updates.totalMs) / count,
      maxMs: Math.max(reads.maxMs, updates.maxMs),
    };
  }

  get connectionCount(): number {
    return this.#open.size;
  }

  /** `remote` as `host:port`, an IPv6 address in brackets; `nowMs` in Unix milliseconds. */
  opened(remote: string, nowMs: number): ConnectionStatistics {
    const connection = new ConnectionStatistics(this, remote, nowMs);
    this.#open.add(connection);
    return connection;
  }

  /** A limit kept a connection out; it was never `opened`. */
  rejected(): void {
    this.rejectedCount++;
  }

  /** What ZooKeeper's `srst` begins anew. */
  reset(): void {
    this.received = 0;
    this.sent = 0;
    this.rejectedCount = 0;
    this.droppedCount = 0;
    this.sessionsCreated = 0;
    this.sessionsResumed = 0;
    this.reads.reset();
    this.updates.reset();
  }

  /** What ZooKeeper's `crst` begins anew: of the connections that are open. */
  resetConnections(): void {
    for (const connection of this.#open) connection.reset();
  }

  forget(connection: ConnectionStatistics): void {
    this.#open.delete(connection);
  }
}

/** Counts for one connection of the door, from its opening on. */
export class ConnectionStatistics {
  readonly remote: string;
  /** Unix milliseconds. */
  readonly establishedMs: number;
  /** `noSession` until the connection has one. */
  session: SessionId = noSession;
  timeoutMs = 0;
  isAsking = false;
  packetsReceived = 0;
  packetsSent = 0;
  /** Requests that have no answer yet. */
  outstanding = 0;
  /** Of the last answer to a client's own request; -1 before the first. */
  lastCxid = -1;
  lastZxid: Zxid | undefined;
  lastLatencyMs = 0;
  /** Unix milliseconds at which answers were sent last; 0 before the first. */
  lastResponseMs = 0;
  readonly latency = new Latency();
  readonly #door: DoorStatistics;
  #lastOperation = noOperation;
  #isOpen = true;

  constructor(door: DoorStatistics, remote: string, nowMs: number) {
    this.#door = door;
    this.remote = remote;
    this.establishedMs = nowMs;
  }

  /** Four letters as a rule; `NA` before the first operation. */
  get lastOperation(): string {
    return operationNames.get(this.#lastOperation) ?? 'NA';
  }

  attached(session: SessionId, timeoutMs: number): void {
    this.session = session;
    this.timeoutMs = timeoutMs;
  }

  /** A request has come in, a ConnectRequest too: exactly one `answered` follows, unless the connection ends. */
  received(): void {
    this.packetsReceived++;
    this.outstanding++;
    this.#door.received++;
    this.#door.outstanding++;
  }

  /**
   * Its answer was written. `operation` is the op code: -10 for a session that a ConnectRequest made, 0 for one that it
   * came back to. Special xids (below 0) are not remembered as the client's last one.
   */
  answered(operation: number, cxid: number, zxid: Zxid, latencyMs: number): void {
    if (!this.#isOpen) return;
    this.packetsSent++;
    this.outstanding--;
    this.#door.sent++;
    this.#door.outstanding--;
    if (operation === createSession) this.#door.sessionsCreated++;
    else if (operation === noOperation) this.#door.sessionsResumed++;
    if (!operationNames.has(operation)) return;
    (updates.has(operation) ? this.#door.updates : this.#door.reads).add(latencyMs);
    this.#lastOperation = operation;
    if (cxid >= 0) this.lastCxid = cxid;
    this.lastZxid = zxid;
    this.lastLatencyMs = latencyMs;
    this.latency.add(latencyMs);
  }

  /** A ConnectRequest was granted: its session is new, or one that the client came back to. */
  connected(isNew: boolean, zxid: Zxid, latencyMs: number): void {
    if (isNew) this.answered(createSession, firstXid, zxid, latencyMs);
    else this.answered(noOperation, noXid, zxid, latencyMs);
  }

  /** A four-letter word has come in, in place of a session: what is read of this connection ends with it. */
  asked(): void {
    this.isAsking = true;
    this.packetsReceived++;
    this.#door.received++;
  }

  /** A watch event was written, or what a word answers. */
  notified(): void {
    this.packetsSent++;
    this.#door.sent++;
  }

  /** What was written has left; once for many answers. `nowMs` in Unix milliseconds. */
  flushed(nowMs: number): void {
    this.lastResponseMs = nowMs;
  }

  /** The door ends the connection because of what the client did; `closed` follows. */
  dropped(): void {
    this.#door.droppedCount++;
  }

  /** May be called again. What had no answer yet is outstanding no longer. */
  closed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#door.outstanding -= this.outstanding;
    this.outstanding = 0;
    this.#door.forget(this);
  }

  reset(): void {
    this.packetsReceived = 0;
    this.packetsSent = 0;
    this.lastCxid = -1;
    this.lastZxid = undefined;
    this.lastLatencyMs = 0;
    this.lastResponseMs = 0;
    this.#lastOperation = noOperation;
    this.latency.reset();
  }
}
