import { openAcl, type Acl, type AclEntry } from '../../model/acl.ts';
import { childOf, parentOf, rootPath, type ZnodePath } from '../../model/path.ts';
import { BoundedWork } from './bounded-work.ts';
import type { CopiedZnode, Found, Outcome, Side } from './side.ts';

/** Znodes that are looked at at once. */
const znodesAtOnceMax = 64;
/** How often a znode is looked at again that changes meanwhile. */
const looksMax = 20;
/** A digest of which the hash is not shown: to who is no administrator of the znode. */
const maskedId = /:x$/;
/** What an ensemble says of itself, and keeps for itself. */
const reserved = '/zookeeper';

export interface CopyCounts {
  seen: number;
  created: number;
  changed: number;
  removed: number;
  /** Ephemeral, and so not copied: their clients make them again. */
  ephemeral: number;
}

/** What a copy tells while it runs; paths are those of the source. */
export interface CopyListener {
  progress(counts: CopyCounts): void;
  /** What differs, when it is only compared. */
  differs(path: string, what: string): void;
  /** What can't be copied for now, and why; undefined once it is, or is gone. */
  failed(path: string, why: string | undefined): void;
}

export interface CopyOptions {
  readonly from: { readonly side: Side; readonly root: ZnodePath };
  readonly to: { readonly side: Side; readonly root: ZnodePath };
  /** Nothing is changed: each difference is told. */
  readonly compareOnly: boolean;
  /** What only the target has stays. */
  readonly keepExtra: boolean;
}

/** A znode to be copied. */
interface Place {
  readonly path: ZnodePath;
  /** Its parent was created just now, so the target has none yet: it need not be read there. */
  readonly isNew: boolean;
}

/**
 * Makes a subtree equal to another: creates, sets and removes what differs. Each znode is read on both sides before it is
 * changed, so it does the same whether it runs for the first time, again, or while the source changes.
 */
export class SubtreeCopy {
  readonly counts: CopyCounts = { seen: 0, created: 0, changed: 0, removed: 0, ephemeral: 0 };
  readonly #options: CopyOptions;
  readonly #listener: CopyListener;

