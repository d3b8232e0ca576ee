import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';

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

/** Asks a peer, and resolves with any answer. Rejects with `CommandFailed` when there was none. */
export function askPeer(base: URL, ask: RestAsk): Promise<RestAnswer> {
  const request = base.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error & { code?: string }): void => {
      reject(noPeerAnswers(base, cause.code ?? cause.message, cause));
    };
    const { method, path, headers = {}, body, signal } = ask;
    // With a body, a length of its own: bytes in chunks could not be refused before they were sent.
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
    const outgoing = request(base, {
      method,
      path,
      headers: { ...headers, ...length },
      ...(signal !== undefined && { signal }),
    });
    outgoing.setTimeout(ask.patienceMs ?? defaultPatienceMs, () =>
      outgoing.destroy(new Error('no answer in time')),
    );
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

/** Asks a peer, and resolves with its answer to a success; rejects with its problem as a `CommandFailed`. */
export async function askForSuccess(base: URL, ask: RestAsk): Promise<RestAnswer> {
  const answer = await askPeer(base, ask);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw failureOf(answer);
}

/** Reads the JSON object that the peer promises; anything else is not a peer's answer. */
export function documentOf(answer: RestAnswer): Readonly<Record<string, unknown>> {
  const document = parseObject(answer.body);
  if (document !== undefined) return document;
  throw new CommandFailed(exitCode.error, 'That was not the answer of a Quoll peer', {
    hint: 'Check the URL: --url or QUOLL_URL.',
  });
}

function noPeerAnswers(base: URL, reason: string, cause: unknown): CommandFailed {
  return new CommandFailed(exitCode.unavailable, `No peer answers at ${base.origin} (${reason})`, {
    hint:
      'Start an ensemble with: quoll dev\n' +
      'Or name a peer that runs: --url http://HOST:PORT, or the variable QUOLL_URL.',
    cause,
  });
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
  return new CommandFailed(exitCodeOf(answer.status, text('code')), title, {
    hint: hints.filter((hint) => hint !== '').join('\n'),
    problem,
  });
}

function exitCodeOf(status: number, code: string): number {
  if (code === 'NONODE' || code === 'NOPARENT') return exitCode.notFound;
  if (code === 'LOCKHELD' || code === 'LOCKLOST') return exitCode.notHeld;
  if (status === 412 || code === 'BADVERSION') return exitCode.versionConflict;
  // 429 and 507 refuse for now, 503 has no leader, 504 does not know.
  return [429, 503, 504, 507].includes(status) ? exitCode.unavailable : exitCode.error;
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
