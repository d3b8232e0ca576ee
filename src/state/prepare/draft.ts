import type { Acl } from '../../model/acl.ts';
import { isKeptPath } from '../../model/auth.ts';
import { noSession, type SessionId } from '../../model/ids.ts';
import { childOf, compareText, parentOf, type ZnodePath } from '../../model/path.ts';
import type { Stat } from '../../model/stat.ts';
import type { OwnedKind, TreeChange } from '../../model/txn.ts';
import { maxZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import { contenderAt, type Contender } from '../replicated/lock-queues.ts';
import type { ChangedZnodes, KeyUse, PendingTxns, ZnodeFacts } from './pending-txns.ts';
import { sumOf, type Usage, type UsageByQuota } from '../replicated/quota-usage.ts';
import type { Quota, Quotas } from '../replicated/quotas.ts';
import type { ReplicatedState } from '../replicated/replicated-state.ts';
import type { Session } from '../replicated/sessions.ts';
import { SpeculativeQueue } from './speculative-queue.ts';
import { aclMemoryBytes } from '../tree/acl-table.ts';
import { TouchedZnodes } from './touched-znodes.ts';
import { createsMax, nextVersion, visibleCversion } from '../tree/versions.ts';
import { znodeBytes } from '../tree/znode-tree.ts';

/**
 * What a request sees: the committed state, and over it the proposals in flight. Remembers the newest proposal that was
 * looked at: a refusal that rests on it must wait for it (brief A13).
 */
export class SpeculativeView {
  readonly state: ReplicatedState;
  /** Where they are enforced. */
  readonly quotas: Quotas | undefined;
  readonly #pending: PendingTxns;
  #basis: Zxid = zeroZxid;

  constructor(state: ReplicatedState, pending: PendingTxns, quotas?: Quotas) {
    this.state = state;
    this.#pending = pending;
    this.quotas = quotas;
  }

  /** For the next request: nothing was looked at. */
  begin(): void {
    this.#basis = zeroZxid;
  }

  /** The newest proposal that was looked at; `zeroZxid` when only committed state was looked at. */
  get basis(): Zxid {
    return this.#basis;
  }

  znode(path: ZnodePath): ZnodeFacts | undefined {
    const proposal = this.#pending.changing(path);
    if (proposal !== undefined) {
      this.note(proposal.zxid);
      return proposal.znodes.get(path);
    }
    const { tree } = this.state;
    const id = tree.find(path);
    if (id === 0) return undefined;
    const facts = this.#applied(id);
    return isKeptPath(path) ? { ...facts, document: tree.znodes.data(id) } : facts;
  }

  #applied(id: number): ZnodeFacts {
    const { tree } = this.state;
    return {
      stat: tree.stat(id),
      creates: tree.creates(id),
      acl: tree.acl(id),
      owned: tree.znodes.owned(id),
    };
  }

  session(id: SessionId): Session | undefined {
    const speculation = this.#pending.session(id);
    if (speculation === undefined) return this.state.sessions.get(id);
    this.note(speculation.zxid);
    return speculation.value;
  }

  isClosing(id: SessionId): boolean {
    const speculation = this.#pending.session(id);
    return speculation !== undefined && speculation.value === undefined;
  }

  /** Gives the newest use of the key, recorded or in flight. */
  keyUse(key: string): KeyUse | undefined {
    const pending = this.#pending.key(key);
    if (pending === undefined) return this.state.writes.get(key);
    this.note(pending.zxid);
    return pending;
  }

  /** Gives the children of a znode in the committed state, in order of their names: look for what is in flight there. */
  appliedChildren(path: ZnodePath): SeenZnode[] {
    const { tree } = this.state;
    const id = tree.find(path);
    if (id === 0) return [];
    return tree.orderedChildren(id, undefined, Infinity).map((child) => ({
      path: childOf(path, tree.znodes.name(child)),
      znode: this.#applied(child),
    }));
  }

  /** Gives all paths that a proposal in flight touches: to look at one is to ask for it. */
  pendingPaths(): Iterable<ZnodePath> {
    return this.#pending.paths();
  }

  /** Gives the children of a queue's directory that a proposal in flight touches. */
  pendingInQueue(queue: ZnodePath): Map<ZnodePath, ZnodeFacts | undefined> {
    const found = new Map<ZnodePath, ZnodeFacts | undefined>();
    for (const [path, { zxid, znodes }] of this.#pending.inQueue(queue)) {
      this.note(zxid);
      found.set(path, znodes.get(path));
    }
    return found;
  }

  /** Gives the ephemerals of a session, and possibly paths that are gone or another's by now: ask for each. */
  *ephemeralPaths(session: SessionId): Generator<ZnodePath> {
    const { tree, sessions } = this.state;
    let near = 0;
    let nearPath: ZnodePath | undefined;
    for (const id of sessions.ephemerals(session)) {
      const parent = tree.parent(id);
      if (parent !== near || nearPath === undefined) nearPath = tree.path(parent);
      near = parent;
      yield childOf(nearPath, tree.znodes.name(id));
    }
    yield* this.#pending.ephemerals(session);
  }

  /** Says how many ephemerals a session owns at most: one that is changed in flight counts twice. */
  ephemeralCount(session: SessionId): number {
    return this.state.sessions.ephemerals(session).size + this.#pending.ephemerals(session).size;
  }

  /**
   * Gives what is used as counted, and as the proposals in flight will leave it; undefined where nothing is counted.
   */
  usage(quotas: Quotas, quota: Quota): Usage | undefined {
    const used = quotas.used(quota);
    const inFlight = this.#pending.usage(quotas.pathOf(quota));
    if (used === undefined || inFlight === undefined) return used;
    this.note(inFlight.zxid);
    return sumOf(used, inFlight);
  }

  /** Gives what the state takes, as the proposals in flight will leave it: in bytes, about. */
  get bytes(): number {
    return this.state.bytes + this.#pending.bytes;
  }

  /** Gives how many sessions there are, as the proposals in flight will leave it. */
  get sessions(): number {
    return this.state.sessions.size + this.#pending.sessionsMore;
  }

  /** A refusal rests on all that is in flight together. */
  noteAll(): void {
    const { lastZxid } = this.#pending;
    if (lastZxid !== undefined) this.note(lastZxid);
  }

  note(zxid: Zxid): void {
    this.#basis = maxZxid(this.#basis, zxid);
  }
}