  constructor(options: CopyOptions, listener: CopyListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Copies all that is there. */
  async all(): Promise<void> {
    const { to, from, compareOnly } = this.#options;
    if (!compareOnly) await this.#makeParents(to.root);
    const work = new BoundedWork<Place>(znodesAtOnceMax, async ({ path, isNew }, add) => {
      const found = await this.#settle(path, isNew);
      this.counts.seen++;
      this.#listener.progress(this.counts);
      for (const name of await this.#namesBelow(path, found)) {
        const child = childOf(path, name);
        if (!this.#isReserved(child)) add({ path: child, isNew: found.isCreated });
      }
    });
    await work.run([{ path: from.root, isNew: false }]);
  }

  /** Copies some znodes, without what is below them unless that goes with them. */
  async some(paths: Iterable<string>): Promise<void> {
    const { root } = this.#options.from;
    const work = new BoundedWork<ZnodePath>(znodesAtOnceMax, async (path) => {
      await this.#settle(path);
      this.#listener.progress(this.counts);
    });
    const below = root === rootPath ? '/' : `${root}/`;
    const ours = [...paths].filter((path) => path === root || path.startsWith(below));
    await work.run((ours as ZnodePath[]).filter((path) => !this.#isReserved(path)));
  }

  /** Those on either side. */
  async #namesBelow(path: ZnodePath, found: Settled): Promise<Iterable<string>> {
    const { from, to } = this.#options;
    const [theirs, ours] = await Promise.all([
      found.hasSource ? from.side.children(path) : [],
      found.hasTarget ? to.side.children(this.#target(path)) : [],
    ]);
    return new Set([...theirs, ...ours]);
  }

  /** Makes one znode of the target what it is in the source. */
  async #settle(path: ZnodePath, isNew = false): Promise<Settled> {
    const target = this.#target(path);
    const { from, to, compareOnly } = this.#options;
    for (let looks = 0; looks < looksMax; looks++) {
      const [source, present] = await Promise.all([
        from.side.read(path),
        isNew && looks === 0 ? absent : to.side.read(target),
      ]);
      if (compareOnly) return this.#compare(path, source, present);
      const outcome = await this.#makeEqual(path, source, present);
      if (outcome === 'done') {
        this.#listener.failed(path, undefined);
        return { ...settledAs(source, present), isCreated: present === 'absent' };
      }
      if (outcome !== 'moved') {
        this.#listener.failed(path, outcome.refused);
        return nothingBelow;
      }
      // Its parent may be missing: created later than this znode was told of, or not copied yet.
      const needsParent = present === 'absent' && path !== from.root;
      if (needsParent && (await this.#settle(parentOf(path))) === nothingBelow) break;
    }
    this.#listener.failed(path, 'its parent could not be copied, or it changes too fast');
    return nothingBelow;
  }

  /** By what was read of both: what changes in the source from then on is told by an event, or seen by the next copy. */
  async #makeEqual(path: ZnodePath, source: Found, present: Found): Promise<Outcome> {
    const target = this.#target(path);
    const { side } = this.#options.to;
    if (source === 'hidden' || present === 'hidden') {
      return { refused: `it may not be read in the ${source === 'hidden' ? 'source' : 'target'}` };
    }
    if (source === 'absent') return this.#removeAll(target, present);
    if (source.isEphemeral) {
      this.counts.ephemeral++;
      return 'done';
    }
    const { data, acl } = source;
    const isShown = acl?.some(isMasked) === false;
    if (present === 'absent') {
      if (!isShown) return { refused: aclHidden };
      return this.#counted('created', await side.create(target, { data, acl }));
    }
    if (!sameData(source, present)) {
      const outcome = this.#counted('changed', await side.setData(target, data));
      if (outcome !== 'done') return outcome;
    }
    if (sameAcl(acl, present.acl)) return 'done';
    if (!isShown || present.acl === undefined) return { refused: aclHidden };
    return this.#counted('changed', await side.setAcl(target, acl));
  }

  #compare(path: ZnodePath, source: Found, present: Found): Settled {
    const differs = (what: string): void => {
      this.#listener.differs(path, what);
    };
    if (source === 'hidden') this.#listener.failed(path, 'it may not be read in the source');
    else if (present === 'hidden') this.#listener.failed(path, 'it may not be read in the target');
    else if (source === 'absent') {
      const isExtra = present !== 'absent' && !present.isEphemeral;
      if (isExtra && !this.#options.keepExtra) differs('only in the target');
    } else if (source.isEphemeral) this.counts.ephemeral++;
    else if (present === 'absent') differs('missing in the target');
    else {
      if (!sameData(source, present)) differs('other data');
      if (!sameAcl(source.acl, present.acl)) differs('another ACL');
    }
    return settledAs(source, present);
  }

  /** What the source has not; ephemerals of the target belong to somebody. */
  async #removeAll(target: ZnodePath, present: Found): Promise<Outcome> {
    if (present === 'absent' || present === 'hidden' || present.isEphemeral) return 'done';
    if (this.#options.keepExtra) return 'done';
    if (target === this.#options.to.root && target === rootPath) return 'done';
    const { side } = this.#options.to;
    const found: ZnodePath[] = [target];
    for (let index = 0; index < found.length; index++) {
      const at = found[index] ?? target;
      for (const name of await side.children(at)) found.push(childOf(at, name));
    }
    for (const path of found.reverse()) {
      const outcome = this.#counted('removed', await side.remove(path));
      if (outcome !== 'done') return outcome;
    }
    return 'done';
  }

  #counted(what: 'created' | 'changed' | 'removed', outcome: Outcome): Outcome {
    if (outcome === 'done') this.counts[what]++;
    return outcome;
  }

  async #makeParents(root: ZnodePath): Promise<void> {
    if (root === rootPath) return;
    const parent = parentOf(root);
    const { side } = this.#options.to;
    if ((await side.read(parent)) !== 'absent') return;
    await this.#makeParents(parent);
    await side.create(parent, { data: new Uint8Array(0), acl: openAcl });
  }

  #target(path: ZnodePath): ZnodePath {
    const { from, to } = this.#options;
    const below = from.root === rootPath ? path : path.slice(from.root.length);
    if (below === '' || below === rootPath) return to.root;
    return (to.root === rootPath ? below : `${to.root}${below}`) as ZnodePath;
  }

  #isReserved(path: ZnodePath): boolean {
    const isBelow = (each: string): boolean => each === reserved || each.startsWith(`${reserved}/`);
    return isBelow(path) || isBelow(this.#target(path));
  }
}

const absent = 'absent' as const;
const aclHidden = 'its ACL is not shown: prove to be its administrator, or the super user';

/** Where there may be something below. */
interface Settled {
  readonly hasSource: boolean;
  readonly hasTarget: boolean;
  /** By this copy, so the target has nothing below it. */
  readonly isCreated: boolean;
}

const nothingBelow: Settled = { hasSource: false, hasTarget: false, isCreated: false };

function settledAs(source: Found, present: Found): Settled {
  const hasChildren = (found: Found): boolean =>
    typeof found === 'object' && !found.isEphemeral && found.numChildren > 0;
  return { hasSource: hasChildren(source), hasTarget: hasChildren(present), isCreated: false };
}

/** Null and empty data are two things to ZooKeeper's clients. */
function sameData({ data: left }: CopiedZnode, { data: right }: CopiedZnode): boolean {
  if (left === null || right === null) return left === right;
  return Buffer.compare(left, right) === 0;
}

/** As far as both are shown. */
function sameAcl(left: Acl | undefined, right: Acl | undefined): boolean {
  return (
    left !== undefined &&
    left.length === right?.length &&
    left.every((entry, index) => {
      const other = right[index];
      return other !== undefined && sameEntry(entry, other);
    })
  );
}

function sameEntry(left: AclEntry, right: AclEntry): boolean {
  if (left.permissions !== right.permissions || left.scheme !== right.scheme) return false;
  if (left.id === right.id) return true;
  return (isMasked(left) || isMasked(right)) && userOf(left) === userOf(right);
}

function isMasked({ scheme, id }: AclEntry): boolean {
  return scheme === 'digest' && maskedId.test(id);
}

function userOf({ id }: AclEntry): string {
  return id.slice(0, id.lastIndexOf(':'));
}
