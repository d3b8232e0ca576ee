import { defaults } from '../model/defaults.ts';
import type { ServerId } from '../model/ids.ts';
import type { CertificateId } from '../model/principal.ts';
import { defaultLimits, type Limits } from '../model/limits.ts';
import type { AdvertisedAddresses } from '../model/peer-message.ts';
import type { ZnodePath } from '../model/path.ts';
import type { ServerLine } from '../model/server-line.ts';
import type { Audit } from '../ports/audit.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hash } from '../ports/hash.ts';
import type { Logger, LogThreshold } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import type { Tracing } from '../ports/tracing.ts';
import type { TxnCodec } from '../ports/txn-codec.ts';
import {
  defaultZabLimits,
  defaultZabTimers,
  type ZabLimits,
  type ZabOptions,
  type ZabRecovered,
  type ZabTimers,
} from '../zab/options.ts';
import type { AddressDemands } from '../service/budget/address-demands.ts';
import type { Budget } from '../service/budget/budget.ts';
import type { Pace } from '../service/budget/pace.ts';
import type { ZabCore } from '../zab/ready.ts';
import { defaultServerTuning, type ServerTuning } from './tuning.ts';

/** Names all of the outside world that a server touches. */
export interface ServerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly store: Store;
  readonly network: PeerNetwork;
  readonly logger: Logger;
  /** Undefined: what is logged is not the peer's own to set. */
  readonly logThreshold?: LogThreshold | undefined;
  readonly metrics: Metrics;
  /** Undefined: nobody follows requests. */
  readonly tracing?: Tracing | undefined;
  readonly audit: Audit;
  readonly codec: TxnCodec;
}

export interface EnsembleServerOptions {
  readonly self: ServerId;
  readonly role: 'participant' | 'observer';
  /** The participants of the configuration, this one included. */
  readonly configuredVoters: readonly ServerId[];
  readonly bootstrap: boolean;
  /** Of the ensemble that this peer founds or joins, as its certificate says; undefined: the founders draw one. */
  readonly clusterId?: string | undefined;
  readonly tickMs: number;
  readonly timers: ZabTimers;
  readonly zabLimits: ZabLimits;
  readonly election: ZabOptions['election'];
  readonly limits: Limits;
  /** Shared with the doors. Without one, whoever asks has one of his own with the defaults. */
  readonly budget?: Budget;
  /** Of those who ask at the doors: told of in the figures. */
  readonly demands?: AddressDemands;
  /** Shared with the doors: is told of all that is small, and holds back what is large. */
  readonly pace?: Pace;
  /** ZooKeeper's enforceQuota: the leader refuses what would go above a quota's hard limits. */
  readonly enforceQuota: boolean;
  /** The leader raises the level as soon as it may. */
  readonly finishesUpgrades: boolean;
  /** Judges what others have signed; without one, nothing of that is believed. */
  readonly authenticator?: Authenticator;
  /** Says which certificates are believed no more; without it, none is known that is not. */
  readonly isRevoked?: ((certificate: CertificateId) => boolean) | undefined;
  /** `user:base64(sha1(user:password))`: whoever proves it may do everything. */
  readonly superDigest: string | undefined;
  /** A request that takes as long is logged; 0: none is. */
  readonly slowRequestMs: number;
  /** Writes below these are recorded in the audit log of the peer that was asked. */
  readonly auditedBelow: readonly ZnodePath[];
  /** ZooKeeper's extendedTypesEnabled: without, no TTL znode is created. */
  readonly extendedTypes: boolean;
  /**
   * What this peer publishes in /zookeeper/config when it leads, in order of id: itself and the others, as its
   * configuration has them. None: it leaves the znode alone, as a standalone ZooKeeper does.
   */
  readonly serverLines: readonly ServerLine[];
  /** Every server of this peer's configuration, itself included, with the addresses by which the others reach each. */
  readonly memberLines: readonly ServerLine[];
  /** False of one that is alone and has no ports for peers: nobody can join it. */
  readonly listensForPeers: boolean;
  readonly addresses: AdvertisedAddresses;
  /** Of the program, for `describe`. */
  readonly version: string;
  readonly tuning: ServerTuning;
  readonly createZab: (options: ZabOptions, recovered: ZabRecovered) => ZabCore;
  /** A rule of ours was broken, or the store failed: nothing was sent since, the process must end (exit code 70). */
  readonly onFatal: (cause: unknown) => void;
}

export const defaultServerOptions = Object.freeze({
  role: 'participant',
  bootstrap: false,
  tickMs: defaults.tickMs,
  timers: defaultZabTimers,
  zabLimits: defaultZabLimits,
  election: 'fast',
  limits: defaultLimits,
  enforceQuota: defaults.enforceQuota,
  finishesUpgrades: false,
  superDigest: undefined,
  slowRequestMs: 0,
  auditedBelow: Object.freeze([]),
  extendedTypes: defaults.extendedTypes,
  serverLines: Object.freeze([]),
  memberLines: Object.freeze([]),
  listensForPeers: true,
  addresses: Object.freeze({ http: '', grpc: '', zookeeper: '' }),
  version: '0.0.0',
  tuning: defaultServerTuning,
} as const);
