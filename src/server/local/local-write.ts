import { isRefusal, type Refusal } from '../../model/error-code.ts';
import type { MultiRequest, WriteOutcome } from '../../model/request.ts';
import type {
  AnswerMeta,
  Caller,
  WriteAnswer,
  WriteOptions,
  WriteReceiver,
} from '../../service/call.ts';
import type { ServerPorts } from '../options.ts';
import type { WriteResult, WriteResultReceiver } from '../requests/write-path.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Admission, Admissible } from './admission.ts';
import { Entering, type Entrance } from './entrance.ts';
import type { KeyScopes } from './key-scopes.ts';
import type { Timed } from './request-times.ts';

/** What all writes of a peer have in common. */
export interface LocalWrites {
  readonly admission: Admission;
  readonly keyScopes: KeyScopes;
  readonly ports: Pick<ServerPorts, 'clock' | 'metrics'>;
}

/** A write as a door asks for it. */
interface AskedWrite {
  readonly request: MultiRequest;
  readonly caller: Caller;
  readonly options: WriteOptions;
  readonly receiver: WriteReceiver;
}

/**
 * A write between its door and the path of all writes, in one object: it comes in, is looked at, is timed and audited, and is
 * answered.
 */
export class LocalWrite
  extends Entering<WriteAnswer>
  implements Admissible, Timed<WriteAnswer>, WriteResultReceiver
{
  readonly request: MultiRequest;
  readonly asker: Caller;
  readonly atMs: number;
  readonly #options: WriteOptions;
  readonly #receiver: WriteReceiver;
  readonly #invalid: Refusal | undefined;
  readonly #of: LocalWrites;

  constructor(of: LocalWrites, asked: AskedWrite, invalid: Refusal | undefined) {
    super();
    this.request = asked.request;
    this.asker = asked.caller;
    this.#options = asked.options;
    this.#receiver = asked.receiver;
    this.#invalid = invalid;
    this.#of = of;
    this.atMs = of.ports.clock.recent();
  }

  protected get entrance(): Entrance {
    return this.#of.admission.entrance;
  }

  get kind(): 'write' {
    return 'write';
  }

  run(peer: RunningPeer): void {
    if (this.#invalid !== undefined) this.answer(this.#invalid);
    else this.#of.admission.judgeClaim(peer, this.asker, this.#options.timeoutMs, this);
  }

  admitted(peer: RunningPeer): void {
    const { admission, keyScopes } = this.#of;
    const { idempotencyKey, timeoutMs } = this.#options;
    const caller = this.asker;
    const key =
      idempotencyKey === undefined ? undefined : keyScopes.of(caller.identities, idempotencyKey);
    const context = admission.contextOf(caller, key);
    peer.writes.submitFor(this.request, context, this.atMs + timeoutMs, this);
  }

  written(result: WriteResult): void {
    const { admission, ports } = this.#of;
    ports.metrics.observe('write_ms', ports.clock.recent() - this.atMs);
    admission.audit.wrote(this.asker, this.request, result);
    this.answer(isRefusal(result) ? result : new Written(result, admission.entrance));
  }

  answered(answer: WriteAnswer | Refusal): void {
    this.#of.admission.times.answered(this, answer, 0);
  }

  tell(answer: WriteAnswer | Refusal): void {
    this.#receiver.written(answer);
  }
}

/** What is told of this peer is made for who asks for it: ZooKeeper's clients are told nothing of it. */
class Written implements WriteAnswer {
  readonly outcome: WriteOutcome;
  readonly #entrance: Entrance;

  constructor(outcome: WriteOutcome, entrance: Entrance) {
    this.outcome = outcome;
    this.#entrance = entrance;
  }

  get meta(): AnswerMeta {
    return this.#entrance.meta();
  }
}
