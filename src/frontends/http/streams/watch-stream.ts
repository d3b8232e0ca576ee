import { MadeOnce } from '../../../base/made-once.ts';
import type { Caller } from '../../../service/call.ts';
import type { Outlet, OutletSink, WatchItem, WatchOptions } from '../../../service/watching.ts';
import { encodings } from '../documents/encode.ts';
import {
  batchDocuments,
  batchTexts,
  bytesOfItem,
  documentsOf,
  formName,
  textsOf,
  type EventDocument,
  type EventForm,
  type EventText,
} from '../documents/event-document.ts';
import { gatheredBytes, type Parts } from '../documents/parts.ts';
import { prefers } from '../exchange/accept.ts';
import { pathFrom } from '../exchange/decode.ts';
import type { AnswerStream, Exchange } from '../exchange/exchange.ts';
import { keepAliveMs, ndjson, sse, type Framing } from '../exchange/framing.ts';
import { noStore } from '../exchange/headers.ts';
import { positionFrom } from '../exchange/position.ts';
import { Problem, badRequest, problemOfRefusal } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';

export const watchParameters = [
  'path',
  'recursive',
  'from',
  'initial',
  'values',
  'encoding',
  'ticket',
  'timeout',
] as const;

/** A client that was told the end of its stream, and does not take it, is cut off after so long. */
const endGraceMs = 10_000;

/** Answers `GET /v1/watch`: events as they happen, as SSE or ndjson. */
export async function watchStream(exchange: Exchange): Promise<void> {
  const { door } = exchange;
  const query = exchange.query(watchParameters);
  const options = decodeWatch(exchange, query);
  const form = { values: options.withData, encoding: query.oneOf('encoding', encodings) };
  const framing = framingFor(exchange.headers.accept);
  const ticket = query.text('ticket');
  const sender = exchange.caller();
  const caller = ticket === undefined ? sender : door.tickets.callerFor(ticket, sender);
  if (caller.credential !== undefined) {
    await door.service.sessions.touch(caller.credential, options.timeoutMs, caller);
  }
  if (exchange.isOver) return;
  if (exchange.method === 'HEAD') {
    exchange.send({ status: 200, headers: ['Content-Type', framing.contentType, ...noStore] });
    return;
  }
  new EventStream(exchange, framing, form).open(caller, options);
}

function decodeWatch(exchange: Exchange, query: Query): WatchOptions {
  const path = query.text('path');
  if (path === undefined) throw badRequest('name the znode to watch: add ?path=/');
  const lastEventId = exchange.headers['last-event-id'];
  const resumes = typeof lastEventId === 'string' && lastEventId !== '';
  const from = query.text('from');
  const initial = query.flag('initial');
  if (from !== undefined && initial) {
    throw badRequest('from and initial exclude each other: resume a stream, or begin one');
  }
  const position = resumes
    ? positionFrom(lastEventId, 'Last-Event-ID')
    : from === undefined
      ? undefined
      : positionFrom(from, 'from');
  return {
    path: pathFrom(path),
    scope: query.flag('recursive') ? 'recursive' : 'node',
    ...(position !== undefined && { from: position }),
    // A browser that comes back repeats the URL, and has the state already.
    initial: initial && !resumes,
    withData: query.flag('values'),
    timeoutMs: exchange.timeoutMs(query),
  };
}

const onlyWatch = 0;

/** One answer without an end. It begins with the first thing there is to say: until then a refusal has a status. */
class EventStream implements OutletSink {
  readonly #exchange: Exchange;
  readonly #framing: Framing;
  readonly #form: EventForm;
  readonly #formName: string;
  #outlet: Outlet | undefined;
  #stream: AnswerStream | undefined;
  #endings: readonly (() => void)[] = [];
  #isOver = false;

  constructor(exchange: Exchange, framing: Framing, form: EventForm) {
    this.#exchange = exchange;
    this.#framing = framing;
    this.#form = form;
    this.#formName = formName(framing.name, form);
  }

