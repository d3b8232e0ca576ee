import {
  Client,
  credentials,
  Metadata,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { fromJSON, type MessageTypeDefinition } from '@grpc/proto-loader';
import assert from 'node:assert/strict';

export interface CallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

/** The service definitions, with which a method is named: `client.call(znodes.Create, {...})`. */
export {
  authService as auth,
  clusterService as cluster,
  electionService as elections,
  lockService as locks,
  sessionService as sessions,
  watchService as watches,
  znodeService as znodes,
} from '../../src/frontends/grpc/messages/protocol.ts';

export interface Method<Request, Response> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Response;
}

/** One connection, as any client of the door would have it. */
export class GrpcClient {
  readonly #client: Client;

  /** `as`: who it is; without TLS unless told. */
  constructor(target: string, options: object = {}, as = credentials.createInsecure()) {
    this.#client = new Client(target, as, {
      // A connection of its own: one test's is not another's.
      'grpc.use_local_subchannel_pool': 1,
      // Over TLS no address goes as the name of the server (RFC 6066); the keys of tests name this one too.
      'grpc.ssl_target_name_override': 'localhost',
      ...options,
    });
  }

  /** A unary call; without a deadline of its own it gets one that only a stuck test meets. */
  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    return this.cancellable(method, request, options).response;
  }

  cancellable<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    { metadata = {}, deadlineMs = 30_000 }: CallOptions = {},
  ): { readonly response: Promise<Response>; cancel(): void } {
    let call: ClientUnaryCall | undefined;
    const response = new Promise<Response>((resolve, reject) => {
      call = this.#client.makeUnaryRequest(
        method.path,
        (value: Request) => method.requestSerialize(value),
        (bytes) => method.responseDeserialize(bytes),
        request,
        metadataOf(metadata),
        { deadline: Date.now() + deadlineMs },
        (error, answer) => {
          if (error !== null) reject(error);
          else if (answer === undefined) reject(new Error('neither answer nor error'));
          else resolve(answer);
        },
      );
    });
    return { response, cancel: () => call?.cancel() };
  }

  stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    { metadata = {} }: Pick<CallOptions, 'metadata'> = {},
  ): ClientReadableStream<Response> {
    return this.#client.makeServerStreamRequest(
      method.path,
      (value: Request) => method.requestSerialize(value),
      (bytes) => method.responseDeserialize(bytes),
      request,
      metadataOf(metadata),
    );
  }

  duplex<Request, Response>(
    method: Method<Request, Response>,
    { metadata = {} }: Pick<CallOptions, 'metadata'> = {},
  ): ClientDuplexStream<Request, Response> {
    return this.#client.makeBidiStreamRequest(
      method.path,
      (value: Request) => method.requestSerialize(value),
      (bytes) => method.responseDeserialize(bytes),
      metadataOf(metadata),
    );
  }

  close(): void {
    this.#client.close();
  }
}

/** All messages of a stream, and how it ended: undefined for OK. */
export async function collected<Response>(
  stream: ClientReadableStream<Response>,
): Promise<{ readonly messages: readonly Response[]; readonly error: unknown }> {
  const messages: Response[] = [];
  try {
    for await (const message of stream) messages.push(message as Response);
    return { messages, error: undefined };
  } catch (error) {
    return { messages, error };
  }
}

function metadataOf(pairs: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(pairs)) metadata.set(key, value);
  return metadata;
}

const text = (id: number): object => ({ type: 'string', id });
const richErrors = fromJSON(
  {
    nested: {
      Status: {
        fields: {
          code: { type: 'int32', id: 1 },
          message: text(2),
          details: { rule: 'repeated', type: 'Detail', id: 3 },
        },
      },
      Detail: { fields: { typeUrl: text(1), value: { type: 'bytes', id: 2 } } },
      ErrorInfo: {
        fields: {
          reason: text(1),
          domain: text(2),
          metadata: { keyType: 'string', type: 'string', id: 3 },
        },
      },
      RetryInfo: { fields: { retryDelay: { type: 'Delay', id: 1 } } },
      Delay: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    },
  } as Parameters<typeof fromJSON>[0],
  { longs: Number, defaults: true },
);

function parse(name: string, bytes: Buffer): object {
  const type = richErrors[name] as unknown as MessageTypeDefinition<object, object>;
  return type.deserialize(bytes);
}

/** What an error says beyond its status. */
export interface RichError {
  readonly code: number;
  readonly detail: string;
  readonly reason: string;
  readonly domain: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly retryAfterSeconds: number | undefined;
}

export function richErrorOf(error: unknown): RichError {
  assert.ok(isServiceError(error), String(error));
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  assert.ok(Buffer.isBuffer(bytes), `no details: ${error.message}`);
  const rich = richErrorFrom(bytes);
  assert.equal(rich.code, error.code);
  assert.equal(rich.detail, error.details);
  return rich;
}

/** Out of `grpc-status-details-bin`. */
export function richErrorFrom(bytes: Buffer): RichError {
  const status = parse('Status', bytes) as { code: number; message: string; details: Detail[] };
  const named = (name: string): Buffer | undefined =>
    status.details.find(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${name}`)
      ?.value;
  const info = parse('ErrorInfo', named('ErrorInfo') ?? assert.fail('no ErrorInfo')) as {
    reason: string;
    domain: string;
    metadata: Record<string, string>;
  };
  const retry = named('RetryInfo');
  return {
    code: status.code,
    detail: status.message,
    reason: info.reason,
    domain: info.domain,
    facts: info.metadata,
    retryAfterSeconds:
      retry === undefined
        ? undefined
        : (parse('RetryInfo', retry) as { retryDelay: { seconds: number } }).retryDelay.seconds,
  };
}

interface Detail {
  readonly typeUrl: string;
  readonly value: Buffer;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error;
}

/** The rich error that a call is refused with; fails when it is not refused. */
export async function refusalOf(work: Promise<unknown>): Promise<RichError> {
  try {
    await work;
  } catch (error) {
    return richErrorOf(error);
  }
  assert.fail('was not refused');
}
