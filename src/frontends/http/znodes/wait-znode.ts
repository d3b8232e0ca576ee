import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import type { ZnodePath } from '../../../model/path.ts';
import type { ReadQuery } from '../../../model/read.ts';
import type { Stat } from '../../../model/stat.ts';
import type { WatchEventType } from '../../../model/watch-event.ts';
import { compareZxid, maxZxid, type Zxid } from '../../../model/zxid.ts';
import type { Timer } from '../../../ports/clock.ts';
import type { Caller, ReadOptions } from '../../../service/call.ts';
import type { Outlet, OutletSink, WatchItem } from '../../../service/watching.ts';
import { timeoutMsMax, zxidFrom } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { Problem, badRequest, problemOfRefusal } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import { statLines } from './stat-headers.ts';

// Long-polls: a read that waits until there is something newer than what its client knows.

const waitMsDefault = 30_000;

/** A held request keeps its session alive: how often that is told. Below a third of the shortest session time-out. */
const signOfLifeMs = 600;

/** Says after what a read waits for a change, and for how long. */
export interface LongPoll {
  /** The newest zxid that the client has seen. */
  readonly index: Zxid;
  readonly waitMs: number;
}

/** Decodes what a read waits for; undefined when it does not wait. Throws a `Problem`. */
export function decodeLongPoll({ headers }: Exchange, query: Query): LongPoll | undefined {
  const text = query.text('index');
  if (text === undefined) {
    query.refuse(['wait'], 'it goes with index, the zxid after which a change is waited for');
    return undefined;
  }
  const waitMs = query.durationMs('wait', { minMs: 0, maxMs: timeoutMsMax });
  return { index: zxidFrom(text, 'index'), waitMs: waitMs ?? preferredMs(headers['prefer']) };
}

/** `Prefer: wait=30` (RFC 7240, section 4.3), in seconds. A preference that can't be met is met as far as it can. */
function preferredMs(header: string | readonly string[] | undefined): number {
  const [, seconds] = /(?:^|[,;\s])wait=([0-9]{1,6})(?=$|[,;\s])/.exec(String(header ?? '')) ?? [];
  return seconds === undefined ? waitMsDefault : Math.min(Number(seconds) * 1_000, timeoutMsMax);
}

/** A read that waits, with what it is answered by. */
export interface WaitingRead extends LongPoll {
  readonly exchange: Exchange;
  readonly path: ZnodePath;
  readonly view: 'data' | 'stat' | 'children';
  readonly options: ReadOptions;
  readonly caller: Caller;
  /** Reads and answers, now. */
  readonly answer: () => void;
}

const changes = {
  data: ['created', 'dataChanged', 'deleted'],
  stat: ['created', 'dataChanged', 'deleted'],
  children: ['created', 'childrenChanged', 'deleted'],
} as const satisfies Record<WaitingRead['view'], readonly WatchEventType[]>;

/** Answers at once when the client's knowledge is old, else when it becomes so, else that nothing changed. */
export function waitForChange(waiting: WaitingRead): void {
  const { exchange, path, view, options, caller, index } = waiting;
  const asked: Extract<ReadQuery, { read: WaitingRead['view'] }> =
    view === 'children' ? { read: view, path, limit: 1, withData: false } : { read: view, path };
  const { minZxid = index } = options;
  exchange.door.service.readThen(
    asked,
    caller,
    { ...options, minZxid: maxZxid(minZxid, index) },
    (given) => {
      try {
        decide(waiting, isRefusal(given) ? given : given.result.stat);
      } catch (error) {
        exchange.fail(error);
      }
    },
  );
}

function decide(waiting: WaitingRead, found: Stat | Refusal): void {
  const { exchange, view, index, answer } = waiting;
  if (isRefusal(found)) {
    if (found.code !== 'noNode') throw problemOfRefusal(found);
    // It may have gone after `index`: the log tells.
    hold(waiting, index);
    return;
  }
  if (compareZxid(changedAt(found, view), index) > 0) answer();
  // What was read stands for all up to here, however far back `index` is.
  else hold(waiting, exchange.door.service.meta().zxid);
}

