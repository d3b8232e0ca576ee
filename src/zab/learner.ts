import { assert } from '../base/assert.ts';
import type { ConnectionId, ServerId } from '../model/ids.ts';
import type { LogEntry, LogPosition } from '../model/log-entry.ts';
import { isSpoken, protocolOf } from '../model/level.ts';
import { levelOf, versionOf, type Membership } from '../model/membership.ts';
import type { ZabMessage } from '../model/peer-message.ts';
import { compareZxid, zeroZxid, zxid, zxidEquals, zxidFollows, type Zxid } from '../model/zxid.ts';
import { entryOverheadBytes } from './backlog.ts';
import type { PeerState } from './peer-state.ts';
import { spokenByLeader } from './protocol-refusal.ts';
import { spentAck, violation, type StepResult } from './step.ts';

type Phase = 'dialing' | 'discovery' | 'synchronization' | 'acknowledged' | 'broadcast';

/** What a leader sends before NEWLEADER, kept until it, or a part of it that is long enough, is taken over durably. */
interface IncomingHistory {
  snapshot: { readonly at: LogPosition; readonly membership: Membership | null } | null;
  snapshotIsComplete: boolean;
  truncateTo: LogPosition | null;
  entries: LogEntry[];
  /** Of the entries, overhead included. */
  bytes: number;
  end: LogPosition;
}

/** How far the parts of a long history have come here. */
interface PartsTaken {
  readonly durable: Zxid;
  readonly applied: Zxid;
}

const dialAttemptsMax = 5;

/**
 * A follower or an observer of one leader, from the dial to the end of that leader (brief A3, A6–A8, A10). An observer
 * does the same but gets INFORM for PROPOSAL and COMMIT, and never acks a proposal.
 */
export class Learner {
  readonly leader: ServerId;
  readonly #peer: PeerState;
  #phase: Phase = 'dialing';
  #connection: ConnectionId | undefined;
  /** As the leader was told; a change of the membership may make something else of it meanwhile. */
  #comesAs: 'follower' | 'observer' = 'follower';
  /** As new as this peer's own, until the leader says that it speaks no newer than an older one. */
  #protocol: number;
  #dialAttempts = 0;
  #redialTick: number | undefined;
  #lastHeardTick: number;
  #progressed = false;
  #epoch = 0;
  #incoming: IncomingHistory | undefined;
  /** Undefined while none was taken over. */
  #partsTold: PartsTaken | undefined;
  #mustAck = false;
  /** TRUNC named a place that is not held here: all that followed it is skipped, until the leader's next plan. */
  #isRetreating = false;
  readonly #barriers = new Set<number>();

  constructor(peer: PeerState, leader: ServerId) {
    this.#peer = peer;
    this.leader = leader;
    this.#protocol = peer.protocols.newest;
    this.#lastHeardTick = peer.now;
    this.#dial();
  }

  get connection(): ConnectionId | undefined {
    return this.#connection;
  }

  get protocol(): number {
    return this.#protocol;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isServing(): boolean {
    return this.#phase === 'broadcast';
  }

  get ticksSinceLeader(): number {
    return this.#peer.now - this.#lastHeardTick;
  }

