import { openAcl, type Acl } from '../../../src/model/acl.ts';
import type { Change, CopiedZnode, Found, Outcome, Side } from '../../../src/cli/copy/side.ts';

/** One end of a copy that is a tree in memory; says what was asked of it, and takes no part in any network. */
export class TreeSide implements Side {
  readonly znodes = new Map<string, CopiedZnode | 'hidden'>();
  /** `read /a`, `create /a/b`, in order. */
  readonly asked: string[] = [];
  /** Called ahead of each change: somebody else may be quicker. */
  before: (what: string) => void = () => undefined;
  readonly #waiting: Change[] = [];
  #wake: () => void = () => undefined;

  constructor(paths: Readonly<Record<string, string>> = {}) {
    this.znodes.set('/', this.#znode(''));
    for (const [path, data] of Object.entries(paths)) this.put(path, data);
  }

  /** As a client of that ensemble would. */
  put(path: string, data: string, more: Partial<CopiedZnode> = {}): void {
    this.znodes.set(path, { ...this.#znode(data), ...more });
  }

  tell(change: Change): void {
    this.#waiting.push(change);
    this.#wake();
  }

  /** Data by path. */
  get content(): Readonly<Record<string, string>> {
    const shown = [...this.znodes].map(([path, znode]): [string, string] => [
      path,
      znode === 'hidden' ? 'hidden' : Buffer.from(znode.data ?? []).toString(),
    ]);
    return Object.fromEntries(shown.sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** How often it was asked for that. */
  count(what: string): number {
    return this.asked.filter((each) => each.startsWith(`${what} `)).length;
  }

  read(path: string): Promise<Found> {
    this.asked.push(`read ${path}`);
    const znode = this.znodes.get(path);
    if (znode === undefined) return Promise.resolve('absent');
    if (znode === 'hidden') return Promise.resolve('hidden');
    return Promise.resolve({ ...znode, numChildren: this.#namesBelow(path).length });
  }

  children(path: string): Promise<readonly string[]> {
    this.asked.push(`children ${path}`);
    return Promise.resolve(this.#namesBelow(path));
  }

  create(path: string, { data, acl }: { data: Uint8Array | null; acl: Acl }): Promise<Outcome> {
    return this.#change(`create ${path}`, () => {
      if (this.znodes.has(path) || !this.znodes.has(parentOf(path))) return 'moved';
      this.znodes.set(path, { data, acl, isEphemeral: false, numChildren: 0 });
      return 'done';
    });
  }

  setData(path: string, data: Uint8Array | null): Promise<Outcome> {
    return this.#change(`setData ${path}`, () => this.#replace(path, { data }));
  }

  setAcl(path: string, acl: Acl): Promise<Outcome> {
    return this.#change(`setAcl ${path}`, () => this.#replace(path, { acl }));
  }

  remove(path: string): Promise<Outcome> {
    return this.#change(`remove ${path}`, () => {
      if (this.#namesBelow(path).length > 0 || !this.znodes.delete(path)) return 'moved';
      return 'done';
    });
  }

  async *changes(_path: string, signal: AbortSignal): AsyncGenerator<Change> {
    const stop = (): void => {
      this.#wake();
    };
    signal.addEventListener('abort', stop, { once: true });
    while (!signal.aborted) {
      yield* this.#waiting.splice(0);
      if (this.#waiting.length > 0 || isAborted(signal)) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #change(what: string, run: () => Outcome): Promise<Outcome> {
    this.asked.push(what);
    this.before(what);
    return Promise.resolve(run());
  }

  #replace(path: string, by: Partial<CopiedZnode>): Outcome {
    const znode = this.znodes.get(path);
    if (znode === undefined || znode === 'hidden') return 'moved';
    this.znodes.set(path, { ...znode, ...by });
    return 'done';
  }

  #namesBelow(path: string): readonly string[] {
    const below = path === '/' ? '/' : `${path}/`;
    return [...this.znodes.keys()]
      .filter((each) => each !== '/' && each.startsWith(below))
      .map((each) => each.slice(below.length))
      .filter((name) => !name.includes('/'));
  }

  #znode(data: string): CopiedZnode {
    return { data: Buffer.from(data), acl: openAcl, isEphemeral: false, numChildren: 0 };
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** Asked anew each time: it changes while something is waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
