import type { ServerDuplexStream } from '#grpc';
import type {
  OpenSessionResponse,
  SessionRequest__Output,
} from '../../../generated/quoll/v1/session.ts';
import { isRefusal, refused, type Refusal } from '../../../model/error-code.ts';
import { speakingFor, type Caller, type SessionCredential } from '../../../service/call.ts';
import { Pipeline, type RequestKind } from '../../../service/pipeline.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { callerOf } from '../calls/caller.ts';
import { decoded, statusOfError } from '../calls/method.ts';
import { callOf } from '../connection/counted-call.ts';
import type { IncomingCall } from '../connection/incoming-call.ts';
import type { GrpcDoor } from '../operations/door.ts';
import { badField, sessionOf } from '../messages/numbers.ts';
import { sessionService } from '../messages/protocol.ts';
import { field, fieldInSteps } from '../messages/sized-message.ts';
import { SessionCarrier } from './carrier.ts';
import { encodeError, type SessionMessage } from './messages.ts';
import { carriedBy } from './requests.ts';
import { SessionWatches } from './watches.ts';
import { encodeOpened, openForCarrier } from '../operations/sessions.ts';
import { StreamWriter } from '../streams/stream-writer.ts';

/** Requests of one stream that are taken in and not yet answered; it is read no further until there are fewer. */
const inFlightMax = 128;

/** A sign of life of the carrier, so many times within the session's timeout. */
const heardPerTimeout = 3;

const method = sessionService.Session;

/** Answers `SessionService.Session`: one stream that carries one session. */
export function answerSession(door: GrpcDoor): (call: ServerDuplexStream<Buffer, Buffer>) => void {
  return (call) => {
    new SessionStream(door, call).begin();
  };
}

/** Takes requests in and gives answers out, in order; what they mean is the carrier's. */
class SessionStream {
  readonly #door: GrpcDoor;
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #incoming: IncomingCall;
  readonly #writer: StreamWriter;
  readonly #pipeline: Pipeline;
  /** Their ids may not be used again yet. */
  readonly #unanswered = new Set<number>();
  /** There from the answer to `open` or `attach` on. */
  #carrier: SessionCarrier | undefined;
  #hasBegun = false;
  #isClosing = false;
  /** Answers out of turn that wait for events to be taken. */
  #held = 0;
  /** Undoes what the carrier has begun. */
  #undo: readonly (() => void)[] = [];

