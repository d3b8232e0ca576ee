import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { digestIdentity } from '../../../src/wire/credentials.ts';
import { askHttps } from '../tls/https-client.ts';
import { until } from '../until.ts';

/** Who may do everything in these tests. */
export const superDigest = digestIdentity('root:all').id;
const authorization = `Basic ${Buffer.from('root:all').toString('base64')}`;

const directory = '/zookeeper/quoll/auth/tokens';

/** A text as `quoll auth token new` makes one. */
export function newTokenText(): string {
  return `quoll_${randomBytes(32).toString('base64url')}`;
}

/** Static tokens of one peer, written as its super user. */
export class StaticTokens {
  readonly #at: { readonly url: string; readonly ca: string };

  constructor(at: { readonly url: string; readonly ca: string }) {
    this.#at = at;
  }

  /** Gives its text. */
  async make(
    name: string,
    more: { readonly groups?: readonly string[]; readonly notAfter?: number | null } = {},
  ): Promise<string> {
    const token = newTokenText();
    await this.#run({
      op: 'create',
      path: `${directory}/${name}`,
      parents: true,
      data: documentOf(token, more),
    });
    return token;
  }

  /** Gives the same token other groups, or another end. */
  async change(
    name: string,
    token: string,
    more: { readonly groups?: readonly string[]; readonly notAfter?: number | null },
  ): Promise<void> {
    await this.#run({ op: 'set', path: `${directory}/${name}`, data: documentOf(token, more) });
  }

  async revoke(name: string): Promise<void> {
    await this.#run({ op: 'delete', path: `${directory}/${name}` });
  }

  async #run(op: object): Promise<void> {
    const { url, ca } = this.#at;
    // Wrong tokens that a test showed before may have used up what this address may guess in a second.
    await until('nobody to be throttled', async () => {
      const { status, body } = await askHttps(`${url}/v1/txn`, {
        ca,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ ops: [op] }),
      });
      assert.ok(status === 200 || status === 429, body);
      return status === 200;
    });
  }
}

function documentOf(token: string, more: object): string {
  const sha256 = createHash('sha256').update(token).digest('hex');
  return JSON.stringify({ sha256, groups: [], notAfter: null, ...more });
}
