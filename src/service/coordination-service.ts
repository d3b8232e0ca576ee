import type { Refusal } from '../model/error-code.ts';
import type { ServerId } from '../model/ids.ts';
import type { Limits } from '../model/limits.ts';
import type { AdvertisedAddresses } from '../model/peer-message.ts';
import type { ReadQuery, ResultOf } from '../model/read.ts';
import type { MultiRequest } from '../model/request.ts';
import type { Zxid } from '../model/zxid.ts';
import type {
  AnswerMeta,
  Asker,
  Caller,
  PeerRole,
  ReadAnswer,
  ReadOptions,
  WriteAnswer,
  WriteOptions,
  WriteReceiver,
} from './call.ts';
import type { AuthService } from './auth.ts';
import type { ConnectionWatches, ConnectionWatchesSink } from './connection-watches.ts';
import type { CopyService } from './copying.ts';
import type { IdentityService } from './identifying.ts';
import type { LevelService } from './levels.ts';
import type { LeadershipService } from './leadership.ts';
import type { LogLevelService } from './log-level.ts';
import type { LockService } from './locking.ts';
import type { MemberService } from './members.ts';
import type { Monitoring } from './monitoring.ts';
import type { SessionService } from './sessions.ts';
import type { Outlet, OutletSink } from './watching.ts';

export interface PeerView {
  readonly id: ServerId;
  readonly role: 'leader' | 'follower' | 'observer' | 'unknown';
  /** `self` is always up; others as the leader last heard of them. */
  readonly state: 'up' | 'down';
  readonly addresses: AdvertisedAddresses;
  readonly lastZxid: Zxid;
  /** Milliseconds since the leader heard from it; undefined when it is down. */
  readonly lagMs: number | undefined;
  readonly votes: boolean;
  /** The configuration of the peer that answers has a line for it. */
  readonly isConfigured: boolean;
  /** It was a member and is none any more: nobody waits for it. */
  readonly isRemoved: boolean;
}

export interface ClusterView {
  /** Empty until the ensemble exists. */
  readonly clusterId: string;
  readonly leaderId: ServerId | undefined;
  readonly epoch: number;
  /** What its log may hold, and the newest that this peer knows: below that, an upgrade is not finished. */
  readonly level: number;
  readonly newestLevel: number;
  readonly self: { readonly id: ServerId; readonly role: PeerRole; readonly lastZxid: Zxid };
  readonly peers: readonly PeerView[];
}

export interface PeerDescription {
  readonly version: string;
  readonly serverId: ServerId;
  readonly clusterId: string;
  readonly limits: Limits;
  readonly startedAtMs: number;
  readonly znodes: number;
  readonly sessions: number;
}

/**
 * The only door to the ensemble: every front end is a translator over this and keeps no state but its connections. It
 * speaks `model/` types, checks limits and ACLs once for all doors, forwards writes to the leader, and answers reads by
 * the consistency asked for. Promises reject with `ServiceError` alone.
 */
export interface CoordinationService {
  readonly limits: Limits;

  /** Makes a change. Resolves once this peer has applied the committed txn, so the caller reads its own write here. */
  write(request: MultiRequest, caller: Caller, options: WriteOptions): Promise<WriteAnswer>;

  /**
   * Does the same as `write` without a promise, for hot paths: `receiver` is told exactly once, perhaps before this
   * returns.
   */
  writeThen(
    request: MultiRequest,
    caller: Caller,
    options: WriteOptions,
    receiver: WriteReceiver,
  ): void;

  read<Query extends ReadQuery>(
    query: Query,
    caller: Caller,
    options: ReadOptions,
  ): Promise<ReadAnswer<ResultOf<Query>>>;

  /**
   * Does the same as `read` without a promise, for hot paths: `done` may be called before this returns (a local read), or
   * later. Exactly once.
   */
  readThen<Query extends ReadQuery>(
    query: Query,
    caller: Caller,
    options: ReadOptions,
    done: (answer: ReadAnswer<ResultOf<Query>> | Refusal) => void,
  ): void;

  /** Resolves once this peer has applied everything that the leader had proposed when it was asked. */
  sync(timeoutMs: number, asker?: Partial<Asker>): Promise<AnswerMeta>;

  /**
   * Looks at a proof that a connection has come to have, before anything is asked by it. `asker`: with all that it has,
   * its address among it. `done` is called at once; or later, with `throttled`: too many wrong ones came from that address,
   * and this one was not looked at.
   */
  prove(asker: Asker, done: (refusal: Refusal | undefined) => void): void;

  /** Takes notice of who has proved something for the first time on his connection: for the audit log. */
  introduced(asker: Asker): void;

  /** Opens the watches of one connection; see `Outlet`. The caller's identities hold for all of its watches. */
  openOutlet(caller: Caller, sink: OutletSink): Outlet;

  /**
   * Opens ZooKeeper's watches, for one connection of its protocol. Throws a `ServiceError` before this peer has its data.
   */
  openConnectionWatches(sink: ConnectionWatchesSink): ConnectionWatches;

  readonly sessions: SessionService;
  readonly locks: LockService;
  readonly identities: IdentityService;
  readonly auth: AuthService;
  readonly copies: CopyService;
  readonly leadership: LeadershipService;
  readonly levels: LevelService;
  readonly members: MemberService;
  readonly logLevel: LogLevelService;
  /** For operators; no door decides anything by it. */
  readonly monitoring: Monitoring;

  cluster(): ClusterView;
  describe(): PeerDescription;
  /** Gives what every answer carries, also an error's. */
  meta(): AnswerMeta;
  /** Says why this peer is not ready, for a person. Undefined when it serves reads and knows a leader. */
  unreadyBecause(): string | undefined;

  /** Why this peer, though it serves, counts in no quorum that it should by its configuration; undefined otherwise. */
  noVoteBecause(): string | undefined;

  /** Why not all that this version knows may be used: an upgrade is not finished; undefined otherwise. */
  unfinishedBecause(): string | undefined;
}
