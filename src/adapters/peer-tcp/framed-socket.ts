import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ByteWriter, MalformedBytes } from '../../base/bytes.ts';
import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { drainedBelowBytes } from '../../ports/peer-network.ts';
import { whenChunkComes } from '../../sockets/chunks.ts';
import { whyHandshakeFailed } from '../../tls/complaints.ts';
import { FrameReader } from './framing.ts';
import { Outgoing } from './outgoing.ts';

export interface FramedSocketOptions {
  readonly clock: Clock;
  readonly frameBytesMax: number;
  /** A connection that owes its reader more is closed as slow. */
  readonly queuedBytesMax: number;
  readonly metrics: Metrics | undefined;
}

/** What was queued before an orderly end gets this long to leave. */
const lingerMs = 500;
/** Probes begin after this much silence; a host that vanished is found within seconds. */
const keepAliveMs = 2_000;
/** Payloads of so many bytes are written from where they lie: a copy for each learner would cost more than all the rest. */
const lentBytesMin = 32_768;
/**
 * Of one connection so much is handed to the operating system in one turn, and so much is taken from it: it is copied in
 * our time, and what follows from a megabyte takes milliseconds more. Heartbeats, acks and clients have their turn
 * between two pieces.
 */
export const socketBytesPerTurnMax = 524_288;
/** Of what a socket brings: more comes in the same turn only after a piece that filled the buffer it was read into. */
const fullChunkBytes = 65_536;
/** And of one that speaks TLS: a record comes at a time. */
const fullRecordBytes = 16_384;

export interface FrameListener {
  onFrame(bytes: Uint8Array): void;
  /** Once, and the last call. Not after our own `end` or `destroy`. */
  onClosed(why: string): void;
  /** What is queued fell below `drainedBelowBytes` again. */
  onDrained?(): void;
}

/**
 * Sends and takes frames over one socket. All that is sent within a turn leaves as one write: a syscall per message
 * would be most of the cost of small ones.
 */
export class FramedSocket {
  /** May be exchanged at any time; the frames that follow go to the new one, also those of the same chunk. */
  listener: FrameListener | undefined;

  readonly #socket: Socket;
  readonly #options: FramedSocketOptions;
  readonly #reader: FrameReader;
  readonly #writer = new ByteWriter(1_024, lentBytesMin);
  /** Flushed, and too much for the turns that were. */
  readonly #outgoing = new Outgoing();
  readonly #goOnWriting: OnceSoon;
  /** A piece of what is outgoing was written, and what follows has no turn yet. */
  #isWriting = false;
  readonly #goOnReading: OnceSoon;
  readonly #flushNow = (): void => {
    if (this.#flushing) this.flush();
  };
  readonly #fullChunkBytes: number;
  /** In full chunks, in this turn. */
  #takenBytes = 0;
  #flushing = false;
  #isHigh = false;
  #isOver = false;
  #why = 'the other side closed the connection';

