import type { EventBatch, OutletSink, WatchItem } from '../../../service/watching.ts';
import {
  batchDocuments,
  bytesOfItem,
  documentsOf,
  formName,
  type EventForm,
} from '../documents/event-document.ts';
import type { SizedDocument } from '../exchange/large-answer.ts';
import { badRequest } from '../exchange/problem.ts';
import { watchesPerSocketMax } from './limits.ts';
import type { MessageWriter } from './message-writer.ts';

interface OpenStream {
  /** `{"watch":7,`: the rest is shared with other sockets. */
  readonly prefix: Buffer;
  readonly form: EventForm;
  readonly formName: string;
  readonly stop: () => void;
}

/** The one URL that may be upgraded. */
export const socketPath = '/v1/ws';

/** Holds the watches of one socket, by the id of the request that asked for each. */
export class EventStreams implements OutletSink {
  readonly #writer: MessageWriter;
  readonly #streams = new Map<number, OpenStream>();

  constructor(writer: MessageWriter) {
    this.#writer = writer;
  }

  claim(tag: number, form: EventForm, stop: () => void): void {
    if (this.#streams.has(tag)) {
      throw badRequest(`id ${String(tag)} names a watch that is open: use another id`);
    }
    if (this.#streams.size >= watchesPerSocketMax) {
      throw badRequest('too many watches on this socket: use another one, or a recursive watch', {
        limit: watchesPerSocketMax,
        actual: watchesPerSocketMax + 1,
      });
    }
    const prefix = Buffer.from(`{"watch":${String(tag)},`);
    this.#streams.set(tag, { prefix, form, formName: formName('ws', form), stop });
  }

  release(tag: number): boolean {
    const stream = this.#streams.get(tag);
    this.#streams.delete(tag);
    stream?.stop();
    return stream !== undefined;
  }

  stopAll(): void {
    for (const tag of [...this.#streams.keys()]) this.release(tag);
  }

  send(tag: number, item: WatchItem): boolean {
    const stream = this.#streams.get(tag);
    if (stream === undefined) return !this.#writer.isBlocked;
    const { prefix, form, formName: name } = stream;
    const suffixes = (): readonly Buffer[] =>
      item.kind === 'events'
        ? item.batch.encoded(name, (batch) => encodeBatch(batch, form))
        : documentsOf(item, form, socketPath).map(suffixOf);
    // Whoever ends by itself is gone before its client can use the id again.
    if (item.kind === 'lost' || item.kind === 'refused' || item.kind === 'fired') {
      this.#streams.delete(tag);
    }
    return this.#writer.events({ prefix, bytes: bytesOfItem(item, form), suffixes });
  }

  /** Sends the event of what is no watch of the hub; false once the client takes no more for now. */
  event(tag: number, { bytes, document }: SizedDocument): boolean {
    const stream = this.#streams.get(tag);
    if (stream === undefined) return false;
    const { prefix } = stream;
    return this.#writer.events({ prefix, bytes, suffixes: () => [suffixOf(document())] });
  }
}

function encodeBatch(batch: EventBatch, form: EventForm): readonly Buffer[] {
  return batchDocuments(batch, form).map(suffixOf);
}

function suffixOf(document: object): Buffer {
  return Buffer.from(JSON.stringify(document).slice(1));
}
