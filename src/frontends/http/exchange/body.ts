import type { IncomingMessage } from 'node:http';
import { handleOf } from '../../../sockets/socket-handle.ts';
import { unpacedBytesMax, type BodyPace } from './body-pace.ts';
import { Problem } from './problem.ts';

/**
 * Is thrown when the client went away, or its connection failed, before its request was whole, or before an answer that
 * may be minutes away: there is nobody to answer.
 */
export class ClientGone extends Error {
  constructor() {
    super('the client has gone');
    this.name = 'ClientGone';
  }
}

export interface BodyLimits {
  readonly bytesMax: number;
  /** Claims memory for a chunk; false when there is none left. */
  readonly claim: (bytes: number) => boolean;
  readonly pace: BodyPace;
  /** Whose turn it is when long bodies are read by turns. */
  readonly address: string;
}

const nothing = Buffer.alloc(0);

/**
 * What comes in smaller pieces is gathered in pages, the first one apart, which as a rule is all: a buffer of its own costs
 * more than a hundred bytes, and a page more than to copy a small body.
 */
const pieceBytesMin = 4_096;
const pageBytes = 16_384;

/** Gathers what comes of a body. */
class Pieces {
  #first: Buffer | undefined;
  #others: Buffer[] | undefined;
  #page = nothing;
  #filled = 0;

  push(chunk: Buffer): void {
    if (this.#first === undefined) {
      this.#first = chunk;
      return;
    }
    if (chunk.length >= pieceBytesMin) {
      this.#closePage();
      (this.#others ??= []).push(chunk);
      return;
    }
    if (this.#page.length - this.#filled < chunk.length) {
      this.#closePage();
      this.#page = Buffer.allocUnsafe(pageBytes);
    }
    chunk.copy(this.#page, this.#filled);
    this.#filled += chunk.length;
  }

  /** Gives all of it, and keeps nothing. */
  take(): Buffer {
    this.#closePage();
    const first = this.#first ?? nothing;
    const others = this.#others;
    this.#first = undefined;
    this.#others = undefined;
    return others === undefined ? first : Buffer.concat([first, ...others]);
  }

  #closePage(): void {
    if (this.#filled > 0) (this.#others ??= []).push(this.#page.subarray(0, this.#filled));
    this.#page = nothing;
    this.#filled = 0;
  }
}

/**
 * Reads the whole body, at most `bytesMax` of it. A longer one is refused as soon as that is known; what still arrives
 * of it is thrown away by Node, within the time a request may take.
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readBodyThen(request, limits, (body) => {
      if (body instanceof Problem) reject(body);
      else resolve(body);
    });
    request.on('error', () => {
      reject(new ClientGone());
    });
    request.on('close', () => {
      // Comes after a whole body too; an error is dear, for the stack it collects.
      if (!request.complete) reject(new ClientGone());
    });
  });
}

/**
 * Does the same without a promise, for hot paths: `done` is called once, perhaps before this returns; never when the client
 * goes away before its request is whole, since there is nobody to answer.
 */
export function readBodyThen(
  request: IncomingMessage,
  limits: BodyLimits,
  done: (body: Buffer | Problem) => void,
): void {
  const { bytesMax } = limits;
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) done(nothing);
  else if (declared !== undefined && Number(declared) > bytesMax) {
    done(tooLarge(bytesMax, Number(declared)));
  } else receive(request, limits, done);
}

function receive(
  request: IncomingMessage,
  { bytesMax, claim, pace, address }: BodyLimits,
  done: (body: Buffer | Problem) => void,
): void {
  const pieces = new Pieces();
  let length = 0;
  const isLong = Number(request.headers['content-length'] ?? 0) > unpacedBytesMax;
  const resume = (): void => {
    goOn(request);
  };
  let isRefused = false;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    // Whether it is kept or not: to read it takes the same time.
    const isPaced = isLong || length > unpacedBytesMax;
    if (isPaced && !pace.came(chunk.length, address, resume)) hold(request);
    // What still comes of a refused body is let through, and not kept.
    if (isRefused) return;
    const isTooLong = length > bytesMax;
    if (!isTooLong && claim(chunk.length)) {
      pieces.push(chunk);
      return;
    }
    isRefused = true;
    pieces.take();
    done(isTooLong ? tooLarge(bytesMax, length) : crowded());
  });
  request.on('end', () => {
    if (isRefused) return;
    if (length <= unpacedBytesMax) done(pieces.take());
    else {
      pace.isWhole(() => {
        done(pieces.take());
      });
    }
  });
}

/** What did not come yet stays with the system: Node would read one piece more ahead of a stream that pauses. */
function hold(request: IncomingMessage): void {
  request.pause();
  stopReading(request);
  // Node may have asked for more ahead of this piece, which comes to pass behind it.
  process.nextTick(stopReading, request);
}

function stopReading(request: IncomingMessage): void {
  if (request.isPaused()) handleOf(request.socket)?.readStop();
}

function goOn(request: IncomingMessage): void {
  request.resume();
  const handle = handleOf(request.socket);
  // Unless Node has stopped it as well, and begins again by itself.
  if (handle?.reading === true) handle.readStart();
}

function tooLarge(limit: number, actual: number): Problem {
  return new Problem(
    'tooLarge',
    `the body may have ${String(limit)} bytes, and has ${String(actual)} or more: split what you store, or store a reference to it`,
    { limit, actual },
  );
}

function crowded(): Problem {
  return new Problem(
    'throttled',
    'too much is being received at once of this address, or of all: send it again a little later',
  );
}
