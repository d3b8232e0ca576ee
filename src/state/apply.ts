import { assert, unreachable } from '../base/assert.ts';
import { isKeptPath } from '../model/auth.ts';
import { nameOf, parentOf, type ZnodePath } from '../model/path.ts';
import type { OpResult } from '../model/request.ts';
import type {
  Change,
  CreateZnode,
  DeleteZnode,
  SetZnode,
  SetZnodeAcl,
  TreeChange,
  Txn,
} from '../model/txn.ts';
import { timeAheadMsMax } from '../model/txn.ts';
import { compareZxid, formatZxid, type Zxid } from '../model/zxid.ts';
import { encodeRecordedOutcome } from './replicated/op-result-codec.ts';
import { Quotas } from './replicated/quotas.ts';
import type { ReplicatedState } from './replicated/replicated-state.ts';
import { createsMax, nextVersion } from './tree/versions.ts';
import { rootId, type Moment } from './tree/znode-tree.ts';

/**
 * Applies committed txns: a pure function of state and txn, the same on every peer. Nothing is decided here. What the
 * leader is known to have checked is asserted, for a txn that does not fit the state means that peers have diverged.
 */
export class TxnApplier {
  readonly #state: ReplicatedState;
  readonly #quotas: Quotas;
  /** One for all txns, filled anew for each. */
  readonly #run: Applying;

  constructor(state: ReplicatedState) {
    this.#state = state;
    this.#quotas = new Quotas(state.tree);
    this.#run = { zxid: state.lastApplied, timeMs: 0, isBare: false, results: noResults };
  }

