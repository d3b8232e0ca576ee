import type { Identity } from '../../model/acl.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { Validity } from '../../model/principal.ts';
import type { Limits } from '../../model/limits.ts';
import type { ResultOf } from '../../model/read.ts';
import type { ReadAnswer, ReadOptions } from '../../service/call.ts';
import type { ZnodePath } from '../../model/path.ts';
import type {
  Outlet,
  OutletSink,
  WatchedQuery,
  WatchItem,
  WatchOptions,
} from '../../service/watching.ts';
import { validatePath, validateTimeout } from '../../service/validate.ts';
import type { Admission } from './admission.ts';
import type { AnswerCallback } from './entrance.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { OneShot, WatchOutlet } from '../watch/watch-outlet.ts';

type ReadDone<Query extends WatchedQuery> = (answer: ReadAnswer<ResultOf<Query>> | Refusal) => void;

interface LocalOutletParts {
  readonly admission: Admission;
  /** Of the caller. */
  readonly identities: readonly Identity[];
  readonly validity: Validity | undefined;
  readonly sink: OutletSink;
  /** A watch is asked for: what is returned is called with the first that it is told. */
  begun(path: ZnodePath): AnswerCallback<WatchItem>;
  /** What was open has ended with what the caller had proved. */
  ended(refusal: Refusal): void;
  /** As every read of this caller. `beforeAnswer` runs in the turn in which the result was read. */
  read<Query extends WatchedQuery>(
    query: Query,
    options: ReadOptions,
    handlers: {
      readonly beforeAnswer: (result: ResultOf<Query> | Refusal) => void;
      readonly done: ReadDone<Query>;
    },
  ): void;
}

/** A door's way in to the watches of this peer. */
export class LocalOutlet implements Outlet {
  readonly #parts: LocalOutletParts;
  #opened: { readonly peer: RunningPeer; readonly outlet: WatchOutlet } | undefined;
  #isClosed = false;
  /** Of who proved something that ends: the watches that are to be told so. */
  readonly #open = new Set<number>();
  /** The watches that were told nothing yet. */
  readonly #starting = new Map<number, AnswerCallback<WatchItem>>();
  readonly #forget: () => void;

  constructor(parts: LocalOutletParts) {
    const { admission, validity, sink } = parts;
    this.#parts = { ...parts, sink: this.#noting(sink) };
    this.#forget = admission.validities.whenOver(validity, (refusal) => {
      const open = [...this.#open];
      this.close();
      if (open.length > 0) parts.ended(refusal);
      for (const tag of open) sink.send(tag, { kind: 'refused', refusal });
    });
  }

  watch(tag: number, options: WatchOptions): void {
    const { admission, sink, validity } = this.#parts;
    const { entrance, limits, validities } = admission;
    this.#starting.set(tag, this.#parts.begun(options.path));
    const refusal =
      validateWatch(options, limits) ??
      validities.refusal(validity) ??
      entrance.let((peer) => {
        if (this.#isClosed) return;
        if (validity !== undefined) this.#open.add(tag);
        peer.watches.watch(this.#openAt(peer), tag, options);
      });
    if (refusal !== undefined && !this.#isClosed) sink.send(tag, { kind: 'refused', refusal });
  }

  readWatched<Query extends WatchedQuery>(
    tag: number,
    query: Query,
    options: ReadOptions,
    done: ReadDone<Query>,
  ): void {
    let reserved: OneShot | Refusal | undefined;
    const refusal = this.#parts.admission.entrance.let((peer) => {
      // Nobody is there to hear of it any more: a read like any other.
      if (!this.#isClosed) reserved = peer.watches.reserve(this.#openAt(peer), tag, query);
    });
    const hindrance = refusal ?? (isRefusal(reserved) ? reserved : undefined);
    if (hindrance !== undefined) {
      done(hindrance);
      return;
    }
    const watching = reserved as OneShot | undefined;
    let isArmed = false;
    this.#parts.read(query, options, {
      beforeAnswer: (result) => {
        if (watching === undefined || !leavesWatch(query, result)) return;
        isArmed = true;
        this.#opened?.peer.watches.arm(watching);
      },
      done: (answer) => {
        if (watching !== undefined && !isArmed) this.#opened?.peer.watches.disarm(watching);
        done(answer);
      },
    });
  }

  unwatch(tag: number): boolean {
    let wasThere = false;
    this.#open.delete(tag);
    this.#starting.delete(tag);
    this.#within(({ peer, outlet }) => {
      wasThere = peer.watches.unwatch(outlet, tag);
    });
    return wasThere;
  }

  flush(passed?: () => void): void {
    const opened = this.#opened;
    if (this.#isClosed) return;
    // Before the first watch nothing is due, and after the end of this peer nothing comes any more.
    if (opened === undefined || this.#parts.admission.entrance.isOver) passed?.();
    else {
      this.#within(({ peer, outlet }) => {
        peer.watches.flush(outlet, passed);
      });
    }
  }

  drained(): void {
    this.#within(({ outlet }) => {
      outlet.drained();
    });
  }

  close(): void {
    this.#within(({ peer, outlet }) => {
      peer.watches.close(outlet);
    });
    this.#isClosed = true;
    this.#open.clear();
    this.#starting.clear();
    this.#forget();
  }

  /** Notes what has started, and what ends by itself. */
  #noting(sink: OutletSink): OutletSink {
    return {
      send: (tag, item) => {
        if (this.#starting.size > 0) this.#started(tag, item);
        if (item.kind === 'lost' || item.kind === 'refused') this.#open.delete(tag);
        return sink.send(tag, item);
      },
    };
  }

  #started(tag: number, item: WatchItem): void {
    const started = this.#starting.get(tag);
    this.#starting.delete(tag);
    started?.(item.kind === 'refused' ? item.refusal : item);
  }

  #openAt(peer: RunningPeer): WatchOutlet {
    const { identities, sink } = this.#parts;
    this.#opened ??= { peer, outlet: peer.watches.open(identities, sink) };
    return this.#opened.outlet;
  }

  #within(
    action: (opened: { readonly peer: RunningPeer; readonly outlet: WatchOutlet }) => void,
  ): void {
    const opened = this.#opened;
    if (opened === undefined || this.#isClosed) return;
    this.#parts.admission.entrance.run(() => {
      action(opened);
    });
  }
}

/** As in ZooKeeper: only `exists` also leaves a watch where there is nothing. */
function leavesWatch(query: WatchedQuery, result: unknown): boolean {
  if (!isRefusal(result)) return true;
  return query.read === 'stat' && result.code === 'noNode';
}

function validateWatch(options: WatchOptions, limits: Limits): Refusal | undefined {
  const { path, from, initial, timeoutMs } = options;
  const refusal = validateTimeout(timeoutMs) ?? validatePath(path, limits);
  if (refusal !== undefined || from === undefined) return refusal;
  if (initial) {
    return refused(
      'badArguments',
      'Either from or initial: one goes on from a place, the other begins with what is there now.',
    );
  }
  if (from.index === undefined || (Number.isInteger(from.index) && from.index >= 0)) {
    return undefined;
  }
  return refused('badArguments', 'The index in a place of a stream is a whole number from 0.');
}
