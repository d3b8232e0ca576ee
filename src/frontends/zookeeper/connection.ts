import type { Socket } from 'node:net';
import { msSince } from '../../base/stamp.ts';
import { addressOf } from '../../model/acl.ts';
import type { Principal } from '../../model/principal.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import type { Zxid } from '../../model/zxid.ts';
import { speakingFor, type Asker, type Caller } from '../../service/call.ts';
import type { CarriedSession } from '../../service/sessions.ts';
import type { Account } from '../../service/budget/budget.ts';
import type { ConnectionDemand } from '../../service/budget/address-demands.ts';
import type { Urgency } from '../../service/budget/crowd.ts';
import { pieceMs } from '../../service/budget/turn.ts';
import { Pipeline } from '../../service/pipeline.ts';
import { whenChunkComes } from '../../sockets/chunks.ts';
import type { Attached, Client, LargeTerms, ZooKeeperRequest } from './operations/client.ts';
import { connect } from './connecting.ts';
import { readConnectRequest, type ConnectRequest } from './records/decode.ts';
import type { Holding, ZooKeeperDoor } from './door.ts';
import { Output } from './output.ts';
import { endingWithProof, Proofs } from './proofs.ts';
import { remoteOf } from './remote.ts';
import { writeConnected, writeNotConnected } from './records/encode.ts';
import { Frames } from '../../wire/jute/frames.ts';
import { JuteReader } from '../../wire/jute/jute-reader.ts';
import type { JuteWriter } from '../../wire/jute/jute-writer.ts';
import { dispatch } from './operations/dispatch.ts';
import { opCode } from '../../wire/jute/protocol.ts';
import { Taking } from './taking.ts';
import { urgencyOf } from './urgent.ts';
import type { ConnectionStatistics } from './words/statistics.ts';
import { shownPaths, type WatchingConnection } from './words/sources.ts';
import { beginningOf } from './words/words.ts';
import { sendWord } from './words/send-word.ts';

/** Requests of one connection that are taken in and not yet answered; its socket is read no further until there are fewer. */
const inFlightMax = 1_024;
/** And bytes of them, with the identities that each is made by. */
const inFlightBytesMax = 4_194_304;
/** Of xid and op code, which every request begins with. */
const headerBytes = 8;
/** Answers of more leave at once; fewer together with those of others. */
const flushedTogetherBytes = 65_536;
const nothing = Buffer.alloc(0);

/** One connection of a ZooKeeper client: requests in, answers and events out, in ZooKeeper's order. */
export class ZooKeeperConnection implements Client, Holding, WatchingConnection {
  readonly door: ZooKeeperDoor;
  readonly statistics: ConnectionStatistics;
  /** Of its address. */
  readonly account: Account;
  readonly #demand: ConnectionDemand;
  readonly #output: Output;
  readonly #socket: Socket;
  readonly #reader = new JuteReader();
  readonly #frames: Frames;
  readonly proofs: Proofs;
  #phase: 'new' | 'connecting' | 'open' | 'over' = 'new';
  #attached: Attached | undefined;
  #caller: Caller;
  /** closeSession is under way: the end of the session is no news. */
  isClosingSession = false;
  #isLeaving = false;
  readonly #taking = new Taking();
  readonly #takeNext = (bytes: Buffer, from: number, to: number): boolean => {
    const taking = this.#taking;
    taking.frames++;
    const before = this.out.length;
    if (this.#takeFrame(this.#reader.open(bytes, from, to))) taking.isAlive = true;
    const isLookedAt = taking.tookBytes(to - from + this.out.length - before);
    const hasTakenLong = isLookedAt && this.door.clock.now() >= taking.untilMs;
    taking.hasStopped = hasTakenLong || !this.#mayTake();
    return !taking.hasStopped;
  };
  /** What came first, as long as it may become a four-letter word; then undefined. */
  #beginning: Uint8Array | undefined = nothing;
  #inFlightBytes = 0;
  #heldBytes = 0;
  #isPaused = false;
  /** Its first frame, or a part of it, came in a turn that had no time for it. */
  #waitsToBegin = false;
  /** What it has sent is taken in its turn: who waits for that is not silent. */
  isQueued = false;
  #isScheduled = false;
  /** Goes on with the answers that wait until there is room for them. */
  #answerOn: (() => void) | undefined;
  #undo: (() => void)[];