  /** Applies a txn and gives the results, one per op of the branch that ran. */
  apply(zxid: Zxid, txn: Txn): readonly OpResult[] {
    const state = this.#state;
    this.#fits(compareZxid(zxid, state.lastApplied) > 0, 'txns are applied in order', zxid);
    const backMs = state.lastTimeMs - txn.timeMs;
    this.#fits(
      backMs <= 0 || backMs > timeAheadMsMax,
      'time runs back for wrong clocks only',
      zxid,
    );
    if (txn.forgetsByTime === true) state.writes.forgetExpired(txn.timeMs);
    if (txn.forgetUpTo !== undefined) state.writes.forgetUpTo(txn.forgetUpTo);
    const run = this.#run;
    run.zxid = zxid;
    run.timeMs = txn.timeMs;
    run.isBare = txn.isBare === true;
    run.results = noResults;
    for (const change of txn.changes) this.#applyChange(change, run);
    const { results } = run;
    const { idempotency } = txn;
    if (idempotency !== undefined) {
      const outcome = encodeRecordedOutcome({ results, branch: txn.branch });
      // A copy: it is a view of a whole batch of txns as often as not.
      const fingerprint = new Uint8Array(idempotency.fingerprint);
      const { key, owner = '' } = idempotency;
      state.writes.record({ key, owner, fingerprint, zxid, timeMs: txn.timeMs, outcome });
    }
    state.lastApplied = zxid;
    state.lastTimeMs = txn.timeMs;
    return results;
  }

  #applyChange(change: Change, run: Applying): void {
    const { sessions } = this.#state;
    switch (change.change) {
      case 'createSession': {
        const { session, timeoutMs, secretHash } = change;
        this.#fits(sessions.get(session) === undefined, 'a session is created once', run.zxid);
        sessions.put({ session, timeoutMs, secretHash: new Uint8Array(secretHash), owner: '' });
        return;
      }
      case 'moveSession': {
        const session = sessions.get(change.session);
        this.#fits(session !== undefined, 'a session that moves is alive', run.zxid);
        sessions.put({ ...session, owner: change.owner });
        return;
      }
      case 'closeSession':
        sessions.remove(change.session);
        return;
      case 'create':
      case 'set':
      case 'delete':
      case 'setAcl':
      case 'check':
        this.#applyTreeChange(change, run);
        return;
      default:
        unreachable(change);
    }
  }

  #applyTreeChange(change: TreeChange, run: Applying): void {
    switch (change.change) {
      case 'create':
        this.#create(change, run);
        return;
      case 'set':
        this.#set(change, run);
        return;
      case 'delete':
        this.#delete(change, run);
        return;
      case 'setAcl':
        this.#setAcl(change, run);
        return;
      case 'check':
        answer(run, change.answers, { op: 'check', path: change.path });
        return;
      default:
        unreachable(change);
    }
  }

  #create(change: CreateZnode, run: Applying): void {
    const { tree, sessions, lockQueues } = this.#state;
    const { path, data, acl, owned, parentCreates, answers } = change;
    const { zxid } = run;
    const parent = tree.find(parentOf(path));
    const name = nameOf(path);
    this.#fits(parent !== 0 && name !== '', 'a created znode has a parent', zxid, path);
    this.#fits(tree.child(parent, name) === 0, 'a created znode is new', zxid, path);
    this.#fits(tree.znodes.kind(parent) !== 'ephemeral', 'ephemerals have no children', zxid, path);
    this.#fits(
      parentCreates === Math.min(tree.creates(parent) + 1, createsMax),
      'creates are counted one by one',
      zxid,
      path,
    );
    const at = { zxid, timeMs: run.timeMs, parentCreates };
    const id = tree.create(parent, { name, data, acl, owned }, at);
    if (owned.kind === 'ephemeral') sessions.own(owned.owner, id);
    lockQueues.created(path, { czxid: zxid, owned });
    if (isKeptPath(path)) this.#keptChanged(path, id);
    if (answers >= 0) answer(run, answers, { op: 'create', path, stat: tree.stat(id) });
    this.#quotas.created(path, id);
  }

  #set(change: SetZnode, run: Applying): void {
    const { tree } = this.#state;
    const { path, data, answers } = change;
    const { version } = change.stat;
    const { zxid, isBare } = run;
    const id = tree.find(path);
    this.#fits(id !== 0, 'a changed znode exists', zxid, path);
    const before = tree.znodes.version(id);
    this.#fits(version === nextVersion(before), 'versions are counted one by one', zxid, path);
    const bytesBefore = tree.dataLength(id);
    tree.setData(id, data, version, run);
    if (isKeptPath(path)) this.#keptChanged(path, id);
    // As the leader worked it out, where the log tells: the state says the same.
    const stat = isBare ? tree.stat(id) : change.stat;
    if (answers >= 0) answer(run, answers, { op: 'set', path, stat });
    this.#quotas.changed(path, (data?.length ?? 0) - bytesBefore);
  }

  #setAcl(change: SetZnodeAcl, run: Applying): void {
    const { tree } = this.#state;
    const { path, acl, aversion, answers } = change;
    const { zxid } = run;
    const id = tree.find(path);
    this.#fits(id !== 0, 'a changed znode exists', zxid, path);
    const before = tree.znodes.aversion(id);
    this.#fits(aversion === nextVersion(before), 'ACL versions are counted one by one', zxid, path);
    tree.setAcl(id, acl, aversion);
    if (isKeptPath(path)) this.#keptChanged(path, id);
    if (answers >= 0) answer(run, answers, { op: 'setAcl', path, stat: tree.stat(id) });
  }

  #delete(change: DeleteZnode, run: Applying): void {
    const { tree, sessions, lockQueues, grants } = this.#state;
    const { path, stat, answers } = change;
    const { zxid } = run;
    const id = tree.find(path);
    this.#fits(id !== 0 && id !== rootId, 'a deleted znode exists', zxid, path);
    this.#fits(tree.numChildren(id) === 0, 'a deleted znode has no children', zxid, path);
    const isThatOne = tree.znodes.isAt(id, stat);
    this.#fits(isThatOne, 'a deleted znode is the one that the leader saw', zxid, path);
    const owned = tree.znodes.owned(id);
    if (owned.kind === 'ephemeral') sessions.disown(owned.owner, id);
    const bytes = tree.dataLength(id);
    tree.remove(id, zxid);
    lockQueues.deleted(path);
    if (isKeptPath(path)) grants.changed(path, undefined);
    this.#quotas.deleted(path, bytes);
    if (answers >= 0) countDeleted(run, answers, path);
  }

  #keptChanged(path: ZnodePath, id: number): void {
    const { tree, grants } = this.#state;
    const { znodes } = tree;
    grants.changed(path, { data: znodes.data(id), acl: tree.acl(id), owned: znodes.owned(id) });
  }

  #fits(holds: boolean, rule: string, zxid: Zxid, path?: ZnodePath): asserts holds {
    if (holds) return;
    const { lastApplied } = this.#state;
    assert(false, rule, { zxid: formatZxid(zxid), lastApplied: formatZxid(lastApplied), path });
  }
}

/** The txn that is being applied. */
interface Applying extends Moment {
  zxid: Zxid;
  timeMs: number;
  isBare: boolean;
  results: OpResult[];
}

/** Never added to. */
const noResults: OpResult[] = [];

/** An array that begins with what is in it takes no room for more: most txns have one result. */
function answer(run: Applying, index: number, result: OpResult): void {
  if (run.results === noResults) run.results = index === 0 ? [result] : [];
  run.results[index] = result;
}

type Deleted = { -readonly [Key in keyof DeleteResult]: DeleteResult[Key] };
type DeleteResult = Extract<OpResult, { op: 'delete' }>;

/** The last one deleted is the one that was asked for: children go first. One object for all: it is nobody else's yet. */
function countDeleted(run: Applying, answers: number, path: ZnodePath): void {
  const before = run.results[answers] as Deleted | undefined;
  if (before?.op !== 'delete') {
    answer(run, answers, { op: 'delete', path, deleted: 1 });
    return;
  }
  before.path = path;
  before.deleted++;
}
