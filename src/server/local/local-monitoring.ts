import type { SessionId } from '../../model/ids.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { StateDigest } from '../../model/peer-message.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  LeaderFigures,
  MonitoredSession,
  Monitoring,
  PeerFigures,
} from '../../service/monitoring.ts';
import type { Entrance } from './entrance.ts';
import type { EnsembleServerOptions } from '../options.ts';

interface LocalMonitoringParts {
  readonly entrance: Entrance;
  readonly options: EnsembleServerOptions;
  readonly clock: Clock;
}

/** Gathers what the parts of this peer know of themselves; keeps nothing but the time since when it can be asked. */
export class LocalMonitoring implements Monitoring {
  readonly #parts: LocalMonitoringParts;
  readonly #startedAtMs: number;

  constructor(parts: LocalMonitoringParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.clock.now();
  }

  figures(): PeerFigures {
    const { entrance, options, clock } = this.#parts;
    const { peer } = entrance;
    const { role, zxid } = entrance.meta();
    const {
      znodes = 0,
      ephemerals = 0,
      sessions = 0,
      dataBytes = 0,
    } = peer?.applier.state.counts ?? {};
    const voters = peer?.applier.membership?.voters.length ?? options.configuredVoters.length;
    return {
      role,
      zxid,
      znodes,
      ephemerals,
      sessions,
      dataBytes,
      voters,
      isServing: entrance.unreadyBecause() === undefined,
      isAlone: voters === 1 && (peer?.reporting.view().peers.length ?? 1) === 1,
      uptimeMs: clock.now() - this.#startedAtMs,
      watches: peer?.watches.watches ?? 0,
      outstanding: entrance.unanswered,
    };
  }

  leadership(): LeaderFigures | undefined {
    const { entrance, clock } = this.#parts;
    const { peer } = entrance;
    const establishedAtMs = peer?.leading.establishedAtMs;
    if (peer === undefined || establishedAtMs === undefined || entrance.meta().role !== 'leader') {
      return undefined;
    }
    const learners = peer.reporting.learners();
    const followers = learners.filter(({ role }) => role === 'follower');
    return {
      followers: followers.length,
      nonVotingFollowers: followers.filter(({ votes }) => !votes).length,
      observers: learners.length - followers.length,
      proposals: peer.applier.state.counts.pending,
      pendingSyncs: peer.reads.waiting,
      proposalBytes: peer.leading.proposalBytes.range,
      leadingMs: clock.now() - establishedAtMs,
    };
  }

  *sessions(): Iterable<MonitoredSession> {
    const { peer } = this.#parts.entrance;
    if (peer === undefined) return;
    for (const { session, timeoutMs } of peer.applier.state.sessions()) {
      yield { session, timeoutMs, expiresInMs: peer.sessions.leaderGivesMs(session) };
    }
  }

  *ephemerals(): Iterable<{ readonly session: SessionId; readonly paths: readonly ZnodePath[] }> {
    const state = this.#parts.entrance.peer?.applier.state;
    if (state === undefined) return;
    for (const { session } of state.sessions()) {
      yield { session, paths: state.ephemeralsOf(session) };
    }
  }

  digests(): readonly StateDigest[] {
    return this.#parts.entrance.peer?.applier.digests.recent ?? [];
  }

  resetProposalBytes(): void {
    this.#parts.entrance.peer?.leading.proposalBytes.reset();
  }
}
