import { bytesField, intField } from '../rivals/proto-bytes.ts';
import type { AnswerSink, Conversation, Topic } from './conversation.ts';
import {
  flag,
  frameHeadBytes,
  frameType,
  http2Frame,
  streamOf,
  writeStream,
} from './http2-frames.ts';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** The most that HTTP/2 allows: what is read is a few gigabytes at most, and credit is given long before. */
const windowBytes = 2 ** 31 - 1;
const windowAtFirst = 65_535;
const creditAfterBytes = 2 ** 30;
const initialWindowSize = 4;
/** Of requests whose answers are waited for; a power of two, far above what is ever under way. */
const rememberedRequests = 8_192;
const messageHeadBytes = 5;

/**
 * gRPC on HTTP/2 by hand, with requests as grpc's own clients make them: after the first one, all headers are references
 * to the table that it filled. A success is an answer with a message; a call that failed has none.
 */
export class GrpcConversation implements Conversation {
  readonly opening: readonly Buffer[];
  readonly #request: Buffer;
  readonly #dataAt: number;
  #sent: number;
  #unacknowledgedBytes = 0;
  readonly #hasMessage = new Uint8Array(rememberedRequests);

  constructor(topic: Topic, dialect: 'grpc' | 'etcd') {
    const { make, get, set } = (dialect === 'grpc' ? quollCalls : etcdCalls)(topic);
    const call = topic.kind === 'get' ? get : set;
    const { address } = topic;
    const settings = Buffer.alloc(6);
    settings.writeUInt16BE(initialWindowSize, 0);
    settings.writeUInt32BE(windowBytes, 2);
    const begin = Buffer.concat([
      preface,
      http2Frame({ type: frameType.settings, flags: 0, stream: 0 }, settings),
      windowUpdate(windowBytes - windowAtFirst),
    ]);
    // The one that makes the key fills no table, for it is of another method.
    const made = requestOf(headersOf(make.method, address, literal), make.message);
    const first = requestOf(headersOf(call.method, address, literalForTable), call.message);
    writeNumber(made.bytes, 0, made.dataAt);
    writeNumber(first.bytes, 1, first.dataAt);
    this.opening = [Buffer.concat([begin, made.bytes]), first.bytes];
    const { bytes, dataAt } = requestOf(referencesToTable, call.message);
    this.#request = bytes;
    this.#dataAt = dataAt;
    this.#sent = this.opening.length;
  }

  requests(count: number): Buffer {
    const request = this.#request;
    const bytes = Buffer.allocUnsafe(request.length * count);
    for (let at = 0; at < bytes.length; at += request.length) {
      request.copy(bytes, at);
      writeNumber(bytes.subarray(at, at + request.length), this.#sent++, this.#dataAt);
    }
    return bytes;
  }

  take(bytes: Buffer, sink: AnswerSink): number {
    let at = 0;
    while (bytes.length - at >= frameHeadBytes) {
      const end = at + frameHeadBytes + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      this.#takeFrame(bytes.subarray(at, end), sink);
      at = end;
    }
    return at;
  }

  #takeFrame(frame: Buffer, sink: AnswerSink): void {
    const flags = frame[4] ?? 0;
    const stream = streamOf(frame);
    const request = (stream - 1) / 2;
    const slot = request % rememberedRequests;
    const type = frame[3] ?? frameType.data;
    switch (type) {
      case frameType.data:
        if (frame.length > frameHeadBytes) this.#hasMessage[slot] = 1;
        this.#credit(frame.length - frameHeadBytes, sink);
        return;
      case frameType.headers:
        if ((flags & flag.endStream) === 0) return;
        if (this.#hasMessage[slot] === 0) {
          sink.failed(`call ${String(request)} failed: ${frame.toString('latin1')}`);
        }
        this.#hasMessage[slot] = 0;
        sink.answered(request);
        return;
      case frameType.settings:
      case frameType.ping: {
        if ((flags & flag.ack) !== 0) return;
        const payload = type === frameType.ping ? frame.subarray(frameHeadBytes) : nothing;
        sink.say(http2Frame({ type, flags: flag.ack, stream: 0 }, payload));
        return;
      }
      case frameType.resetStream:
      case frameType.goAway:
        sink.failed(`stream ${String(stream)} was ended: ${frame.toString('latin1')}`);
    }
  }