  connected(connection: ConnectionId): void {
    if (this.#phase !== 'dialing') return;
    this.#connection = connection;
    this.#phase = 'discovery';
    this.#lastHeardTick = this.#peer.now;
    this.#comesAs = this.#peer.role === 'observer' ? 'observer' : 'follower';
    this.#peer.outputs.send(connection, {
      kind: 'learnerInfo',
      protocolVersion: this.#protocol,
      role: this.#comesAs,
      nonce: this.#peer.nonce,
      clusterId: this.#peer.clusterId,
      acceptedEpoch: this.#peer.acceptedEpoch,
    });
  }

  disconnected(connection: ConnectionId, why: string): StepResult {
    if (this.#connection !== undefined && connection !== this.#connection) return undefined;
    if (this.#phase === 'discovery' && this.#speaksOlder(why)) return undefined;
    if (this.#phase !== 'dialing') return { goLooking: `the leader's connection broke: ${why}` };
    if (++this.#dialAttempts >= dialAttemptsMax) {
      return { goLooking: `the leader could not be reached: ${why}` };
    }
    this.#redialTick = this.#peer.now + this.#peer.options.timers.redial;
    return undefined;
  }

  tick(): StepResult {
    const { timers } = this.#peer.options;
    if (this.#redialTick !== undefined && this.#peer.now >= this.#redialTick) this.#dial();
    const limit = this.#phase === 'broadcast' ? timers.syncLimit : timers.initLimit;
    if (this.ticksSinceLeader > limit) {
      return { goLooking: `nothing heard from the leader in the ${this.#phase} phase` };
    }
    // A slow synchronisation says that it is alive; the leader's own pings queue behind the bulk (ZK-1697).
    if (this.#progressed && this.#phase === 'synchronization' && this.#connection !== undefined) {
      if (this.#peer.now % timers.ping === 0) {
        this.#progressed = false;
        this.#sendPong(0);
      }
    }
    return undefined;
  }

  progress(): void {
    this.#lastHeardTick = this.#peer.now;
    this.#progressed = true;
  }

  receive(message: ZabMessage): StepResult {
    this.progress();
    if (this.#isRetreating && !isPlan(message) && message.kind !== 'ping') return undefined;
    if (isPlan(message)) this.#isRetreating = false;
    switch (message.kind) {
      case 'leaderInfo':
        return this.#onLeaderInfo(message);
      case 'twin':
        return this.#onTwin(message.livesAt);
      case 'diff':
        return this.#onDiff(message);
      case 'trunc':
        return this.#onTrunc(message);
      case 'snap':
        return this.#onSnap(message);
      case 'snapEnd':
        return this.#onSnapEnd();
      case 'proposal':
        return this.#onProposal(message.entries, message.commit);
      case 'inform':
        return this.#onInform(message.entries);
      case 'newLeader':
        return this.#onNewLeader(message);
      case 'upToDate':
        return this.#onUpToDate(message.commit);
      case 'commit':
        return this.#onCommit(message.zxid);
      case 'ping':
        return this.#onPing(message);
      case 'syncReply':
        return this.#onSyncReply(message);
      case 'lead':
        return this.#onLead(message);
      case 'farewell':
        return this.#onFarewell(message.version);
      default:
        return violation(`${message.kind} is not a learner's to receive`);
    }
  }

  /** Acks of one turn are one ack: cumulative. Called before the outputs are taken. */
  flush(): void {
    this.#tellOfParts();
    if (!this.#mustAck || this.#connection === undefined) return;
    this.#mustAck = false;
    const last = this.#peer.history.last.zxid;
    if (last.epoch === this.#epoch) {
      this.#peer.outputs.promise(this.#connection, { kind: 'ack', zxid: last });
    }
  }

  /** Asks the leader; the answer comes with its SYNC reply, or says undefined at the end. */
  readBarrier(id: number, mode: 'barrier' | 'sync'): void {
    if (this.#barriers.size >= this.#peer.options.limits.barriersWaitingMax) {
      this.#peer.outputs.answer({ id, zxid: undefined });
      return;
    }
    this.#barriers.add(id);
    this.#send({ kind: 'syncRequest', id, mode });
  }

  /** Nothing of this leader counts any more. */
  end(): void {
    for (const id of this.#barriers) this.#peer.outputs.answer({ id, zxid: undefined });
    this.#barriers.clear();
    if (this.#connection !== undefined) {
      this.#peer.outputs.close(this.#connection, {
        code: 'roleChange',
        detail: 'this peer does not follow any more',
      });
    }
  }

  becameDurable(): void {
    // Of a history in parts what is committed is handed out at once: kept until UPTODATE it would be kept in memory.
    if (this.isServing || this.#partsTold !== undefined) this.#peer.deliver();
  }

  /**
   * The leader knows no protocol as new as was offered, and is dialled again with what it knows, if this peer speaks that,
   * and its log holds nothing that those who speak it can't read.
   */
  #speaksOlder(why: string): boolean {
    const { protocols, history } = this.#peer;
    const newest = spokenByLeader(why);
    if (newest === undefined || newest >= this.#protocol) return false;
    if (!isSpoken(protocols, newest) || newest < protocolOf(levelOf(history.settled))) return false;
    this.#protocol = newest;
    this.#connection = undefined;
    this.#phase = 'dialing';
    this.#peer.outputs.event({ event: 'leaderSpeaksOlder', leader: this.leader, protocol: newest });
    this.#dial();
    return true;
  }

  #dial(): void {
    this.#redialTick = undefined;
    this.#peer.outputs.dial(this.leader);
  }

  #onLeaderInfo(message: Extract<ZabMessage, { kind: 'leaderInfo' }>): StepResult {
    if (this.#phase !== 'discovery') return violation('LEADERINFO outside of discovery');
    const { clusterId, history } = this.#peer;
    if (clusterId !== '' && message.clusterId !== clusterId) {
      return violation(
        `the leader belongs to cluster ${message.clusterId}, this peer to ${clusterId}`,
      );
    }
    if (message.epoch < this.#peer.acceptedEpoch) {
      return {
        goLooking: `epoch ${String(message.epoch)} is below the accepted epoch ${String(this.#peer.acceptedEpoch)}`,
      };
    }
    // The leader remembers what this very identity acked in this epoch: a shorter log has lost it (brief A17).
    assert(
      message.acked.epoch !== message.epoch || compareZxid(message.acked, history.last.zxid) <= 0,
      'the log holds all that this peer acknowledged',
      { acked: message.acked, last: history.last.zxid },
    );
    const isNew = message.epoch > this.#peer.acceptedEpoch;
    const spent = this.#peer.isNewcomer ? spentAck.newcomer : spentAck.member;
    const currentEpoch = isNew ? this.#peer.currentEpoch : spent;
    if (isNew) this.#peer.acceptEpoch(message.epoch);
    this.#epoch = message.epoch;
    this.#phase = 'synchronization';
    this.#promise({
      kind: 'ackEpoch',
      currentEpoch,
      last: history.last,
      applied: this.#peer.applied,
    });
    return undefined;
  }

  #onTwin(livesAt: string): StepResult {
    this.#peer.outputs.event({ event: 'isTwin', leader: this.leader, livesAt });
    return { goLooking: 'another process runs under the server id of this one' };
  }

  /** A leader says so only when a quorum of those who stay knows it. What was changed since, an older one can't know. */
  #onFarewell(version: Zxid): StepResult {
    const own = versionOf(this.#peer.history.settled);
    return compareZxid(version, own) < 0
      ? violation('FAREWELL of an older membership than is known here')
      : { removed: version };
  }

  #onDiff(message: Extract<ZabMessage, { kind: 'diff' }>): StepResult {
    if (this.#phase !== 'synchronization' || this.#incoming !== undefined) {
      return violation('DIFF outside of the start of synchronisation');
    }
    const { last } = this.#peer.history;
    if (!zxidEquals(message.from.zxid, last.zxid) || message.from.chain !== last.chain) {
      return violation('DIFF from a place that is not the end of this log');
    }
    this.#incoming = this.#incomingFrom(last);
    return undefined;
  }

  #onTrunc(message: Extract<ZabMessage, { kind: 'trunc' }>): StepResult {
    if (this.#phase !== 'synchronization' || this.#incoming !== undefined) {
      return violation('TRUNC outside of the start of synchronisation');
    }
    const { history } = this.#peer;
    if (!history.holds(message.to)) {
      const highest = history.highestBelow(message.to.zxid);
      this.#isRetreating = true;
      this.#send({ kind: 'retreat', last: highest ?? history.base });
      return undefined;
    }
    assert(
      compareZxid(message.to.zxid, history.committed) >= 0,
      'no leader ever cuts what was committed',
      { to: message.to.zxid, committed: history.committed },
    );
    this.#incoming = { ...this.#incomingFrom(message.to), truncateTo: message.to };
    return undefined;
  }

  #onSnap(message: Extract<ZabMessage, { kind: 'snap' }>): StepResult {
    if (this.#phase !== 'synchronization' || this.#incoming !== undefined) {
      return violation('SNAP outside of the start of synchronisation');
    }
    this.#incoming = {
      ...this.#incomingFrom(message.at),
      snapshot: { at: message.at, membership: message.membership },
      snapshotIsComplete: false,
    };
    return undefined;
  }

  #onSnapEnd(): StepResult {
    if (this.#incoming === undefined || this.#incoming.snapshot === null) {
      return violation('the end of a snapshot that never began');
    }
    this.#incoming.snapshotIsComplete = true;
    return undefined;
  }

  #onProposal(entries: readonly LogEntry[], commit: Zxid): StepResult {
    if (this.#phase === 'synchronization') return this.#buffer(entries, commit);
    if (this.#phase !== 'acknowledged' && this.#phase !== 'broadcast') {
      return violation('PROPOSAL before synchronisation');
    }
    const problem = this.#append(entries);
    if (problem !== undefined) return problem;
    this.#mustAck = true;
    return this.#onCommit(commit);
  }

  #onInform(entries: readonly LogEntry[]): StepResult {
    if (this.#comesAs === 'follower') return violation('INFORM to a follower');
    if (this.#phase !== 'acknowledged' && this.#phase !== 'broadcast') {
      return violation('INFORM before synchronisation');
    }
    const problem = this.#append(entries);
    if (problem !== undefined) return problem;
    return this.#onCommit(this.#peer.history.last.zxid);
  }

  #onNewLeader(message: Extract<ZabMessage, { kind: 'newLeader' }>): StepResult {
    const incoming = this.#incoming;
    if (this.#phase !== 'synchronization' || incoming === undefined) {
      return violation('NEWLEADER outside of synchronisation');
    }
    if (message.epoch !== this.#epoch || message.epoch !== this.#peer.acceptedEpoch) {
      return violation('NEWLEADER of another epoch');
    }
    if (!incoming.snapshotIsComplete) return violation('NEWLEADER before the end of the snapshot');
    if (
      !zxidEquals(message.end.zxid, incoming.end.zxid) ||
      message.end.chain !== incoming.end.chain
    ) {
      return violation('NEWLEADER names another end of history than was sent');
    }
    this.#peer.adopt({
      epoch: message.epoch,
      snapshot: incoming.snapshot,
      truncateTo: incoming.truncateTo,
      entries: incoming.entries,
    });
    this.#incoming = undefined;
    this.#phase = 'acknowledged';
    this.#promise({ kind: 'ack', zxid: zxid(message.epoch, 0) });
    return undefined;
  }

  #onUpToDate(commit: Zxid): StepResult {
    if (this.#phase !== 'acknowledged') {
      return violation('UPTODATE before NEWLEADER was acknowledged');
    }
    if (compareZxid(commit, this.#peer.history.last.zxid) > 0) {
      return violation('UPTODATE commits what was never proposed here');
    }
    this.#phase = 'broadcast';
    this.#peer.commit(commit);
    this.#peer.outputs.event({ event: 'upToDate', epoch: this.#epoch, leader: this.leader });
    this.#peer.deliver();
    return undefined;
  }

  #onCommit(upTo: Zxid): StepResult {
    if (this.#phase !== 'acknowledged' && this.#phase !== 'broadcast') {
      return violation('COMMIT before synchronisation');
    }
    if (compareZxid(upTo, this.#peer.history.last.zxid) > 0) {
      return violation('COMMIT of what was never proposed here');
    }
    this.#peer.commit(upTo);
    // Before UPTODATE the commit is remembered but nothing is delivered (ZK-4394).
    if (this.isServing) this.#peer.deliver();
    return undefined;
  }

  #onPing(message: Extract<ZabMessage, { kind: 'ping' }>): StepResult {
    // A heartbeat must not hide a dead disk (brief D2.1).
    if (!this.#peer.diskIsStuck) {
      this.#sendPong(message.round);
    }
    if (this.#phase !== 'acknowledged' && this.#phase !== 'broadcast') return undefined;
    return this.#onCommit(message.commit);
  }

  #onSyncReply(message: Extract<ZabMessage, { kind: 'syncReply' }>): StepResult {
    if (!this.#barriers.delete(message.id)) return violation('a SYNC reply that nobody asked for');
    this.#peer.outputs.answer({ id: message.id, zxid: message.zxid });
    return undefined;
  }

  /** The leader gives way. It waited for its successor's acks, so that peer holds all that it names. */
  #onLead({ epoch, leader, last, round }: Extract<ZabMessage, { kind: 'lead' }>): StepResult {
    if (!this.isServing) return violation('LEAD before UPTODATE');
    if (epoch !== this.#epoch) return violation('LEAD of another epoch');
    const isSuccessor = leader === this.#peer.self;
    if (isSuccessor && !zxidEquals(last, this.#peer.history.last.zxid)) {
      return violation('LEAD with another history than is here');
    }
    return { appointed: { leader, round } };
  }

  #buffer(entries: readonly LogEntry[], commit: Zxid): StepResult {
    const incoming = this.#incoming;
    if (incoming?.snapshotIsComplete !== true) {
      return violation('PROPOSAL before DIFF, TRUNC or the end of SNAP');
    }
    for (const entry of entries) {
      if (!this.#continues(incoming.end, entry)) {
        return violation('a gap in the history that was sent');
      }
      incoming.entries.push(entry);
      incoming.bytes += entry.payload.length + entryOverheadBytes;
      incoming.end = { zxid: entry.zxid, chain: entry.chain };
    }
    const { historyPartBytesMax } = this.#peer.options.limits;
    if (incoming.bytes > historyPartBytesMax && this.#reachesOurEnd(incoming)) {
      this.#adoptPart(incoming, commit);
    }
    return undefined;
  }

  /**
   * A snapshot takes the place of the whole log, of what was acked behind it too: whoever counted on that may need it, so
   * that goes only in one step with what the leader has of it.
   */
  #reachesOurEnd({ snapshot, end }: IncomingHistory): boolean {
    return snapshot === null || compareZxid(end.zxid, this.#peer.history.last.zxid) >= 0;
  }

  #adoptPart(incoming: IncomingHistory, commit: Zxid): void {
    const { snapshot, truncateTo, entries } = incoming;
    this.#peer.adoptPart({ snapshot, truncateTo, entries, commit });
    incoming.snapshot = null;
    incoming.truncateTo = null;
    incoming.entries = [];
    incoming.bytes = 0;
    this.#partsTold ??= { durable: zeroZxid, applied: zeroZxid };
  }

  /** A leader sends on when it knows that the parts before are durable and applied; and this is no standstill. */
  #tellOfParts(): void {
    const told = this.#partsTold;
    if (told === undefined || this.#phase !== 'synchronization') return;
    const { durable, applied } = this.#peer;
    if (zxidEquals(durable.lastLogged, told.durable) && zxidEquals(applied, told.applied)) return;
    this.#partsTold = { durable: durable.lastLogged, applied };
    this.progress();
    this.#sendPong(0);
  }

  #append(entries: readonly LogEntry[]): StepResult {
    let end = this.#peer.history.last;
    for (const entry of entries) {
      if (!this.#continues(end, entry)) return violation('a gap in the proposals');
      end = entry;
    }
    for (const entry of entries) this.#peer.append(entry);
    return undefined;
  }

  #continues(end: LogPosition, entry: LogEntry): boolean {
    return (
      zxidFollows(end.zxid, entry.zxid) &&
      entry.chain === this.#peer.options.chain(end.chain, entry.zxid, entry.kind, entry.payload)
    );
  }

  #incomingFrom(end: LogPosition): IncomingHistory {
    return {
      snapshot: null,
      snapshotIsComplete: true,
      truncateTo: null,
      entries: [],
      bytes: 0,
      end,
    };
  }

  #sendPong(round: number): void {
    const { durable, applied } = this.#peer;
    this.#send({ kind: 'pong', round, durable: durable.lastLogged, applied });
  }

  #send(message: ZabMessage): void {
    if (this.#connection !== undefined) this.#peer.outputs.send(this.#connection, message);
  }

  #promise(message: ZabMessage): void {
    if (this.#connection !== undefined) this.#peer.outputs.promise(this.#connection, message);
  }
}

function isPlan(message: ZabMessage): boolean {
  return message.kind === 'diff' || message.kind === 'trunc' || message.kind === 'snap';
}
