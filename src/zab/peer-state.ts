import { assert } from '../base/assert.ts';
import type { Nonce, ServerId } from '../model/ids.ts';
import type { LogEntry, LogPosition } from '../model/log-entry.ts';
import {
  hasVoter,
  isRemoved,
  levelOf,
  type MemberRole,
  type Membership,
  versionOf,
} from '../model/membership.ts';
import { maxZxid, minZxid, type Zxid } from '../model/zxid.ts';
import { protocols, type ProtocolRange } from '../model/level.ts';
import { History } from './history.ts';
import { roleIn } from './membership-change.ts';
import type { ZabOptions, ZabRecovered } from './options.ts';
import { Outputs, type DurablePoint } from './outputs.ts';

/**
 * What a peer is, whatever role it plays: its epochs and history (brief A1), what of them is durable, the tick count,
 * and the outputs of the turn. The roles change it only through these methods, each of which persists what it changes.
 */
export class PeerState {
  readonly options: ZabOptions;
  readonly history: History;
  readonly outputs = new Outputs();
  #tick = 0;
  #acceptedEpoch: number;
  #currentEpoch: number;
  #founded: Membership | null;
  #durable: DurablePoint;
  readonly #point = (): DurablePoint => ({
    lastLogged: this.history.lastZxid,
    acceptedEpoch: this.#acceptedEpoch,
    currentEpoch: this.#currentEpoch,
    founded: this.#founded !== null,
    settled: this.history.settled,
  });
  #applied: Zxid;

  constructor(options: ZabOptions, recovered: ZabRecovered) {
    this.options = options;
    this.#acceptedEpoch = recovered.acceptedEpoch;
    this.#currentEpoch = recovered.currentEpoch;
    this.#founded = recovered.founded;
    this.history = new History(recovered, () => this.#founded);
    assert(this.#acceptedEpoch >= this.#currentEpoch, 'acceptedEpoch >= currentEpoch', {
      acceptedEpoch: this.#acceptedEpoch,
      currentEpoch: this.#currentEpoch,
    });
    // Above the current one while only a part of a leader's history is here.
    assert(
      this.#acceptedEpoch >= this.history.last.zxid.epoch,
      'acceptedEpoch >= epoch of the log',
      { acceptedEpoch: this.#acceptedEpoch, last: this.history.last.zxid },
    );
    this.#durable = this.#point();
    this.#applied = recovered.delivered;
  }

  get self(): ServerId {
    return this.options.self;
  }

  get nonce(): Nonce {
    return this.options.nonce;
  }

  get protocols(): ProtocolRange {
    return this.options.protocols ?? protocols;
  }

  get now(): number {
    return this.#tick;
  }

  /** Highest epoch for which LEADERINFO was accepted: a promise to follow no lower one. Never below currentEpoch. */
  get acceptedEpoch(): number {
    return this.#acceptedEpoch;
  }

  /** Epoch of the last leader whose initial history was taken over whole. */
  get currentEpoch(): number {
    return this.#currentEpoch;
  }

  /** The voters of the first start; what counts until the log holds a membership. */
  get founded(): Membership | null {
    return this.#founded;
  }

  get durable(): DurablePoint {
    return this.#durable;
  }

  get clusterId(): string {
    return this.history.membership?.clusterId ?? '';
  }

  /** By the shell, out of what was delivered. */
  get applied(): Zxid {
    return this.#applied;
  }

  set applied(upTo: Zxid) {
    this.#applied = maxZxid(this.#applied, upTo);
  }

  /** This peer's data is the data of a voter: its votes and acks may count. */
  get isVoter(): boolean {
    return this.hasSeat(this.self, this.nonce);
  }

  /**
   * It has a beginning of a history, has no vote by that, and never took one over whole: a vote is given to nobody before.
   * So no leader counts it, not even one of an earlier build that knows no other spent ack than -1.
   */
  get isNewcomer(): boolean {
    return this.#currentEpoch === 0 && this.history.membership !== null && !this.isVoter;
  }

  /** In any membership in force: a quorum may need this identity. */
  hasSeat(id: ServerId, nonce: Nonce): boolean {
    return this.history.membershipsInForce().some((each) => hasVoter(each, id, nonce));
  }

  /**
   * As the committed membership says, once there was a change; before, and of a stranger, as it is configured. Whoever has
   * a seat in a later one is needed for its quorum, and may be the only one left who knows of it.
   */
  get role(): MemberRole {
    const role = roleIn(this.history.settled, this.self) ?? this.options.role;
    return role === 'participant' || this.isVoter ? 'participant' : 'observer';
  }

  /** This peer's identity was a member, by this membership, and is none. */
  isRemovedBy(membership: Membership): boolean {
    const { self: id, nonce } = this;
    return isRemoved(membership, { id, nonce });
  }

  /** The version of the committed membership, where that has removed this peer. */
  get removedBy(): Zxid | null {
    const { settled } = this.history;
    return settled !== null && this.isRemovedBy(settled) ? versionOf(settled) : null;
  }

  advanceTick(): void {
    this.#tick++;
  }

  found(membership: Membership): void {
    assert(this.history.membership === null, 'an ensemble is founded once');
    this.#founded = membership;
    this.outputs.persist({ kind: 'found', membership });
    this.outputs.event({ event: 'founded', membership });
  }

  acceptEpoch(epoch: number): void {
    assert(epoch > this.#acceptedEpoch, 'acceptedEpoch rises', {
      from: this.#acceptedEpoch,
      to: epoch,
    });
    this.#acceptedEpoch = epoch;
    this.outputs.persist({ kind: 'acceptEpoch', epoch });
  }

  /** Takes over a leader's initial history and its epoch in one durable step (A4: atomically). */
  adopt(change: {
    readonly epoch: number;
    readonly snapshot: { readonly at: LogPosition; readonly membership: Membership | null } | null;
    readonly truncateTo: LogPosition | null;
    readonly entries: readonly Parameters<History['append']>[0][];
  }): void {
    assert(change.epoch === this.#acceptedEpoch, 'the adopted epoch is the accepted one', {
      epoch: change.epoch,
      acceptedEpoch: this.#acceptedEpoch,
    });
    const { snapshot, truncateTo, entries } = change;
    if (snapshot !== null) this.history.replaceBySnapshot(snapshot.at, snapshot.membership);
    if (truncateTo !== null) this.history.truncate(truncateTo);
    for (const entry of entries) this.history.append(entry);
    this.#currentEpoch = change.epoch;
    this.outputs.persist({
      kind: 'adopt',
      epoch: change.epoch,
      snapshot: snapshot?.at ?? null,
      truncateTo,
      entries,
      commit: this.history.committed,
    });
  }

  /**
   * Takes over a part of a leader's initial history, which goes on where the log ends or is cut, or replaces it by a
   * snapshot. The log ends no earlier then and the epoch is the same: it is a beginning of a history that holds all that
   * was ever committed, so whoever is as far by epoch and zxid holds what of that lies so far back, and what this peer
   * acked and was committed by that is still here. The leader gets no promise for it.
   */
  adoptPart(part: {
    readonly snapshot: { readonly at: LogPosition; readonly membership: Membership | null } | null;
    readonly truncateTo: LogPosition | null;
    readonly entries: readonly Parameters<History['append']>[0][];
    readonly commit: Zxid;
  }): void {
    const { snapshot, truncateTo, entries, commit } = part;
    if (snapshot !== null) this.history.replaceBySnapshot(snapshot.at, snapshot.membership);
    if (truncateTo !== null) this.history.truncate(truncateTo);
    for (const entry of entries) this.history.append(entry);
    this.history.commit(minZxid(commit, this.history.last.zxid));
    this.outputs.persist({
      kind: 'adopt',
      epoch: this.#currentEpoch,
      snapshot: snapshot?.at ?? null,
      truncateTo,
      entries,
      commit: this.history.committed,
    });
  }

  append(entry: LogEntry): void {
    this.history.append(entry);
    assert(entry.zxid.epoch <= this.#currentEpoch, 'currentEpoch >= epoch of the log');
    this.outputs.append(entry, this.history.committed);
  }

  /**
   * Raises the commit point. The log's next entry will note it down, but a change of voters can't wait for that: who
   * starts again not knowing that it is committed would need a quorum of the former voters too, who may be gone for good.
   */
  commit(upTo: Zxid): void {
    const inForce = this.history.membershipsInForce().length;
    const before = this.history.settled;
    this.history.commit(upTo);
    if (this.history.membershipsInForce().length === inForce) return;
    this.outputs.persist({ kind: 'append', entries: [], commit: this.history.committed });
    this.#tellOfLevel(before);
    this.#tellOfDemotion(before);
  }

  #tellOfLevel(before: Membership | null): void {
    const level = levelOf(this.history.settled);
    if (before === null || level <= levelOf(before)) return;
    this.outputs.event({ event: 'levelRaised', level });
  }

  #tellOfDemotion(before: Membership | null): void {
    const { settled } = this.history;
    if (before === null || settled === null || this.isRemovedBy(settled)) return;
    const { self, nonce } = this;
    if (hasVoter(before, self, nonce) && !hasVoter(settled, self, nonce)) {
      this.outputs.event({ event: 'demoted', membership: settled });
    }
  }

  /** Hands out what is committed and durable here. */
  deliver(): void {
    const entries = this.history.deliver(this.#durable.lastLogged);
    if (entries.length > 0) this.outputs.deliver(entries);
  }

  /** The disk has caught up with a Ready. */
  becameDurable(sequence: number): void {
    const point = this.outputs.durable(sequence);
    if (point === undefined) return;
    assert(point.acceptedEpoch >= this.#durable.acceptedEpoch, 'acceptedEpoch never falls on disk');
    this.#durable = point;
  }

  takeReady(): ReturnType<Outputs['take']> {
    return this.outputs.take(this.#tick, this.#point);
  }

  /** True when a write has been on its way to the disk for longer than the sync limit: the disk is as good as dead. */
  get diskIsStuck(): boolean {
    const since = this.outputs.oldestWriteTick;
    return since !== undefined && this.#tick - since > this.options.timers.syncLimit;
  }
}
