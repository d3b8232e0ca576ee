import type { WebSocket } from 'ws';
import type { Refusal } from '../../../model/error-code.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { Timer } from '../../../ports/clock.ts';
import type { Caller } from '../../../service/call.ts';
import { Pipeline, type RequestKind } from '../../../service/pipeline.ts';
import type { Outlet } from '../../../service/watching.ts';
import type { EventForm } from '../documents/event-document.ts';
import { objectParts } from '../documents/parts.ts';
import type { Connection } from '../exchange/connection.ts';
import type { HttpDoor } from '../exchange/door.ts';
import { checkedBy } from '../exchange/json-body.ts';
import type { SizedDocument } from '../exchange/large-answer.ts';
import {
  Problem,
  badRequest,
  errorOfOurs,
  problemBody,
  problemOf,
  problemOfRefusal,
  stackOf,
} from '../exchange/problem.ts';
import { Room } from '../exchange/room.ts';
import { EventStreams, socketPath } from './event-streams.ts';
import { decodeFrame, unknownOp, type ClientFrame } from './frame.ts';
import { IncomingMessages } from './incoming-messages.ts';
import { closeCodes, lockWaitsPerSocketMax, requestsInFlightMax, stopGraceMs } from './limits.ts';
import { Liveness } from './liveness.ts';
import { MessageWriter } from './message-writer.ts';
import type { Answered, Operation, SocketContext } from './operation.ts';
import { operationNames, operations } from './operations.ts';
import { UnknownCause } from './settling.ts';

export interface SocketParts {
  readonly door: HttpDoor;
  readonly ws: WebSocket;
  /** Its socket is the one below `ws`. */
  readonly connection: Connection;
  /** Until `hello` says otherwise. */
  readonly caller: Caller;
}

interface BegunRequest {
  readonly frame: ClientFrame;
  readonly asked: Operation | undefined;
  readonly order: number;
}

interface LargeRead {
  readonly bytes: number;
  readonly read: (room: Room) => void;
}

/**
 * One WebSocket: its requests in order, its watches, the session that it carries. It ends with the socket; the
 * session does not.
 */
export class SocketConnection implements SocketContext {
  readonly door: HttpDoor;
  readonly connection: Connection;
  readonly #ws: WebSocket;
  readonly #incoming: IncomingMessages;
  readonly #writer: MessageWriter;
  readonly #streams: EventStreams;
  readonly #pipeline: Pipeline;
  readonly #liveness: Liveness;
  readonly #whenClosed = new Set<() => void>();
  readonly #whenDrained = new Set<() => void>();
  /** Those that wait for room, by their place among the requests. */
  readonly #largeReads = new Map<number, LargeRead>();
  #room: Room | undefined;
  #submitted = 0;
  #answered = 0;
  #caller: Caller;
  #forgetEnd: () => void = () => undefined;
  #outlet: Outlet | undefined;
  #requests = 0;
  #lockWaits = 0;

