import type { ConnectionId } from '../../model/ids.ts';
import type { ServiceMessage } from '../../model/peer-message.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { LogRange, Store } from '../../ports/store.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { Deadlines, DueAnswer } from '../deadlines.ts';
import type { WatchTuning } from '../tuning.ts';

type LogRequest = Extract<ServiceMessage, { kind: 'logRequest' }>;
type LogPiece = Extract<ServiceMessage, { kind: 'logPiece' }>;

/**
 * Says what another peer has found. `none`: no log of any peer reaches back that far. `unavailable`: who could say so
 * can't be asked now.
 */
export type RelayFound = Pick<LogPiece, 'found' | 'entries'>;
type RelayCallback = (found: RelayFound) => void;

interface LogRelayParts {
  readonly zab: ZabCore;
  readonly network: PeerNetwork;
  readonly store: Store;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly tuning: WatchTuning & { readonly logPieceBytes: number };
  readonly holders: LogHolders;
}

/** Knows whose log begins where, as the leader was told. */
export interface LogHolders {
  /** Learners whose logs reach back to `after`, the furthest first. */
  holdersOf(after: Zxid): readonly ConnectionId[];
  /** Every voter has told where its log begins. */
  readonly isComplete: boolean;
}

/** A question to another peer that has no answer yet. */
interface Fetch {
  readonly connection: ConnectionId;
  readonly answer: DueAnswer<RelayFound>;
}

const none: RelayFound = { found: 'none', entries: [] };
const unavailable: RelayFound = { found: 'unavailable', entries: [] };

/**
 * Passes pieces of the log from one peer to another, for watches that come back to a peer whose own log does not reach
 * back: a learner asks its leader, which gives its own log or passes the question on to a learner whose log reaches back.
 * What comes in is made into events alone, never logged nor applied.
 */
export class LogRelay {
  readonly #parts: LogRelayParts;
  readonly #fetches = new Map<number, Fetch>();
  /** Requests that are being answered, by who asked. */
  readonly #serving = new Map<ConnectionId, number>();
  #nextId = 1;
  #leadingEpoch: number | undefined;
  #leadingSinceMs = 0;

  constructor(parts: LogRelayParts) {
    this.#parts = parts;
  }

  /** From another peer. `done` is called exactly once. */
  fetch(range: LogRange, done: RelayCallback): void {
    const { status } = this.#parts.zab;
    if (status.isServing && status.role === 'leading') this.#askHolders(range, undefined, done);
    else if (status.isServing && status.leaderConnection !== undefined) {
      this.#ask(status.leaderConnection, range, done);
    } else done(unavailable);
  }

  onRequest(connection: ConnectionId, { id, ...range }: LogRequest): void {
    const { network, tuning, zab } = this.#parts;
    const serving = this.#serving.get(connection) ?? 0;
    const answer = ({ found, entries }: RelayFound): void => {
      // The connection may be gone by now, and with it the count.
      const left = this.#serving.get(connection);
      if (left === undefined) return;
      this.#serving.set(connection, left - 1);
      network.send(connection, { kind: 'logPiece', id, found, entries });
    };
    this.#serving.set(connection, serving + 1);
    if (serving >= tuning.relaysPerPeerMax) {
      answer(unavailable);
      return;
    }
    this.#readOwn(range, (found) => {
      if (found.found === 'entries' || zab.status.role !== 'leading') answer(found);
      else this.#askHolders(range, connection, answer);
    });
  }

  onPiece(connection: ConnectionId, { id, found, entries }: LogPiece): void {
    const fetch = this.#fetches.get(id);
    if (fetch?.connection !== connection) return;
    fetch.answer.give({ found, entries });
  }

  /** The connection is gone, and what was asked or is being answered on it. */
  drop(connection: ConnectionId): void {
    this.#serving.delete(connection);
    for (const fetch of [...this.#fetches.values()]) {
      if (fetch.connection === connection) fetch.answer.give(unavailable);
    }
  }

  /** Every tick: a new leader waits for reports before it says that there is none. */
  tick(): void {
    const { status } = this.#parts.zab;
    const epoch = status.isServing && status.role === 'leading' ? status.epoch : undefined;
    if (epoch === this.#leadingEpoch) return;
    this.#leadingEpoch = epoch;
    this.#leadingSinceMs = this.#parts.clock.now();
  }

  #readOwn({ after, upTo, bytesMax }: LogRange, done: RelayCallback): void {
    const { store, tuning } = this.#parts;
    const bytes = Math.min(bytesMax, tuning.logPieceBytes);
    store.readLog({ after, upTo, bytesMax: bytes }, (entries) => {
      if (entries === undefined) done(none);
      // It was asked for what it does not have yet.
      else if (entries.length === 0) done(unavailable);
      else done({ found: 'entries', entries });
    });
  }

  /** One learner after the other; `except` is the one that asks. */
  #askHolders(range: LogRange, except: ConnectionId | undefined, done: RelayCallback): void {
    const { holders, clock, tuning } = this.#parts;
    const left = holders.holdersOf(range.after).filter((connection) => connection !== except);
    const isSettled =
      this.#leadingEpoch !== undefined &&
      (holders.isComplete || clock.now() - this.#leadingSinceMs >= tuning.relaySettleMs);
    let result = isSettled ? none : unavailable;
    const next = (): void => {
      const connection = left.shift();
      if (connection === undefined) {
        done(result);
        return;
      }
      this.#ask(connection, range, (found) => {
        if (found.found === 'entries') {
          done(found);
          return;
        }
        if (found.found === 'unavailable') result = unavailable;
        next();
      });
    };
    next();
  }

  #ask(connection: ConnectionId, range: LogRange, done: RelayCallback): void {
    const { network, deadlines, clock, tuning } = this.#parts;
    const id = this.#nextId++;
    const untilMs = clock.now() + tuning.relayTimeoutMs;
    const late = (): RelayFound => unavailable;
    const answer = deadlines.answerBy(untilMs, late, (found: RelayFound) => {
      this.#fetches.delete(id);
      done(found);
    });
    this.#fetches.set(id, { connection, answer });
    const { after, upTo, bytesMax } = range;
    network.send(connection, { kind: 'logRequest', id, after, upTo, bytesMax });
  }
}
