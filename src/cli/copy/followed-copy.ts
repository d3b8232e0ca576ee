import type { Side } from './side.ts';
import type { SubtreeCopy } from './subtree-copy.ts';

/** Where a copy stands that follows its source. */
export interface Followed {
  /** Changes that were heard of and copied, so far. */
  readonly followed: number;
  /** Heard of and not copied yet; 0 when it is in step. */
  readonly waiting: number;
  /** How long ago the oldest of what was copied last had been heard of. */
  readonly lagMs: number;
}

/**
 * Copies all, then each change as it is told, until the signal; at the end all once more. Only names are taken from what is told: what stands there
 * is read anew, so many changes of one znode cost one, and none that comes late does harm.
 */
export class FollowedCopy {
  readonly #copy: SubtreeCopy;
  readonly #source: { readonly side: Side; readonly root: string };
  readonly #told: (at: Followed) => void;
  /** Paths that have changed, and when that was first heard. */
  #changed = new Map<string, number>();
  #isAllToCopy = false;
  #hasBegun = false;
  #failed: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;
  #followed = 0;

  constructor(
    copy: SubtreeCopy,
    source: { readonly side: Side; readonly root: string },
    told: (at: Followed) => void,
  ) {
    this.#copy = copy;
    this.#source = source;
    this.#told = told;
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => {
      this.#wake();
    };
    signal.addEventListener('abort', stop, { once: true });
    const listening = this.#listen(signal);
    while (!signal.aborted) {
      if (this.#failed !== undefined) throw this.#failed.error;
      if (!this.#hasBegun || !this.#isBehind) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      await this.#catchUp();
    }
    await listening;
    // Setting an ACL is no event, neither in ZooKeeper nor here.
    this.#isAllToCopy = this.#hasBegun;
    await this.#catchUp();
  }

  get #isBehind(): boolean {
    return this.#isAllToCopy || this.#changed.size > 0;
  }

  async #catchUp(): Promise<void> {
    const changed = this.#changed;
    this.#changed = new Map();
    if (this.#isAllToCopy) {
      this.#isAllToCopy = false;
      await this.#copy.all();
    }
    await this.#copy.some(changed.keys());
    this.#followed += changed.size;
    // The first that was put in is the oldest.
    const [oldest = performance.now()] = changed.values();
    this.#told({
      followed: this.#followed,
      waiting: this.#changed.size,
      lagMs: performance.now() - oldest,
    });
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const { side, root } = this.#source;
    try {
      for await (const change of side.changes(root, signal)) {
        if (change.kind === 'path') {
          if (!this.#changed.has(change.path)) this.#changed.set(change.path, performance.now());
        } else {
          this.#isAllToCopy ||= change.kind === 'all' || !this.#hasBegun;
          this.#hasBegun = true;
        }
        this.#wake();
      }
    } catch (error) {
      this.#failed = { error };
      this.#wake();
    }
  }
}
