import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Above it, bytes are handed over to the thread; a copy of less costs less. */
const handedOverBytesMin = 16_384;

export interface Appended {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** A file on this disk, written by a thread of its own (`log-main.ts`): the least that durability costs in Node. */
export class Log {
  readonly #worker: Worker;
  #appended = 0;

  /** `onDisk`: everything up to that number is. */
  private constructor(worker: Worker, onDisk: (upTo: number) => void) {
    this.#worker = worker;
    worker.on('message', onDisk);
    worker.on('error', (error) => {
      throw error;
    });
  }

  static async open(folder: string, onDisk: (upTo: number) => void): Promise<Log> {
    const worker = new Worker(new URL('./log-main.js', import.meta.url), { workerData: folder });
    await once(worker, 'online');
    return new Log(worker, onDisk);
  }

  /** The bytes must lie in a buffer of their own. Gives their number: 1, 2, 3, … */
  append(bytes: Uint8Array<ArrayBuffer>): number {
    const number = ++this.#appended;
    const message: Appended = { number, bytes };
    this.#worker.postMessage(message, bytes.length < handedOverBytesMin ? [] : [bytes.buffer]);
    return number;
  }
}

/** One behind the other, in a buffer of its own. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
