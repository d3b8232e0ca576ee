import { Metadata, status as statusCode, type sendUnaryData, type ServerUnaryCall } from '#grpc';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { statusToSend, type CallContext, type Status } from './counted-call.ts';
import type { IncomingCall } from './incoming-call.ts';

// Unary calls of which there are many, answered on their HTTP/2 stream: of what a call costs that does nothing, the
// library's part is two fifths. What a client sees is the same, which the contract tests hold; whatever is not
// quite as usual about a call (`isDirect`) is left to the library, and so are all other methods.

/** What a unary handler asks of its call, the library's or a direct one. */
export type UnaryCall = Pick<
  ServerUnaryCall<Buffer, Buffer>,
  'request' | 'metadata' | 'getPeer' | 'getDeadline' | 'getHost' | 'getAuthContext'
>;

export type UnaryHandler = (call: UnaryCall, callback: sendUnaryData<Buffer>) => void;

export interface DirectMethods {
  /** By the path of their method. */
  readonly handlers: ReadonlyMap<string, UnaryHandler>;
  readonly messageBytesMax: number;
}

const timeoutText = /^([1-9]\d{0,7})([HMSm])$/;
const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1 };

/** Says whether a call is as clients make it as a rule. */
export function isDirect(headers: IncomingHttpHeaders): boolean {
  const timeout = headers['grpc-timeout'];
  const encoding = headers['grpc-encoding'];
  return (
    headers[':method'] === 'POST' &&
    headers['content-type']?.startsWith('application/grpc') === true &&
    (encoding === undefined || encoding === 'identity') &&
    (timeout === undefined || timeoutText.test(String(timeout)))
  );
}

/** In front of a message: whether it is compressed, and how long it is. */
const prefixBytes = 5;
const nothing: Buffer = Buffer.alloc(0);

const head = { ':status': 200, 'content-type': 'application/grpc+proto' } as const;
const answerHead = {
  ...head,
  'grpc-accept-encoding': 'identity,deflate,gzip',
  'grpc-encoding': 'identity',
} as const;
const withTrailers = { waitForTrailers: true, endStream: false, sendDate: false } as const;
const done = { 'grpc-status': statusCode.OK, 'grpc-message': 'OK' } as const;

/** One such call: its message is taken, its handler asked, and its answer sent. */
export class DirectCall implements UnaryCall {
  request = nothing;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #context: CallContext;
  readonly #bytesMax: number;
  readonly #deadline: number;
  /** What has come of the message; the rest of it, as a rule there is none. */
  #first = nothing;
  #others: Buffer[] | undefined;
  #receivedBytes = 0;
  #isAnswered = false;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    incoming: IncomingCall,
    messageBytesMax: number,
  ) {
    this.#stream = stream;
    this.#headers = headers;
    this.#context = { incoming };
    this.#bytesMax = messageBytesMax;
    const [, count, unit = ''] = timeoutText.exec(String(headers['grpc-timeout'])) ?? [];
    this.#deadline =
      count === undefined ? Infinity : Date.now() + Number(count) * (unitMs[unit] ?? 0);
    incoming.end = (status) => {
      this.#fail(status);
    };
  }

  get metadata(): Metadata {
    return Metadata.fromHttp2Headers(this.#headers);
  }

  begin(handler: UnaryHandler): void {
    const { refusal } = this.#context.incoming;
    if (refusal !== undefined) {
      this.#fail(refusal);
      return;
    }
    this.#context.incoming.take = (part) => {
      this.#take(part);
    };
    this.#stream.on('end', () => {
      this.#ask(handler);
    });
  }

  getPeer(): string {
    const { remoteAddress = '', remotePort = 0 } = this.#stream.session?.socket ?? {};
    return `${remoteAddress}:${String(remotePort)}`;
  }

  getDeadline(): number {
    return this.#deadline;
  }

  getHost(): string {
    return this.#headers[':authority'] ?? this.#headers.host ?? '';
  }

  getAuthContext(): CallContext {
    return this.#context;
  }

  /** One message and nothing more. */
  #take(part: Buffer): void {
    if (this.#isAnswered) return;
    this.#receivedBytes += part.length;
    if (this.#first.length === 0) this.#first = part;
    else if (this.#first.length < prefixBytes) this.#first = Buffer.concat([this.#first, part]);
    else (this.#others ??= []).push(part);
    if (this.#first.length < prefixBytes) return;
    const bytes = this.#first.readUInt32BE(1);
    if (bytes > this.#bytesMax) {
      const sizes = `${String(bytes)} vs ${String(this.#bytesMax)}`;
      this.#refuse(statusCode.RESOURCE_EXHAUSTED, `Received message larger than max (${sizes})`);
    } else if (this.#receivedBytes > prefixBytes + bytes) {
      this.#refuse(statusCode.UNIMPLEMENTED, `Received a second request message${this.#where()}`);
    }
  }

  #ask(handler: UnaryHandler): void {
    if (this.#isAnswered) return;
    const first = this.#first;
    if (first.length < prefixBytes || this.#receivedBytes < prefixBytes + first.readUInt32BE(1)) {
      this.#refuse(statusCode.UNIMPLEMENTED, `Received no request message${this.#where()}`);
      return;
    }
    const others = this.#others;
    const whole = others === undefined ? first : Buffer.concat([first, ...others]);
    this.#forget();
    this.request = whole.subarray(prefixBytes);
    handler(this, (error, message) => {
      if (error !== null) this.#fail(error);
      else this.#answer(message ?? nothing);
    });
  }

  #forget(): void {
    this.#first = nothing;
    this.#others = undefined;
  }

  #answer(message: Buffer): void {
    const stream = this.#stream;
    if (!this.#mayAnswer()) return;
    const framed = Buffer.allocUnsafe(prefixBytes + message.length);
    framed[0] = 0;
    framed.writeUInt32BE(message.length, 1);
    framed.set(message, prefixBytes);
    stream.respond(answerHead, withTrailers);
    stream.on('wantTrailers', () => {
      stream.sendTrailers(done);
    });
    stream.end(framed);
  }

  /** As the library says it, of whichever kind the method is. */
  #where(): string {
    return ` for server streaming method ${this.#headers[':path'] ?? ''}`;
  }

  #refuse(code: statusCode, details: string): void {
    this.#end({ code, details });
  }

  #fail(error: Parameters<Parameters<UnaryHandler>[1]>[0] & object): void {
    this.#end(statusToSend(error));
  }

  /** A status without an answer is all in one head. */
  #end({ code, details, metadata }: Status): void {
    if (!this.#mayAnswer()) return;
    this.#forget();
    const status = { 'grpc-status': code, 'grpc-message': encodeURI(details) };
    this.#stream.respond(
      { ...status, ...head, ...metadata?.toHttp2Headers() },
      { endStream: true },
    );
  }

  /** Once, and not when its client has left. */
  #mayAnswer(): boolean {
    const { destroyed, closed } = this.#stream;
    if (this.#isAnswered || destroyed || closed) return false;
    this.#isAnswered = true;
    return true;
  }
}
