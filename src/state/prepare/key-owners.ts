import { utf8 } from '../../base/bytes.ts';
import { keyHolder } from '../../model/idempotency-key.ts';
import type { RequestContext } from '../../model/request.ts';

const nameBytes = 8;

/**
 * Names who pays for an idempotency key with a share of what is remembered: whoever has proved who they are, else the
 * session, else the address. The name is a hash, short whatever an identity is, and tells nobody who it was.
 */
export class KeyOwners {
  readonly #sha256: (bytes: Uint8Array) => Uint8Array;
  /** Many requests in a row are of one owner. */
  #last = { owner: '', name: '' };

  /** `sha256`: pure. */
  constructor(sha256: (bytes: Uint8Array) => Uint8Array) {
    this.#sha256 = sha256;
  }

  of(context: RequestContext): string {
    const owner = ownerOf(context);
    if (this.#last.owner !== owner) this.#last = { owner, name: this.#nameOf(owner) };
    return this.#last.name;
  }

  #nameOf(owner: string): string {
    const hash = this.#sha256(utf8(owner)).subarray(0, nameBytes);
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}

function ownerOf({ identities, session }: RequestContext): string {
  const holder = keyHolder(identities);
  if (holder !== undefined) return holder;
  if (session !== undefined) return `session ${session}`;
  const address = identities.find(({ scheme }) => scheme === 'ip');
  return address === undefined ? 'nobody' : `ip ${address.id}`;
}
