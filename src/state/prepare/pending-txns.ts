import { assert, broken } from '../../base/assert.ts';
import { Fifo } from '../../base/fifo.ts';
import { TransientMap } from '../../base/transient-map.ts';
import type { Acl } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import { queueOf } from '../../model/lock.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { Stat } from '../../model/stat.ts';
import type { OwnedKind, Txn } from '../../model/txn.ts';
import { compareZxid, type Zxid, zeroZxid, zxidEquals } from '../../model/zxid.ts';
import { differenceOf, sumOf, type Usage, type UsageByQuota } from '../replicated/quota-usage.ts';
import type { Session } from '../replicated/sessions.ts';

/** All that a decision may ask of a znode. */
export interface ZnodeFacts {
  readonly stat: Stat;
  /** Child creates, ever. */
  readonly creates: number;
  readonly acl: Acl;
  readonly owned: OwnedKind;
  /** Its data, of what the ensemble keeps for itself (`isKeptPath`) alone. */
  readonly document?: Uint8Array | null;
}

/** What a proposal in flight will make of a session; `value` undefined when it will be gone. */
interface SessionSpeculation {
  readonly zxid: Zxid;
  readonly value: Session | undefined;
}

/** A use of an idempotency key that is not recorded yet. */
export interface KeyUse {
  readonly fingerprint: Uint8Array;
  readonly zxid: Zxid;
}

/** What becomes of znodes. */
export interface ChangedZnodes {
  readonly size: number;
  /** Which znode stands at this place, of so many. */
  pathAt(place: number): ZnodePath | undefined;
  /** What becomes of it; undefined when it goes. */
  at(place: number): ZnodeFacts | undefined;
  /** What becomes of this one, which is among them; undefined when it goes. */
  get(path: ZnodePath): ZnodeFacts | undefined;
}

/** What a txn makes of a session. */
export interface ChangedSession {
  readonly id: SessionId;
  readonly after: Session | undefined;
}

/** A txn in flight, and what it will make of things. */
export interface Proposal {
  readonly zxid: Zxid;
  readonly txn: Txn;
  readonly znodes: ChangedZnodes;
  readonly session: ChangedSession | undefined;
  /** By how much the state grows, about; negative when it shrinks. */
  readonly bytes: number;
  /** How many sessions more there are; negative for fewer. */
  readonly sessions: number;
  /** When quotas are enforced: by how much what counts for each of them changes. */
  readonly usage: UsageByQuota | undefined;
}

/**
 * The leader's proposals in flight, laid over the committed tree (brief A13; ZooKeeper's outstandingChanges): per path,
 * session and key the newest speculation. A speculation goes when its own txn is applied, for then the tree says the
 * same; all of them go when leadership is lost.
 */
export class PendingTxns {
  /** Of each znode, the newest proposal that changes it. */
  readonly #znodes = new TransientMap<ZnodePath, Proposal>();
  readonly #sessions = new Map<SessionId, SessionSpeculation>();
  readonly #keys = new Map<string, KeyUse>();
  /** Per session, the paths whose newest speculation is an ephemeral of its own. */
  readonly #ephemerals = new Map<SessionId, Set<ZnodePath>>();
  /** Per quota, all that is in flight under it together, and the newest of that. */
  readonly #usage = new Map<ZnodePath, Usage & { readonly zxid: Zxid }>();
  /** Per lock queue, the paths in it that a proposal changes. */
  readonly #inQueues = new Map<ZnodePath, Set<ZnodePath>>();
  /** In order of zxid. One that is settled is let go at once: what it refers to would outlive a collection with it. */
  #proposals = new Fifo<Proposal>();
  #bytes = 0;
  #sessionsMore = 0;
  /** Once it is applied, nothing is left below it that it could hide. */
  #forgetUpTo = zeroZxid;

  get size(): number {
    return this.#proposals.length;
  }

  /** By how much the proposals in flight will make the state grow, in bytes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** By how many sessions. */
  get sessionsMore(): number {
    return this.#sessionsMore;
  }

  /** What was recorded under keys up to here is forgotten by a proposal in flight, or was by one before. */
  get forgetUpTo(): Zxid {
    return this.#forgetUpTo;
  }

  /** Gives the txn that was proposed under this zxid, when it is the next to be settled. */
  next(zxid: Zxid): Txn | undefined {
    const proposal = this.#proposals.first;
    return proposal !== undefined && zxidEquals(proposal.zxid, zxid) ? proposal.txn : undefined;
  }

  /** The zxid of the newest proposal. */
  get lastZxid(): Zxid | undefined {
    return this.#newest()?.zxid;
  }

  /** The time of the newest proposal. */
  get lastTimeMs(): number | undefined {
    return this.#newest()?.txn.timeMs;
  }

  /** Gives the newest proposal that changes this znode, and says what becomes of it. */
  changing(path: ZnodePath): Proposal | undefined {
    return this.#znodes.get(path);
  }

  session(id: SessionId): SessionSpeculation | undefined {
    return this.#sessions.get(id);
  }

  /** How many keys are used for the first time in flight. */
  get keys(): number {
    return this.#keys.size;
  }

  key(key: string): KeyUse | undefined {
    return this.#keys.get(key);
  }

  ephemerals(session: SessionId): ReadonlySet<ZnodePath> {
    return this.#ephemerals.get(session) ?? none;
  }