  constructor(door: GrpcDoor, call: ServerDuplexStream<Buffer, Buffer>) {
    this.#door = door;
    this.#call = call;
    this.#incoming = callOf(call);
    this.#writer = new StreamWriter(call, {
      incoming: this.#incoming,
      work: door.work,
      drained: () => {
        this.#carrier?.watches.drained();
        this.#readOn();
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
    this.#pipeline = new Pipeline({
      inFlightMax,
      onRoom: () => {
        this.#readOn();
      },
      beforeAnswer: (passed) => {
        this.#afterEvents(passed);
      },
    });
  }

  begin(): void {
    this.#call.on('cancelled', () => {
      this.#over();
    });
    // A status is an error to the library, whoever gives it: this stream, or the door that closes.
    this.#call.on('error', () => {
      this.#over();
    });
    this.#call.on('data', (bytes: Buffer) => {
      try {
        this.#take(decoded(method, bytes));
      } catch (error) {
        this.#fail(error);
      }
    });
    // The client asks no more; what it has asked is answered.
    this.#call.on('end', () => {
      this.#pipeline.submit('alone', (answer) => {
        answer(() => {
          this.#end();
        });
      });
    });
  }

  #take(request: SessionRequest__Output): void {
    this.#incoming.connection.came();
    if (this.#writer.isOver) return;
    const { id } = request;
    if (id === 0) throw badField('id', 'begins at 1');
    if (this.#unanswered.has(id) || this.#carrier?.watches.has(id) === true) {
      throw badField('id', `${String(id)} is in use: by what is unanswered, or by a watch`);
    }
    const begins = request.request === 'open' || request.request === 'attach';
    if (!this.#hasBegun && !begins) {
      throw badField('request', 'the first one on a stream is "open" or "attach"');
    }
    this.#unanswered.add(id);
    if (this.#hasBegun) this.#submit(request);
    else this.#submitBegin(request);
    this.#hasBegun = true;
    if (this.#pipeline.isFull) this.#call.pause();
  }

  #submitBegin(request: SessionRequest__Output): void {
    this.#pipeline.submit('alone', (answer) => {
      this.#carry(request).then(
        (opened) => {
          answer(() => {
            this.#answer(request.id, { opened });
          });
        },
        (error: unknown) => {
          answer(() => {
            this.#fail(error);
          });
        },
      );
    });
  }

  #submit(request: SessionRequest__Output): void {
    const { id, request: name } = request;
    const kind = kindOf(request);
    this.#isClosing ||= name === 'close';
    this.#pipeline.submit(isRefusal(kind) ? 'read' : kind, (answer) => {
      const give = (response: object | Refusal): void => {
        const isRefused = isRefusal(response);
        this.#answer(id, isRefused ? this.#errorOf(response) : { [name ?? '']: response });
        if (name === 'close' && !isRefused) this.#end();
      };
      const turn = {
        done(response: object | Refusal): void {
          answer(() => {
            give(response);
          });
        },
        doneEncoded: (response: Buffer): void => {
          answer(() => {
            this.#unanswered.delete(id);
            this.#sendBytes(answerOf(id, name ?? '', response));
          });
        },
        doneSized: (bytes: number, parts: readonly object[]): void => {
          answer(() => {
            this.#unanswered.delete(id);
            this.#sendSized(id, bytes, { name: name ?? '', parts });
          });
        },
        later: () => {
          answer(() => undefined);
          return (response: object | Refusal): void => {
            this.#outOfTurn(() => {
              give(response);
            });
          };
        },
      };
      if (isRefusal(kind)) turn.done(kind);
      else this.#carrier?.start(request, turn);
    });
  }

  /** Makes this stream the session's carrier. */
  async #carry(request: SessionRequest__Output): Promise<OpenSessionResponse> {
    const door = this.#door;
    const { service } = door;
    const asking = this.#caller();
    this.#incoming.connection.introductions.meet(service, asking);
    const timeoutMs = this.#timeoutOf(request);
    const credential = await this.#credentialOf(request, timeoutMs);
    const { carrier, view } = await service.sessions.attach(credential, timeoutMs, asking);
    const opened = encodeOpened(view, credential.secret);
    if (this.#writer.isOver) return opened;
    // Its opening belongs to that trace; what it carries from now on may be that of many.
    const caller = speakingFor({ ...asking, trace: undefined }, credential, carrier);
    const watches = new SessionWatches(service, caller, {
      send: (id, message) => this.#send(id, message),
      sendSized: (message) => this.#writer.sendSized(message),
      refused: (id, refusal) => this.#send(id, this.#errorOf(refusal)),
    });
    this.#carrier = new SessionCarrier(door, this.#incoming, watches, (of) => ({
      caller,
      timeoutMs: this.#timeoutOf(of),
    }));
    const heard = door.clock.every(view.timeoutMs / heardPerTimeout, () => {
      service.sessions.heard(credential.session);
    });
    const forget = service.sessions.onLeft(credential.session, carrier, (why) => {
      this.#left(why);
    });
    const forgetEnd = service.identities.whenOver(caller, (refusal) => {
      this.#fail(new ServiceError(refusal));
    });
    this.#undo = [
      forgetEnd,
      () => {
        heard.cancel();
      },
      forget,
    ];
    return opened;
  }

  #caller(): Caller {
    return callerOf(this.#call.metadata, this.#incoming.caller, this.#door.service.identities);
  }

  async #credentialOf(
    { open, attach }: SessionRequest__Output,
    timeoutMs: number,
  ): Promise<SessionCredential> {
    if (open) {
      const caller = this.#caller();
      return openForCarrier(this.#door, open, { caller, timeoutMs });
    }
    if (!attach) throw badField('request', 'must be set');
    const session = sessionOf(attach.sessionId, 'attach.session_id');
    if (session === undefined) throw badField('attach.session_id', 'is needed');
    return { session, secret: attach.secret };
  }

  #timeoutOf({ timeoutMs }: SessionRequest__Output): number {
    return timeoutMs === 0 ? this.#door.requestTimeoutMs : timeoutMs;
  }

  #left(why: 'ended' | 'moved'): void {
    // Who has closed it is told so in its turn.
    if (this.#isClosing && why === 'ended') return;
    const reason = why === 'moved' ? 'SESSION_LEFT_REASON_MOVED' : 'SESSION_LEFT_REASON_ENDED';
    this.#send(0, { left: { reason } });
    this.#end();
  }

  #answer(id: number, message: SessionMessage): void {
    this.#unanswered.delete(id);
    this.#send(id, message);
  }

  /** An event comes before the answer that shows what it announces. */
  #afterEvents(act: () => void): void {
    if (this.#carrier === undefined) act();
    else this.#carrier.watches.flush(act);
  }

  /** The answer of a request that the pipeline has let go of: also of these, whoever takes no events can have but so many. */
  #outOfTurn(act: () => void): void {
    this.#held++;
    this.#afterEvents(() => {
      this.#held--;
      act();
      this.#readOn();
    });
    if (this.#held >= inFlightMax) this.#call.pause();
  }

  #send(id: number, message: SessionMessage): boolean {
    return this.#sendBytes(method.responseSerialize({ id, ...message }));
  }

  #sendBytes(message: Buffer): boolean {
    const takesMore = this.#writer.send(message);
    // Whoever does not read his answers gets no more of them.
    if (!takesMore) this.#call.pause();
    return takesMore;
  }

  #sendSized(
    id: number,
    bytes: number,
    { name, parts }: { readonly name: string; readonly parts: readonly object[] },
  ): void {
    const make = function* (): Generator<undefined, Buffer, undefined> {
      const answer = yield* fieldInSteps(parts, (part) =>
        method.responseSerialize({ [name]: part }),
      );
      // Fields may come in any order.
      return Buffer.concat([method.responseSerialize({ id }), answer]);
    };
    if (!this.#writer.sendSized({ bytes, make })) this.#call.pause();
  }

  #errorOf(refusal: Refusal): SessionMessage {
    return { error: encodeError(refusal, this.#door.service.meta()) };
  }

  #readOn(): void {
    const isFull = this.#pipeline.isFull || this.#held >= inFlightMax;
    if (!isFull && !this.#writer.isFull) this.#call.resume();
  }

  #fail(error: unknown): void {
    this.#writer.fail(statusOfError(this.#door, method, error));
    this.#over();
  }

  #end(): void {
    this.#writer.end();
    this.#over();
  }

  #over(): void {
    this.#writer.gone();
    this.#pipeline.close();
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#carrier?.close();
    this.#carrier = undefined;
    // What still comes is thrown away, so that the other end of the stream is seen.
    this.#call.resume();
  }
}