  constructor(socket: Socket, options: FramedSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#reader = new FrameReader(options.frameBytesMax);
    this.#fullChunkBytes = socket instanceof TLSSocket ? fullRecordBytes : fullChunkBytes;
    this.#goOnWriting = new OnceSoon(options.clock, () => {
      this.#isWriting = false;
      this.#write();
    });
    this.#goOnReading = new OnceSoon(options.clock, () => {
      this.#takenBytes = 0;
      if (!this.#isOver) socket.resume();
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    whenChunkComes(socket, (chunk) => {
      this.#take(chunk);
    });
    // Half-open streams are of no use: nobody would answer.
    socket.on('end', () => socket.destroy());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isOfTls = error.code?.startsWith('ERR_SSL_') === true;
      this.#why = isOfTls ? whyHandshakeFailed(error) : error.message;
    });
    socket.on('close', () => {
      this.#isOver = true;
      const listener = this.#release();
      listener?.onClosed(this.#why);
    });
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? 'unknown';
  }

  set frameBytesMax(bytes: number) {
    this.#reader.frameBytesMax = bytes;
  }

  /** Not yet taken by the operating system. */
  get queuedBytes(): number {
    if (this.#isOver) return 0;
    return this.#writer.length + this.#outgoing.bytes + this.#socket.writableLength;
  }

  send(write: (writer: ByteWriter) => void): void {
    if (this.#isOver) return;
    const start = this.#writer.length;
    this.#writer.u32(0);
    write(this.#writer);
    this.#writer.patchU32(start, this.#writer.length - start - 4);
    const queued = this.queuedBytes;
    const { queuedBytesMax } = this.#options;
    if (queued > queuedBytesMax) {
      this.fail(
        `slow: ${String(queued)} bytes are waiting for it, at most ${String(queuedBytesMax)} may`,
      );
      return;
    }
    if (queued > drainedBelowBytes) this.#isHigh = true;
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(this.#flushNow);
  }

  /** What was sent leaves now. */
  flush(): void {
    this.#flushing = false;
    const writer = this.#writer;
    const bytes = writer.length;
    if (this.#isOver || bytes === 0) return;
    this.#options.metrics?.count('peer_sent_bytes', bytes);
    if (!writer.isLent && this.#outgoing.bytes === 0 && bytes <= socketBytesPerTurnMax) {
      const whole = writer.takeShared();
      writer.reset();
      if (!this.#isHigh) this.#socket.write(whole);
      else {
        this.#socket.write(whole, () => {
          this.#written();
        });
      }
      return;
    }
    for (const part of writer.takeParts()) this.#outgoing.push(part);
    writer.reset();
    this.#write();
  }

  /** Closes at once; the listener hears why. */
  fail(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#why = why;
    this.#socket.destroy();
  }

  /** Lets what was sent leave, then closes. Nothing more is heard of it. */
  end(): void {
    this.#release();
    if (this.#isOver) return;
    this.flush();
    for (const part of this.#outgoing.take(this.#outgoing.bytes)) this.#socket.write(part);
    this.#isOver = true;
    this.#socket.end();
    // What still comes in is read and dropped: bytes left unread would turn our last words into a reset.
    this.#socket.resume();
    const linger = this.#options.clock.after(lingerMs, () => this.#socket.destroy());
    this.#socket.once('close', () => {
      linger.cancel();
    });
  }

  /** Closes at once. Nothing more is heard of it. */
  destroy(): void {
    this.#release();
    this.#isOver = true;
    this.#socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#options.metrics?.count('peer_received_bytes', chunk.length);
    if (chunk.length >= this.#fullChunkBytes) this.#tookFullChunk(chunk.length);
    this.#reader.add(chunk);
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      this.listener?.onFrame(frame);
    }
  }

  #tookFullChunk(bytes: number): void {
    this.#takenBytes += bytes;
    this.#goOnReading.schedule();
    if (this.#takenBytes >= socketBytesPerTurnMax) this.#socket.pause();
  }

  #next(): Uint8Array | undefined {
    // Asked anew for every frame: the one before may have been the last that its listener wanted.
    if (this.#isOver) return undefined;
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      this.fail(error.message);
      return undefined;
    }
  }

  /** So much of what is outgoing as one turn may bear; the rest once that is taken, in a turn of its own. */
  #write(): void {
    if (this.#isOver || this.#isWriting) return;
    const parts = this.#outgoing.take(socketBytesPerTurnMax);
    const last = parts.pop();
    if (last === undefined) return;
    this.#isWriting = true;
    const socket = this.#socket;
    socket.cork();
    for (const part of parts) socket.write(part);
    socket.write(last, () => {
      this.#goOnWriting.schedule();
      this.#written();
    });
    socket.uncork();
  }

  #written(): void {
    if (!this.#isHigh || this.#isOver || this.queuedBytes >= drainedBelowBytes) return;
    this.#isHigh = false;
    this.listener?.onDrained?.();
  }

  #release(): FrameListener | undefined {
    const { listener } = this;
    this.listener = undefined;
    return listener;
  }
}
