import { assert, broken } from '../../base/assert.ts';
import type { Acl } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import { queueOf } from '../../model/lock.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { Stat } from '../../model/stat.ts';
import type { IdempotentUse, OwnedKind } from '../../model/txn.ts';
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

/** What a proposal in flight will make of something; `value` undefined when it will be gone. */
export interface Speculation<Value> {
  readonly zxid: Zxid;
  readonly value: Value | undefined;
}

/** A use of an idempotency key that is not recorded yet. */
export interface KeyUse {
  readonly fingerprint: Uint8Array;
  readonly zxid: Zxid;
}

interface Proposal {
  readonly zxid: Zxid;
  readonly timeMs: number;
  readonly content: ProposalContent;
  readonly key: string | undefined;
}

/** What becomes of znodes. */
export interface ChangedZnodes {
  readonly size: number;
  /** Which znode stands at this place, of so many. */
  pathAt(place: number): ZnodePath | undefined;
  /** What becomes of it; undefined when it goes. */
  at(place: number): ZnodeFacts | undefined;
}

/** What one prepared txn changes. */
export interface ProposalContent {
  readonly znodes: ChangedZnodes;
  readonly session?: { readonly id: SessionId; readonly after: Session | undefined };
  /** By how much the state grows, about; negative when it shrinks. */
  readonly bytes?: number;
  /** How many sessions more there are; negative for fewer. */
  readonly sessions?: number;
  /** When quotas are enforced: by how much what counts for each of them changes. */
  readonly usage?: UsageByQuota;
}

/** What a prepared txn does to the keys. */
export interface KeyedContent {
  readonly idempotency?: IdempotentUse | undefined;
  readonly forgetUpTo?: Zxid | undefined;
}

/**
 * The leader's proposals in flight, laid over the committed tree (brief A13; ZooKeeper's outstandingChanges): per path,
 * session and key the newest speculation. A speculation goes when its own txn is applied, for then the tree says the
 * same; all of them go when leadership is lost.
 */
export class PendingTxns {
  readonly #znodes = new Map<ZnodePath, Speculation<ZnodeFacts>>();
  readonly #sessions = new Map<SessionId, Speculation<Session>>();
  readonly #keys = new Map<string, KeyUse>();
  /** Per session, the paths whose newest speculation is an ephemeral of its own. */
  readonly #ephemerals = new Map<SessionId, Set<ZnodePath>>();
  /** Per quota, all that is in flight under it together, and the newest of that. */
  readonly #usage = new Map<ZnodePath, Usage & { readonly zxid: Zxid }>();
  /** Per lock queue, the paths in it that have a speculation. */
  readonly #inQueues = new Map<ZnodePath, Set<ZnodePath>>();
  /** In order of zxid, from `#first` on. */
  #proposals: Proposal[] = [];
  #first = 0;
  #lastGone: Speculation<ZnodeFacts> | undefined;
  #bytes = 0;
  #sessionsMore = 0;
  /** Once it is applied, nothing is left below it that it could hide. */
  #forgetUpTo = zeroZxid;

