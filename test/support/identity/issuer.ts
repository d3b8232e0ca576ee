import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SigningKey {
  readonly id: string;
  readonly algorithm: string;
  readonly secret: CryptoKey;
  readonly shown: JWK;
}

export interface TokenTerms {
  readonly subject?: unknown;
  readonly audience?: string;
  readonly issuer?: string;
  /** In seconds from now; null: none. */
  readonly exp?: number | null;
  readonly nbf?: number;
  readonly groups?: unknown;
  readonly key?: string;
}

/** An issuer of tokens on this machine, which goes down and comes back when a test likes. */
export class Issuer {
  readonly #keys = new Map<string, SigningKey>();
  readonly #shown = new Set<string>();
  #server: Server | undefined;
  #port = 0;
  /** How often its keys were asked for. */
  asked = 0;

  static async open(): Promise<Issuer> {
    const issuer = new Issuer();
    await issuer.addKey('first');
    await issuer.up();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  get keys(): { readonly keys: readonly JWK[] } {
    const keys = [...this.#shown].map((id) => this.#key(id).shown);
    return { keys };
  }

  /** On the same port as before. */
  async up(): Promise<void> {
    this.#server = createServer((request, response) => {
      const isDiscovery = request.url === '/.well-known/openid-configuration';
      if (!isDiscovery) this.asked++;
      const document = isDiscovery ? { issuer: this.url, jwks_uri: `${this.url}/keys` } : this.keys;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(document));
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  async addKey(id: string, algorithm = 'ES256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const shown = { ...(await exportJWK(publicKey)), kid: id, alg: algorithm, use: 'sig' };
    this.#keys.set(id, { id, algorithm, secret: privateKey, shown });
    this.#shown.add(id);
  }

  /** It signs on, with a key that nobody is told of. */
  withdrawKey(id: string): void {
    this.#shown.delete(id);
  }

  sign(terms: TokenTerms = {}): Promise<string> {
    const { subject = 'ann', audience = 'quoll', issuer = this.url, exp = 600, nbf } = terms;
    const { id, algorithm, secret } = this.#key(terms.key ?? 'first');
    const now = Math.floor(Date.now() / 1_000);
    const groups = terms.groups === undefined ? {} : { groups: terms.groups };
    // Said as it is: `setSubject` would take no other than a text.
    const claims: JWTPayload = { ...groups, sub: subject as string };
    const token = new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: id });
    token.setAudience(audience).setIssuer(issuer).setIssuedAt(now);
    if (exp !== null) token.setExpirationTime(now + exp);
    if (nbf !== undefined) token.setNotBefore(now + nbf);
    return token.sign(secret);
  }

  #key(id: string): SigningKey {
    const key = this.#keys.get(id);
    if (key === undefined) throw new Error(`there is no key ${id}`);
    return key;
  }
}