  /** `over` is called once, when nothing of it is left but perhaps last answers on their way. */
  constructor(
    door: ZooKeeperDoor,
    { socket, stranger }: { readonly socket: Socket; readonly stranger: Caller },
    over: () => void,
  ) {
    this.door = door;
    this.statistics = door.statistics.opened(remoteOf(socket), door.clock.wall());
    this.#socket = socket;
    this.#frames = new Frames(door.service.limits.requestBytesMax);
    this.proofs = new Proofs(stranger, endingWithProof(door, this), () => {
      this.#takeSoon();
    });
    this.#caller = stranger;
    this.#undo = [over, this.proofs.close];
    this.account = door.budget.open(addressOf(stranger.identities));
    const { work, clock } = door;
    this.#demand = work.demands.open(this.account.holder);
    this.#output = new Output(socket, { account: this.account, work, clock });
    whenChunkComes(socket, (chunk) => {
      try {
        this.#arrived(chunk);
      } catch (cause) {
        this.#failed(cause);
      }
    });
    socket.on('drain', () => {
      this.#guarded(this.#goOn);
    });
    socket.on('error', () => {
      this.hangUp();
    });
    socket.on('close', () => {
      this.hangUp();
      this.#output.close();
      this.account.close();
      this.#demand.close();
    });
  }

  get out(): JuteWriter {
    return this.#output.out;
  }

