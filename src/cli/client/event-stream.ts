import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import type { ClientTls } from './client-tls.ts';

/** A peer that says nothing for so long is given up: every 15 s it says at least that there is nothing. */
const silenceMs = 35_000;
/** So long a stream may take to begin. */
const beginMs = 10_000;
const lineCharactersMax = 16 * 1_048_576;

/** One message of an event stream, as the HTML standard has it. */
export interface StreamMessage {
  /** The place to resume from; empty when the stream has not said one. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/**
 * Opens a stream; resolves with the answer, whatever its status, before its body is read. Rejects when there is none.
 */
export function openStream(
  base: URL,
  ask: { readonly path: string; readonly headers: Readonly<Record<string, string>> },
  tls?: ClientTls,
): Promise<IncomingMessage> {
  const request = base.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(base, {
      path: ask.path,
      headers: ask.headers,
      agent: false,
      ...(tls !== undefined && { secureContext: tls.context }),
    });
    const silent = (): void => {
      outgoing.destroy(new Error('nothing was heard'));
    };
    outgoing.setTimeout(beginMs, silent);
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      outgoing.setTimeout(silenceMs, silent);
      resolve(response);
    });
    outgoing.end();
  });
}

/** Gives the messages of a body in `text/event-stream`, until it ends; rejects when it breaks. */
export async function* messagesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  for await (const chunk of body) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).replace(/^\uFEFF/, '').split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineCharactersMax) throw new Error('a line of the stream is too long');
    for (const line of lines.map((text) => text.replace(/\r$/, ''))) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (field === 'id') id = value;
      else if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
      else if (line === '') {
        if (data.length > 0) yield { id, event, data: data.join('\n') };
        event = '';
        data = [];
      }
    }
  }
}
