import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { ClientTls } from './client-tls.ts';
import { tlsFailure } from './tls-failure.ts';

// The client commands' way to a peer. Plain requests instead of fetch: a URL would quietly resolve `..` in a znode's path.

export interface RestAsk {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** With the query, percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** How long an answer is waited for; 30 s unless told. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Above the time that a peer takes before it says that it could not. */
const defaultPatienceMs = 30_000;
/** A machine that is there takes a connection sooner than this. */
const connectPatienceMs = 5_000;

/** Asks a peer, and resolves with any answer. Rejects with `NoAnswer` when there was none. */
export function askPeer(base: URL, ask: RestAsk, tls?: ClientTls): Promise<RestAnswer> {
  const isSecure = base.protocol === 'https:';
  const request = isSecure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let hasConnected = false;
    const fail = (cause: NodeJS.ErrnoException): void => {
      reject(noAnswer(base, cause, { hasConnected, tls }));
    };
    const { method, path, headers = {}, body, signal } = ask;
    // With a body, a length of its own: bytes in chunks could not be refused before they were sent.
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
    const outgoing = request(base, {
      method,
      path: pathBelow(base, path),
      headers: { ...headers, ...length },
      ...(signal !== undefined && { signal }),
      ...(isSecure && tls !== undefined && { agent: tls.agent }),
    });
    const { patienceMs = defaultPatienceMs } = ask;
    const connecting = setTimeout(
      () => outgoing.destroy(new Error('no connection in time')),
      Math.min(connectPatienceMs, patienceMs),
    );
    outgoing.on('socket', (socket) => {
      const connected = (): void => {
        hasConnected = true;
        clearTimeout(connecting);
      };
      if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('close', () => {
      clearTimeout(connecting);
    });
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks) });
      });
    });
    outgoing.end(body);
  });
}

/** Gives a path of the API below the prefix under which a proxy may serve it (`http://proxy/quoll`). */
export function pathBelow(base: URL, path: string): string {
  return `${base.pathname.replace(/\/$/, '')}${path}`;
}

/** Reads the JSON object that the peer promises; anything else is not a peer's answer. */
export function documentOf(answer: RestAnswer): Readonly<Record<string, unknown>> {
  const document = parseObject(answer.body);
  if (document !== undefined) return document;
  throw notOfAPeer();
}

function notOfAPeer(): CommandFailed {
  return new CommandFailed(exitCode.error, 'That was not the answer of a Quoll peer', {
    hint: 'Check the URL: --url or QUOLL_URL.',
  });
}

const nextSteps =
  'Start an ensemble with: quoll dev\n' +
  'Or name a peer that runs: --url http://HOST:PORT, or the variable QUOLL_URL.';

interface NoAnswerFields {
  readonly message: string;
  /** A code (`ECONNREFUSED`), or words. */
  readonly reason: string;
  readonly hint: string;
  /** Somebody does listen there. */
  readonly hasConnected: boolean;
  /** What came instead of an answer, as far as it was kept. */
  readonly said?: Uint8Array | undefined;
  readonly cause: unknown;
}

/** Thrown when a peer gave no answer: nobody listens there, the connection broke, or it took too long. */
export class NoAnswer extends CommandFailed {
  readonly base: URL;
  readonly reason: string;
  readonly hasConnected: boolean;
  readonly said: Uint8Array | undefined;

  constructor(base: URL, { message, reason, hasConnected, said, ...more }: NoAnswerFields) {
    super(exitCode.unavailable, message, more);
    this.base = base;
    this.reason = reason;
    this.hasConnected = hasConnected;
    this.said = said;
  }
}

export function noAnswer(
  base: URL,
  cause: NodeJS.ErrnoException & { readonly rawPacket?: Uint8Array },
  { hasConnected, tls }: { readonly hasConnected: boolean; readonly tls: ClientTls | undefined },
): NoAnswer {
  const ofTls = tlsFailure(cause, { host: base.hostname, caFile: tls?.caFile });
  const reason = ofTls?.reason ?? cause.code ?? cause.message;
  return new NoAnswer(base, {
    message:
      ofTls === undefined
        ? `No peer answers at ${base.origin} (${reason})`
        : `The peer at ${base.origin} is not believed: ${reason}`,
    reason,
    hint: ofTls?.hint ?? nextSteps,
    hasConnected: hasConnected && ofTls === undefined,
    said: cause.rawPacket,
    cause,
  });
}