export interface NewZnodeFacts {
  readonly data: Uint8Array | null;
  readonly acl: Acl;
  readonly owned: OwnedKind;
  readonly answers: number;
}

/** Never added to. */
const none: TreeChange[] = [];

/** A znode as somebody sees it. */
export interface SeenZnode {
  readonly path: ZnodePath;
  readonly znode: ZnodeFacts;
}

/** A parent as it was, and how many of its children go. */
interface LosingParent extends SeenZnode {
  children: number;
}

export interface KeptQuota {
  /** What it covers. */
  readonly path: ZnodePath;
  readonly limits: { readonly [What in keyof Usage]: number | undefined };
  readonly used: Usage | undefined;
}

/** What a branch is made by. */
interface DraftedBy {
  readonly view: SpeculativeView;
  readonly zxid: Zxid;
  readonly timeMs: number;
}

/**
 * One branch of a request in the making: its changes so far, and the view as they leave it. To roll it back is to begin
 * anew. Decides nothing: whoever calls has checked. What a proposal takes of it is the proposal's alone from then on.
 */
export class Draft {
  #changes: TreeChange[] = none;
  #znodes = new TouchedZnodes();
  /** Made for the first quota that is touched. */
  #usage: Map<ZnodePath, Usage> | undefined;
  /** Of the znodes that this branch leaves, how many are ephemerals of each session. */
  #ephemerals: Map<SessionId, number> | undefined;
  /** Paths by parent, of what is in flight and of this branch; kept once a recursive delete has asked. */
  #touched: Map<ZnodePath, Set<ZnodePath>> | undefined;
  #bytes = 0;
  #changesOfZnodes = 0;
  /** As long as no znode changes: many guards in a row look at one queue. */
  #lastQueue:
    | { readonly path: ZnodePath; readonly changes: number; readonly queue: SpeculativeQueue }
    | undefined;
  readonly #by: DraftedBy;

  constructor(by: DraftedBy) {
    this.#by = by;
  }

