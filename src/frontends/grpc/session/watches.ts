import type { ObserveLeaderRequest__Output } from '../../../generated/quoll/v1/election.ts';
import type { WatchRequest__Output } from '../../../generated/quoll/v1/watch.ts';
import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import type { Caller, ReadOptions } from '../../../service/call.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';
import type { Outlet, WatchedQuery, WatchItem } from '../../../service/watching.ts';
import { electionQueue } from '../messages/decode.ts';
import { encodeLeadership } from '../operations/elections.ts';
import { longOfZxid } from '../messages/numbers.ts';
import { sessionService } from '../messages/protocol.ts';
import { field, type SizedMessage } from '../messages/sized-message.ts';
import type { SessionMessage } from './messages.ts';
import {
  batchMessage,
  encodeItem,
  eventTypes,
  initialMessage,
  watchOptions,
} from '../streams/watch-stream.ts';

/**
 * The way by which a stream is told of things that it did not ask for just now. False: send no more until `drained`.
 */
export interface WatchesSink {
  send(id: number, message: SessionMessage): boolean;
  sendSized(message: SizedMessage): boolean;
  refused(id: number, refusal: Refusal): boolean;
}

type Observation = ReturnType<CoordinationService['locks']['observe']>;

/** Holds all that one `Session` stream watches, each by the id of the request that began it. */
export class SessionWatches {
  readonly #service: CoordinationService;
  readonly #caller: Caller;
  readonly #sink: WatchesSink;
  readonly #outlet: Outlet;
  /** Of the outlet: do events carry data? One-shot watches carry none. */
  readonly #withData = new Map<number, boolean>();
  readonly #observations = new Map<number, Observation>();

  constructor(service: CoordinationService, caller: Caller, sink: WatchesSink) {
    this.#service = service;
    this.#caller = caller;
    this.#sink = sink;
    this.#outlet = service.openOutlet(caller, { send: (tag, item) => this.#told(tag, item) });
  }

  has(id: number): boolean {
    return this.#withData.has(id) || this.#observations.has(id);
  }

  watch(id: number, request: WatchRequest__Output, timeoutMs: number): void {
    const options = watchOptions(request, timeoutMs);
    this.#withData.set(id, options.withData);
    this.#outlet.watch(id, options);
  }

  readWatched(
    id: number,
    query: WatchedQuery,
    options: ReadOptions,
    done: Parameters<Outlet['readWatched']>[3],
  ): void {
    this.#withData.set(id, false);
    this.#outlet.readWatched(id, query, options, (answer) => {
      // Only a look for a znode that is not there leaves a watch behind although it is refused.
      const isLeft = !isRefusal(answer) || (query.read === 'stat' && answer.code === 'noNode');
      if (!isLeft) this.#withData.delete(id);
      done(answer);
    });
  }

  observe(id: number, { name }: ObserveLeaderRequest__Output): void {
    const state = { isOver: false };
    const observation = this.#service.locks.observe(electionQueue(name), this.#caller, {
      send: (view) => this.#sink.send(id, { observeLeader: encodeLeadership(view) }),
      refused: (refusal) => {
        state.isOver = true;
        this.#observations.delete(id);
        this.#sink.refused(id, refusal);
      },
    });
    if (!state.isOver) this.#observations.set(id, observation);
  }

  /** False when there was none. */
  unwatch(id: number): boolean {
    const observation = this.#observations.get(id);
    if (observation !== undefined) {
      this.#observations.delete(id);
      observation.close();
      return true;
    }
    this.#withData.delete(id);
    return this.#outlet.unwatch(id);
  }

  /** `passed` is called once all events that are due have been sent: what it sends does not overtake them. */
  flush(passed: () => void): void {
    this.#outlet.flush(passed);
  }

  drained(): void {
    this.#outlet.drained();
    for (const observation of this.#observations.values()) observation.drained();
  }

  close(): void {
    this.#outlet.close();
    for (const observation of this.#observations.values()) observation.close();
    this.#observations.clear();
  }

  #told(id: number, item: WatchItem): boolean {
    const withData = this.#withData.get(id) ?? false;
    switch (item.kind) {
      case 'events':
        return this.#sink.sendSized(watchMessage(id, batchMessage(item.batch, withData)));
      case 'initial':
        return this.#sink.sendSized(watchMessage(id, initialMessage(item, withData)));
      case 'fired': {
        this.#withData.delete(id);
        const { type, path } = item.event;
        const zxid = longOfZxid(item.zxid);
        return this.#sink.send(id, { fired: { zxid, type: eventTypes[type], path } });
      }
      case 'refused':
        this.#withData.delete(id);
        return this.#sink.refused(id, item.refusal);
      case 'lost':
        this.#withData.delete(id);
        return this.#sink.send(id, { watch: encodeItem(item) });
      default:
        return this.#sink.send(id, { watch: encodeItem(item) });
    }
  }
}

const encode = sessionService.Session.responseSerialize;

/** What is in front of the length of a `watch`. */
const watchTag = encode({ watch: {} }).subarray(0, -1);

/** Fields may come in any order: the id in front of what all watches share. */
function watchMessage(id: number, { bytes, make }: SizedMessage): SizedMessage {
  return {
    bytes,
    make: () => {
      const steps = make();
      return {
        next() {
          const step = steps.next();
          if (step.done !== true) return step;
          return {
            done: true,
            value: Buffer.concat([encode({ id }), field(watchTag, [step.value])]),
          };
        },
      };
    },
  };
}
