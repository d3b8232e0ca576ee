import { isRefusal, type Refusal } from '../../model/error-code.ts';
import type { RequestKind } from '../../model/request-figures.ts';
import type { ReadQuery, ReadResult, ResultOf } from '../../model/read.ts';
import type { Caller, ReadAnswer, ReadOptions } from '../../service/call.ts';
import type { ServerPorts } from '../options.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Admission, Admissible } from './admission.ts';
import { Entering, type AnswerCallback, type Entrance } from './entrance.ts';
import { kindOf } from './noted-request.ts';
import type { Timed } from './request-times.ts';

/** What all reads of a peer have in common. */
export interface LocalReads {
  readonly admission: Admission;
  readonly ports: Pick<ServerPorts, 'clock'>;
}

/** A read as it is asked for. */
export interface AskedRead<Query extends ReadQuery> {
  readonly caller: Caller;
  readonly options: ReadOptions;
  /** In the turn in which it was read, ahead of `done`. */
  readonly beforeAnswer?: (result: ResultOf<Query> | Refusal) => void;
  readonly done: AnswerCallback<ReadAnswer<ResultOf<Query>>>;
}

/** A read between its door and the path of all reads, in one object: it comes in, is looked at, is timed, and is answered. */
export class LocalRead<Query extends ReadQuery>
  extends Entering<ReadAnswer<ResultOf<Query>>>
  implements Admissible, Timed<ReadAnswer<ResultOf<Query>>>
{
  readonly request: Query;
  readonly asker: Caller;
  readonly atMs: number;
  readonly #asked: AskedRead<Query>;
  readonly #invalid: Refusal | undefined;
  readonly #of: LocalReads;

  constructor(of: LocalReads, query: Query, asked: AskedRead<Query>, invalid: Refusal | undefined) {
    super();
    this.request = query;
    this.asker = asked.caller;
    this.#asked = asked;
    this.#invalid = invalid;
    this.#of = of;
    this.atMs = of.ports.clock.recent();
  }

  protected get entrance(): Entrance {
    return this.#of.admission.entrance;
  }

  get kind(): RequestKind {
    return kindOf(this.request);
  }

  run(peer: RunningPeer): void {
    if (this.#invalid !== undefined) this.answer(this.#invalid);
    else this.#of.admission.judgeClaim(peer, this.asker, this.#asked.options.timeoutMs, this);
  }

  admitted(peer: RunningPeer): void {
    const { admission, ports } = this.#of;
    const { options } = this.#asked;
    const waitedMs = ports.clock.recent() - this.atMs;
    // Most have not waited to be admitted.
    const left = waitedMs < 1 ? options : { ...options, timeoutMs: options.timeoutMs - waitedMs };
    const identities = admission.recognize(this.asker.identities);
    peer.reads.read(this.request, identities, left, (result) => {
      this.#read(result);
    });
  }

  #read(result: ReadResult | Refusal): void {
    const { admission } = this.#of;
    const { asker, request } = this;
    // The result is that of the query's own kind: the state answers what it was asked.
    // Who asks may have had his end in what it waited for.
    const over = admission.validities.refusal(asker.validity);
    const own = over ?? (result as ResultOf<Query> | Refusal);
    if (isRefusal(own)) {
      admission.audit.answered(asker, `read ${request.read}`, request.path, own);
    }
    this.#asked.beforeAnswer?.(own);
    this.answer(isRefusal(own) ? own : { result: own, meta: admission.entrance.meta() });
  }

  answered(answer: ReadAnswer<ResultOf<Query>> | Refusal): void {
    this.#of.admission.times.answered(this, answer, 0);
  }

  tell(answer: ReadAnswer<ResultOf<Query>> | Refusal): void {
    this.#asked.done(answer);
  }
}