  get size(): number {
    return this.#proposals.length - this.#first;
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

  /** The zxid of the newest proposal. */
  get lastZxid(): Zxid | undefined {
    return this.#newest()?.zxid;
  }

  /** The time of the newest proposal. */
  get lastTimeMs(): number | undefined {
    return this.#newest()?.timeMs;
  }

  znode(path: ZnodePath): Speculation<ZnodeFacts> | undefined {
    return this.#znodes.get(path);
  }

  session(id: SessionId): Speculation<Session> | undefined {
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

  /** Gives the children of a queue's directory that a proposal in flight touches. */
  *inQueue(queue: ZnodePath): Generator<[ZnodePath, Speculation<ZnodeFacts>]> {
    for (const path of this.#inQueues.get(queue) ?? none) {
      const speculation = this.#znodes.get(path);
      if (speculation !== undefined) yield [path, speculation];
    }
  }

  /** Gives what the proposals in flight will add to what counts for a quota. */
  usage(quota: ZnodePath): (Usage & { readonly zxid: Zxid }) | undefined {
    return this.#usage.get(quota);
  }

  /** Gives all paths with a speculation. */
  paths(): Iterable<ZnodePath> {
    return this.#znodes.keys();
  }

  add(zxid: Zxid, timeMs: number, content: ProposalContent, keyed: KeyedContent = {}): void {
    const newest = this.#newest();
    assert(
      newest === undefined || compareZxid(zxid, newest.zxid) > 0,
      'proposals are prepared in order of zxid',
    );
    const { znodes, session, usage, bytes = 0, sessions = 0 } = content;
    const { idempotency, forgetUpTo } = keyed;
    for (let place = 0; place < znodes.size; place++) {
      const path = znodes.pathAt(place);
      if (path !== undefined) this.#touch(path, znodes.at(place), zxid);
    }
    this.#bytes += bytes;
    this.#sessionsMore += sessions;
    for (const [quota, more] of usage ?? noUsage) {
      this.#usage.set(quota, { ...sumOf(this.#usage.get(quota), more), zxid });
    }
    this.#forgetUpTo = forgetUpTo ?? this.#forgetUpTo;
    if (session !== undefined) this.#sessions.set(session.id, { zxid, value: session.after });
    if (idempotency !== undefined) {
      this.#keys.set(idempotency.key, { fingerprint: idempotency.fingerprint, zxid });
    }
    this.#proposals.push({ zxid, timeMs, content, key: idempotency?.key });
  }

  /** Takes out what was proposed under this zxid, for its txn is being applied. */
  settle(zxid: Zxid): void {
    const proposal = this.#proposals[this.#first];
    if (proposal === undefined) return;
    const order = compareZxid(zxid, proposal.zxid);
    if (order > 0) {
      throw broken('no proposal is passed over', { applied: zxid, pending: proposal.zxid });
    }
    if (order < 0) return;
    this.#first++;
    const { znodes, session, usage, bytes = 0, sessions = 0 } = proposal.content;
    this.#bytes -= bytes;
    this.#sessionsMore -= sessions;
    if (this.#first >= 1_024 && this.#first * 2 >= this.#proposals.length) {
      this.#proposals = this.#proposals.slice(this.#first);
      this.#first = 0;
    }
    for (let place = 0; place < znodes.size; place++) {
      const path = znodes.pathAt(place);
      if (path !== undefined) this.#settleZnode(path, zxid);
    }
    if (session !== undefined) dropOf(this.#sessions, session.id, zxid);
    if (proposal.key !== undefined) dropOf(this.#keys, proposal.key, zxid);
    for (const [quota, settled] of usage ?? noUsage) {
      const inFlight = this.#usage.get(quota);
      if (inFlight === undefined) continue;
      if (zxidEquals(inFlight.zxid, zxid)) this.#usage.delete(quota);
      else this.#usage.set(quota, { ...inFlight, ...differenceOf(inFlight, settled) });
    }
  }

  #settleZnode(path: ZnodePath, zxid: Zxid): void {
    const speculation = this.#znodes.get(path);
    if (speculation === undefined || !zxidEquals(speculation.zxid, zxid)) return;
    this.#leave(path, speculation);
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
    this.#proposals = [];
    this.#first = 0;
  }

  #newest(): Proposal | undefined {
    return this.#first < this.#proposals.length ? this.#proposals.at(-1) : undefined;
  }

  #touch(path: ZnodePath, facts: ZnodeFacts | undefined, zxid: Zxid): void {
    this.#leave(path, this.#znodes.get(path));
    this.#znodes.set(path, facts === undefined ? this.#gone(zxid) : { zxid, value: facts });
    if (facts?.owned.kind === 'ephemeral') addTo(this.#ephemerals, facts.owned.owner, path);
    const queue = queueOf(path);
    if (queue !== undefined) addTo(this.#inQueues, queue, path);
  }

  /** One for all that go by a txn: there may be ten thousand. */
  #gone(zxid: Zxid): Speculation<ZnodeFacts> {
    if (this.#lastGone?.zxid !== zxid) this.#lastGone = { zxid, value: undefined };
    return this.#lastGone;
  }

  #leave(path: ZnodePath, speculation: Speculation<ZnodeFacts> | undefined): void {
    const owned = speculation?.value?.owned;
    if (owned?.kind === 'ephemeral') removeFrom(this.#ephemerals, owned.owner, path);
  }
}

const none: ReadonlySet<ZnodePath> = new Set<ZnodePath>();
const noUsage: UsageByQuota = new Map();

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