  constructor({ door, ws, connection, caller }: SocketParts) {
    const { socket } = connection;
    this.door = door;
    this.#ws = ws;
    this.connection = connection;
    this.#caller = caller;
    this.#writer = new MessageWriter(ws, connection, {
      debtors: door.debtors,
      onTaken: () => {
        this.#drained();
      },
    });
    this.#streams = new EventStreams(this.#writer);
    this.#pipeline = new Pipeline({
      inFlightMax: requestsInFlightMax,
      onRoom: () => {
        this.#readOn();
      },
      beforeAnswer: (passed) => {
        this.#flushed(passed);
      },
    });
    this.#liveness = new Liveness(door.clock, {
      isUnheard: () => ws.isPaused,
      blockedMs: () => this.#writer.blockedMs,
      ping: () => {
        ws.ping();
      },
      isAlive: () => {
        const { credential } = this.#caller;
        if (credential !== undefined) door.service.sessions.heard(credential.session);
      },
      dead: () => {
        ws.terminate();
      },
    });
    this.#incoming = new IncomingMessages(ws, connection, {
      clock: door.clock,
      work: door.work,
      heard: () => {
        this.#liveness.heard();
      },
      take: (data, isBinary) => {
        this.#take(data, isBinary);
      },
      mayRead: () => !this.#writer.isBlocked && !this.#pipeline.isFull,
      crowded: () => {
        const problem = new Problem(
          'throttled',
          'too much is being received at once of this address, or of all: connect again a little later',
        );
        this.#giveUp(closeCodes.tryAgainLater, problem);
      },
    });
    this.#setCaller(caller);
    // What went wrong is told by the close code; the socket closes by itself.
    ws.on('error', () => undefined);
    connection.whenClosed(() => {
      this.#closed();
    });
    socket.on('drain', () => {
      this.#drained();
    });
    this.whenClosed(
      door.whenStopping(() => {
        this.#stop();
      }),
    );
  }

  caller(): Caller {
    return this.#caller;
  }

  isFirst(): boolean {
    return this.#requests === 1;
  }

  become(caller: Caller, sessionTimeoutMs: number | undefined): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#setCaller(caller);
    const session = caller.credential?.session;
    if (session === undefined) return;
    this.#liveness.carries(sessionTimeoutMs);
    const forget = this.door.service.sessions.onLeft(session, caller.carrier, (why) => {
      const type = why === 'ended' ? 'sessionEnded' : 'sessionMoved';
      // In its turn: what was asked for before still has its answer, were it only a refusal.
      this.#submit('alone', (_order, answer) => {
        answer(() => {
          this.#writer.message(JSON.stringify({ type }));
          this.#close(closeCodes[type]);
        });
      });
    });
    this.whenClosed(forget);
  }

  /** With the end of what he has proved the socket ends, and whoever has it is told why. */
  #setCaller(asking: Caller): void {
    const caller: Caller = { ...asking, door: 'websocket' };
    this.#caller = caller;
    this.connection.introductions.meet(this.door.service, caller);
    this.#forgetEnd();
    this.#forgetEnd = this.door.service.identities.whenOver(caller, (refusal) => {
      this.#giveUp(closeCodes.authEnded, problemOfRefusal(refusal));
    });
  }

  outlet(): Outlet {
    this.#outlet ??= this.door.service.openOutlet(this.#caller, this.#streams);
    return this.#outlet;
  }

  claim(tag: number, form: EventForm, stop: () => void): void {
    this.#streams.claim(tag, form, stop);
  }

  release(tag: number): boolean {
    return this.#streams.release(tag);
  }

  event(tag: number, document: SizedDocument): boolean {
    return this.#streams.event(tag, document);
  }

  refuseEvents(tag: number, refusal: Refusal): void {
    this.#streams.send(tag, { kind: 'refused', refusal });
  }

  whenClosed(run: () => void): () => void {
    this.#whenClosed.add(run);
    return () => {
      this.#whenClosed.delete(run);
    };
  }

  whenDrained(run: () => void): () => void {
    this.#whenDrained.add(run);
    return () => {
      this.#whenDrained.delete(run);
    };
  }

  withRoom(order: number, bytes: number, read: (room: Room) => void): void {
    this.#largeReads.set(order, { bytes, read });
    this.#nextLargeRead();
  }

  #nextLargeRead(): void {
    const next = this.#largeReads.get(this.#answered);
    if (next === undefined || this.#writer.isBlocked) return;
    this.#largeReads.delete(this.#answered);
    const room = new Room(this.connection.account, next.bytes);
    this.#room = room;
    room.ask(() => {
      this.door.work.addLarge(this.connection.address, () => {
        if (this.#ws.readyState === this.#ws.OPEN) next.read(room);
        return true;
      });
    });
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    if (isBinary) {
      this.#giveUp(closeCodes.binary, badRequest('messages are JSON text, never binary'));
      return;
    }
    let frame: ClientFrame;
    try {
      frame = decodeFrame(data);
    } catch (error) {
      this.#giveUp(closeCodes.malformed, this.#problemFrom(error, 'message'));
      return;
    }
    this.#requests++;
    this.#begin(frame);
    if (this.#pipeline.isFull) this.#ws.pause();
  }

  #begin(frame: ClientFrame): void {
    const asked = operations.get(frame.op);
    if (asked?.kind === 'detached') {
      // It begins in its turn, and is answered when it may be.
      this.#submit('write', (_order, answer) => {
        this.#runDetached(frame, asked);
        answer(() => undefined);
      });
      return;
    }
    const leavesWatch = frame.rest['watch'] === true;
    const kind: RequestKind = leavesWatch ? 'alone' : (asked?.kind ?? 'read');
    this.#submit(kind, (order, answer) => {
      this.#run({ frame, asked, order }, (given) => {
        answer(() => {
          this.#answer(frame, asked, given);
        });
      });
    });
  }

  #submit(
    kind: RequestKind,
    start: (order: number, answer: (give: () => void) => void) => void,
  ): void {
    const order = this.#submitted++;
    this.#pipeline.submit(kind, (answer) => {
      start(order, (give) => {
        answer(() => {
          this.#answered++;
          give();
          this.#nextLargeRead();
        });
      });
    });
  }

  #runDetached(frame: ClientFrame, asked: Operation): void {
    if (this.#lockWaits >= lockWaitsPerSocketMax) {
      const problem = new Problem(
        'throttled',
        'too many requests of this socket wait for locks: use another socket',
        { limit: lockWaitsPerSocketMax, actual: this.#lockWaits + 1 },
      );
      this.#answer(frame, asked, problem);
      return;
    }
    this.#lockWaits++;
    this.#run({ frame, asked, order: 0 }, (given) => {
      this.#lockWaits--;
      this.#flushed(() => {
        this.#answer(frame, asked, given);
      });
    });
  }

  /** Every event that is due comes before what follows. */
  #flushed(passed: () => void): void {
    if (this.#outlet === undefined) passed();
    else this.#outlet.flush(passed);
  }

  #run({ frame, asked, order }: BegunRequest, done: (given: Answered | Problem) => void): void {
    try {
      if (asked === undefined) throw unknownOp(frame.op, operationNames);
      const body = checkedBy(asked.schema, frame.rest);
      const timeoutMs = frame.timeoutMs ?? this.door.requestTimeoutMs;
      asked.run(this, { id: frame.id, order, body, timeoutMs }, done);
    } catch (error) {
      done(this.#problemFrom(error, frame.op));
    }
  }

  #answer(frame: ClientFrame, asked: Operation | undefined, given: Answered | Problem): void {
    if (given instanceof Problem) {
      const problem = this.#problemFrom(given, frame.op);
      const body = problemBody(problem, {
        instance: socketPath,
        changesState: asked?.changesState ?? false,
        hasIdempotencyKey: 'idempotencyKey' in frame.rest || 'lockId' in frame.rest,
      });
      this.#writer.message(`{"id":${String(frame.id)},"error":${body}}`);
      // Who is not who he says gets no second guess on this socket.
      if (frame.op === 'hello') this.#close(closeCodes.refused);
    } else {
      this.#sendAnswer(frame.id, given);
      given.after?.();
    }
    if (this.#writer.isBlocked) this.#ws.pause();
  }

  #sendAnswer(id: number, given: Answered): void {
    const { meta = this.door.service.meta(), isReplay = false } = given;
    const zxid = zxidToDecimal(meta.zxid);
    const rest = isReplay ? { zxid, replayed: true } : { zxid };
    if ('ok' in given) {
      this.#writer.message(JSON.stringify({ id, ok: given.ok, ...rest }));
      return;
    }
    const { bytes, document, parts } = given.sized;
    const body = {
      bytes,
      whole: () => JSON.stringify({ id, ok: document(), ...rest }),
      parts: () => objectParts([['id', id], ['ok', parts], ...Object.entries(rest)]),
    };
    this.#writer.sized(body, given.room);
  }

  /** The client does not speak our language: there is no request that this answers. */
  #giveUp(code: number, problem: Problem): void {
    const body = problemBody(problem, { instance: socketPath });
    this.#writer.message(`{"error":${body}}`);
    this.#close(code);
  }

  #problemFrom(error: unknown, op: string): Problem {
    const known = error instanceof UnknownCause ? undefined : problemOf(error);
    if (known !== undefined) return known;
    const cause = error instanceof UnknownCause ? error.cause : error;
    this.door.logger.log('error', 'socketRequestFailed', { op, stack: stackOf(cause) });
    return new Problem('internal', errorOfOurs);
  }

  #drained(): void {
    if (!this.#writer.drained()) return;
    this.#outlet?.drained();
    for (const run of [...this.#whenDrained]) run();
    this.#nextLargeRead();
    this.#readOn();
  }

  #readOn(): void {
    this.#incoming.readOn();
  }

  /** Nothing that was asked for is done or answered any more. */
  #close(code: number): void {
    this.#pipeline.close();
    this.#incoming.close();
    // The other side's part of closing must be read.
    this.#ws.resume();
    this.#ws.close(code);
  }

  #stop(): void {
    this.#close(closeCodes.goingAway);
    const cut: Timer = this.door.clock.after(stopGraceMs, () => {
      this.#ws.terminate();
    });
    this.#ws.once('close', () => {
      cut.cancel();
    });
  }

  #closed(): void {
    this.#forgetEnd();
    this.#liveness.stop();
    this.#pipeline.close();
    this.#incoming.close();
    this.#writer.close();
    this.#room?.giveBack();
    this.#largeReads.clear();
    this.#streams.stopAll();
    this.#outlet?.close();
    for (const run of [...this.#whenClosed]) run();
    this.#whenClosed.clear();
  }
}
