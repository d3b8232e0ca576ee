import type { Socket } from 'node:net';
import type { Identity } from '../../model/acl.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { Caller } from '../../service/call.ts';
import type { CarriedSession } from '../../service/sessions.ts';
import { Pipeline } from '../../service/pipeline.ts';
import { addressIdentity } from '../../wire/credentials.ts';
import type { Attached, Client, ZooKeeperRequest } from './operations/client.ts';
import { connect } from './connecting.ts';
import { readConnectRequest, type ConnectRequest } from './records/decode.ts';
import type { ZooKeeperDoor } from './door.ts';
import { writeConnected, writeNotConnected } from './records/encode.ts';
import { Frames } from './jute/frames.ts';
import { JuteReader, MalformedRecord } from './jute/jute-reader.ts';
import { JuteWriter } from './jute/jute-writer.ts';
import { dispatch } from './operations/dispatch.ts';
import { opCode } from './records/protocol.ts';
import type { ConnectionStatistics } from './words/statistics.ts';
import type { WatchingConnection } from './words/sources.ts';
import { beginningOf } from './words/words.ts';

/** Requests of one connection that are taken in and not yet answered; its socket is read no further until there are fewer. */
const inFlightMax = 1_024;
/** And bytes of them, with the identities that each is made by. */
const inFlightBytesMax = 4_194_304;
/** Of xid and op code, which every request begins with. */
const headerBytes = 8;
/**
 * What waits to be sent: above the first, no more requests are taken; above the second, a client that is to be sent even
 * more, which can only be events, is given up.
 */
const outputPauseBytes = 1_048_576;
const outputBytesMax = 33_554_432;
/** A connection takes requests for so long before others have their turn, as looked at once in so many requests. */
const sliceMs = 20;
const lookAtTimeEvery = 16;
/** A four-letter word is answered for so long. */
const wordSliceMs = 4;
/** Of all identities that a connection proves: every write carries them. */
const identityBytesMax = 16_384;
const nothing = Buffer.alloc(0);
/** The kinds of watches that `wchs`, `wchc` and `wchp` show. */
const shownKinds = ['data', 'persistent', 'recursive'] as const;

/** One connection of a ZooKeeper client: requests in, answers and events out, in ZooKeeper's order. */
export class ZooKeeperConnection implements Client, WatchingConnection {
  readonly door: ZooKeeperDoor;
  readonly out = new JuteWriter();
  readonly statistics: ConnectionStatistics;
  readonly #socket: Socket;
  readonly #reader = new JuteReader();
  readonly #frames: Frames;
  #identities: readonly Identity[];
  #phase: 'new' | 'connecting' | 'open' | 'over' = 'new';
  #attached: Attached | undefined;
  #caller: Caller = { identities: [] };
  /** closeSession is under way: the end of the session is no news. */
  isClosingSession = false;
  #isLeaving = false;
  #takenAtMs = 0;
  /** What came first, as long as it may become a four-letter word; then undefined. */
  #beginning: Buffer | undefined = nothing;
  #identityBytes = 0;
  #inFlightBytes = 0;
  #heldBytes = 0;
  #isPaused = false;
  #isScheduled = false;
  #undo: (() => void)[];