/** Gives what a command ends with when none of several peers gave what it asked for: what each of them said. */
export function noneOf(failures: readonly PeerFailure[]): CommandFailed {
  const [first] = failures;
  if (first === undefined) throw new Error('no peer was asked');
  if (failures.length === 1) return first.failure;
  const all = failures.map(({ base, failure }) => `${base.origin}: ${reasonOf(failure)}`);
  const isSilence = failures.every(({ failure }) => failure instanceof NoAnswer);
  const refused = failures.find(({ failure }) => !(failure instanceof NoAnswer))?.failure;
  const title = isSilence ? 'No peer answers' : 'No peer can do that now';
  return new CommandFailed(exitCode.unavailable, `${title}; each of ${String(all.length)} said:`, {
    hint: [...all, ...(isSilence ? [nextSteps] : [refused?.hint ?? ''])].join('\n'),
    problem: refused?.problem,
    cause: first.failure,
  });
}

/** Says why this peer was of no use. */
export interface PeerFailure {
  readonly base: URL;
  readonly failure: CommandFailed;
}

function reasonOf(failure: CommandFailed): string {
  return failure instanceof NoAnswer ? failure.reason : failure.message;
}

export function failureOf(answer: RestAnswer): CommandFailed {
  const problem = parseObject(answer.body);
  const text = (key: string): string => {
    const value = problem?.[key];
    return typeof value === 'string' ? value : '';
  };
  const title = text('title') === '' ? `The peer answered ${String(answer.status)}` : text('title');
  const hints = [text('detail')];
  if (typeof problem?.['failedIndex'] === 'number') {
    hints.push(`Op ${String(problem['failedIndex'] + 1)} of the transaction failed.`);
  }
  if (problem?.['applied'] === 'unknown') {
    hints.push('The change may have happened all the same: look before you try again.');
  }
  if (text('code') === 'AUTHFAILED' && text('detail').includes('certificate')) {
    hints.push('Show one: --cert FILE --key FILE, or the variables QUOLL_CERT and QUOLL_KEY.');
  }
  if (problem === undefined) hints.push('Is that a Quoll peer? Check the URL: --url or QUOLL_URL.');
  return new CommandFailed(exitCodeOf(answer.status, text('code')), title, {
    hint: hints.filter((hint) => hint !== '').join('\n'),
    problem,
  });
}

/** Gives what a peer refused by whose answer is still to be read. */
export async function failureIn(response: IncomingMessage): Promise<CommandFailed> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, headers } = response;
  return failureOf({ status, headers, body: Buffer.concat(chunks) });
}

/** Gives what a peer refused by in an event of a stream, which says its status itself. */
export function failureOfProblem(problem: { readonly status: number } | undefined): CommandFailed {
  const body = Buffer.from(JSON.stringify(problem ?? {}));
  return failureOf({ status: problem?.status ?? 0, headers: {}, body });
}

/** Gives the code of a peer's problem (`NONODE`); empty for anything else that failed. */
export function problemCode(error: unknown): string {
  const problem = error instanceof CommandFailed ? error.problem : undefined;
  const code =
    typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : '';
  return typeof code === 'string' ? code : '';
}

function exitCodeOf(status: number, code: string): number {
  if (code === 'NONODE' || code === 'NOPARENT' || code === 'NOMEMBER') return exitCode.notFound;
  if (code === 'LOCKHELD' || code === 'LOCKLOST') return exitCode.notHeld;
  if (status === 412 || code === 'BADVERSION') return exitCode.versionConflict;
  // Whoever finds it out, the mistake is that of the command line.
  if (code === 'BADARGUMENTS') return exitCode.usage;
  // 429 and 507 refuse for now, 502 is a proxy's, 503 has no leader, 504 does not know.
  return [429, 502, 503, 504, 507].includes(status) ? exitCode.unavailable : exitCode.error;
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
