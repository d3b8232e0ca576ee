import { get, type ClientRequest, type IncomingMessage } from 'node:http';
import { checkValue, contract, type JsonObject } from './contract.ts';
import { until } from './until.ts';

export interface Streamed {
  /** Of server-sent events. */
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly document: JsonObject;
}

const eventSchema = contract.components.schemas['Event'] ?? {};

/** A client of `GET /v1/watch`, SSE or ndjson by its `Accept`; every event is held against the contract. */
export class StreamClient {
  readonly received: Streamed[] = [];
  status: number | undefined;
  headers: Readonly<Record<string, unknown>> = {};
  isEnded = false;
  /** What came that is no event: of an answer that is none, the body. */
  rest = '';
  /** Called for each event, as it comes. */
  onEvent: ((event: Streamed) => void) | undefined;
  readonly #request: ClientRequest;
  #response: IncomingMessage | undefined;

  constructor(base: string, target: string, headers: Readonly<Record<string, string>> = {}) {
    const isLines = headers['accept'] === 'application/x-ndjson';
    this.#request = get(`${base}${target}`, { headers, agent: false }, (response) => {
      this.#response = response;
      this.status = response.statusCode;
      this.headers = response.headers;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        this.rest += text;
        if (this.status === 200) this.#take(isLines ? '\n' : '\n\n', isLines);
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        this.isEnded = true;
      });
    });
    this.#request.on('error', () => {
      this.isEnded = true;
    });
  }

  get documents(): readonly JsonObject[] {
    return this.received.map(({ document }) => document);
  }

  /** `type path` of each event so far. */
  get story(): readonly string[] {
    return this.documents.map(({ type, path }) =>
      [type, path].filter((word) => typeof word === 'string').join(' '),
    );
  }

  async open(): Promise<this> {
    await until('the stream to open', () => this.status !== undefined);
    return this;
  }

  async synced(): Promise<this> {
    await this.until('synced', ({ document }) => document['type'] === 'synced');
    return this;
  }

  async until(what: string, wanted: (event: Streamed) => boolean): Promise<Streamed> {
    return until(`${what} on a stream of ${this.story.slice(-5).join(', ')}`, () =>
      this.received.find(wanted),
    );
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#request.destroy();
  }

  #take(separator: string, isLines: boolean): void {
    const parts = this.rest.split(separator);
    this.rest = parts.pop() ?? '';
    for (const part of parts) {
      const event = isLines ? lineOf(part) : messageOf(part);
      if (event === undefined) continue;
      checkValue('event', eventSchema, event.document);
      this.received.push(event);
      this.onEvent?.(event);
    }
  }
}

function lineOf(line: string): Streamed | undefined {
  if (line === '') return undefined;
  return { id: undefined, event: undefined, document: JSON.parse(line) as JsonObject };
}

function messageOf(text: string): Streamed | undefined {
  const field = (name: string): string | undefined =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  if (data === undefined) return undefined;
  return { id: field('id'), event: field('event'), document: JSON.parse(data) as JsonObject };
}