  /** `over` is called once, when nothing of it is left but perhaps last answers on their way. */
  constructor(door: ZooKeeperDoor, socket: Socket, over: () => void) {
    this.door = door;
    this.statistics = door.statistics.opened(remoteOf(socket), door.clock.wall());
    this.#undo = [over];
    this.#socket = socket;
    this.#frames = new Frames(door.service.limits.requestBytesMax);
    this.#identities = [addressIdentity(socket.remoteAddress)];
    socket.on('data', (chunk: Buffer) => {
      this.#take(chunk);
    });
    socket.on('drain', () => {
      this.#readOn();
    });
    socket.on('error', () => {
      this.hangUp();
    });
    socket.on('close', () => {
      this.hangUp();
    });
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

  get identities(): readonly Identity[] {
    return this.#identities;
  }

  /** On whose behalf writes are made from now on. */
  get caller(): Caller {
    return this.#caller;
  }

  *watchedPaths(): Iterable<string> {
    const watches = this.#attached?.watches;
    if (watches === undefined) return;
    for (const path of watches.paths()) {
      if (shownKinds.some((kind) => watches.has(path, kind))) yield path;
    }
  }

  /** Of frames that are not whole yet, or not taken in yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  prove(identity: Identity): boolean {
    const { scheme, id } = identity;
    if (this.#identities.some((known) => known.scheme === scheme && known.id === id)) return true;
    const bytes = this.#identityBytes + scheme.length + id.length;
    if (bytes > identityBytesMax) return false;
    this.#identityBytes = bytes;
    this.#identify([...this.#identities, identity]);
    return true;
  }

  /** Does `act` once all earlier requests are answered; it answers at once. */
  inOrder(act: () => void): void {
    const { pipeline, watches } = this.attached;
    if (pipeline.isIdle && !watches.isBehind) act();
    else {
      pipeline.submit('read', (answer) => {
        answer(act);
      });
    }
  }

  answered({ xid, code, atMs, bytes }: ZooKeeperRequest, zxid: Zxid): void {
    this.#inFlightBytes -= bytes;
    this.statistics.answered(code, xid, zxid, this.door.clock.now() - atMs);
    this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (this.#isScheduled || this.isOver) return;
    this.#isScheduled = true;
    this.door.flushes.add(this);
  }

  flush(): void {
    this.#isScheduled = false;
    const chunks = this.out.take();
    if (this.isOver || chunks.length === 0) return;
    const socket = this.#socket;
    if (socket.writableLength > outputBytesMax) {
      this.drop();
      return;
    }
    if (chunks.length > 1) socket.cork();
    for (const chunk of chunks) socket.write(chunk);
    this.statistics.flushed(this.door.clock.wall());
    if (chunks.length > 1) socket.uncork();
    if (socket.writableLength > outputPauseBytes) this.#pause();
    else if (this.#isPaused) this.#readOnSoon();
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

  #over(): void {
    this.#phase = 'over';
    this.statistics.closed();
    this.#hold(0);
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#attached?.pipeline.close();
    this.#attached?.watches.close();
  }

  #take(arrived: Buffer): void {
    const chunk = this.#beginning === undefined ? arrived : this.#begun(this.#beginning, arrived);
    if (chunk === undefined || this.isOver) return;
    if (this.#phase !== 'new' && !this.#mayTake()) {
      this.#frames.hold(chunk);
      this.#pause();
      this.#hold(this.#frames.waitingBytes);
      return;
    }
    this.#takenAtMs = this.door.clock.now();
    const fed = { frames: 0, isAlive: false, hasStopped: false };
    const makesSense = this.#frames.feed(chunk, (bytes, from, to) => {
      if (this.#takeFrame(this.#reader.open(bytes, from, to))) fed.isAlive = true;
      fed.frames++;
      fed.hasStopped = !this.#mayTake() || this.#hasTakenLong(fed.frames);
      return !fed.hasStopped;
    });
    if (this.#isGone()) return;
    if (!makesSense) {
      // As in ZooKeeper: the protocol has no error for a frame that is too large.
      this.statistics.dropped();
      this.end();
      return;
    }
    this.#hold(this.#frames.waitingBytes);
    // As in ZooKeeper, a frame that never becomes whole is no sign of life, nor is a proof of who one is.
    if (fed.isAlive && this.#attached !== undefined) {
      this.door.service.sessions.heard(this.#attached.session);
    }
    this.flush();
    if (!this.hasBegun || (!fed.hasStopped && this.#mayTake())) return;
    this.#pause();
    this.#readOnSoon();
  }

  /** Looks for the four letters that may come in place of the first frame; undefined when there is no frame (yet). */
  #begun(before: Buffer, arrived: Buffer): Buffer | undefined {
    const bytes = before.length === 0 ? arrived : Buffer.concat([before, arrived]);
    const beginning = beginningOf(bytes);
    this.#beginning = beginning.kind === 'incomplete' ? bytes : undefined;
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

  /** In slices, and no faster than it is read. */
  #answerWord(parts: Iterator<string>): void {
    const { clock } = this.door;
    const goOn = (): void => {
      if (!this.isOver) this.#answerWord(parts);
    };
    for (const untilMs = clock.now() + wordSliceMs; clock.now() < untilMs;) {
      const next = parts.next();
      if (next.done === true) {
        this.statistics.notified();
        this.end();
        return;
      }
      if (next.value === '' || this.#socket.write(next.value)) continue;
      this.#socket.once('drain', goOn);
      return;
    }
    clock.soon(goOn);
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
    const bytes = record.left + this.#identityBytes;
    const asked = { xid: record.int(), code: record.int(), atMs: this.#takenAtMs, bytes };
    this.#inFlightBytes += bytes;
    this.statistics.received();
    dispatch(this, asked, record);
    return asked.code !== opCode.auth && asked.code !== opCode.sasl;
  }

  #hasTakenLong(frames: number): boolean {
    if (frames % lookAtTimeEvery !== 0) return false;
    return this.door.clock.now() - this.#takenAtMs >= sliceMs;
  }

  #isGone(): boolean {
    return this.isOver;
  }

  #hold(bytes: number): void {
    const more = bytes - this.#heldBytes;
    this.#heldBytes = bytes;
    if (more !== 0) this.door.held(more);
  }

  #mayTake(): boolean {
    if (this.#phase !== 'open' || this.#isLeaving || this.isClosingSession) return false;
    if (this.attached.pipeline.isFull || this.#inFlightBytes >= inFlightBytesMax) return false;
    return this.out.length + this.#socket.writableLength <= outputPauseBytes;
  }

  #pause(): void {
    if (this.#isPaused || this.isOver) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #readOn(): void {
    if (!this.#isPaused || !this.#mayTake()) return;
    this.#isPaused = false;
    this.#take(nothing);
    if (!this.#hasPaused()) this.#socket.resume();
  }

  /** What was read in the meantime is taken within the turn of an answer no longer. */
  #readOnSoon(): void {
    if (!this.#mayTake()) return;
    this.door.clock.soon(() => {
      this.#readOn();
    });
  }

  #hasPaused(): boolean {
    return this.#isPaused;
  }

  #begin(record: JuteReader): void {
    this.#phase = 'connecting';
    let request: ConnectRequest;
    try {
      request = readConnectRequest(record);
    } catch (error) {
      if (!(error instanceof MalformedRecord)) throw error;
      this.drop();
      return;
    }
    this.statistics.received();
    connect(this.door, request, {
      remote: () => this.#socket.remoteAddress ?? '',
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
        this.#notify(event, zxid);
      },
      lost: () => {
        this.hangUp();
      },
    });
    const pipeline = new Pipeline({
      inFlightMax,
      onRoom: () => {
        this.#readOnSoon();
      },
      beforeAnswer: (passed) => {
        watches.whenPassed(passed);
      },
    });
    this.#attached = { session, password, carrier, watches, pipeline };
    this.#identify(this.#identities);
    this.#phase = 'open';
    writeConnected(this.out, request, { timeoutMs, session, password });
    this.statistics.attached(session, timeoutMs);
    const latencyMs = this.door.clock.now() - this.#takenAtMs;
    this.statistics.connected(request.session === 'new', service.meta().zxid, latencyMs);
    const forget = service.sessions.onLeft(session, carrier, () => {
      if (!this.isClosingSession) this.hangUp();
    });
    this.#undo.push(forget);
    if (this.isOver) return;
    this.flush();
    this.#readOn();
  }

  #identify(identities: readonly Identity[]): void {
    this.#identities = identities;
    if (this.#attached === undefined) return;
    const { session, password, carrier, watches } = this.#attached;
    this.#caller = { identities, credential: { session, secret: password }, carrier };
    watches.identify(identities);
  }

  /** The session is gone, or was never this client's. */
  #refuse(request: ConnectRequest): void {
    if (this.isOver) return;
    writeNotConnected(this.out, request);
    this.end();
  }

  #notify(event: Pick<WatchEvent, 'type' | 'path'>, zxid: Zxid | undefined): void {
    this.out.frames(this.door.notifications.encode(event, zxid));
    this.statistics.notified();
    this.#scheduleFlush();
  }
}

/** As an address is written. */
function remoteOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  const host = remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress;
  return `${host}:${String(remotePort)}`;
}
