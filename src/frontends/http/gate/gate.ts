import type { IncomingHttpHeaders } from 'node:http';
import { ownHostNames } from '../../../wire/host-names.ts';
import { changesState } from '../exchange/changes-state.ts';
import { Problem } from '../exchange/problem.ts';

// What every request of this door passes before anything looks at it, health checks and unknown routes included:
// framing that two parsers could read differently, a Host that is not ours (DNS rebinding), and changes asked for by
// another site's page (CSRF). The checks read headers alone.

export interface GateOptions {
  /** Names besides the loopback ones that this peer is called by; with a port, that port alone. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may call us: `https://ops.example`, or `http://127.0.0.1:*` for any port. */
  readonly allowedOrigins: readonly string[];
}

/** What the gate looks at: `IncomingMessage` has all of it. */
export interface GateRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersionMajor: number;
  readonly httpVersionMinor: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** Judges requests by their headers, before anything else looks at them. */
export interface Gate {
  /** Says why the request may not go on; undefined when it may. */
  check(request: GateRequest): Problem | undefined;
  /** Does the same for what a page could hold open in another's name, whatever the method says. */
  checkUpgrade(request: GateRequest): Problem | undefined;
  /** Gives the request's Origin when its pages may read our answers: what CORS headers are sent for. */
  readableBy(request: GateRequest): string | undefined;
}

/** Headers that mean something to us only when there is one of them; Node keeps the first and drops the rest. */
const onceOnly = new Set([
  'host',
  'origin',
  'authorization',
  'if-match',
  'if-none-match',
  'idempotency-key',
  'x-session-id',
  'x-session-secret',
  'x-acl',
  'x-lock',
  'x-election',
  'x-fencing-token',
  'x-min-zxid',
  'sec-fetch-site',
  'expect',
]);

export function createGate(options: GateOptions): Gate {
  const isOwnHost = ownHostNames(options.allowedHosts);
  const origins = options.allowedOrigins.map((origin) => origin.toLowerCase());
  const checkAll = (request: GateRequest, asksOrigin: boolean): Problem | undefined =>
    checkFraming(request) ??
    checkRepeats(request.rawHeaders) ??
    checkHost(request.headers.host, isOwnHost) ??
    (asksOrigin ? checkOrigin(request, origins) : undefined);
  return {
    check: (request) => checkAll(request, changesState(request.method)),
    checkUpgrade: (request) => checkAll(request, true),
    readableBy(request) {
      const origin = request.headers.origin?.toLowerCase();
      return origin !== undefined && isListed(origin, origins) ? request.headers.origin : undefined;
    },
  };
}

function checkFraming(request: GateRequest): Problem | undefined {
  if (request.httpVersionMajor < 1) return malformed('HTTP/0.9 is not spoken here: use HTTP/1.1');
  if (request.url?.startsWith('/') !== true) {
    return malformed('the request target must be a path that starts with "/"');
  }
  const encoding = request.headers['transfer-encoding'];
  if (encoding !== undefined && (encoding !== 'chunked' || request.httpVersionMinor < 1)) {
    return malformed('the only Transfer-Encoding taken is "chunked", in HTTP/1.1');
  }
  const hasBody = encoding !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && (request.method === 'DELETE' || !changesState(request.method))) {
    return malformed(`a ${request.method ?? ''} request has no body here: leave it away`);
  }
  return undefined;
}

function checkRepeats(rawHeaders: readonly string[]): Problem | undefined {
  let seen: string[] | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!onceOnly.has(name)) continue;
    if (seen?.includes(name) === true) {
      return malformed(`the header "${name}" is given twice: give it once`);
    }
    (seen ??= []).push(name);
  }
  return undefined;
}

function checkHost(
  given: string | undefined,
  isOwnHost: (host: string) => boolean,
): Problem | undefined {
  if (given === undefined || given === '') {
    return malformed('a Host header is needed: the name that you reach this peer by');
  }
  if (isOwnHost(given)) return undefined;
  return new Problem(
    'foreignHost',
    'this peer does not answer to that Host: use a loopback name, or add the name to the allowed hosts of its configuration',
    { closes: true },
  );
}

/** A browser says who asks, in `Origin` or `Sec-Fetch-Site`; what says neither is no browser, and may. */
function checkOrigin(request: GateRequest, origins: readonly string[]): Problem | undefined {
  const origin = request.headers.origin?.toLowerCase();
  if (origin !== undefined) {
    const sameOrigin = `http://${(request.headers.host ?? '').toLowerCase()}`;
    if (origin === sameOrigin || isListed(origin, origins)) return undefined;
    return foreign(`a page of another origin may not change anything here`);
  }
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined;
  return foreign('a page of another site may not change anything here');
}

function isListed(origin: string, origins: readonly string[]): boolean {
  return origins.some((listed) =>
    listed.endsWith(':*') ? isWithPort(origin, listed.slice(0, -1)) : listed === origin,
  );
}

function isWithPort(origin: string, start: string): boolean {
  return (
    origin === start.slice(0, -1) ||
    (origin.startsWith(start) && /^[0-9]{1,5}$/.test(origin.slice(start.length)))
  );
}

function foreign(what: string): Problem {
  return new Problem(
    'foreignOrigin',
    `${what}: add its origin to the allowed origins of the configuration`,
  );
}

function malformed(detail: string): Problem {
  return new Problem('malformedHttp', detail, { closes: true });
}