  /** Gives the children of a queue's directory that proposals in flight change, each with the newest that does. */
  *inQueue(queue: ZnodePath): Generator<[ZnodePath, Proposal]> {
    for (const path of this.#inQueues.get(queue) ?? none) {
      const proposal = this.#znodes.get(path);
      if (proposal !== undefined) yield [path, proposal];
    }
  }

  /** Gives what the proposals in flight will add to what counts for a quota. */
  usage(quota: ZnodePath): (Usage & { readonly zxid: Zxid }) | undefined {
    return this.#usage.get(quota);
  }

  /** Gives all paths that proposals change. */
  paths(): Iterable<ZnodePath> {
    return this.#znodes.keys();
  }

  add(proposal: Proposal): void {
    const { zxid, txn, znodes, session, usage, bytes, sessions } = proposal;
    const newest = this.#newest();
    assert(
      newest === undefined || compareZxid(zxid, newest.zxid) > 0,
      'proposals are prepared in order of zxid',
    );
    const { idempotency, forgetUpTo } = txn;
    for (let place = 0; place < znodes.size; place++) {
      const path = znodes.pathAt(place);
      if (path !== undefined) this.#touch(path, znodes.at(place), proposal);
    }
    this.#bytes += bytes;
    this.#sessionsMore += sessions;
    if (usage !== undefined) this.#use(usage, zxid);
    this.#forgetUpTo = forgetUpTo ?? this.#forgetUpTo;
    if (session !== undefined) this.#sessions.set(session.id, { zxid, value: session.after });
    if (idempotency !== undefined) {
      this.#keys.set(idempotency.key, { fingerprint: idempotency.fingerprint, zxid });
    }
    this.#proposals.push(proposal);
  }

  /** Takes out what was proposed under this zxid, for its txn is being applied. */
  settle(zxid: Zxid): void {
    const proposal = this.#proposals.first;
    if (proposal === undefined) return;
    const order = compareZxid(zxid, proposal.zxid);
    if (order > 0) {
      throw broken('no proposal is passed over', { applied: zxid, pending: proposal.zxid });
    }
    if (order < 0) return;
    this.#proposals.shift();
    const { znodes, session, usage, bytes, sessions } = proposal;
    this.#bytes -= bytes;
    this.#sessionsMore -= sessions;
    for (let place = 0; place < znodes.size; place++) {
      const path = znodes.pathAt(place);
      if (path !== undefined) this.#settleZnode(path, proposal);
    }
    if (session !== undefined) dropOf(this.#sessions, session.id, zxid);
    const { idempotency } = proposal.txn;
    if (idempotency !== undefined) dropOf(this.#keys, idempotency.key, zxid);
    if (usage !== undefined) this.#settleUsage(usage, zxid);
  }

  #use(usage: UsageByQuota, zxid: Zxid): void {
    for (const [quota, more] of usage) {
      this.#usage.set(quota, { ...sumOf(this.#usage.get(quota), more), zxid });
    }
  }

  #settleUsage(usage: UsageByQuota, zxid: Zxid): void {
    for (const [quota, settled] of usage) {
      const inFlight = this.#usage.get(quota);
      if (inFlight === undefined) continue;
      if (zxidEquals(inFlight.zxid, zxid)) this.#usage.delete(quota);
      else this.#usage.set(quota, { ...inFlight, ...differenceOf(inFlight, settled) });
    }
  }

  #settleZnode(path: ZnodePath, proposal: Proposal): void {
    if (this.#znodes.get(path) !== proposal) return;
    this.#leave(path, proposal);
    this.#znodes.delete(path);
    const queue = queueOf(path);
    if (queue !== undefined) removeFrom(this.#inQueues, queue, path);
  }

  clear(): void {
    this.#znodes.clear();
    this.#sessions.clear();
    this.#keys.clear();
    this.#ephemerals.clear();
    this.#inQueues.clear();
    this.#usage.clear();
    this.#bytes = 0;
    this.#sessionsMore = 0;
    this.#forgetUpTo = zeroZxid;
    this.#proposals = new Fifo();
  }

  #newest(): Proposal | undefined {
    return this.#proposals.last;
  }

  #touch(path: ZnodePath, facts: ZnodeFacts | undefined, proposal: Proposal): void {
    this.#leave(path, this.#znodes.get(path));
    this.#znodes.set(path, proposal);
    if (facts?.owned.kind === 'ephemeral') addTo(this.#ephemerals, facts.owned.owner, path);
    const queue = queueOf(path);
    if (queue !== undefined) addTo(this.#inQueues, queue, path);
  }

  #leave(path: ZnodePath, proposal: Proposal | undefined): void {
    const owned = proposal?.znodes.get(path)?.owned;
    if (owned?.kind === 'ephemeral') removeFrom(this.#ephemerals, owned.owner, path);
  }
}

const none: ReadonlySet<ZnodePath> = new Set<ZnodePath>();

function addTo<Key>(sets: Map<Key, Set<ZnodePath>>, key: Key, path: ZnodePath): void {
  const paths = sets.get(key);
  if (paths === undefined) sets.set(key, new Set([path]));
  else paths.add(path);
}

function removeFrom<Key>(sets: Map<Key, Set<ZnodePath>>, key: Key, path: ZnodePath): void {
  const paths = sets.get(key);
  paths?.delete(path);
  if (paths?.size === 0) sets.delete(key);
}

function dropOf<Key>(map: Map<Key, { readonly zxid: Zxid }>, key: Key, zxid: Zxid): void {
  const speculation = map.get(key);
  if (speculation !== undefined && zxidEquals(speculation.zxid, zxid)) map.delete(key);
}
