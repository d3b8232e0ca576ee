import { utf8 } from '../../base/bytes.ts';
import { toHex } from '../../base/hex.ts';
import type { Identity } from '../../model/acl.ts';
import { keyHolder, keyInScope } from '../../model/idempotency-key.ts';
import type { Hash } from '../../ports/hash.ts';

/** Makes of a client's idempotency key the one that the ensemble knows: of its own for whoever has proved who they are. */
export class KeyScopes {
  readonly #hash: Hash;
  /** Many requests in a row are of one holder. */
  #last = { holder: '', scope: '' };

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  of(identities: readonly Identity[], key: string): string {
    const holder = keyHolder(identities);
    if (holder === undefined) return key;
    if (this.#last.holder !== holder) {
      this.#last = { holder, scope: toHex(this.#hash.sha256(utf8(holder))) };
    }
    return keyInScope(this.#last.scope, key);
  }
}
