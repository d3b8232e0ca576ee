import type { EventDocument } from '../documents/event-document.ts';

/** How documents become bytes of a stream. */
export interface Framing {
  readonly name: 'sse' | 'ndjson';
  readonly contentType: string;
  /** Sent first. */
  readonly preamble: string;
  /** Says nothing; keeps what is between us from taking the connection for dead. */
  readonly keepAlive: Buffer;
  readonly frame: (document: EventDocument) => string;
}

/** After how long a browser connects again. */
const retryMs = 1_000;

/** Server-sent events (WHATWG HTML, section 9.2). The text of a JSON document has no line break. */
export const sse: Framing = {
  name: 'sse',
  contentType: 'text/event-stream',
  preamble: `retry: ${String(retryMs)}\n\n`,
  keepAlive: Buffer.from(':\n\n'),
  frame: (document) => {
    const id = document.place === undefined ? '' : `id: ${document.place}\n`;
    return `${id}event: ${document.type}\ndata: ${JSON.stringify(document)}\n\n`;
  },
};

/** One JSON document a line; an empty line keeps alive. */
export const ndjson: Framing = {
  name: 'ndjson',
  contentType: 'application/x-ndjson',
  preamble: '',
  keepAlive: Buffer.from('\n'),
  frame: (document) => `${JSON.stringify(document)}\n`,
};

/** ndjson when the client names it, else SSE. */
export function framingFor(accept: string | undefined): Framing {
  return accept?.toLowerCase().includes(ndjson.contentType) === true ? ndjson : sse;
}
