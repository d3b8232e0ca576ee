import { MadeOnce } from '../../../base/made-once.ts';
import type { EventBatch, OutletSink, WatchItem } from '../../../service/watching.ts';
import {
  batchDocuments,
  batchTexts,
  bytesOfItem,
  documentsOf,
  formName,
  textsOf,
  type EventForm,
  type EventText,
} from '../documents/event-document.ts';
import { gatheredBytes, type Parts } from '../documents/parts.ts';
import { partLengthMin, type SizedDocument } from '../exchange/large-answer.ts';
import { badRequest } from '../exchange/problem.ts';
import { watchesPerSocketMax } from './limits.ts';
import type { EventPiece, MessageWriter } from './message-writer.ts';

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
    const pieces = (): Iterable<EventPiece> =>
      item.kind === 'events'
        ? item.batch.encoded(
            `${name} in pieces`,
            (batch) => new MadeOnce(piecesOf(batchTexts(batch, form))),
          )
        : piecesOf(textsOf(item, form, socketPath));
    // Whoever ends by itself is gone before its client can use the id again.
    if (item.kind === 'lost' || item.kind === 'refused' || item.kind === 'fired') {
      this.#streams.delete(tag);
    }
    return this.#writer.events({ prefix, bytes: bytesOfItem(item, form), suffixes, pieces });
  }

  /** Sends the event of what is no watch of the hub; false once the client takes no more for now. */
  event(tag: number, { bytes, document, parts }: SizedDocument): boolean {
    const stream = this.#streams.get(tag);
    if (stream === undefined) return false;
    const { prefix } = stream;
    return this.#writer.events({
      prefix,
      bytes,
      suffixes: () => [suffixOf(document())],
      pieces: () => piecesOf([{ parts }]),
    });
  }
}

function encodeBatch(batch: EventBatch, form: EventForm): readonly Buffer[] {
  return batchDocuments(batch, form).map(suffixOf);
}

/** Short ones are sent together, a long one in fragments. */
function* piecesOf(texts: Iterable<Pick<EventText, 'parts'>>): Generator<EventPiece, void> {
  let suffixes: Buffer[] = [];
  let bytes = 0;
  for (const text of texts) {
    const fragments = gatheredBytes(withoutBrace(text.parts()));
    let { value: last } = fragments.next();
    let isFirst = true;
    for (const fragment of fragments) {
      if (suffixes.length > 0) yield { suffixes };
      suffixes = [];
      bytes = 0;
      if (last !== undefined) yield { fragment: last, isFirst, isLast: false };
      isFirst = false;
      last = fragment;
    }
    if (last === undefined) continue;
    if (!isFirst) {
      yield { fragment: last, isFirst, isLast: true };
      continue;
    }
    suffixes.push(last);
    bytes += last.length;
    if (bytes < partLengthMin) continue;
    yield { suffixes };
    suffixes = [];
    bytes = 0;
  }
  if (suffixes.length > 0) yield { suffixes };
}

/** What is in front of the text of an object takes its opening brace along. */
function* withoutBrace(parts: Parts): Generator<string, void> {
  let isFirst = true;
  for (const part of parts) {
    yield isFirst ? part.slice(1) : part;
    isFirst = false;
  }
}

function suffixOf(document: object): Buffer {
  return Buffer.from(JSON.stringify(document).slice(1));
}
