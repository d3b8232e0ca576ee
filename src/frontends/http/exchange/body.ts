import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/**
 * Is thrown when the client went away, or its connection failed, before its request was whole: there is nobody to
 * answer.
 */
export class ClientGone extends Error {
  constructor() {
    super('the client has gone');
    this.name = 'ClientGone';
  }
}

/**
 * Counts the memory that bodies of requests in flight may take together: what stops a crowd of slow or large writers.
 */
export class BodyBudget {
  readonly #bytesMax: number;
  #held = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  take(bytes: number): boolean {
    if (this.#held + bytes > this.#bytesMax) return false;
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

export interface BodyLimits {
  readonly bytesMax: number;
  /** Claims memory for a chunk; false when there is none left. */
  readonly claim: (bytes: number) => boolean;
}

const nothing = Buffer.alloc(0);

/**
 * Reads the whole body, at most `bytesMax` of it. A longer one is refused as soon as that is known; what still arrives
 * of it is thrown away by Node, within the time a request may take.
 */
export function readBody(
  request: IncomingMessage,
  { bytesMax, claim }: BodyLimits,
): Promise<Buffer> {
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) {
    return Promise.resolve(nothing);
  }
  if (declared !== undefined && Number(declared) > bytesMax) {
    return Promise.reject(tooLarge(bytesMax, Number(declared)));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isRefused = false;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      // What still comes of a refused body is let through, and not kept.
      if (isRefused) return;
      const isTooLong = length > bytesMax;
      if (!isTooLong && claim(chunk.length)) {
        chunks.push(chunk);
        return;
      }
      isRefused = true;
      chunks.length = 0;
      reject(isTooLong ? tooLarge(bytesMax, length) : crowded());
    });
    request.on('end', () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
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
    'too many bodies are being received at once: send it again a little later',
  );
}