  /** Only while requests are dispatched. */
  get attached(): Attached {
    if (this.#attached === undefined) throw new Error('the connection has no session yet');
    return this.#attached;
  }

  /** It has said what it wants of this port. */
  get hasBegun(): boolean {
    return this.#phase !== 'new';
  }

  get isOver(): boolean {
    return this.#phase === 'over';
  }

  get asker(): Asker {
    return this.proofs.principal;
  }

  /** On whose behalf writes are made from now on. */
  get caller(): Caller {
    return this.#caller;
  }

  watchedPaths(): Iterable<string> {
    return this.#attached === undefined ? [] : shownPaths(this.#attached.watches);
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  prove(proof: Principal): boolean {
    const before = this.asker;
    const isTaken = this.proofs.add(proof);
    if (this.asker !== before) this.#identify();
    return isTaken;
  }

  /** Does `act` once all earlier requests are answered; it answers at once. */
  inOrder(act: () => void): void {
    const { pipeline, watches } = this.attached;
    if (pipeline.isIdle && !watches.isBehind && !this.#output.isMaking) act();
    else {
      pipeline.submit('read', (answer) => {
        answer(act);
      });
    }
  }

  answerLarge(
    asked: ZooKeeperRequest,
    { zxid, bytes, close }: LargeTerms,
    writeOn: (to: JuteWriter) => boolean,
  ): void {
    const write = (to: JuteWriter): boolean => {
      let isWhole = true;
      this.#guarded(() => {
        isWhole = writeOn(to);
      });
      return isWhole;
    };
    this.#output.answerLarge({ xid: asked.xid, zxid, bytes, write, close }, () => {
      this.#guarded(() => {
        this.answered(asked, zxid);
        this.#goOn();
      });
    });
  }

  answered({ xid, code, at, bytes }: ZooKeeperRequest, zxid: Zxid): void {
    this.#inFlightBytes -= bytes;
    this.statistics.answered(code, xid, zxid, Math.max(0, msSince(at, this.door.clock.recent())));
    this.#scheduleFlush();
  }

  #scheduleFlush(isTogether = false): void {
    if (this.#isScheduled || this.#taking.isUnderWay || this.isOver) return;
    this.#isScheduled = true;
    if (isTogether) this.door.flushes.addTogether(this);
    else this.door.flushes.add(this);
  }

  flush(): void {
    try {
      this.#flush();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.isOver || this.out.length === 0) return;
    if (this.#output.isBeyond) {
      this.drop();
      return;
    }
    this.#output.flush();
    this.statistics.flushed(this.door.clock.wall());
    if (this.#output.hasRoom) this.#goOn();
    else this.#pause();
  }

  /** Others wait for room: a client that takes nothing of what it was sent is dropped. */
  dropIfStuck(): void {
    if (this.#output.isStuck) this.drop();
  }

  /** This peer stops: what was taken in is answered, and nothing more is taken in. */
  leave(): void {
    if (this.#attached === undefined) {
      this.hangUp();
      return;
    }
    this.#isLeaving = true;
    this.#pause();
    this.#attached.pipeline.submit('alone', (answer) => {
      answer(() => {
        this.end();
      });
    });
    const waiting = this.door.clock.after(this.door.lingerMs, () => {
      this.hangUp();
    });
    this.#socket.once('close', () => {
      waiting.cancel();
    });
  }

  /** All that was written still goes out; nothing more is taken in. */
  end(): void {
    if (this.isOver) return;
    this.flush();
    this.#over();
    this.#socket.end();
    // Whoever neither reads nor closes is not waited for.
    const waiting = this.door.clock.after(this.door.lingerMs, () => {
      this.#socket.destroy();
    });
    this.#socket.once('close', () => {
      waiting.cancel();
    });
    this.#socket.resume();
  }

  endWith(last: () => void): void {
    this.#isLeaving = true;
    this.inOrder(() => {
      last();
      this.end();
    });
  }

  /** Without another word: the client looks for another peer. */
  hangUp(): void {
    if (this.isOver) return;
    this.#over();
    this.#socket.destroy();
  }

  /** Because of what the client did, or did not do. */
  drop(): void {
    if (this.isOver) return;
    this.statistics.dropped();
    this.hangUp();
  }

  /** What is thrown here, by a defect of ours, ends this connection and nothing else. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #failed(cause: unknown): void {
    this.door.guard.failed(cause);
    this.hangUp();
  }

  #over(): void {
    this.#phase = 'over';
    this.statistics.closed();
    this.#hold(0);
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#attached?.pipeline.close();
    this.#attached?.watches.close();
  }

  #arrived(bytes: Buffer): void {
    const chunk = this.#beginning === undefined ? bytes : this.#begun(this.#beginning, bytes);
    if (chunk === undefined || this.isOver) return;
    const now = this.door.clock.now();
    const untilMs = this.door.work.pieceFrom(this.#demand, now);
    if (now < untilMs && (this.#phase === 'new' || this.#mayTake())) {
      this.#take(chunk, untilMs);
      return;
    }
    this.#waitsToBegin ||= this.#phase === 'new';
    const first = this.#frames.waitingBytes === 0 ? chunk : nothing;
    this.#frames.hold(chunk);
    this.#pause();
    this.#hold(this.#frames.waitingBytes);
    this.#takeSoon(urgencyOf(first, this.#phase === 'new'));
  }

  /** Who waits for others is as alive as without them, and can't be heard. */
  showLife(): void {
    if (this.isQueued && this.#attached) this.door.service.sessions.heard(this.#attached.session);
  }

  #take(chunk: Buffer, untilMs: number): void {
    const taking = this.#taking;
    taking.begin(this.door.clock.now(), untilMs);
    const makesSense = this.#frames.feed(chunk, this.#takeNext);
    this.#reader.close();
    taking.isUnderWay = false;
    if (this.#isGone()) return;
    if (!makesSense) {
      // As in ZooKeeper: the protocol has no error for a frame that is too large.
      this.statistics.dropped();
      this.end();
      return;
    }
    this.#hold(this.#frames.waitingBytes);
    if (this.#isGone()) return;
    // What is left of as many, or more.
    if (taking.hasStopped) this.door.work.waiting(this.#demand, taking.frames);
    // As in ZooKeeper, a frame that never becomes whole is no sign of life, nor is a proof of who one is.
    if (taking.isAlive && this.#attached !== undefined) {
      this.door.service.sessions.heard(this.#attached.session);
    }
    if (this.out.length > flushedTogetherBytes) this.flush();
    else if (this.out.length > 0) this.#scheduleFlush(true);
    if (!this.hasBegun || (!taking.hasStopped && this.#mayTake())) return;
    this.#pause();
    this.#takeSoon();
  }

  /** Looks for the four letters that may come in place of the first frame; undefined when there is no frame (yet). */
  #begun(before: Uint8Array, arrived: Buffer): Buffer | undefined {
    const bytes = before.length === 0 ? arrived : Buffer.concat([before, arrived]);
    const beginning = beginningOf(bytes);
    this.#beginning = beginning.kind === 'incomplete' ? new Uint8Array(bytes) : undefined;
    if (beginning.kind === 'frame') return bytes;
    if (beginning.kind === 'telnetClose') this.hangUp();
    else if (beginning.kind === 'word') {
      this.statistics.asked();
      // Whatever else comes is of no interest.
      this.#pause();
      const { word, argument } = beginning;
      this.#answerWord(this.door.answerWord(word, argument)[Symbol.iterator]());
    }
    return undefined;
  }

  #answerWord(parts: Iterator<string>): void {
    sendWord(parts, {
      socket: this.#socket,
      clock: this.door.clock,
      goesOn: (act) => {
        this.#guarded(() => {
          if (!this.isOver) act();
        });
      },
      ended: () => {
        this.statistics.notified();
        this.end();
      },
    });
  }

  /** True for what shows that the session is alive. */
  #takeFrame(record: JuteReader): boolean {
    if (this.#phase === 'new') {
      this.#begin(record);
      return false;
    }
    if (record.left < headerBytes) {
      this.drop();
      return false;
    }
    const bytes = record.left + this.proofs.bytes;
    const asked = { xid: record.int(), code: record.int(), at: this.#taking.at, bytes };
    this.#inFlightBytes += bytes;
    this.statistics.received();
    // Nobody waits for the answer of a ping.
    if (asked.code !== opCode.ping) this.door.work.came(this.#demand);
    this.#taking.begins(asked.code);
    dispatch(this, asked, record);
    return asked.code !== opCode.auth && asked.code !== opCode.sasl;
  }

  #isGone(): boolean {
    return this.isOver;
  }

  #hold(bytes: number): void {
    const more = bytes - this.#heldBytes;
    if (more > 0) this.door.holdMore(this, more);
    else if (more < 0) this.account.giveBack('receivedBytes', -more);
    if (more < 0 || !this.isOver) this.#heldBytes = bytes;
  }

  #mayTake(): boolean {
    if (this.#phase === 'new') return this.#waitsToBegin;
    if (this.#phase !== 'open' || this.#isLeaving || this.isClosingSession) return false;
    if (this.proofs.isAwaited) return false;
    if (this.attached.pipeline.isFull || this.#inFlightBytes >= inFlightBytesMax) return false;
    return this.#output.hasRoom;
  }

  /** Something that answers and requests may have waited for is over. */
  readonly #goOn = (): void => {
    const answerOn = this.#answerOn;
    this.#answerOn = undefined;
    if (answerOn !== undefined) this.#beforeAnswer(answerOn);
    this.#takeSoon();
  };

  /** An answer waits for the large one before it, for room, and for the events that it must not overtake. */
  #beforeAnswer(passed: () => void): void {
    if (this.#output.isMaking || !this.#output.hasRoom) this.#answerOn = passed;
    else this.attached.watches.whenPassed(passed);
  }

  #pause(): void {
    if (this.#isPaused || this.isOver) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  /** What was read in the meantime is taken in its turn, and not within that of an answer. */
  #takeSoon(urgency: Urgency = 'none'): void {
    if (this.isQueued || !this.#isPaused || !this.#mayTake()) return;
    this.isQueued = true;
    const takeOn = (): boolean => {
      this.isQueued = false;
      this.#guarded(this.#takeOn);
      return true;
    };
    this.door.work.putOff(this.#demand, this.account.holder, takeOn, urgency);
  }

  readonly #takeOn = (): void => {
    if (!this.#isPaused || !this.#mayTake()) return;
    this.#isPaused = false;
    this.#take(nothing, this.door.clock.now() + pieceMs);
    if (!this.#hasPaused() && !this.isOver) this.#socket.resume();
  };

  #hasPaused(): boolean {
    return this.#isPaused;
  }

  #begin(record: JuteReader): void {
    this.#phase = 'connecting';
    const request = readConnectRequest(record);
    if (request === undefined) {
      this.drop();
      return;
    }
    this.statistics.received();
    this.door.work.sessionCame(this.#demand);
    connect(this.door, request, {
      remote: () => this.#socket.remoteAddress ?? '',
      asker: this.asker,
      open: (password, carried) => {
        if (!this.isOver) this.#open(request, password, carried);
      },
      refuse: () => {
        this.#refuse(request);
      },
      hangUp: () => {
        this.hangUp();
      },
    }).catch((error: unknown) => {
      this.door.logger.log('error', 'zookeeperConnectFailed', { cause: String(error) });
      this.hangUp();
    });
  }

  #open(request: ConnectRequest, password: Uint8Array, { carrier, view }: CarriedSession): void {
    const { service } = this.door;
    const { session, timeoutMs } = view;
    const watches = service.openConnectionWatches({
      notify: (event, zxid) => {
        this.#guarded(() => {
          this.#notify(event, zxid);
        });
      },
      lost: () => {
        this.hangUp();
      },
    });
    const pipeline = new Pipeline({
      inFlightMax,
      onRoom: () => {
        this.#takeSoon();
      },
      beforeAnswer: (passed) => {
        this.#beforeAnswer(passed);
      },
      failed: (cause) => {
        this.#failed(cause);
      },
    });
    this.#attached = { session, password, carrier, watches, pipeline };
    this.#identify();
    this.#phase = 'open';
    writeConnected(this.out, request, { timeoutMs, session, password });
    this.statistics.attached(session, timeoutMs);
    const latencyMs = this.door.clock.now() - this.#taking.atMs;
    this.statistics.connected(request.session === 'new', service.meta().zxid, latencyMs);
    const left = (): void => {
      if (!this.isClosingSession) this.hangUp();
    };
    this.#undo.push(service.sessions.onLeft(session, carrier, left));
    if (this.isOver) return;
    this.flush();
    this.#takeSoon();
  }

  #identify(): void {
    if (this.#attached === undefined) return;
    const { session, password, carrier, watches } = this.#attached;
    this.door.service.introduced(this.asker);
    this.#caller = speakingFor(this.asker, { session, secret: password }, carrier);
    watches.identify(this.asker);
  }

  /** The session is gone, or was never this client's. */
  #refuse(request: ConnectRequest): void {
    if (this.isOver) return;
    writeNotConnected(this.out, request);
    this.end();
  }

  #notify(event: Pick<WatchEvent, 'type' | 'path'>, zxid: Zxid | undefined): void {
    const isWithin = this.#output.notify(this.door.notifications.encode(event, zxid));
    this.statistics.notified();
    if (!isWithin) this.drop();
    else if (this.#isScheduled || this.door.eventFlushes.mayFlush(this)) this.#scheduleFlush();
  }
}
