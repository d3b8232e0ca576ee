import type { IncomingHttpHeaders } from 'node:http';

/** What of a request says where it goes: `IncomingMessage` has all of it. */
export interface TargetedRequest {
  readonly method?: string | undefined;
  url?: string | undefined;
  readonly httpVersionMinor: number;
  readonly headers: IncomingHttpHeaders;
}

/** Authority; path and query. A fragment is no part of a target. */
const absoluteForm = /^https?:\/\/([^/?#]*)([^#]*)$/i;

/** RFC 3986, section 3.2.2, without the literals of addresses to come: what a `Host` may be. */
const hostSyntax =
  /^(?:\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?$/;

export function isHost(text: string): boolean {
  return hostSyntax.test(text);
}

/** Gives the authority of a target in absolute form; undefined when it has another form. */
export function authorityOf(url: string): string | undefined {
  return absoluteForm.exec(url)?.[1];
}

/** Gives the path of a target in either form, without the query. */
export function pathOfTarget(url: string): string {
  const [path = ''] = (absoluteForm.exec(url)?.[2] ?? url).split('?', 1);
  return path;
}

/**
 * Makes of a target in absolute form that names this peer the path that it means; its authority then stands for `Host`
 * (RFC 9112, section 3.2.2). One that the gate has to refuse stays as it is.
 */
export function takeTarget(request: TargetedRequest, isOwnHost: (host: string) => boolean): void {
  const { url = '', headers } = request;
  if (url.startsWith('/')) return;
  const [, authority = '', rest = ''] = absoluteForm.exec(url) ?? [];
  const hasHost =
    headers.host === undefined ? request.httpVersionMinor === 0 : isHost(headers.host);
  if (!hasHost || !isHost(authority) || !isOwnHost(authority)) return;
  headers.host = authority;
  if (rest.startsWith('/')) request.url = rest;
  else request.url = rest === '' && request.method === 'OPTIONS' ? '*' : `/${rest}`;
}
