import { childOf, type ZnodePath } from '../../model/path.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { jsonBody, nodesUrl } from './client-command.ts';
import type { PeerRing } from './peer-ring.ts';
import { documentOf, problemCode } from './rest-client.ts';

/** Children that one transaction deletes; peers take up to 1,000 ops (`limits.opsPerMultiMax`). */
const opsPerPartMax = 500;
/** Bytes of one transaction, about: below `limits.requestBytesMax`, and not much work for a peer at a time. */
const bytesPerPartMax = 256 * 1_024;
const opBytes = 60;
/** Somebody who creates as fast as we delete is not outrun. */
const emptyingsMax = 20;

interface Progress {
  /** When it says so, what is on its way is waited for, and nothing more is sent. */
  readonly signal: AbortSignal;
  removed(count: number): void;
}

/**
 * Deletes a tree that is too large for one request: it walks, children before their parents, in transactions of bounded
 * size. Each is done as a whole, so after any of them what is left is a tree, and doing it all again goes on.
 */
export class TreeRemoval {
  readonly #ring: PeerRing;
  readonly #top: ZnodePath;
  readonly #checks: readonly object[];
  readonly #progress: Progress;
  #count = 0;

  /** With a version, no part goes unless that is still the one of `path`. */
  constructor(
    ring: PeerRing,
    top: { readonly path: ZnodePath; readonly version: string | undefined },
    progress: Progress,
  ) {
    this.#ring = ring;
    this.#top = top.path;
    this.#progress = progress;
    const { path, version } = top;
    this.#checks =
      version === undefined ? [] : [{ op: 'check', path, version: Number(version) } as const];
  }

  /** The znodes that are gone so far. */
  get count(): number {
    return this.#count;
  }

  /** True once the tree is gone, false when it was told to end before; rejects with what no part went by. */
  run(): Promise<boolean> {
    return this.#removeWhole(this.#top);
  }

  /** Deletes what is below a znode, then what is left of it with it. */
  async #removeWhole(path: ZnodePath): Promise<boolean> {
    for (let emptyings = 0; emptyings < emptyingsMax; emptyings++) {
      if (!(await this.#removeChildren(path))) return false;
      if (await this.#tryRemove([path])) return true;
    }
    throw new CommandFailed(exitCode.error, `"${path}" does not become empty`, {
      hint: 'Somebody creates there while it is deleted: stop that first, then run this again.',
    });
  }

  /** Always the first page: what was on the one before is gone. */
  async #removeChildren(path: ZnodePath): Promise<boolean> {
    for (;;) {
      const children = await this.#childrenOf(path);
      if (children.length === 0) return true;
      for (const part of partsOf(path, children)) {
        if (!(await this.#removeAll(part))) return false;
      }
    }
  }

  /** Halves what is too much for one transaction; what is too much alone is walked. */
  async #removeAll(paths: readonly ZnodePath[]): Promise<boolean> {
    if (this.#progress.signal.aborted) return false;
    if (await this.#tryRemove(paths)) return true;
    const [only] = paths;
    if (paths.length === 1 && only !== undefined) return this.#removeWhole(only);
    const half = Math.ceil(paths.length / 2);
    return (
      (await this.#removeAll(paths.slice(0, half))) && (await this.#removeAll(paths.slice(half)))
    );
  }

  /** False when it was too much for one transaction. What somebody else deleted meanwhile is left out. */
  async #tryRemove(paths: readonly ZnodePath[]): Promise<boolean> {
    let left = paths;
    while (left.length > 0) {
      const outcome = await this.#transaction(left);
      if (outcome === 'done') return true;
      if (outcome === 'tooLarge') return false;
      left = left.filter((path) => path !== outcome.gone);
    }
    return true;
  }

  async #transaction(
    paths: readonly ZnodePath[],
  ): Promise<'done' | 'tooLarge' | { readonly gone: string }> {
    const deletes = paths.map((path) => ({ op: 'delete', path, recursive: true }));
    try {
      const ops = [...this.#checks, ...deletes];
      const answer = await this.#ring.change({
        method: 'POST',
        path: '/v1/txn',
        ...jsonBody({ ops }),
      });
      this.#add(documentOf(answer)['results']);
      return 'done';
    } catch (error) {
      const code = problemCode(error);
      if (code === 'TOOLARGE') return 'tooLarge';
      const gone = code === 'NONODE' ? failedPath(error) : undefined;
      if (gone === undefined || !paths.some((path) => path === gone)) throw error;
      return { gone };
    }
  }

  #add(results: unknown): void {
    for (const result of Array.isArray(results) ? (results as { deleted?: unknown }[]) : []) {
      if (typeof result.deleted === 'number') this.#count += result.deleted;
    }
    this.#progress.removed(this.#count);
  }

  async #childrenOf(path: ZnodePath): Promise<readonly string[]> {
    try {
      const page = await this.#ring.document({
        method: 'GET',
        path: nodesUrl(path, { children: true }),
      });
      const { children } = page;
      return Array.isArray(children) ? children.filter((name) => typeof name === 'string') : [];
    } catch (error) {
      if (problemCode(error) === 'NONODE') return [];
      throw error;
    }
  }
}

function failedPath(error: unknown): string | undefined {
  const problem = error instanceof CommandFailed ? error.problem : undefined;
  const { path } = (problem ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : undefined;
}

/** Cuts a list of children into what one transaction may delete. */
function* partsOf(parent: ZnodePath, names: readonly string[]): Generator<readonly ZnodePath[]> {
  let part: ZnodePath[] = [];
  let bytes = 0;
  for (const name of names) {
    const path = childOf(parent, name);
    const more = Buffer.byteLength(path) + opBytes;
    if (part.length === opsPerPartMax || (part.length > 0 && bytes + more > bytesPerPartMax)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(path);
    bytes += more;
  }
  if (part.length > 0) yield part;
}
