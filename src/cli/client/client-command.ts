import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseServerId } from '../../model/ids.ts';
import { parsePath, type ZnodePath } from '../../model/path.ts';
import { parseDurationMs } from '../../base/duration.ts';
import { clientSession, clientUrl } from '../../config/load.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { clientToken, type ClientTokenOptions } from './client-token.ts';
import { tlsTo, type ClientTlsOptions } from './client-tls.ts';
import { PeerRing } from './peer-ring.ts';
import type { Terminal } from '../terminal/terminal.ts';

// What the commands that talk to a peer share.

export interface ClientOptions extends ClientTlsOptions, ClientTokenOptions {
  readonly url?: string;
  readonly output: 'text' | 'json';
}

export interface ReadCommandOptions extends ClientOptions {
  readonly consistency?: string;
}

export function withClientOptions(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'the peer to ask (QUOLL_URL, else http://127.0.0.1:2180); of several, with commas, the first that can',
    )
    .addOption(
      new Option('-o, --output <form>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--cacert <file>', 'whose certificates are believed, for https:// (QUOLL_CACERT)')
    .option('--cert <file>', 'the certificate to show, for https:// (QUOLL_CERT)')
    .option('--key <file>', 'its key (QUOLL_KEY)')
    .option('--token-file <file>', 'a file with the token to show (QUOLL_TOKEN_FILE)');
}

export function consistencyOption(): Option {
  return new Option(
    '-c, --consistency <how>',
    'linearizable: the newest; local: what this peer has, also without a quorum',
  ).choices(['linearizable', 'local']);
}

/** Gives the end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

/** Gives the peers to ask, in their order: when one is gone, or can't now, the next is turned to. `token`: in place of what is kept. */
export function ringOf(options: ClientOptions, token?: string): PeerRing {
  const bases = peersOf(options);
  return new PeerRing(bases, {
    tls: tlsTo(bases, options),
    token: token ?? clientToken(options, bases),
  });
}

/** Gives the peers that were named. */
export function peersOf({ url }: ClientOptions): readonly URL[] {
  const given = (url ?? clientUrl()).split(',').map((each) => each.trim());
  const urls = given.filter((each) => each !== '');
  return (urls.length === 0 ? [''] : urls).map(peerUrl);
}

function peerUrl(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CommandFailed(exitCode.usage, `"${given}" is not the URL of a peer`, {
    hint: 'Write http://HOST:PORT, as in http://127.0.0.1:2180, or https:// where TLS is spoken',
  });
}

/** Reads a path as typed, checked before it goes anywhere. */
export function znodePath(typed: string, options: { sequential?: boolean } = {}): ZnodePath {
  const path = parsePath(typed, options);
  if (typeof path === 'string') return path;
  throw new CommandFailed(exitCode.usage, `"${typed}" is not a path: ${path.complaint}`, {
    hint: 'Paths start with / and have no / at their end: /app/config',
  });
}

/** Those that are undefined or false are left out. */
type QueryParameters = Readonly<Record<string, string | boolean | undefined>>;

/** Gives `/v1/nodes/a/b?version=3&create`. */
export function nodesUrl(path: ZnodePath, parameters: QueryParameters = {}): string {
  const names = path === '/' ? '/' : path.split('/').map(encodeURIComponent).join('/');
  return withQuery(`/v1/nodes${names}`, parameters);
}

/** Gives a path of the API with its parameters: `/v1/members?fromVersion=7&force`. */
export function withQuery(path: string, parameters: QueryParameters): string {
  const query = Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? name : `${name}=${encodeURIComponent(value)}`];
  });
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

export interface SessionOptions extends ClientOptions {
  readonly session?: string;
}

export function withSessionOption(command: Command): Command {
  return command.option('--session <id:secret>', 'speak for this session (QUOLL_SESSION)');
}

/** A session, and what makes a request one of its own. */
interface SpokenFor {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Gives the session that a command speaks for; undefined when none was named. */
export function sessionSpokenFor({ session: said }: SessionOptions): SpokenFor | undefined {
  const session = said ?? clientSession();
  if (session === undefined) return undefined;
  const [, id, secret] = /^([1-9][0-9]{0,18}):([A-Za-z0-9_-]{22,86})$/.exec(session) ?? [];
  if (id !== undefined && secret !== undefined) {
    // Authorization is for the token, if there is one.
    return { id, headers: { 'X-Session-Id': id, 'X-Session-Secret': secret } };
  }
  throw new CommandFailed(exitCode.usage, 'That is not a session', {
    hint: 'Write ID:SECRET, as `quoll session open` prints it.',
  });
}

export function neededSession(options: SessionOptions): SpokenFor {
  const session = sessionSpokenFor(options);
  if (session !== undefined) return session;
  throw new CommandFailed(exitCode.usage, 'This needs a session', {
    hint: 'Open one with: export QUOLL_SESSION=$(quoll session open)',
  });
}

/** Gives the parser of an option that counts something: a whole number from 1, of so many digits at the most. */
export function countOption(digitsMax: number): (typed: string) => number {
  return (typed) => {
    if (/^[1-9]\d*$/.test(typed) && typed.length <= digitsMax) return Number(typed);
    throw new InvalidArgumentError('Write a whole number from 1.');
  };
}

/** Parses the version that an option asks for: -1 is any. */
export function versionText(typed: string): string {
  if (/^(-1|\d{1,10})$/.test(typed)) return typed;
  throw new InvalidArgumentError('Write the number that `quoll stat` shows, from 0.');
}

/** Gives what a peer says in a field of its document as a word; `?` when it says none. */
export function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}

/** Gives a zxid, decimal as the peers send it, in hex as logs have it; `?` when it is none. */
export function zxidInHex(value: unknown): string {
  return typeof value === 'string' && /^\d+$/.test(value) ? `0x${BigInt(value).toString(16)}` : '?';
}

/** Reads the number of a peer as typed; `called` says what it is one of, and `shownBy` where those are seen. */
export function peerNumber(
  typed: string,
  { called, shownBy }: { readonly called: string; readonly shownBy: string },
): number {
  const id = parseServerId(typed);
  if (id !== undefined) return id;
  throw new CommandFailed(exitCode.usage, `"${typed}" is not the number of a ${called}`, {
    hint: `The ${called}s and their numbers: ${shownBy}`,
  });
}

/** Gives the milliseconds of `30s`; `what` names the option in the complaint. */
export function durationMs(what: string, typed: string): number {
  const ms = parseDurationMs(typed);
  if (ms !== undefined) return ms;
  throw new CommandFailed(exitCode.usage, `"${typed}" is not a duration (${what})`, {
    hint: 'Write a number with its unit: 500ms, 30s, 5m or 1h.',
  });
}

/** Gives headers and body of a request with a JSON body. */
export function jsonBody(document: unknown): { headers: Record<string, string>; body: Uint8Array } {
  return {
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify(document)),
  };
}

export function writeJson(terminal: Terminal, document: unknown): void {
  terminal.write(`${JSON.stringify(document, null, 2)}\n`);
}
