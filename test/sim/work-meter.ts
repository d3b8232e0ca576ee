import { Fifo } from '../../src/base/fifo.ts';
import type { LogEntry } from '../../src/model/log-entry.ts';
import type { ConnectionId, SessionId } from '../../src/model/ids.ts';
import type { PeerMessage } from '../../src/model/peer-message.ts';
import type { Txn } from '../../src/model/txn.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import type { TxnCodec } from '../../src/ports/txn-codec.ts';
import type { TurnBound, WorkKind } from './checkers/turn-bound.ts';
import { changesOf, type Costs } from './costs.ts';
import { bytesOf } from './peer-messages.ts';
import type { SimulatedProcess } from './process.ts';

export interface WorkMeterParts {
  readonly process: SimulatedProcess;
  readonly costs: Costs;
  readonly bound: TurnBound;
  /** This peer, as leader, is about to propose the end of a session that has expired. */
  readonly ending: (session: SessionId) => void;
}

/**
 * Makes work take virtual time: knows what a peer does by what passes its ports. A txn that is encoded was prepared; one
 * that is decoded is about to be applied when it was delivered, and is read from the log otherwise; one that the leader
 * made itself is not decoded again, but its time is observed when it is applied.
 */
export class WorkMeter {
  readonly #parts: WorkMeterParts;
  /** Delivered, and not decoded yet: all else that is decoded is told of, and not applied. */
  readonly #toApply = new WeakSet<Uint8Array>();
  /** Proposed by this peer and not applied yet: what each takes to be applied. */
  #own = new Fifo<{ readonly ms: number }>();
  #sent:
    { readonly turn: number; readonly connection: ConnectionId; readonly kind: string } | undefined;

  constructor(parts: WorkMeterParts) {
    this.#parts = parts;
  }

  request(): void {
    this.#work('request', this.#parts.costs.request);
  }

  received(message: PeerMessage): void {
    this.#work('message', this.#messageMs(message));
  }

  /** What follows its like to the same peer is a piece of the same batch: in some seeds each has one entry. */
  sent(connection: ConnectionId, message: PeerMessage): void {
    const before = this.#sent;
    const { turn } = this.#parts.process;
    this.#sent = { turn, connection, kind: message.kind };
    const isPiece =
      'entries' in message &&
      before?.turn === turn &&
      before.connection === connection &&
      before.kind === message.kind;
    this.#work(isPiece ? 'piece' : 'message', this.#messageMs(message));
  }

  told(): void {
    this.#work('tell', this.#parts.costs.watcherTold);
  }

  stored(entries: readonly Pick<LogEntry, 'payload'>[]): void {
    const { costs } = this.#parts;
    const bytes = entries.reduce((sum, { payload }) => sum + payload.length, 0);
    if (entries.length > 0) {
      this.#work('store', entries.length * costs.entryStored + bytes * costs.byte);
    }
  }

  /** An epoch begins: of what this peer proposed in an earlier one, nothing is known to it any more. */
  established(): void {
    this.#own = new Fifo();
  }

  delivered(entries: readonly LogEntry[]): void {
    for (const { payload } of entries) this.#toApply.add(payload);
  }

  codec(codec: TxnCodec): TxnCodec {
    return {
      encode: (txn) => {
        this.#prepared(txn);
        return codec.encode(txn);
      },
      decode: (bytes) => {
        const txn = codec.decode(bytes);
        if (this.#toApply.delete(bytes)) this.#work('apply', this.#msToApply(txn));
        else this.#work('read', this.#parts.costs.txnRead);
        return txn;
      },
    };
  }

  metrics(metrics: Metrics): Metrics {
    return {
      ...metrics,
      observe: (name, value, series) => {
        metrics.observe(name, value, series);
        if (name === 'commit_ms') this.#work('apply', this.#own.shift()?.ms ?? 0);
      },
    };
  }

  #prepared(txn: Txn): void {
    const { costs, ending } = this.#parts;
    const expired = txn.changes.find(
      (change) => change.change === 'closeSession' && change.reason === 'expired',
    );
    if (expired?.change === 'closeSession') ending(expired.session);
    const kind = expired === undefined ? 'prepare' : 'expire';
    this.#work(kind, costs.txnPrepared + changesOf(txn) * costs.changePrepared);
    this.#own.push({ ms: this.#msToApply(txn) });
  }

  #messageMs(message: PeerMessage): number {
    const { costs } = this.#parts;
    return costs.message + bytesOf(message) * costs.byte;
  }

  #msToApply(txn: Txn): number {
    const { costs } = this.#parts;
    return costs.txnApplied + changesOf(txn) * costs.changeApplied;
  }

  #work(kind: WorkKind, ms: number): void {
    const { process, bound } = this.#parts;
    if (!process.isAlive || ms === 0) return;
    process.work(ms);
    bound.worked(process, kind, ms);
  }
}