  /** Another branch: whatever was made before is with whom it was given to. */
  begin(): void {
    this.#changes = none;
    this.#znodes = new TouchedZnodes();
    this.#usage = undefined;
    this.#ephemerals = undefined;
    this.#touched = undefined;
    this.#bytes = 0;
    this.#changesOfZnodes = 0;
    this.#lastQueue = undefined;
  }

  get changes(): readonly TreeChange[] {
    return this.#changes;
  }

  /** What becomes of each znode that it touches. */
  get znodes(): ChangedZnodes {
    return this.#znodes;
  }

  /** By how much this branch changes what counts for each quota. */
  get usage(): UsageByQuota | undefined {
    return this.#usage;
  }

  find(path: ZnodePath): ZnodeFacts | undefined {
    return this.#znodes.has(path) ? this.#znodes.get(path) : this.view.znode(path);
  }

  findSession(id: SessionId): Session | undefined {
    return this.view.session(id);
  }

  /** By how much this branch makes the state grow, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  get view(): SpeculativeView {
    return this.#by.view;
  }

  /** Gives the queue as this branch leaves it. */
  queue(queue: ZnodePath): SpeculativeQueue {
    const last = this.#lastQueue;
    if (last?.path === queue && last.changes === this.#changesOfZnodes) return last.queue;
    const made = this.#makeQueue(queue);
    this.#lastQueue = { path: queue, changes: this.#changesOfZnodes, queue: made };
    return made;
  }

  #makeQueue(queue: ZnodePath): SpeculativeQueue {
    const facts = this.view.pendingInQueue(queue);
    const { paths } = this.#znodes;
    for (const [place, path] of paths.entries()) {
      if (parentOf(path) === queue) facts.set(path, this.#znodes.at(place));
    }
    const touched = new Map<ZnodePath, Contender | undefined>();
    for (const [path, after] of facts) {
      const znode = after && { czxid: after.stat.czxid, owned: after.owned };
      touched.set(path, znode && contenderAt(path, znode));
    }
    return new SpeculativeQueue(this.view.state.lockQueues.get(queue), touched);
  }

  /** Counts a session's ephemerals, those that this draft creates included. */
  ephemeralCount(session: SessionId): number {
    return this.view.ephemeralCount(session) + (this.#ephemerals?.get(session) ?? 0);
  }

  /**
   * Gives the quota that is to be kept at this path, and what is used of it, this branch included; undefined without
   * one.
   */
  quotaAt(path: ZnodePath): KeptQuota | undefined {
    const { quotas } = this.view;
    const quota = quotas?.covering(path);
    if (quotas === undefined || quota === undefined) return undefined;
    const used = this.view.usage(quotas, quota);
    const covered = quotas.pathOf(quota);
    const more = this.#usage?.get(covered) ?? { count: 0, bytes: 0 };
    return { path: covered, limits: quotas.hardLimits(quota), used: used && sumOf(used, more) };
  }

  create(path: ZnodePath, parent: ZnodeFacts, znode: NewZnodeFacts): void {
    const { data, acl, owned, answers } = znode;
    const parentCreates = Math.min(parent.creates + 1, createsMax);
    this.#setChildren(parentOf(path), parent, {
      creates: parentCreates,
      numChildren: parent.stat.numChildren + 1,
    });
    const { zxid, timeMs } = this.#by;
    const stat = {
      czxid: zxid,
      mzxid: zxid,
      ctime: timeMs,
      mtime: timeMs,
      version: 0,
      cversion: 0,
      aversion: 0,
      ephemeralOwner: owned.kind === 'ephemeral' ? owned.owner : noSession,
      dataLength: data?.length ?? 0,
      numChildren: 0,
      pzxid: zxid,
    };
    this.#put(path, factsOf(path, { stat, creates: 0, acl, owned }, data));
    this.#bytes += bytesOfZnode(path, stat.dataLength, acl);
    this.#count(path, 1, stat.dataLength);
    const parentAcl = parent.acl;
    this.#add({
      change: 'create',
      path,
      data,
      acl,
      owned,
      parentCreates,
      parentAcl,
      answers,
    });
  }

  set(path: ZnodePath, znode: ZnodeFacts, data: Uint8Array | null, answers: number): void {
    const version = nextVersion(znode.stat.version);
    const { acl, creates, owned } = znode;
    const before = znode.stat;
    // Field by field: a copy would be made only to be changed, and copies of different ones have different hidden classes.
    const stat: Stat = {
      czxid: before.czxid,
      mzxid: this.#by.zxid,
      ctime: before.ctime,
      mtime: this.#by.timeMs,
      version,
      cversion: before.cversion,
      aversion: before.aversion,
      ephemeralOwner: before.ephemeralOwner,
      dataLength: data?.length ?? 0,
      numChildren: before.numChildren,
      pzxid: before.pzxid,
    };
    this.#put(path, factsOf(path, { stat, creates, acl, owned }, data));
    const bytes = stat.dataLength - before.dataLength;
    this.#bytes += bytes;
    this.#count(path, 0, bytes);
    this.#add({ change: 'set', path, data, stat, acl, answers });
  }

  setAcl(path: ZnodePath, znode: ZnodeFacts, to: { acl: Acl; answers: number }): void {
    const aversion = nextVersion(znode.stat.aversion);
    this.#bytes += aclMemoryBytes(to.acl) - aclMemoryBytes(znode.acl);
    const { acl, answers } = to;
    const { creates, owned, document = null } = znode;
    const stat = { ...znode.stat, aversion };
    this.#put(path, factsOf(path, { stat, creates, acl, owned }, document));
    this.#add({ change: 'setAcl', path, acl, aversion, answers });
  }

  delete(path: ZnodePath, znode: ZnodeFacts, answers: number): void {
    const parentPath = parentOf(path);
    const parent = this.find(parentPath);
    if (parent !== undefined) {
      const numChildren = parent.stat.numChildren - 1;
      this.#setChildren(parentPath, parent, { creates: parent.creates, numChildren });
    }
    this.#put(path, undefined);
    const { stat, acl } = znode;
    this.#bytes -= bytesOfZnode(path, stat.dataLength, acl);
    this.#count(path, -1, -stat.dataLength);
    const parentAcl = parent?.acl ?? acl;
    this.#add({ change: 'delete', path, stat, acl, parentAcl, answers });
  }

  /**
   * Deletes many, each before its parent where that goes too: as `delete` one by one, but what becomes of a parent
   * is worked out once.
   */
  deleteAll(doomed: readonly SeenZnode[], answers: number): void {
    const lost = new Map<ZnodePath, LosingParent>();
    const touched = this.#touched;
    let near: LosingParent | undefined;
    let touchedNear: Set<ZnodePath> | undefined;
    let nearPath: ZnodePath | undefined;
    for (const { path, znode } of doomed) {
      const parentPath = parentOf(path);
      if (nearPath !== parentPath) {
        nearPath = parentPath;
        near = this.#losing(lost, parentPath);
        touchedNear = touched && childrenIn(touched, parentPath);
      }
      if (near !== undefined) near.children++;
      touchedNear?.add(path);
      const own = lost.get(path);
      const left = own === undefined ? znode : this.#without(path, znode, own.children);
      if (own !== undefined) lost.delete(path);
      const { stat, acl } = left;
      this.#bytes -= bytesOfZnode(path, stat.dataLength, acl);
      this.#putUntouched(path, undefined);
      if (this.view.quotas !== undefined) {
        this.#count(path, -1, -stat.dataLength);
      }
      this.#add({
        change: 'delete',
        path,
        stat,
        acl,
        parentAcl: near?.znode.acl ?? acl,
        answers,
      });
    }
    for (const { path, znode, children } of lost.values()) {
      this.#put(path, this.#without(path, znode, children));
    }
  }

  check(path: ZnodePath, answers: number): void {
    this.#add({ change: 'check', path, answers });
  }

  /** Gives the children of a znode as this branch sees them, in order of their names. */
  childrenOf(path: ZnodePath): SeenZnode[] {
    this.#touched ??= this.#touchedByParent();
    const touched = this.#touched.get(path);
    const applied = this.view.appliedChildren(path);
    if (touched === undefined) return applied;
    const children = applied.filter((child) => !touched.has(child.path));
    for (const child of touched) {
      const znode = this.find(child);
      if (znode !== undefined) children.push({ path: child, znode });
    }
    return children.sort((left, right) => compareText(left.path, right.path));
  }

  /** Gives, by parent, all that proposals in flight and this branch touch: looked through once, not for each delete. */
  #touchedByParent(): Map<ZnodePath, Set<ZnodePath>> {
    const touched = new Map<ZnodePath, Set<ZnodePath>>();
    for (const path of this.view.pendingPaths()) addChild(touched, path);
    for (const path of this.#znodes.paths) addChild(touched, path);
    return touched;
  }

  /** An array that begins with what is in it takes no room for more: most branches have one change. */
  #add(change: TreeChange): void {
    if (this.#changes === none) this.#changes = [change];
    else this.#changes.push(change);
  }

  #put(path: ZnodePath, znode: ZnodeFacts | undefined): void {
    this.#putUntouched(path, znode);
    if (this.#touched !== undefined) addChild(this.#touched, path);
  }

  /** For one who notes down himself that it is touched. */
  #putUntouched(path: ZnodePath, znode: ZnodeFacts | undefined): void {
    this.#changesOfZnodes++;
    this.#tallyEphemeral(this.#znodes.get(path), -1);
    this.#tallyEphemeral(znode, 1);
    this.#znodes.set(path, znode);
  }

  #tallyEphemeral(znode: ZnodeFacts | undefined, by: 1 | -1): void {
    if (znode?.owned.kind !== 'ephemeral') return;
    const { owner } = znode.owned;
    this.#ephemerals ??= new Map();
    this.#ephemerals.set(owner, (this.#ephemerals.get(owner) ?? 0) + by);
  }

  #losing(lost: Map<ZnodePath, LosingParent>, path: ZnodePath): LosingParent | undefined {
    const known = lost.get(path);
    if (known !== undefined) return known;
    const znode = this.find(path);
    if (znode === undefined) return undefined;
    const losing = { path, znode, children: 0 };
    lost.set(path, losing);
    return losing;
  }

  #without(path: ZnodePath, znode: ZnodeFacts, children: number): ZnodeFacts {
    const numChildren = znode.stat.numChildren - children;
    return this.#withChildren(path, znode, { creates: znode.creates, numChildren });
  }

  #withChildren(path: ZnodePath, znode: ZnodeFacts, children: ChildCounts): ZnodeFacts {
    const { stat: before, acl, owned, document = null } = znode;
    const { creates, numChildren } = children;
    // Field by field, as in `set`.
    const stat: Stat = {
      czxid: before.czxid,
      mzxid: before.mzxid,
      ctime: before.ctime,
      mtime: before.mtime,
      version: before.version,
      cversion: visibleCversion(creates, numChildren),
      aversion: before.aversion,
      ephemeralOwner: before.ephemeralOwner,
      dataLength: before.dataLength,
      numChildren,
      pzxid: this.#by.zxid,
    };
    return factsOf(path, { stat, creates, acl, owned }, document);
  }

  #count(path: ZnodePath, count: number, bytes: number): void {
    const { quotas } = this.view;
    const quota = quotas?.covering(path);
    if (quotas === undefined || quota === undefined) return;
    const covered = quotas.pathOf(quota);
    this.#usage ??= new Map();
    this.#usage.set(covered, sumOf(this.#usage.get(covered), { count, bytes }));
  }

  #setChildren(path: ZnodePath, znode: ZnodeFacts, to: ChildCounts): void {
    this.#put(path, this.#withChildren(path, znode, to));
  }
}

interface ChildCounts {
  /** Child creates, ever. */
  readonly creates: number;
  readonly numChildren: number;
}

/** What is kept for the ensemble itself is judged by its data too. */
function factsOf(path: ZnodePath, facts: ZnodeFacts, data: Uint8Array | null): ZnodeFacts {
  return isKeptPath(path) ? { ...facts, document: data } : facts;
}

/** Gives what a znode adds to the state in memory, about; its ACL as if nobody else had it. */
export function bytesOfZnode(path: ZnodePath, dataLength: number, acl: Acl): number {
  return znodeBytes + path.length - path.lastIndexOf('/') - 1 + dataLength + aclMemoryBytes(acl);
}

function addChild(byParent: Map<ZnodePath, Set<ZnodePath>>, path: ZnodePath): void {
  childrenIn(byParent, parentOf(path)).add(path);
}

function childrenIn(byParent: Map<ZnodePath, Set<ZnodePath>>, parent: ZnodePath): Set<ZnodePath> {
  const known = byParent.get(parent);
  if (known !== undefined) return known;
  const children = new Set<ZnodePath>();
  byParent.set(parent, children);
  return children;
}
