/** An absolute path that passed `parsePath`. `/` is the root. */
export type ZnodePath = string & { readonly __brand: 'ZnodePath' };

export const rootPath = '/' as ZnodePath;

/** The znode that says who the ensemble is made of, in the words of ZooKeeper's dynamic configuration. */
export const zookeeperConfigPath = '/zookeeper/config' as ZnodePath;

/** Why a path is refused, in words that tell the client what to change. */
export interface PathComplaint {
  readonly complaint: string;
}

// ZooKeeper's PathUtils: NUL, C0 and C1 controls, UTF-16 surrogates and the private area above them, U+FFF0..U+FFFF.
const forbiddenCharacter = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

const plain = {};

/**
 * Checks a path by ZooKeeper's rules (its PathUtils). Of one that will get a sequence number the last name is judged with the
 * number on, as ZooKeeper does: it may be empty, `.` or `..`.
 */
export function parsePath(
  text: string,
  options: { readonly sequential?: boolean } = plain,
): ZnodePath | PathComplaint {
  if (text.length === 0) return { complaint: 'a path must not be empty' };
  if (!text.startsWith('/')) return { complaint: `a path must start with "/", got "${text}"` };
  const forbidden = forbiddenCharacter.exec(text);
  if (forbidden !== null) {
    const codePoint = forbidden[0].charCodeAt(0).toString(16).padStart(4, '0');
    return {
      complaint: `character U+${codePoint.toUpperCase()} at position ${String(forbidden.index)} is not allowed in a path`,
    };
  }
  if (text === '/') return rootPath;
  // No array of names: every request's path passes here.
  for (let start = 1; start <= text.length;) {
    const slash = text.indexOf('/', start);
    const end = slash === -1 ? text.length : slash;
    const isLast = end === text.length;
    const complaint =
      isLast && options.sequential === true ? undefined : complaintOf(text, start, end);
    if (complaint !== undefined) return { complaint };
    start = end + 1;
  }
  return text as ZnodePath;
}

/** Says what is wrong with the name that stands there. */
function complaintOf(path: string, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0) {
    return end === path.length ? 'a path must not end in "/"' : 'a path must not contain "//"';
  }
  const isDots = length <= 2 && path.startsWith('.', start) && path.endsWith('.', end);
  return isDots ? `a path must not contain "${path.slice(start, end)}" as a name` : undefined;
}

/** Gives the parent of any path but the root. */
export function parentOf(path: ZnodePath): ZnodePath {
  const slash = path.lastIndexOf('/');
  return (slash <= 0 ? '/' : path.slice(0, slash)) as ZnodePath;
}

/** Gives the last name of a path; empty for the root and for a sequential prefix that ends in `/`. */
export function nameOf(path: ZnodePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function childOf(parent: ZnodePath, name: string): ZnodePath {
  return (parent === '/' ? `/${name}` : `${parent}/${name}`) as ZnodePath;
}

/**
 * Orders texts by Unicode code point, the same on every machine. Plain `<` orders by UTF-16 unit, which is the same
 * thing here because paths hold no surrogates.
 */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
