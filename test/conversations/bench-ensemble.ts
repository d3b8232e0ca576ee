import { createHash } from 'node:crypto';
import { InvariantBroken } from '../../src/base/assert.ts';
import {
  connectionId,
  serverId,
  type ConnectionId,
  type Nonce,
  type ServerId,
  type StartId,
} from '../../src/model/ids.ts';
import { type ChainHash, type LogEntry } from '../../src/model/log-entry.ts';
import { decodeMembership } from '../../src/model/membership.ts';
import { firstLevel, newestLevel, protocols } from '../../src/model/level.ts';
import type { CloseReason, ZabMessage } from '../../src/model/peer-message.ts';
import { compareZxid, minZxid, zxidEquals, type Zxid } from '../../src/model/zxid.ts';
import { LogIndex } from '../../src/zab/log-index.ts';
import type { MembershipChange } from '../../src/zab/membership-change.ts';
import { defaultZabLimits, defaultZabTimers } from '../../src/zab/options.ts';
import type { Outbound, Ready } from '../../src/zab/ready.ts';
import { Zab } from '../../src/zab/zab.ts';
import { emptyDisk, writeTo } from './bench-disk.ts';
import type { End, Node } from './bench-node.ts';
import { formatEvent, formatMessage, formatPayload, formatPersist } from './format.ts';

/** Of each of many large proposals: so many of these may be unapplied, and four times as many at one learner. */
const floodedBytes = 16_384;

/** Of a range of the log. */
const entriesPerMessage = 5;

const chain = (before: ChainHash, zxid: Zxid, kind: string, payload: Uint8Array): ChainHash =>
  createHash('sha256')
    .update(`${before}${String(zxid.epoch)}.${String(zxid.counter)}${kind}`)
    .update(payload)
    .digest('hex')
    .slice(0, 32) as ChainHash;

/**
 * A few ZAB cores on a table, moved by hand: every message and every fsync waits until the script lets it through, and
 * what happens is written down. For golden scripts; the simulator is what throws dice.
 */
export class BenchEnsemble {
  readonly trace: string[] = [];
  readonly #nodes = new Map<ServerId, Node>();
  readonly #ends = new Map<ConnectionId, End>();
  /** Peers hear each other on the same side; everybody begins on 0. */
  readonly #side = new Map<ServerId, number>();
  readonly #silent = new Set<ServerId>();
  #connections = 0;
  #starts = 0;
  readonly #forced: boolean;

