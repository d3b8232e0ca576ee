import { type RoleRule, isReservedPath, verbs, type Verb } from '../../model/auth.ts';
import type { ZnodePath } from '../../model/path.ts';

/** What some identities may do while grants are asked for. */
export interface Rights {
  may(verb: Verb, path: ZnodePath): boolean;
  /** There is anything that they may do. */
  readonly isAny: boolean;
  /** All, everywhere, what is reserved too. */
  readonly isAdmin: boolean;
}

/** Of administrators, and of the super user. */
export const allRights: Rights = Object.freeze({ may: () => true, isAny: true, isAdmin: true });

interface Name {
  /** Of this name and all above it: what holds here. */
  bits: number;
  children: Map<string, Name> | undefined;
}

/**
 * Rules made ready to be asked: a tree of the names in their prefixes, where each name has all that the rules above it
 * give. So a question costs as many names as the longest prefix that fits, and nothing for the rest of the path.
 */
export class CompiledRules implements Rights {
  readonly isAdmin = false;
  readonly #top: Name = { bits: 0, children: undefined };

  constructor(rules: Iterable<RoleRule>) {
    for (const { prefix, verbs: granted } of rules) {
      let at = this.#top;
      if (prefix !== '/') for (const name of prefix.slice(1).split('/')) at = childOf(at, name);
      for (const verb of granted) at.bits |= bitOf[verb];
    }
    handDown(this.#top);
  }

  get isAny(): boolean {
    return hasAny(this.#top);
  }

  may(verb: Verb, path: ZnodePath): boolean {
    if (isReservedPath(path)) return false;
    const bit = bitOf[verb];
    let at = this.#top;
    for (let from = 1; at.children !== undefined && from < path.length;) {
      if ((at.bits & bit) !== 0) return true;
      const slash = path.indexOf('/', from);
      const end = slash === -1 ? path.length : slash;
      const next = at.children.get(path.slice(from, end));
      if (next === undefined) break;
      at = next;
      from = end + 1;
    }
    return (at.bits & bit) !== 0;
  }
}

const bitOf = Object.fromEntries(verbs.map((verb, place) => [verb, 1 << place])) as Readonly<
  Record<Verb, number>
>;

function childOf(at: Name, name: string): Name {
  const children = (at.children ??= new Map<string, Name>());
  const known = children.get(name);
  if (known !== undefined) return known;
  const made: Name = { bits: 0, children: undefined };
  children.set(name, made);
  return made;
}

/** Paths are not deep, and neither are prefixes. */
function handDown(at: Name): void {
  for (const child of at.children?.values() ?? []) {
    child.bits |= at.bits;
    handDown(child);
  }
}

function hasAny({ bits, children }: Name): boolean {
  return bits !== 0 || [...(children?.values() ?? [])].some(hasAny);
}
