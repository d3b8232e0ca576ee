import { broken } from '../../base/assert.ts';
import { openAcl, type Acl } from '../../model/acl.ts';
import { hashText } from '../digest/mixing.ts';

/** Of an entry without its texts. */
const aclEntryBytes = 100;

interface InternedAcl {
  readonly id: number;
  readonly acl: Acl;
  readonly key: string;
  readonly hash: number;
  references: number;
}

/**
 * Each distinct ACL once, counted by the znodes that have it. Ids differ between peers and are never used again, so
 * that a snapshot in the making may name them; what is replicated is the ACL.
 */
export class AclTable {
  readonly #byId = new Map<number, InternedAcl>();
  readonly #byKey = new Map<string, InternedAcl>();
  #lastId = 0;
  #bytes = 0;
  /** A run of znodes with one ACL object (a restore, a multi) pays for its key once. */
  #recent: { readonly source: Acl; readonly interned: InternedAcl } | undefined;

  /** What all of them take in memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Gives the id of this ACL, with one reference more. */
  acquire(acl: Acl): number {
    if (this.#recent?.source === acl && this.#recent.interned.references > 0) {
      this.#recent.interned.references++;
      return this.#recent.interned.id;
    }
    const key = keyOf(acl);
    let interned = this.#byKey.get(key);
    if (interned === undefined) {
      const id = ++this.#lastId;
      interned = { id, acl: copyOf(acl, key), key, hash: hashText(key), references: 0 };
      this.#byKey.set(key, interned);
      this.#byId.set(id, interned);
      this.#bytes += aclMemoryBytes(interned.acl);
    }
    interned.references++;
    this.#recent = { source: acl, interned };
    return interned.id;
  }

  release(id: number): void {
    const interned = this.#interned(id);
    interned.references--;
    if (interned.references > 0) return;
    this.#byId.delete(id);
    this.#bytes -= aclMemoryBytes(interned.acl);
    this.#byKey.delete(interned.key);
  }

  acl(id: number): Acl {
    return this.#interned(id).acl;
  }

  hash(id: number): number {
    return this.#interned(id).hash;
  }

  #interned(id: number): InternedAcl {
    const interned = this.#byId.get(id);
    if (interned === undefined) throw broken('an ACL that a znode names is interned', { id });
    return interned;
  }
}

/** Says what an ACL takes in memory, about; nothing for the open one, which nearly all znodes share. */
export function aclMemoryBytes(acl: Acl): number {
  if (acl === openAcl) return 0;
  let bytes = 0;
  for (const { scheme, id } of acl) bytes += aclEntryBytes + scheme.length + id.length;
  return bytes;
}

function copyOf(acl: Acl, key: string): Acl {
  if (key === openKey) return openAcl;
  return Object.freeze(
    acl.map(({ permissions, scheme, id }) => Object.freeze({ permissions, scheme, id })),
  );
}

/** Lengths keep apart what concatenation would run together. */
function keyOf(acl: Acl): string {
  let key = '';
  for (const { permissions, scheme, id } of acl) {
    key += `${String(permissions)} ${String(scheme.length)} ${scheme}${String(id.length)} ${id}`;
  }
  return key;
}

const openKey = keyOf(openAcl);
