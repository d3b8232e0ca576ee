import { readFileSync } from 'node:fs';
import { answerOtherMethod } from './exchange/allow.ts';
import type { Exchange } from './exchange/exchange.ts';

/**
 * Gives what the page may do: run our own files, and ask this peer and the others of its ensemble; no markup out of text,
 * whatever a script does.
 */
function policyFor({ door }: Exchange): string {
  const peers = door.service
    .cluster()
    .peers.flatMap(({ addresses }) => originsOf(addresses.http, door.isSecure ? 'https' : 'http'));
  return (
    `default-src 'none'; script-src 'self'; style-src 'self'; connect-src ${["'self'", ...peers].join(' ')}; img-src data:; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
  );
}

const origin = /^(https?):\/\/([A-Za-z0-9.:[\]_-]+)\/?$/;

/** For requests and for a WebSocket; nothing for an address that could be read as more than one source. */
function originsOf(address: string, ownScheme: string): readonly string[] {
  const [, scheme, authority] =
    origin.exec(address.includes('://') ? address : `${ownScheme}://${address}`) ?? [];
  if (scheme === undefined || authority === undefined) return [];
  return [`${scheme}://${authority}`, `${scheme === 'https' ? 'wss' : 'ws'}://${authority}`];
}

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
} as const;

/** Beside `dist`, in a clone and in the package alike. */
const folder = new URL('../../../../clients/console/', import.meta.url);

function page(name: string, type: keyof typeof types): ConsoleFile {
  let bytes: Buffer | undefined;
  return {
    type: types[type],
    bytes: () => (bytes ??= readFileSync(new URL(`${name}.${type}`, folder))),
  };
}

interface ConsoleFile {
  readonly type: string;
  /** Read once, when it is first asked for: a few kilobytes. */
  readonly bytes: () => Buffer;
}

const files: ReadonlyMap<string, ConsoleFile> = new Map([
  ['/', page('index', 'html')],
  ['/console/console.css', page('console', 'css')],
  ['/console/console.js', page('console', 'js')],
  ['/console/connection.js', page('connection', 'js')],
  ['/console/live.js', page('live', 'js')],
  ['/console/login.js', page('login', 'js')],
  ['/console/members.js', page('members', 'js')],
  ['/console/tree.js', page('tree', 'js')],
]);

/** Answers with the console, a page at `/`, or with what it loads; false when the URL is not one of these. */
export function answerConsole(exchange: Exchange): boolean {
  const file = files.get(exchange.rawPath);
  if (file === undefined) return false;
  try {
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') {
      answerOtherMethod(exchange, 'the console', ['GET', 'HEAD']);
      return true;
    }
    exchange.query([]);
    const headers = ['Content-Type', file.type];
    exchange.send({ status: 200, headers, body: file.bytes(), policy: policyFor(exchange) });
  } catch (error) {
    exchange.fail(error);
  }
  return true;
}