  open(caller: Caller, options: WatchOptions): void {
    const { door } = this.#exchange;
    this.#exchange.hold(() => {
      this.#close();
    });
    const forget = door.whenStopping(() => {
      this.#end();
    });
    const outlet = door.service.openOutlet(caller, this);
    this.#outlet = outlet;
    this.#endings = [forget];
    outlet.watch(onlyWatch, options);
  }

  send(_tag: number, item: WatchItem): boolean {
    if (this.#isOver) return true;
    const problem = this.#stream === undefined ? problemAtStart(item, this.#framing) : undefined;
    if (problem !== undefined) {
      this.#close();
      this.#exchange.fail(problem);
      return true;
    }
    this.#stream ??= this.#begin();
    const takesMore = this.#stream.writeSized({
      bytes: bytesOfItem(item, this.#form),
      whole: () => this.#bytesOf(item),
      parts: () => this.#partsOf(item),
    });
    if (item.kind === 'lost' || item.kind === 'refused') this.#end();
    return takesMore;
  }

  #bytesOf(item: WatchItem): Uint8Array {
    if (item.kind !== 'events') {
      return this.#framed(documentsOf(item, this.#form, this.#exchange.rawPath));
    }
    return item.batch.encoded(this.#formName, (batch) =>
      this.#framed(batchDocuments(batch, this.#form)),
    );
  }

  #framed(documents: readonly EventDocument[]): Uint8Array {
    const { head, tail } = this.#framing;
    return Buffer.from(
      documents.map((document) => head(document) + JSON.stringify(document) + tail).join(''),
    );
  }

  /** Made as far as somebody takes them, and once for all who see the same. */
  #partsOf(item: WatchItem): Iterable<Uint8Array> {
    if (item.kind !== 'events') {
      const texts = textsOf(item, this.#form, this.#exchange.rawPath);
      return gatheredBytes(framedParts(this.#framing, texts));
    }
    return item.batch.encoded(`${this.#formName} in parts`, (batch) => {
      const texts = batchTexts(batch, this.#form);
      return new MadeOnce(gatheredBytes(framedParts(this.#framing, texts)));
    });
  }

  #begin(): AnswerStream {
    const { contentType, preamble, keepAlive } = this.#framing;
    const stream = this.#exchange.stream(contentType, () => {
      this.#outlet?.drained();
    });
    if (preamble !== '') stream.write(preamble);
    const beat = this.#exchange.door.clock.every(keepAliveMs, () => {
      if (!stream.isFull()) stream.write(keepAlive);
    });
    this.#endings = [
      ...this.#endings,
      () => {
        beat.cancel();
      },
    ];
    return stream;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#close();
    if (this.#stream !== undefined) this.#stream.end(endGraceMs);
    else this.#exchange.fail(new Problem('shuttingDown', 'this peer is stopping: use another one'));
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const end of this.#endings) end();
    this.#outlet?.close();
  }
}

function* framedParts({ head, tail }: Framing, texts: Iterable<EventText>): Parts {
  for (const text of texts) {
    yield head(text);
    yield* text.parts();
    yield tail;
  }
}

/** ndjson when the client names it, else SSE. */
function framingFor(accept: string | undefined): Framing {
  return prefers(accept, ndjson.contentType, sse.contentType) ? ndjson : sse;
}

/** What is known before the first byte is told as a status. A browser's stream is told `lost` instead: it would give up. */
function problemAtStart(item: WatchItem, framing: Framing): Problem | undefined {
  if (item.kind === 'refused') return problemOfRefusal(item.refusal);
  if (item.kind !== 'lost' || framing !== ndjson) return undefined;
  return new Problem(
    'compacted',
    `the log no longer reaches back to where the stream should resume: read anew, then resume from what X-Zxid says`,
  );
}
