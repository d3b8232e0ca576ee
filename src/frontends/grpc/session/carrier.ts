import type { SessionRequest__Output } from '../../../generated/quoll/v1/session.ts';
import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import type { ReadAnswer, WriteAnswer } from '../../../service/call.ts';
import type { WatchedQuery } from '../../../service/watching.ts';
import { answerBytes, answerParts, smallAnswerBytes } from '../calls/large-answer.ts';
import { refusalOfError } from '../calls/method.ts';
import type { IncomingCall } from '../connection/incoming-call.ts';
import type { GrpcDoor } from '../operations/door.ts';
import { writeOptions, type CallTerms } from '../operations/operation.ts';
import { refusedRead, refusedWrite } from '../messages/error-map.ts';
import { carriedBy, type Carried } from './requests.ts';
import type { SessionWatches } from './watches.ts';

/** A request's turn in the order of its stream. */
export interface Turn {
  /** It is answered, in its turn. */
  done(response: object | Refusal): void;
  /** The same with a response that is encoded already. */
  doneEncoded(response: Buffer): void;
  /** The same with what may be large: `parts` as `answerParts` gives them. */
  doneSized(bytes: number, parts: readonly object[]): void;
  /** It will be answered when it is; what follows need not wait for that. */
  later(): (response: object | Refusal) => void;
}

/** Does the requests of one carried session, when their turn has come. */
export class SessionCarrier {
  readonly watches: SessionWatches;
  /** The stream that carries it. */
  readonly incoming: IncomingCall;
  readonly #door: GrpcDoor;
  readonly #termsOf: (request: SessionRequest__Output) => CallTerms;
  /** Waits for locks and elections, by the id of their request. */
  readonly #waits = new Map<number, (abandon: boolean) => void>();

  constructor(
    door: GrpcDoor,
    incoming: IncomingCall,
    watches: SessionWatches,
    termsOf: (request: SessionRequest__Output) => CallTerms,
  ) {
    this.#door = door;
    this.incoming = incoming;
    this.watches = watches;
    this.#termsOf = termsOf;
  }

  /** Ends in `turn`, whatever happens. */
  start(request: SessionRequest__Output, turn: Turn): void {
    try {
      this.#start(request, turn);
    } catch (error) {
      turn.done(this.#refusalOf(error));
    }
  }

  /** The places in queues are kept, unless the requests said otherwise. */
  close(): void {
    for (const cancel of this.#waits.values()) cancel(false);
    this.#waits.clear();
    this.watches.close();
  }

  #start(request: SessionRequest__Output, turn: Turn): void {
    const { id, watch, observeLeader, unwatch, cancelWait, request: name } = request;
    if (watch) {
      this.watches.watch(id, watch, this.#termsOf(request).timeoutMs);
      turn.later();
    } else if (observeLeader) {
      this.watches.observe(id, observeLeader);
      turn.later();
    } else if (unwatch) {
      turn.done({ wasThere: this.watches.unwatch(unwatch.watchId) });
    } else if (cancelWait) {
      const cancel = this.#waits.get(cancelWait.requestId);
      cancel?.(cancelWait.abandon);
      turn.done({ wasWaiting: cancel !== undefined });
    } else {
      const carried = name === undefined ? undefined : carriedBy(name);
      if (carried === undefined || name === undefined) {
        throw new Error(`a request was taken that nothing carries: ${String(name)}`);
      }
      this.#carry(carried, { request, body: request[name] }, turn);
    }
  }

  #carry(
    carried: Carried,
    { request, body }: { readonly request: SessionRequest__Output; readonly body: unknown },
    turn: Turn,
  ): void {
    const terms = this.#termsOf(request);
    switch (carried.form) {
      case 'read':
        this.#read(carried, { request, body, terms }, turn);
        return;
      case 'write':
        this.#write(carried, { body, terms }, turn);
        return;
      case 'other':
        carried.operation.ask(this.#door, body, terms).then(
          (response) => {
            turn.done(response);
          },
          (error: unknown) => {
            turn.done(this.#refusalOf(error));
          },
        );
        return;
      case 'waiting':
        this.#wait(carried, { id: request.id, body, terms }, turn);
    }
  }

  #read(
    { operation }: Extract<Carried, { form: 'read' }>,
    from: {
      readonly request: SessionRequest__Output;
      readonly body: unknown;
      readonly terms: CallTerms;
    },
    turn: Turn,
  ): void {
    const { request, body, terms } = from;
    const { service } = this.#door;
    const query = operation.query(body, service);
    const options = { ...operation.options(body), timeoutMs: terms.timeoutMs };
    const answered = (answer: ReadAnswer | Refusal): void => {
      if (isRefusal(answer)) {
        turn.done(refusedRead(answer));
        return;
      }
      const bytes = answerBytes(answer.result);
      if (bytes >= smallAnswerBytes) {
        turn.doneSized(bytes, answerParts(operation.response(answer)));
        return;
      }
      const encoded = operation.bytes?.(answer);
      if (encoded === undefined) turn.done(operation.response(answer));
      else turn.doneEncoded(encoded);
    };
    const { incoming } = this;
    if (request.leavesWatch) {
      // Only what leaves a watch is taken with `leaves_watch`.
      const asked = query as WatchedQuery;
      this.watches.readWatched(request.id, asked, options, answered);
      return;
    }
    // In turns with the reads of calls: what is read is copied before anybody knows how large it is.
    incoming.connection.read({
      call: incoming,
      run() {
        service.readThen(query, terms.caller, options, (answer) => {
          incoming.readDone();
          answered(answer);
        });
      },
    });
  }

  #write(
    { operation }: Extract<Carried, { form: 'write' }>,
    { body, terms }: { readonly body: unknown; readonly terms: CallTerms },
    turn: Turn,
  ): void {
    const write = body as { readonly idempotencyKey: string };
    const { idempotencyKey } = write;
    const hasKey = idempotencyKey !== '';
    const options = writeOptions(idempotencyKey, terms.timeoutMs);
    this.#door.service.writeThen(operation.multi(write), terms.caller, options, {
      written: (answer) => {
        if (isRefusal(answer)) turn.done(refusedWrite(answer, hasKey));
        else this.#written(operation, answer, turn);
      },
    });
  }

  #written(
    operation: Extract<Carried, { form: 'write' }>['operation'],
    answer: WriteAnswer,
    turn: Turn,
  ): void {
    try {
      const encoded = operation.bytes?.(answer);
      if (encoded === undefined) turn.done(operation.response(answer));
      else turn.doneEncoded(encoded);
    } catch (error) {
      turn.done(this.#refusalOf(error));
    }
  }

  /** What may wait long holds nothing up: it is begun in its turn, and answered when it is. */
  #wait(
    { operation }: Extract<Carried, { form: 'waiting' }>,
    { id, body, terms }: { readonly id: number; readonly body: unknown; readonly terms: CallTerms },
    turn: Turn,
  ): void {
    const waiting = operation.ask(this.#door, body, terms);
    this.#waits.set(id, (abandon) => {
      waiting.cancel(abandon || operation.abandons(body));
    });
    const done = turn.later();
    const settled = (response: object | Refusal): void => {
      this.#waits.delete(id);
      done(response);
    };
    waiting.result.then(settled, (error: unknown) => {
      settled(this.#refusalOf(error));
    });
  }

  #refusalOf(error: unknown): Refusal {
    return refusalOfError(this.#door, 'SessionService.Session', error);
  }
}