function hold(waiting: WaitingRead, from: Zxid): void {
  if (waiting.exchange.isOver) return;
  new HeldPoll(waiting).open(from);
}

class HeldPoll implements OutletSink {
  readonly #waiting: WaitingRead;
  #outlet: Outlet | undefined;
  #timers: readonly Timer[] = [];
  #isOver = false;

  constructor(waiting: WaitingRead) {
    this.#waiting = waiting;
  }

  open(from: Zxid): void {
    const { exchange, caller, path, options, waitMs } = this.#waiting;
    const { service, clock } = exchange.door;
    exchange.hold(() => {
      this.#close();
    });
    const forget = exchange.door.whenStopping(() => {
      this.#waitIsOver();
    });
    const timers: Timer[] = [
      clock.after(waitMs, () => {
        this.#waitIsOver();
      }),
      { cancel: forget },
    ];
    const session = caller.credential?.session;
    if (session !== undefined) {
      timers.push(
        clock.every(signOfLifeMs, () => {
          service.sessions.heard(session);
        }),
      );
    }
    this.#timers = timers;
    const outlet = service.openOutlet(caller, this);
    this.#outlet = outlet;
    outlet.watch(0, {
      path,
      scope: 'node',
      from: { zxid: from },
      initial: false,
      withData: false,
      timeoutMs: options.timeoutMs,
    });
  }

  send(_tag: number, item: WatchItem): boolean {
    if (this.#isOver) return true;
    const { exchange, view, answer } = this.#waiting;
    const wanted: readonly WatchEventType[] = changes[view];
    if (item.kind === 'events') {
      if (!item.batch.events.some(({ event }) => wanted.includes(event.type))) return true;
      this.#close();
      try {
        answer();
      } catch (error) {
        exchange.fail(error);
      }
    } else if (item.kind === 'lost') {
      this.#close();
      exchange.fail(
        new Problem(
          'compacted',
          'the log no longer reaches back to this index: read without it, then wait from what X-Zxid says',
        ),
      );
    } else if (item.kind === 'refused') {
      this.#close();
      exchange.fail(problemOfRefusal(item.refusal));
    }
    return true;
  }

  #waitIsOver(): void {
    // X-Zxid promises that nothing happened up to there.
    this.#outlet?.flush(() => {
      if (this.#isOver) return;
      this.#close();
      answerUnchanged(this.#waiting);
    });
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const timer of this.#timers) timer.cancel();
    this.#outlet?.close();
  }
}

/** What this peer has now is what the client knows; where that is nothing, it is told so. */
function answerUnchanged({
  exchange,
  path,
  caller,
  options,
  index,
  view,
  answer,
}: WaitingRead): void {
  const { service } = exchange.door;
  const local = { consistency: 'local', timeoutMs: options.timeoutMs } as const;
  service.readThen({ read: 'stat', path }, caller, local, (given) => {
    if (isRefusal(given)) exchange.fail(problemOfRefusal(given));
    else if (compareZxid(changedAt(given.result.stat, view), index) > 0) answer();
    else exchange.send({ status: 304, lines: statLines(given.result.stat), meta: given.meta });
  });
}

function changedAt(stat: Stat, view: WaitingRead['view']): Zxid {
  return view === 'children' ? stat.pzxid : stat.mzxid;
}

/** Refuses to wait, for views that nothing announces. */
export function refuseWait(query: Query): void {
  if (query.text('index') !== undefined) {
    throw badRequest(
      'index goes with data, stat and the children of one znode: changes of an ACL are not announced, and those of a whole tree by GET /v1/watch?recursive',
    );
  }
  query.refuse(['wait'], 'it goes with index');
}
