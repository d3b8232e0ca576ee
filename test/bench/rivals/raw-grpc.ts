import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';

/** gRPC by hand on one HTTP/2 connection: a client light enough that a benchmark measures the server. */
export class RawGrpc {
  readonly #session: ClientHttp2Session;

  constructor(address: string) {
    this.#session = connect(`http://${address}`, { settings: { initialWindowSize: 1_048_576 } });
    this.#session.on('error', () => undefined);
  }

  unary(method: string, message: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      let answer: Uint8Array | undefined;
      const stream = this.#open(method, (bytes) => (answer = bytes), reject);
      stream.on('trailers', (trailers: IncomingHttpHeaders) => {
        const status = String(trailers['grpc-status']);
        if (status === '0' && answer !== undefined) resolve(answer);
        else reject(new Error(`${method}: status ${status} ${String(trailers['grpc-message'])}`));
      });
      stream.end(framed(message));
    });
  }

  /** Stays open for reading and, unless `ends`, for writing. */
  stream(
    method: string,
    first: Uint8Array,
    options: { readonly ends: boolean; readonly onMessage: (message: Uint8Array) => void },
  ): { write(message: Uint8Array): void } {
    const stream = this.#open(method, options.onMessage, (error) => {
      options.onMessage(Buffer.from(String(error)));
    });
    if (options.ends) stream.end(framed(first));
    else stream.write(framed(first));
    return {
      write: (message) => {
        stream.write(framed(message));
      },
    };
  }

  close(): void {
    this.#session.destroy();
  }

  #open(
    method: string,
    onMessage: (message: Uint8Array) => void,
    onError: (error: Error) => void,
  ): ClientHttp2Stream {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let rest: Buffer = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 5) {
        const end = 5 + rest.readUInt32BE(1);
        if (rest.length < end) break;
        onMessage(rest.subarray(5, end));
        rest = rest.subarray(end);
      }
    });
    stream.on('response', (headers) => {
      const status = headers['grpc-status'];
      if (status !== undefined && status !== '0') {
        onError(
          new Error(`${method}: status ${String(status)} ${String(headers['grpc-message'])}`),
        );
      }
    });
    stream.on('error', onError);
    return stream;
  }
}

function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}
