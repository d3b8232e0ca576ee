import type { ConnectionId, ServerId } from '../../model/ids.ts';
import { newestLevel } from '../../model/level.ts';
import { isJoining, levelOf, memberOf } from '../../model/membership.ts';
import type { AdvertisedAddresses, PeerReport, StateDigest } from '../../model/peer-message.ts';
import { formatZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { PeerRole } from '../../service/call.ts';
import type { ClusterView } from '../../service/coordination-service.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { Applier } from '../applied/applier.ts';
import { compareStates, type Comparison } from '../applied/digests.ts';
import { ClusterReports, type Configured } from './cluster-reports.ts';
import type { EnsembleServerOptions } from '../options.ts';
import type { LogHolders } from '../watch/log-relay.ts';

interface ClusterReportingParts {
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly network: PeerNetwork;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly options: EnsembleServerOptions;
  /** This peer's log begins after it. */
  logBase(): Zxid;
  /** This peer's state is not what others made of the same history: it must stop. */
  diverged(comparison: Comparison): void;
  /** Where clients reach some peer is known now, or has changed. */
  addressesChanged(): void;
}

/** By id. */
export interface ConfigMismatch {
  /** Configured as voters, and none of them. */
  readonly withoutVote: readonly ServerId[];
  /** Members, and not in the configuration. */
  readonly withoutLine: readonly ServerId[];
}

const noMismatch: ConfigMismatch = Object.freeze({ withoutVote: [], withoutLine: [] });

const reportsKept = 3;

/**
 * Tells of peers: learners tell the leader about themselves, the leader tells them about everyone: at intervals, and on
 * any change.
 */
export class ClusterReporting implements LogHolders {
  readonly #parts: ClusterReportingParts;
  readonly #reports: ClusterReports;
  #addresses: AdvertisedAddresses;
  #isDue = true;
  #sentAtMs = 0;
  #dispute: { readonly comparison: Comparison; readonly sinceMs: number } | undefined;
  /** Peers whose state is wrong, as was told. */
  readonly #saidAstray = new Set<number>();
  #isStopping = false;

  constructor(parts: ClusterReportingParts) {
    this.#parts = parts;
    this.#addresses = parts.options.addresses;
    this.#reports = new ClusterReports(
      parts.clock,
      parts.options.tuning.reportEveryMs * reportsKept,
    );
  }

  /** Known only once the doors are open. */
  advertise(addresses: AdvertisedAddresses): void {
    this.#addresses = addresses;
    this.#isDue = true;
    this.#parts.addressesChanged();
  }

  get role(): PeerRole {
    const { role, isServing } = this.#parts.zab.status;
    if (!isServing) return 'looking';
    return role === 'leading'
      ? 'leader'
      : role === 'observing'
        ? 'observer'
        : role === 'following'
          ? 'follower'
          : role;
  }

  view(): ClusterView {
    const { zab, applier, options } = this.#parts;
    const { clusterId, leader, epoch, isServing } = zab.status;
    return {
      clusterId,
      leaderId: isServing ? leader : undefined,
      epoch,
      level: levelOf(applier.membership),
      newestLevel,
      self: { id: options.self, role: this.role, lastZxid: applier.applied },
      peers: this.#reports.view(this.#ownReport(), this.#configured, applier.membership),
    };
  }

  /** Those who count in quorums, or will. */
  get #voters(): readonly ServerId[] {
    const { applier, options } = this.#parts;
    return applier.membership?.voters.map(({ id }) => id) ?? options.configuredVoters;
  }

  /** How many of them are up, as far as is known here. */
  votersUp(): number {
    const voters = this.#voters;
    return this.view().peers.filter(({ id, state }) => state === 'up' && voters.includes(id))
      .length;
  }

  /** Of the peers that have told where clients reach them, this one included. */
  addresses(): ReadonlyMap<ServerId, AdvertisedAddresses> {
    const known = new Map(this.#reports.addresses());
    known.set(this.#parts.options.self, this.#addresses);
    for (const [id, { http, grpc, zookeeper }] of known) {
      // Its doors are not open yet.
      if (http + grpc + zookeeper === '') known.delete(id);
    }
    return known;
  }

  /** On the leader: the learners that serve. */
  learners(): readonly { readonly role: PeerReport['role']; readonly votes: boolean }[] {
    return [...this.#reports.learners()];
  }

  holdersOf(after: Zxid): readonly ConnectionId[] {
    return this.#reports.holdersOf(after);
  }

  get #configured(): Configured {
    const { configuredVoters: voters, memberLines } = this.#parts.options;
    return { voters, lines: memberLines.length === 0 ? voters : memberLines.map(({ id }) => id) };
  }

  /** Where this peer's configuration and the membership, which counts, say different things. */
  get mismatch(): ConfigMismatch {
    const { membership } = this.#parts.applier;
    const { voters, lines } = this.#configured;
    if (membership === null) return noMismatch;
    const has = (id: ServerId): boolean => membership.voters.some((voter) => voter.id === id);
    const members =
      membership.members?.map(({ id }) => id) ?? membership.voters.map(({ id }) => id);
    return {
      withoutVote: voters.filter((id) => !has(id) && !isJoining(membership, id)),
      withoutLine: members.filter((id) => !lines.includes(id)),
    };
  }

  /** Undefined once all that this version knows may be used. */
  unfinishedBecause(): string | undefined {
    const { membership } = this.#parts.applier;
    const level = levelOf(membership);
    if (membership === null || level >= newestLevel) return undefined;
    return (
      `the ensemble is at level ${String(level)}, and this version knows ${String(newestLevel)}: once every server runs it, ` +
      'and none is to go back: quoll upgrade finish'
    );
  }

  /** Undefined for who has a vote, wants none, or knows no leader. */
  noVoteBecause(): string | undefined {
    const { zab, applier, options } = this.#parts;
    if (options.role === 'observer' || !zab.status.isServing || zab.status.isVoter) {
      return undefined;
    }
    const { membership } = applier;
    const voters = membership?.voters.map(({ id }) => id) ?? [];
    const self = String(options.self);
    if (voters.includes(options.self)) {
      return `server ${self} has no vote yet: its data is new, and its leader gives it the vote back`;
    }
    if (membership !== null && isJoining(membership, options.self)) {
      return `server ${self} is joining: it gets its vote once it has caught up`;
    }
    const isObserver = membership !== null && memberOf(membership, options.self) !== undefined;
    return (
      `server ${self} is configured as a voter and has no vote: the voters are ${list(voters)}. This peer is a copy that ` +
      'serves clients; a majority of the voters must be up whatever becomes of it. To give it a vote: ' +
      (isObserver
        ? `quoll member promote ${self}`
        : `quoll member add ${self}=HOST:QUORUMPORT:ELECTIONPORT`)
    );
  }

  /** A quorum of the voters has come so far in this epoch without this peer; or there could be none without it. */
  get isSpared(): boolean {
    const { options, zab } = this.#parts;
    const voters = this.#voters;
    const others = this.view().peers.filter(
      ({ id, state, lastZxid }) =>
        id !== options.self &&
        voters.includes(id) &&
        state === 'up' &&
        lastZxid.epoch >= zab.status.epoch,
    );
    const isQuorum = (count: number): boolean => 2 * count > voters.length;
    return isQuorum(others.length) || !isQuorum(voters.length - 1);
  }

  get isComplete(): boolean {
    const { self } = this.#parts.options;
    return this.#voters.every((id) => id === self || this.#reports.isConnected(id));
  }

  onReport(connection: ConnectionId, report: PeerReport): void {
    const before = this.#reports.addressesOf(report.id);
    if (this.#reports.onReport(connection, report)) this.#isDue = true;
    if (before?.zookeeper !== report.addresses.zookeeper) this.#parts.addressesChanged();
    this.#compare([...this.#reports.learners()]);
  }

  onReports(reports: readonly PeerReport[]): void {
    this.#reports.onReports(reports);
    this.#compare(reports);
  }

  drop(connection: ConnectionId): void {
    if (this.#reports.drop(connection)) this.#isDue = true;
  }

  leaderChanged(): void {
    this.#reports.leaderChanged();
    this.#isDue = true;
  }

  /** States differ, and nobody can tell yet which is wrong: nothing of this one may be handed on. */
  get isInDispute(): boolean {
    return this.#dispute !== undefined;
  }

  /** The majority decides whose state is wrong. Without one all of them stop, for any of them may be. */
  #compare(reports: readonly PeerReport[]): void {
    const { options, logger, metrics } = this.#parts;
    const told = reports.filter(({ id }) => id !== options.self);
    const comparison = compareStates(this.#ownDigests(), told);
    if (comparison === undefined) return;
    const { verdict, others } = comparison;
    if (verdict === 'astray') this.#stopBecauseOf(comparison);
    else if (verdict === 'undecided') {
      this.#dispute ??= { comparison, sinceMs: this.#parts.clock.now() };
    } else {
      this.#dispute = undefined;
      if (others.every((id) => this.#saidAstray.has(id))) return;
      for (const id of others) {
        if (this.#saidAstray.has(id)) continue;
        this.#saidAstray.add(id);
        metrics.count('peers_diverged');
      }
      logger.log('error', 'stateDiverged', { peers: others, zxid: formatZxid(comparison.zxid) });
    }
  }

  #stopBecauseOf(comparison: Comparison): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#parts.diverged(comparison);
  }

  #ownDigests(): readonly StateDigest[] {
    const { digests, state, applied } = this.#parts.applier;
    return digests.all({ zxid: applied, digest: state.digest() });
  }

  tick(): void {
    const { clock, zab, network, options } = this.#parts;
    const now = clock.now();
    const dispute = this.#dispute;
    if (dispute !== undefined && now - dispute.sinceMs >= options.tuning.disputeMs) {
      this.#stopBecauseOf(dispute.comparison);
    }
    const { role, isServing, leaderConnection } = zab.status;
    if (!isServing || (!this.#isDue && now - this.#sentAtMs < options.tuning.reportEveryMs)) return;
    this.#isDue = false;
    this.#sentAtMs = now;
    if (role === 'leading') {
      const reports = this.#reports.all(this.#ownReport());
      for (const learner of this.#reports.connections) {
        network.send(learner, { kind: 'reports', reports });
      }
    } else if (leaderConnection !== undefined) {
      network.send(leaderConnection, { kind: 'report', report: this.#ownReport() });
    }
  }

  #ownReport(): PeerReport {
    const { options, applier } = this.#parts;
    const { role } = this;
    return {
      id: options.self,
      role: role === 'looking' ? (options.role === 'observer' ? 'observer' : 'follower') : role,
      votes: this.#parts.zab.status.isVoter,
      addresses: this.#addresses,
      lastZxid: applier.applied,
      logBase: this.#parts.logBase(),
      digests: this.#ownDigests(),
    };
  }
}

function list(ids: readonly ServerId[]): string {
  return ids.map((id) => `server ${String(id)}`).join(', ');
}
