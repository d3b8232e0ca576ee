import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.ts';

export type QuollClient = Client<paths>;
type Schemas = components['schemas'];
/** What every refusal says: `code` tells which it is, `applied` whether the change may have happened. */
export type Problem = Schemas['Problem'];
export type Stat = Schemas['Stat'];
export type Znode = Schemas['Znode'];
export type Children = Schemas['Children'];
export type Op = Schemas['Op'];
export type Session = Schemas['Session'];

export interface QuollClientOptions {
  /** Of one peer: `http://127.0.0.1:2180`, or `https://…` where TLS is spoken. */
  readonly baseUrl: string;
  /** What `POST /v1/sessions` gave: requests are made in this session, and keep it alive. */
  readonly session?: Pick<Session, 'id' | 'secret'>;
  /** For ACLs of the scheme `digest`. Sent with every request, so over a network that others read only with TLS. */
  readonly digest?: { readonly user: string; readonly password: string };
  /** A static token (`quoll_…`) or a JWT, in place of a digest. Sent with every request: by https:// alone, please. */
  readonly token?: string;
  /** In place of the one that is there: to believe another CA, or to show a certificate. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client whose methods, parameters, bodies and answers are typed by the contract. An answer has `data` or a `Problem` as
 * `error`; only a failed connection throws. Bodies of znodes are text or bytes; read them with `parseAs: 'text'` or
 * `'arrayBuffer'`.
 */
export function createQuollClient({
  baseUrl,
  session,
  digest,
  token,
  fetch,
}: QuollClientOptions): QuollClient {
  const headers: Record<string, string> = {};
  if (session !== undefined) {
    headers['X-Session-Id'] = session.id;
    headers['X-Session-Secret'] = session.secret;
  }
  if (digest !== undefined) {
    const pair = new TextEncoder().encode(`${digest.user}:${digest.password}`);
    headers['Authorization'] = `Basic ${btoa(String.fromCharCode(...pair))}`;
  }
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  return createClient<paths>({
    baseUrl,
    headers,
    bodySerializer,
    ...(fetch !== undefined && { fetch }),
  });
}

/** Data goes as it is; documents go as JSON. */
function bodySerializer(body: unknown): string | Uint8Array | ArrayBuffer | Blob {
  const isData =
    typeof body === 'string' ||
    body instanceof Uint8Array ||
    body instanceof ArrayBuffer ||
    body instanceof Blob;
  return isData ? body : JSON.stringify(body);
}