  #credit(bytes: number, sink: AnswerSink): void {
    this.#unacknowledgedBytes += bytes;
    if (this.#unacknowledgedBytes < creditAfterBytes) return;
    sink.say(windowUpdate(this.#unacknowledgedBytes));
    this.#unacknowledgedBytes = 0;
  }
}

const nothing = Buffer.alloc(0);

function windowUpdate(bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes);
  return http2Frame({ type: frameType.windowUpdate, flags: 0, stream: 0 }, payload);
}

/** Clients' streams are odd. */
function writeNumber(request: Buffer, number: number, dataAt: number): void {
  writeStream(request, 0, number * 2 + 1);
  writeStream(request, dataAt, number * 2 + 1);
}

/** `dataAt`: where the second of its two frames begins. */
function requestOf(headers: Buffer, message: Buffer): { bytes: Buffer; dataAt: number } {
  const head = http2Frame({ type: frameType.headers, flags: flag.endHeaders, stream: 1 }, headers);
  const framed = Buffer.alloc(messageHeadBytes + message.length);
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, messageHeadBytes);
  const data = http2Frame({ type: frameType.data, flags: flag.endStream, stream: 1 }, framed);
  return { bytes: Buffer.concat([head, data]), dataAt: head.length };
}

// HPACK (RFC 7541), as much of it as one kind of request needs. Of the static table: 3 is `:method: POST`, 6 is
// `:scheme: http`, 4 names `:path`, 1 `:authority` and 31 `content-type`.

const postOverHttp = [0x83, 0x86];
/** What `literalForTable` left in the table, the newest first: te, content-type, :authority, :path. */
const referencesToTable = Buffer.from([
  ...postOverHttp,
  0x80 | 65,
  0x80 | 64,
  0x80 | 63,
  0x80 | 62,
]);

interface FieldEncoding {
  /** The bits in front of a name's index, and how many bits are left for that. */
  readonly mark: number;
  readonly indexBits: number;
}

const literal: FieldEncoding = { mark: 0, indexBits: 4 };
const literalForTable: FieldEncoding = { mark: 0x40, indexBits: 6 };

function headersOf(method: string, address: string, encoding: FieldEncoding): Buffer {
  const indexed = (name: number, value: string): Buffer =>
    Buffer.concat([nameIndex(name, encoding), hpackText(value)]);
  return Buffer.concat([
    Buffer.from(postOverHttp),
    indexed(4, method),
    indexed(1, address),
    indexed(31, 'application/grpc'),
    Buffer.from([encoding.mark]),
    hpackText('te'),
    hpackText('trailers'),
  ]);
}

function nameIndex(index: number, { mark, indexBits }: FieldEncoding): Buffer {
  const most = 2 ** indexBits - 1;
  return Buffer.from(index < most ? [mark | index] : [mark | most, index - most]);
}

/** Shorter than 127 bytes. */
function hpackText(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
}

interface Call {
  readonly method: string;
  readonly message: Buffer;
}

interface Calls {
  readonly make: Call;
  readonly get: Call;
  readonly set: Call;
}

function quollCalls({ name, data }: Topic): Calls {
  const path = bytesField(1, `/${name}`);
  const written = Buffer.concat([path, bytesField(2, data)]);
  const set = '/quoll.v1.ZnodeService/Set';
  return {
    // `create` and `parents`.
    make: { method: set, message: Buffer.concat([written, intField(5, 1), intField(6, 1)]) },
    set: { method: set, message: written },
    get: { method: '/quoll.v1.ZnodeService/Get', message: path },
  };
}

function etcdCalls({ name, data }: Topic): Calls {
  const key = bytesField(1, name);
  const put = {
    method: '/etcdserverpb.KV/Put',
    message: Buffer.concat([key, bytesField(2, data)]),
  };
  return { make: put, set: put, get: { method: '/etcdserverpb.KV/Range', message: key } };
}
