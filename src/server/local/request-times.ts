import type { DoorName } from '../../model/audit.ts';
import { isRefusal, type Refusal } from '../../model/error-code.ts';
import { outcomeOf, requestSeries, type RequestKind } from '../../model/request-figures.ts';
import type { RequestStage } from '../../ports/tracing.ts';
import type { ServerPorts } from '../options.ts';
import type { Course } from '../requests/course.ts';
import type { AnswerCallback } from './entrance.ts';
import {
  kindOf,
  namesOf,
  type AnyRequest,
  type NotedRequest,
  type TimedAsker,
} from './noted-request.ts';
import type { SlowRequests } from './slow-requests.ts';

/** A request whose time is taken. */
export interface Timed<Value> {
  readonly request: AnyRequest;
  readonly asker: TimedAsker;
  /** What its time counts with. */
  readonly kind: RequestKind;
  /** When it came. */
  readonly atMs: number;
  /** Whoever asked, once the time was taken. */
  tell(answer: Value | Refusal): void;
}

/**
 * Takes the time of all requests of a peer: for the figures, the log of slow ones, and who follows some of them. A request
 * that is neither slow nor followed costs a look at the clock.
 */
export class RequestTimes {
  readonly slow: SlowRequests;
  readonly #ports: Pick<ServerPorts, 'clock' | 'metrics' | 'tracing'>;
  readonly #course: () => Course | undefined;
  /** Of the last that was answered as asked: many in a row are of one kind, and came through one door. */
  #lastDoor: DoorName | undefined;
  #lastKind: RequestKind | undefined;
  #lastSeries = '';

  constructor(
    ports: Pick<ServerPorts, 'clock' | 'metrics' | 'tracing'>,
    course: () => Course | undefined,
    slow: SlowRequests,
  ) {
    this.#ports = ports;
    this.#course = course;
    this.slow = slow;
  }

  /** Gives what answers by `done`, and takes the time from now until then. `waitedMs`: how long of it was waited as asked. */
  timed<Value extends object>(
    request: AnyRequest,
    asker: TimedAsker,
    done: AnswerCallback<Value>,
    waitedMs?: () => number,
  ): AnswerCallback<Value> {
    const atMs = this.#ports.clock.recent();
    const kind = kindOf(request);
    return (answer) => {
      this.answered({ request, asker, kind, atMs, tell: done }, answer, waitedMs?.() ?? 0);
    };
  }

  /** Answers a request that came at its time, and takes the time from then until now, but for what was waited as asked. */
  answered<Value extends object>(
    timed: Timed<Value>,
    answer: Value | Refusal,
    waitedMs: number,
  ): void {
    const { request, asker, kind, atMs } = timed;
    const nowMs = this.#ports.clock.now();
    const series = isRefusal(answer)
      ? requestSeries(asker.door, kind, answer)
      : this.#seriesOf(asker.door, kind);
    this.#ports.metrics.observe('request_ms', nowMs - atMs - waitedMs, series);
    const isSlow = this.slow.isSlow(nowMs - atMs - waitedMs);
    const isTraced = this.#ports.tracing?.samples(asker.trace) === true;
    if (!isSlow && !isTraced) {
      timed.tell(answer);
      return;
    }
    // Ahead of everybody else who is called: these are the stages of the request that is being answered.
    const stages = this.#course()?.stages(atMs, nowMs) ?? [];
    timed.tell(answer);
    const toMs = this.#ports.clock.now();
    const noted = { request, asker, answer, fromMs: atMs, toMs, waitedMs };
    this.#tell({ ...noted, stages: stretched(stages, toMs) }, { isSlow, isTraced });
  }

  #seriesOf(door: DoorName | undefined, kind: RequestKind): string {
    if (kind !== this.#lastKind || door !== this.#lastDoor) {
      this.#lastKind = kind;
      this.#lastDoor = door;
      this.#lastSeries = requestSeries(door, kind, {});
    }
    return this.#lastSeries;
  }

  #tell(
    noted: NotedRequest,
    { isSlow, isTraced }: { readonly isSlow: boolean; readonly isTraced: boolean },
  ): void {
    const names = namesOf(noted.request);
    if (isSlow) this.slow.tell(noted, names);
    if (!isTraced) return;
    const { asker, answer, fromMs, toMs, stages } = noted;
    this.#ports.tracing?.tell({
      trace: asker.trace,
      door: asker.door ?? 'inside',
      ...names,
      fromMs,
      toMs,
      stages,
      code: isRefusal(answer) ? answer.code : undefined,
      hasFailed: outcomeOf(answer) === 'failed',
    });
  }
}

/** The last stage goes on until the door has the answer. */
function stretched(stages: readonly RequestStage[], toMs: number): readonly RequestStage[] {
  const last = stages.at(-1);
  return last?.stage === 'answered' ? [...stages.slice(0, -1), { ...last, toMs }] : stages;
}
