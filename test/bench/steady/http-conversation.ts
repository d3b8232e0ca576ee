import type { AnswerSink, Conversation, Topic } from './conversation.ts';

const headEnd = Buffer.from('\r\n\r\n');
const lengthField = Buffer.from('Content-Length: ');
/** Where `HTTP/1.1 200` has its first digit. */
const statusAt = 9;
const digitZero = 0x30;
const digitTwo = 0x32;
const digitNine = 0x39;

/** HTTP/1.1 on a connection that is kept: Quoll's REST, or etcd's JSON gateway. */
export class HttpConversation implements Conversation {
  readonly opening: readonly Buffer[];
  readonly #request: Buffer;
  #many: Buffer;
  #answered = 0;

  constructor(topic: Topic, dialect: 'http' | 'etcdHttp') {
    const { make, get, set } = (dialect === 'http' ? quollRequests : etcdRequests)(topic);
    this.opening = [make];
    this.#request = topic.kind === 'get' ? get : set;
    this.#many = this.#request;
  }

  /** All alike, so they lie there already. */
  requests(count: number): Buffer {
    const length = this.#request.length * count;
    while (this.#many.length < length) this.#many = Buffer.concat([this.#many, this.#many]);
    return this.#many.subarray(0, length);
  }

  take(bytes: Buffer, sink: AnswerSink): number {
    let at = 0;
    for (;;) {
      const end = answerEnd(bytes, at);
      if (end === undefined || end > bytes.length) return at;
      if (bytes[at + statusAt] !== digitTwo) sink.failed(bytes.toString('latin1', at, end));
      sink.answered(this.#answered++);
      at = end;
    }
  }
}

/** Undefined as long as its head is not there. */
function answerEnd(bytes: Buffer, start: number): number | undefined {
  const bodyAt = bytes.indexOf(headEnd, start);
  if (bodyAt < 0) return undefined;
  const fieldAt = bytes.indexOf(lengthField, start);
  let length = 0;
  if (fieldAt >= 0 && fieldAt < bodyAt) {
    for (let at = fieldAt + lengthField.length; ; at++) {
      const digit = bytes[at] ?? 0;
      if (digit < digitZero || digit > digitNine) break;
      length = length * 10 + digit - digitZero;
    }
  }
  return bodyAt + headEnd.length + length;
}

interface Requests {
  readonly make: Buffer;
  readonly get: Buffer;
  readonly set: Buffer;
}

function quollRequests({ address, name, data }: Topic): Requests {
  const put = (query: string): Buffer => {
    const target = `/v1/nodes/${name}${query}`;
    return requestOf({ method: 'PUT', target, address, body: data.toString('latin1') });
  };
  const get = requestOf({ method: 'GET', target: `/v1/nodes/${name}`, address });
  return { make: put('?create&parents'), get, set: put('') };
}

function etcdRequests({ address, name, data }: Topic): Requests {
  const key = Buffer.from(name).toString('base64');
  const post = (call: string, body: unknown): Buffer =>
    requestOf({ method: 'POST', target: `/v3/kv/${call}`, address, body: JSON.stringify(body) });
  const put = post('put', { key, value: data.toString('base64') });
  return { make: put, set: put, get: post('range', { key }) };
}

function requestOf(parts: {
  readonly method: string;
  readonly target: string;
  readonly address: string;
  readonly body?: string;
}): Buffer {
  const { method, target, address, body } = parts;
  const length = body === undefined ? '' : `Content-Length: ${String(body.length)}\r\n`;
  const head = `${method} ${target} HTTP/1.1\r\nHost: ${address}\r\n${length}\r\n`;
  return Buffer.from(`${head}${body ?? ''}`, 'latin1');
}