  constructor(options: {
    readonly participants: readonly number[];
    readonly observers: readonly number[];
    readonly strangers: readonly number[];
    readonly forced: boolean;
  }) {
    this.#forced = options.forced;
    const add = (id: number, role: Node['role'], founds = role === 'participant'): void => {
      this.#nodes.set(serverId(id), {
        id: serverId(id),
        nonce: `n${String(id)}` as Nonce,
        start: '' as StartId,
        role,
        founds,
        configured: [],
        protocols,
        zab: undefined,
        disk: emptyDisk(),
        applied: [],
        writes: [],
        diskIsHeld: false,
        writesUntilHeld: undefined,
        applyingIsHeld: false,
      });
    };
    for (const id of options.participants) add(id, 'participant');
    for (const id of options.observers) add(id, 'observer');
    for (const id of options.strangers) add(id, 'participant', false);
    const founders = [...this.#nodes.values()].filter(({ founds }) => founds);
    for (const node of this.#nodes.values()) node.configured = founders.map(({ id }) => id);
  }

  /** Its configuration file names these voters, from its next start on. */
  configured(id: number, voters: readonly number[]): void {
    this.node(id).configured = voters.map(serverId);
  }

  note(line: string): void {
    this.trace.push(line);
  }

  /** All voters know each other already: what a first start would have founded, of this version or at another level. */
  founded(level = newestLevel): void {
    const voters = [...this.#nodes.values()]
      .filter(({ founds }) => founds)
      .map(({ id, nonce }) => ({ id, nonce }));
    for (const node of this.#nodes.values()) {
      if (!node.founds) continue;
      node.disk.founded = { clusterId: 'c', voters, ...(level > firstLevel && { level }) };
    }
  }

  start(id: number): void {
    const node = this.node(id);
    const { disk } = node;
    node.start = String(++this.#starts) as StartId;
    this.#silent.delete(node.id);
    const index = new LogIndex(disk.base);
    for (const { zxid, chain, kind, payload } of disk.log) {
      index.add({ zxid, chain, membership: kind === 'txn' ? null : decodeMembership(payload) });
    }
    node.applied = node.applied.filter(({ zxid }) => compareZxid(zxid, disk.commit) <= 0);
    node.zab = new Zab(
      {
        self: node.id,
        nonce: node.nonce,
        role: node.role,
        configuredVoters: node.configured,
        bootstrap: false,
        timers: defaultZabTimers,
        protocols: node.protocols,
        limits: {
          ...defaultZabLimits,
          historyPartBytesMax: 8 * floodedBytes,
          unappliedBytesMax: 64 * floodedBytes,
          unappliedPerLearnerBytesMax: 256 * floodedBytes,
        },
        election: this.#forced ? 'forced' : 'fast',
        fraction: () => 0,
        chain,
        sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      },
      {
        ...disk,
        index,
        delivered: disk.commit,
        tail: disk.log.filter(({ zxid }) => compareZxid(zxid, disk.commit) > 0),
      },
    );
    this.#drive(node);
  }

  /** From its next start on it is like a build that speaks no newer protocol. */
  speak(id: number, newest: number): void {
    this.node(id).protocols = { oldest: Math.min(newest, protocols.oldest), newest };
  }

  crash(id: number): void {
    const node = this.node(id);
    node.zab = undefined;
    node.writes.length = 0;
    for (const [connection, end] of [...this.#ends]) {
      if (end.node === node.id) this.#break(connection);
    }
  }

  /** Forgets, while it is down, what it had applied beyond what its writes say to be committed. */
  forgetCommits(id: number): void {
    this.node(id).disk.commit = this.node(id).disk.hint;
  }

  /** Loses, while it is down, the last entries of its log, though they had been said to be durable. */
  loseTail(id: number, count: number): void {
    const { disk } = this.node(id);
    disk.log.splice(-count);
    const last = disk.log.at(-1)?.zxid ?? disk.base.zxid;
    disk.commit = minZxid(disk.commit, last);
    disk.hint = minZxid(disk.hint, last);
  }

  /** Loses everything: a new data directory under the old server id. */
  wipe(id: number): void {
    const node = this.node(id);
    node.disk = emptyDisk();
    node.applied = [];
    node.nonce = `${node.nonce}'` as Nonce;
  }

  disconnect(id: number): void {
    this.split([id], id);
  }

  /** From everybody else; they hear one another. */
  split(ids: readonly number[], side = -1): void {
    for (const id of ids) this.#side.set(serverId(id), side);
    for (const id of ids) {
      const node = this.node(id);
      for (const [connection, end] of [...this.#ends]) {
        if (end.node !== id || this.#isConnected(node.id, this.#ends.get(end.peer)?.node)) continue;
        this.#break(connection);
        node.zab?.disconnected(connection, 'cut off');
        this.#drive(node);
      }
    }
  }

  reconnect(id: number): void {
    this.#side.delete(serverId(id));
  }

  /** Nothing that it sends on its connections comes to anybody until it starts again, and they do not break. */
  silence(id: number): void {
    this.#silent.add(serverId(id));
  }

  /** So many ticks, before each of which it stood still. */
  stall(id: number, count: number): void {
    const node = this.node(id);
    for (let index = 0; index < count; index++) {
      node.zab?.paused(defaultZabTimers.syncLimit);
      this.#drive(node);
      this.tick(1);
    }
  }

  holdDisk(id: number): void {
    this.node(id).diskIsHeld = true;
  }

  /** Finishes so many more writes, and then no more. */
  holdDiskAfter(id: number, writes: number): void {
    this.node(id).writesUntilHeld = writes;
  }

  releaseDisk(id: number): void {
    this.node(id).diskIsHeld = false;
  }

  holdApplying(id: number): void {
    this.node(id).applyingIsHeld = true;
  }

  releaseApplying(id: number): void {
    this.node(id).applyingIsHeld = false;
  }

  force(id: number, leader: number): boolean {
    const node = this.node(id);
    const done = node.zab?.forceVote(serverId(leader)) ?? false;
    this.#drive(node);
    return done;
  }

  /** The leader is asked to give way; to whoever is furthest when nobody is named. */
  handOver(to = 0): void {
    const leader = this.leader();
    const refused = leader.zab?.handOver(to === 0 ? undefined : serverId(to));
    if (refused !== undefined) this.note(`${String(leader.id)} refuses: ${refused}`);
    this.#drive(leader);
  }

  change(change: MembershipChange): void {
    const leader = this.leader();
    const verdict = leader.zab?.changeMembership(change);
    if (verdict?.verdict === 'refused') {
      this.note(`${String(leader.id)} refuses: ${[verdict.why, ...verdict.members].join(' ')}`);
    }
    this.#drive(leader);
  }

  /** `alsoKnown`: whom the configuration of the leader names. */
  raise(level: number, alsoKnown: readonly number[]): void {
    const leader = this.leader();
    const wish = { level, alsoKnown: alsoKnown.map(serverId), isTrial: false };
    const verdict = leader.zab?.raiseLevel(wish);
    if (verdict?.verdict === 'refused') {
      const { why, absent, older } = verdict;
      const words = [why, 'absent', ...absent, 'older', ...older].map(String);
      this.note(`${String(leader.id)} refuses: ${words.join(' ')}`);
    }
    this.#drive(leader);
  }

  propose(payloads: readonly string[]): void {
    const leader = this.leader();
    for (const payload of payloads) leader.zab?.propose(new TextEncoder().encode(payload));
    this.#drive(leader);
  }

  /** Large ones, one a turn, as long as the leader takes them; as many as are wanted at most. */
  flood(wanted: number): void {
    const leader = this.leader();
    const payload = new Uint8Array(floodedBytes);
    let taken = 0;
    for (; taken < wanted && leader.zab?.nextZxid() !== undefined; taken++) {
      leader.zab.propose(payload);
      this.#drive(leader);
      this.#silently(() => {
        this.stabilize();
        if (taken % 16 === 0) this.tick(defaultZabTimers.ping);
      });
    }
    this.note(`${String(leader.id)} takes ${String(taken)}`);
  }

  barrier(id: number, mode: 'barrier' | 'sync'): void {
    const node = this.node(id);
    node.zab?.readBarrier(1, mode);
    this.#drive(node);
  }

  compact(id: number): void {
    const { disk, zab } = this.node(id);
    const last = disk.log.filter(({ zxid }) => compareZxid(zxid, disk.commit) <= 0).at(-1);
    if (last === undefined || zab === undefined) throw new Error('nothing to compact');
    for (const entry of disk.log) {
      if (entry.kind !== 'txn' && compareZxid(entry.zxid, last.zxid) <= 0) {
        disk.baseMembership = decodeMembership(entry.payload);
      }
    }
    disk.base = { zxid: last.zxid, chain: last.chain };
    disk.log = disk.log.filter(({ zxid }) => compareZxid(zxid, last.zxid) > 0);
    zab.compacted(disk.base);
  }

  tick(count: number): void {
    for (let index = 0; index < count; index++) {
      for (const node of this.#nodes.values()) {
        node.zab?.tick();
        this.#drive(node);
      }
      this.stabilize();
    }
  }

  /** Time passes for this peer, and nothing comes to anybody. */
  tickAlone(id: number, count: number): void {
    const node = this.node(id);
    for (let index = 0; index < count; index++) node.zab?.tick();
    this.#drive(node);
  }

  /** All that is on its way from one to the other, and nothing else. */
  deliver(from: number, to: number): void {
    for (const [connection, end] of [...this.#ends]) {
      if (end.node !== to || this.#ends.get(end.peer)?.node !== from) continue;
      for (const message of end.inbox.splice(0)) this.#receive(connection, end, message);
    }
  }

  /** Lets everything through until nothing is left to do (but what is held back). */
  stabilize(): void {
    for (let guard = 0; guard < 10_000; guard++) if (!this.#deliverOne()) return;
    throw new Error('the ensemble does not come to rest');
  }

  node(id: number): Node {
    const node = this.#nodes.get(serverId(id));
    if (node === undefined) throw new Error(`no server ${String(id)}`);
    return node;
  }

  leader(): Node {
    const serving = [...this.#nodes.values()].filter(
      ({ zab }) => zab?.status.role === 'leading' && zab.status.isServing,
    );
    const [leader] = serving;
    if (leader === undefined || serving.length > 1) {
      throw new Error(`${String(serving.length)} leaders`);
    }
    return leader;
  }

  #silently(run: () => void): void {
    const before = this.trace.length;
    run();
    this.trace.length = before;
  }

  /** Carries out one of the things that may happen next, in their usual order from 0; false when there are no more. */
  step(which = 0): boolean {
    const next = [...this.#next()][which];
    if (next === undefined) return false;
    next();
    return true;
  }

  #deliverOne(): boolean {
    for (const next of this.#next()) if (next()) return true;
    return false;
  }

  /** What may happen next: a disk finishes a write, or the first message of a connection comes. */
  *#next(): Iterable<() => boolean> {
    for (const node of this.#nodes.values()) {
      if (node.diskIsHeld || node.writes.length === 0) continue;
      yield () => this.#finishWrite(node);
    }
    for (const [connection, end] of this.#ends) {
      if (end.inbox.length === 0) continue;
      yield () => {
        const message = end.inbox.shift();
        return message !== undefined && this.#receive(connection, end, message);
      };
    }
  }

  #finishWrite(node: Node): boolean {
    const ready = node.writes.shift();
    if (ready === undefined) return false;
    if (node.writesUntilHeld !== undefined) node.writesUntilHeld--;
    if (node.writesUntilHeld === 0) {
      node.writesUntilHeld = undefined;
      node.diskIsHeld = true;
    }
    this.#becameDurable(node, ready);
    return true;
  }

  #isConnected(left: ServerId, right: ServerId | undefined): boolean {
    return right !== undefined && (this.#side.get(left) ?? 0) === (this.#side.get(right) ?? 0);
  }

  /** False when nobody hears it. */
  #receive(connection: ConnectionId, end: End, message: ZabMessage): boolean {
    const node = this.node(end.node);
    const from = this.#ends.get(end.peer)?.node;
    if (from !== undefined && this.#silent.has(from)) return false;
    const line = formatMessage(message);
    if (line !== undefined) this.note(`${String(from)} -> ${String(end.node)} ${line}`);
    try {
      node.zab?.receive(connection, message);
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      this.note(`${String(end.node)} stops: ${error.message}`);
      this.crash(end.node);
    }
    this.#drive(node);
    return true;
  }

  #becameDurable(node: Node, ready: Ready): void {
    for (const change of ready.persist) {
      writeTo(node.disk, change);
      const line = formatPersist(change);
      if (line !== undefined) this.note(`${String(node.id)} fsync ${line}`);
    }
    for (const outbound of ready.sendAfterPersist) this.#send(node, outbound);
    node.zab?.durable(ready.sequence);
    this.#drive(node);
  }

  #drive(node: Node): void {
    if (!node.applyingIsHeld) node.zab?.applied(node.disk.commit);
    for (;;) {
      const ready = node.zab?.takeReady();
      if (ready === undefined) return;
      for (const event of ready.events) {
        const line = formatEvent(event);
        if (line !== undefined) this.note(`${String(node.id)} ${line}`);
        if (event.event === 'handingOver') node.zab?.settled();
      }
      for (const outbound of ready.sendNow) this.#send(node, outbound);
      for (const { to, notification } of ready.notify) {
        const target = this.#nodes.get(to);
        if (target?.zab === undefined || !this.#isConnected(to, node.id)) continue;
        target.zab.notification(notification);
        this.#drive(target);
      }
      if (ready.sequence > 0) node.writes.push(ready);
      for (const { connection, reason } of ready.close) this.#close(connection, reason);
      for (const entry of ready.deliver) this.#apply(node, entry);
      for (const { zxid } of ready.barriers) {
        const text =
          zxid === undefined ? 'refused' : `${String(zxid.epoch)}.${String(zxid.counter)}`;
        this.note(`${String(node.id)} may read at ${text}`);
      }
      if (ready.dial !== undefined) this.#dial(node, ready.dial);
    }
  }

  #apply(node: Node, entry: LogEntry): void {
    node.applied.push(entry);
    node.disk.commit = entry.zxid;
  }

  #dial(node: Node, to: ServerId): void {
    const here = connectionId(++this.#connections);
    const there = connectionId(++this.#connections);
    const target = this.#nodes.get(to);
    if (target?.zab === undefined || !this.#isConnected(to, node.id)) {
      node.zab?.disconnected(here, 'unreachable');
      return;
    }
    this.#ends.set(here, { node: node.id, peer: there, inbox: [] });
    this.#ends.set(there, { node: to, peer: here, inbox: [] });
    target.zab.accepted(there, { id: node.id, start: node.start, address: '' });
    this.#drive(target);
    node.zab?.connected(here, to);
  }

  /** In good order: whoever gives way is still heard. */
  #close(connection: ConnectionId, { code, detail }: CloseReason): void {
    const peer = this.#ends.get(connection)?.peer;
    const other = peer === undefined ? undefined : this.#ends.get(peer);
    const last = other?.inbox.at(-1)?.kind;
    if (peer !== undefined && (last === 'lead' || last === 'farewell') && other !== undefined) {
      for (const message of other.inbox.splice(0)) this.#receive(peer, other, message);
    }
    this.#break(connection, code === 'refused' ? `${code}: ${detail}` : undefined);
  }

  #break(connection: ConnectionId, why = 'closed'): void {
    const end = this.#ends.get(connection);
    if (end === undefined) return;
    this.#ends.delete(connection);
    const other = this.#ends.get(end.peer);
    this.#ends.delete(end.peer);
    if (other === undefined) return;
    const node = this.node(other.node);
    node.zab?.disconnected(end.peer, why);
    this.#drive(node);
  }

  #send(node: Node, outbound: Outbound): void {
    const end = this.#ends.get(outbound.to);
    const inbox = end === undefined ? undefined : this.#ends.get(end.peer)?.inbox;
    if (inbox === undefined) return;
    switch (outbound.item) {
      case 'message':
        inbox.push(outbound.message);
        return;
      case 'logRange':
        this.#sendRange(node, inbox, outbound);
        return;
      case 'snapshot': {
        const { disk } = node;
        const at = disk.base;
        inbox.push({ kind: 'snap', at, membership: disk.baseMembership, chunks: 1, bytes: 1 });
        inbox.push({ kind: 'snapEnd', sha256: new Uint8Array(32) });
        this.#sendRange(node, inbox, {
          after: at.zxid,
          upTo: outbound.upTo,
          commit: outbound.commit,
        });
      }
    }
  }

  #sendRange(
    node: Node,
    inbox: ZabMessage[],
    { after, upTo, commit }: { readonly after: Zxid; readonly upTo: Zxid; readonly commit: Zxid },
  ): void {
    // The store reads behind its own writes, also those that are not durable yet.
    const pending = node.writes.flatMap(({ persist }) =>
      persist.flatMap((change) => (change.kind === 'append' ? change.entries : [])),
    );
    const entries = [...node.disk.log, ...pending].filter(
      ({ zxid }) => compareZxid(zxid, after) > 0 && compareZxid(zxid, upTo) <= 0,
    );
    for (let start = 0; start < entries.length; start += entriesPerMessage) {
      const piece = entries.slice(start, start + entriesPerMessage);
      inbox.push({ kind: 'proposal', entries: piece, commit });
    }
  }

  /** One line per server: role, epochs, and its log with `|` behind what it applied. */
  show(): void {
    for (const node of this.#nodes.values()) {
      const { disk, zab } = node;
      const entries = disk.log.map(({ zxid, kind, payload }) => {
        const text = kind === 'txn' ? formatPayload(payload) : kind;
        const mark = zxidEquals(zxid, disk.commit) ? ' |' : '';
        return `${String(zxid.epoch)}.${String(zxid.counter)} ${text}${mark}`;
      });
      const role =
        zab === undefined
          ? 'down'
          : `${zab.status.role}${zab.status.isServing ? '' : ' (not serving)'}`;
      const log = entries.length === 0 ? 'empty log' : entries.join(', ');
      this.note(
        `${String(node.id)} ${role}, accepted ${String(disk.acceptedEpoch)}, current ${String(disk.currentEpoch)}: ${log}`,
      );
    }
  }
}
