import { fromUtf8, utf8 } from '../../base/bytes.ts';
import { nameOf, parentOf, type ZnodePath } from '../../model/path.ts';
import type { Usage } from './quota-usage.ts';
import { rootId, type ZnodeTree } from '../tree/znode-tree.ts';

const quotaRoot = '/zookeeper/quota';
const limitsName = 'zookeeper_limits';
const statsName = 'zookeeper_stats';

/** The innermost quota that covers a path. */
export interface Quota {
  /** The znode `zookeeper_limits`, whose data says what is allowed. */
  readonly limits: number;
  /** The znode `zookeeper_stats`, which counts; 0 when there is none, and then nothing is counted. */
  readonly stats: number;
}

/**
 * Counts what is under a quota, as ZooKeeper's DataTree does: a change counts for the innermost quota alone, and
 * `zookeeper_stats` begins with all that is there when it is created. The znodes under /zookeeper/quota are all there
 * is to know: nothing is kept beside them.
 */
export class Quotas {
  readonly #tree: ZnodeTree;
  /** Never deleted, so its id stays. */
  readonly #root: number;

  constructor(tree: ZnodeTree) {
    this.#tree = tree;
    this.#root = tree.find(quotaRoot);
  }

  created(path: ZnodePath, id: number): void {
    if (this.#isIdle) return;
    if (nameOf(path) === statsName && path.startsWith(`${quotaRoot}/`)) this.#countAnew(id, path);
    this.#add(path, 1, this.#tree.dataLength(id));
  }

  changed(path: ZnodePath, bytes: number): void {
    this.#add(path, 0, bytes);
  }

  /** Counts a znode off, after it is gone: a quota that went with it counts no more. */
  deleted(path: ZnodePath, bytes: number): void {
    this.#add(path, -1, -bytes);
  }

  /**
   * Gives the innermost quota of a path: goes down it and below /zookeeper/quota side by side. A quota of the root
   * itself is not kept.
   */
  covering(path: ZnodePath): Quota | undefined {
    let at = this.#root;
    let found: Quota | undefined;
    if (this.#isIdle) return undefined;
    for (const name of path.slice(1).split('/')) {
      at = this.#tree.child(at, name);
      if (at === 0) break;
      const limits = this.#tree.child(at, limitsName);
      if (limits !== 0) found = { limits, stats: this.#tree.child(at, statsName) };
    }
    return found;
  }

  /** Gives the path of what the quota covers. */
  pathOf({ limits }: Quota): ZnodePath {
    return parentOf(this.#tree.path(limits)).slice(quotaRoot.length) as ZnodePath;
  }

  /** Gives the limits above which a change is refused where quotas are enforced; undefined for no such limit. */
  hardLimits({ limits }: Quota): { readonly [What in keyof Usage]: number | undefined } {
    const track = parseTrack(this.#tree.znodes.data(limits));
    const limit = (key: string): number | undefined => {
      const value = track?.get(key) ?? -1;
      return value > -1 ? value : undefined;
    };
    return { count: limit('countHardLimit'), bytes: limit('byteHardLimit') };
  }

  /** Gives what is used, as counted; undefined where nothing is. */
  used({ stats }: Quota): Usage | undefined {
    const track = stats === 0 ? undefined : parseTrack(this.#tree.znodes.data(stats));
    return track && usageIn(track);
  }

  get #isIdle(): boolean {
    return this.#root === 0 || this.#tree.numChildren(this.#root) === 0;
  }

  #add(path: ZnodePath, count: number, bytes: number): void {
    const stats = this.covering(path)?.stats ?? 0;
    if (stats === 0 || (count === 0 && bytes === 0)) return;
    const track = parseTrack(this.#tree.znodes.data(stats));
    // Somebody wrote there what is no count, and it stays so until the stats are made anew.
    if (track === undefined) return;
    const used = usageIn(track);
    track.set('count', used.count + count);
    track.set('bytes', used.bytes + bytes);
    this.#tree.replaceData(stats, utf8(formatTrack(track)));
  }

  #countAnew(stats: number, path: ZnodePath): void {
    const covered = parentOf(path).slice(quotaRoot.length);
    const { count, bytes } = this.#usage(covered === '' ? rootId : this.#tree.find(covered));
    const track = new Map([
      ['count', count],
      ['bytes', bytes],
    ]);
    this.#tree.replaceData(stats, utf8(formatTrack(track)));
  }

  /** Of the znode and all below it; nothing when there is none. */
  #usage(top: number): Usage {
    if (top === 0) return { count: 0, bytes: 0 };
    const tree = this.#tree;
    return { count: 1 + tree.below(top), bytes: tree.dataLength(top) + tree.bytesBelow(top) };
  }
}

/** ZooKeeper's StatsTrack: `key=long` between "," or ";". Undefined for anything else. */
function parseTrack(data: Uint8Array | null): Map<string, number> | undefined {
  const track = new Map<string, number>();
  const text = data === null ? '' : decoded(data);
  if (text === undefined) return undefined;
  for (const pair of text.split(/[,;]+/)) {
    if (pair === '') continue;
    const [, key, value] = /^([^=]+)=([+-]?\d{1,19})(?:=|$)/.exec(pair) ?? [];
    if (key === undefined || value === undefined) return undefined;
    track.set(key, Number(value));
  }
  return track;
}

/** What is not said is -1, as in ZooKeeper. */
function usageIn(track: ReadonlyMap<string, number>): Usage {
  return { count: track.get('count') ?? -1, bytes: track.get('bytes') ?? -1 };
}

function decoded(data: Uint8Array): string | undefined {
  try {
    return fromUtf8(data);
  } catch {
    return undefined;
  }
}

/** `count` first, `bytes` second, and an "=" more before the rest, for parsers as old as ZooKeeper 3.4. */
function formatTrack(track: ReadonlyMap<string, number>): string {
  const { count, bytes } = usageIn(track);
  const counted = `count=${String(count)},bytes=${String(bytes)}`;
  const others = [...track.keys()].filter((key) => key !== 'count' && key !== 'bytes').sort();
  if (others.length === 0) return counted;
  return `${counted}=${others.map((key) => `;${key}=${String(track.get(key))}`).join('')}`;
}
