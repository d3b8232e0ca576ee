import { fromUtf8 } from '../../../src/base/bytes.ts';
import { isRefusal } from '../../../src/model/error-code.ts';
import { defaultLimits } from '../../../src/model/limits.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import type { StreamPosition, TxnEvents, WatchEvent } from '../../../src/model/watch-event.ts';
import { compareZxid, zeroZxid, zxidEquals, type Zxid } from '../../../src/model/zxid.ts';
import type { WatchScope } from '../../../src/service/watching.ts';
import { StateMachine } from '../../../src/state/state-machine.ts';
import { eventsOf } from '../../../src/state/txn-events.ts';
import { decodeTxn } from '../../../src/wire/txn-codec.ts';
import { show, type Ghost } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import { simulatedHash } from '../peer-node.ts';

/** What one watcher was given, over all of its connections, in order. */
export type Given =
  | { readonly kind: 'events'; readonly zxid: Zxid; readonly events: readonly GivenEvent[] }
  /** It goes on from here: the beginning, or after something was lost. */
  | { readonly kind: 'from'; readonly zxid: Zxid }
  | { readonly kind: 'state'; readonly zxid: Zxid; readonly events: readonly WatchEvent[] }
  /** A read on the connection was answered out of the state at `zxid`, with all that was due before it handed over. */
  | { readonly kind: 'answer'; readonly zxid: Zxid }
  /** Nothing for it up to here. */
  | { readonly kind: 'quiet'; readonly zxid: Zxid };

export interface GivenEvent {
  readonly index: number;
  readonly event: WatchEvent;
}

export interface WatchStream {
  readonly path: ZnodePath;
  readonly scope: WatchScope;
  readonly given: Given[];
}

/**
 * H5: a watcher is given every event of what it watches exactly once, in order, all of a txn before any later one, with
 * nothing missing between two; a state that is given is that of its zxid; no answer on the connection is ahead of the
 * events that it rests on.
 */
export class WatchStreams {
  readonly #ghost: Ghost;
  readonly #txns: TxnEvents[] = [];
  #taken = 0;

  constructor(ghost: Ghost) {
    this.#ghost = ghost;
  }

  /** Whether all of C has been given. */
  isComplete(watch: Pick<WatchStream, 'path' | 'scope'>, position: StreamPosition): boolean {
    this.#take();
    for (let index = this.#txns.length - 1; index >= 0; index--) {
      const txn = this.#txns[index];
      if (txn === undefined || compareZxid(txn.zxid, position.zxid) < 0) return true;
      const first = zxidEquals(txn.zxid, position.zxid) ? (position.index ?? Infinity) : 0;
      if (expectedOf(txn, watch).some((placed) => placed.index >= first)) return false;
    }
    return true;
  }

  check(stream: WatchStream): void {
    this.#take();
    const states = this.#statesAt(stream.given.filter(({ kind }) => kind === 'state'));
    const expected = this.#txns.flatMap((txn) =>
      expectedOf(txn, stream).map((placed) => ({ zxid: txn.zxid, ...placed })),
    );
    let next = 0;
    const complain = (what: string): never => {
      throw new InvariantViolated('H5', `a watch of ${stream.path} (${stream.scope}): ${what}`);
    };
    /** Nothing that is expected up to here may be left. */
    const passed = (zxid: Zxid, what: string): void => {
      const missing = expected[next];
      if (missing !== undefined && compareZxid(missing.zxid, zxid) <= 0) {
        complain(`${what} ${show(zxid)} without ${missing.event.type} of ${show(missing.zxid)}`);
      }
    };
    for (const given of stream.given) {
      switch (given.kind) {
        case 'from':
          next = expected.findIndex(({ zxid }) => compareZxid(zxid, given.zxid) > 0);
          if (next < 0) next = expected.length;
          break;
        case 'state':
          checkState(states.get(given) ?? [], given.events, complain);
          break;
        case 'answer':
          passed(given.zxid, 'an answer at');
          break;
        case 'quiet':
          passed(given.zxid, 'told of nothing up to');
          break;
        case 'events':
          for (const { index, event } of given.events) {
            const wanted = expected[next];
            if (
              wanted === undefined ||
              !zxidEquals(wanted.zxid, given.zxid) ||
              wanted.index !== index ||
              sign(wanted.event) !== sign(event)
            ) {
              const instead =
                wanted === undefined ? 'nothing' : `${show(wanted.zxid)} ${sign(wanted.event)}`;
              complain(`given ${show(given.zxid)} ${sign(event)}, wanted ${instead}`);
            }
            next++;
          }
          break;
      }
    }
  }

  /** At the end: nothing is left out. */
  checkWhole(stream: WatchStream, position: StreamPosition): void {
    this.check(stream);
    if (!this.isComplete(stream, position)) {
      throw new InvariantViolated('H5', `a watch of ${stream.path} was not given all of C`);
    }
  }

  #take(): void {
    for (const { zxid, kind, payload } of this.#ghost.committed.slice(this.#taken)) {
      if (kind === 'txn') this.#txns.push(eventsOf(zxid, decodeTxn(payload)));
    }
    this.#taken = this.#ghost.committed.length;
  }

  /** What C gives at the zxids of these. */
  #statesAt(given: readonly Given[]): Map<Given, readonly WatchEvent[]> {
    const states = new Map<Given, readonly WatchEvent[]>();
    if (given.length === 0) return states;
    const state = new StateMachine({
      limits: defaultLimits,
      sha256: (bytes) => simulatedHash.sha256(bytes),
    });
    const query = { path: '/' as ZnodePath, isRecursive: true, withData: true };
    const take = (upTo: Zxid): void => {
      for (const each of given) {
        if (!zxidEquals(each.zxid, upTo)) continue;
        const events = state.readSubtree({ ...query, znodesMax: 1e6, bytesMax: 1e9 }, []);
        states.set(each, isRefusal(events) ? [] : events);
      }
    };
    take(zeroZxid);
    for (const { zxid, kind, payload } of this.#ghost.committed) {
      if (kind === 'txn') state.apply(zxid, decodeTxn(payload));
      else state.advance(zxid);
      take(zxid);
    }
    return states;
  }
}

/** All that one watch should be given of a txn; without a reader of the code that is tested. */
function expectedOf(
  { events }: TxnEvents,
  { path, scope }: Pick<WatchStream, 'path' | 'scope'>,
): GivenEvent[] {
  const below = path === '/' ? '/' : `${path}/`;
  return events
    .map((event, index) => ({ index, event }))
    .filter(({ event }) => {
      if (scope === 'node') return event.path === path;
      if (event.type === 'childrenChanged') return false;
      return event.path === path || event.path.startsWith(below);
    });
}

function checkState(
  all: readonly WatchEvent[],
  given: readonly WatchEvent[],
  complain: (what: string) => void,
): void {
  const wanted = new Set(all.map(sign));
  const found = given.map(sign);
  if (found.some((each) => !wanted.has(each)) || new Set(found).size !== found.length) {
    complain('given a state that never was');
  }
}

function sign({ type, path, stat, data }: WatchEvent): string {
  const value = data === undefined || data === null ? '' : fromUtf8(data);
  return `${type} ${path} ${String(stat?.version)} ${String(stat?.cversion)} ${value}`;
}