/** What is in front of the length of each kind of answer. */
const answerTags = new Map<string, Buffer>();

/** Puts an answer that is encoded already behind the id of its request. */
function answerOf(id: number, name: string, response: Buffer): Buffer {
  let tag = answerTags.get(name);
  if (tag === undefined) {
    tag = method.responseSerialize({ [name]: {} }).subarray(0, -1);
    answerTags.set(name, tag);
  }
  return Buffer.concat([method.responseSerialize({ id }), field(tag, [response])]);
}

/** How a request stands in the order of its stream, or why it has no place there. */
function kindOf({ request, leavesWatch }: SessionRequest__Output): RequestKind | Refusal {
  switch (request) {
    case undefined:
      return refused('badArguments', 'request: must be set, to one that this version knows');
    case 'open':
    case 'attach':
      return refused('badArguments', 'the stream carries a session already: use another stream');
    case 'watch':
    case 'unwatch':
    case 'observeLeader':
    case 'cancelWait':
      return 'read';
    default: {
      const carried = carriedBy(request);
      if (carried === undefined) {
        throw new ServiceError(refused('badArguments', 'request: unknown'));
      }
      if (leavesWatch && !(carried.form === 'read' && carried.canWatch)) {
        return refused(
          'badArguments',
          'leaves_watch: goes with get, exists and list_children alone',
        );
      }
      if (carried.form === 'other') return carried.kind;
      return carried.form === 'read' ? 'read' : 'write';
    }
  }
}
