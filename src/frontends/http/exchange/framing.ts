/** Says how documents become bytes of a stream. */
export interface Framing {
  readonly name: 'sse' | 'ndjson';
  readonly contentType: string;
  /** Sent first. */
  readonly preamble: string;
  /** Says nothing; keeps what is between us from taking the connection for dead. */
  readonly keepAlive: Buffer;
  /** Comes ahead of a document, JSON without a line break; a client that comes back resumes from `place`. */
  readonly head: (event: FramedEvent) => string;
  /** Follows it. */
  readonly tail: string;
}

/** Holds what a frame says outside of the document. */
export interface FramedEvent {
  readonly type: string;
  readonly place?: string;
}

/** Says how often a silent stream says something: below the idle time-outs of common proxies, and of this server. */
export const keepAliveMs = 15_000;

/** After how long a browser connects again. */
const retryMs = 1_000;

/** Frames server-sent events (WHATWG HTML, section 9.2). The text of a JSON document has no line break. */
export const sse: Framing = {
  name: 'sse',
  contentType: 'text/event-stream',
  preamble: `retry: ${String(retryMs)}\n\n`,
  keepAlive: Buffer.from(':\n\n'),
  head: ({ type, place }) => {
    const id = place === undefined ? '' : `id: ${place}\n`;
    return `${id}event: ${type}\ndata: `;
  },
  tail: '\n\n',
};

/** Frames one JSON document a line; an empty line keeps alive. */
export const ndjson: Framing = {
  name: 'ndjson',
  contentType: 'application/x-ndjson',
  preamble: '',
  keepAlive: Buffer.from('\n'),
  head: () => '',
  tail: '\n',
};
