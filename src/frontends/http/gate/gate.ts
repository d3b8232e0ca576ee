import type { IncomingHttpHeaders } from 'node:http';
import { ownHostNames } from '../../../wire/host-names.ts';
import { changesState } from '../exchange/changes-state.ts';
import { declaredBytes, isEmptyByRule, emptyBodyBytesMax } from '../exchange/empty-body.ts';
import { Problem } from '../exchange/problem.ts';
import { authorityOf, isHost, takeTarget, type TargetedRequest } from './request-target.ts';

// What every request of this door passes before anything looks at it, health checks and unknown routes included:
// framing that two parsers could read differently, a Host that is not ours (DNS rebinding), and changes asked for by
// another site's page (CSRF). The checks read headers alone.

export interface GateOptions {
  /** Names besides the loopback ones that this peer is called by; with a port, that port alone. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may call us: `https://ops.example`, or `http://127.0.0.1:*` for any port. */
  readonly allowedOrigins: readonly string[];
  /**
   * Paths that are answered whatever `Host` says: probes and scrapers ask by the address that they found, and nothing there
   * is a secret.
   */
  readonly anyHostPaths?: ReadonlySet<string>;
  /** TLS is spoken here: a page that came without it is none of ours, whoever put it there. */
  readonly isSecure?: boolean;
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
  /** Has a target in absolute form taken as the path that it means: to be called ahead of all else. */
  takeTarget(request: TargetedRequest): void;
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
  const mayNameUs = (request: GateRequest): boolean => {
    const { host } = request.headers;
    if (host === undefined || isOwnHost(host)) return true;
    const [path = ''] = (request.url ?? '').split('?', 1);
    return options.anyHostPaths?.has(path) === true;
  };
  const checkAll = (request: GateRequest, asksOrigin: boolean): Problem | undefined =>
    checkFraming(request) ??
    checkRepeats(request.rawHeaders) ??
    checkHost(request) ??
    checkTarget(request) ??
    (mayNameUs(request) ? undefined : foreignHost()) ??
    (asksOrigin ? checkOrigin(request, origins, options.isSecure === true) : undefined);
  return {
    takeTarget(request) {
      takeTarget(request, isOwnHost);
    },
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
  const encoding = request.headers['transfer-encoding'];
  if (
    encoding !== undefined &&
    (encoding.toLowerCase() !== 'chunked' || request.httpVersionMinor < 1)
  ) {
    return malformed('the only Transfer-Encoding taken is "chunked", in HTTP/1.1');
  }
  // What is shorter, or comes in chunks, is looked at when it is here: it may say nothing.
  if (isEmptyByRule(request.method) && declaredBytes(request.headers) > emptyBodyBytesMax) {
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

/** Only HTTP/1.0 has requests without a Host (RFC 9112, section 3.2), and no browser speaks that. */
function checkHost({ headers, httpVersionMinor }: GateRequest): Problem | undefined {
  const { host } = headers;
  if (host === undefined && httpVersionMinor === 0) return undefined;
  if (host === undefined || host === '') {
    return malformed('a Host header is needed: the name that you reach this peer by');
  }
  return isHost(host) ? undefined : malformed('the Host header is no name and no address');
}

/** A path, or `*` with OPTIONS. What is still in absolute form is not meant for this peer. */
function checkTarget({ method, url = '' }: GateRequest): Problem | undefined {
  if (url.startsWith('/') || (url === '*' && method === 'OPTIONS')) return undefined;
  const authority = authorityOf(url);
  return authority !== undefined && isHost(authority)
    ? foreignHost()
    : malformed('the request target must be a path that starts with "/"');
}

function foreignHost(): Problem {
  return new Problem(
    'foreignHost',
    'this peer does not answer to that Host: use a loopback name, or add the name to the allowed hosts of its configuration',
    { closes: true },
  );
}

/**
 * A browser says who asks, in `Sec-Fetch-Site` or `Origin`; what says neither is no browser, and may. No page can send the
 * first in its own words, so `same-origin` there is enough, whatever a proxy made of Host.
 */
function checkOrigin(
  request: GateRequest,
  origins: readonly string[],
  isSecure: boolean,
): Problem | undefined {
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin') return undefined;
  const origin = request.headers.origin?.toLowerCase();
  if (origin !== undefined) {
    const isOwn = isOwnOrigin(origin, request.headers.host, isSecure);
    if (isOwn || isListed(origin, origins)) return undefined;
    return foreign(`a page of another origin may not change anything here`);
  }
  if (site === undefined || site === 'none') return undefined;
  return foreign('a page of another site may not change anything here');
}

/**
 * Where none is spoken here, TLS may end at a proxy, which the browser says `https` to: the scheme alone makes no other
 * site then.
 */
function isOwnOrigin(origin: string, host: string | undefined, isSecure: boolean): boolean {
  const [, scheme, authority] = /^(https?):\/\/(.+)$/.exec(origin) ?? [];
  return (
    authority !== undefined &&
    !(isSecure && scheme === 'http') &&
    host !== undefined &&
    withoutDefaultPort(authority) === withoutDefaultPort(host.toLowerCase())
  );
}

function withoutDefaultPort(authority: string): string {
  return authority.replace(/:(?:80|443)?$/, '');
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
    `${what}: add its origin to the allowed origins of the configuration (http.allowedOrigins)`,
  );
}

function malformed(detail: string): Problem {
  return new Problem('malformedHttp', detail, { closes: true });
}
