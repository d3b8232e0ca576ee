import { isIPv6 } from 'node:net';
import type { BudgetLimits } from '../model/budget.ts';
import type { ServerId } from '../model/ids.ts';
import type { JwtSettings } from '../model/jwt-settings.ts';
import type { Limits } from '../model/limits.ts';
import type { logLevels } from '../model/log-level.ts';
import type { ZnodePath } from '../model/path.ts';
import type { ServerLine } from '../model/server-line.ts';
import type { KeyFiles } from '../model/tls-keys.ts';

/** Where a door listens. Port 0 picks a free one. */
export interface DoorAddress {
  readonly host: string;
  readonly port: number;
}

/** What the ZooKeeper door does besides listening. */
export interface ZooKeeperDoorSettings {
  /** TTL znodes can be made (createTTL); without them their op code is unimplemented, as in ZooKeeper. */
  readonly extendedTypes: boolean;
  /** The four-letter words that are answered, in order and each once; `srvr` is always among them. */
  readonly words: readonly string[];
  /** 0: nine in ten of `connectionsMax`, so that one address can't keep all others out. */
  readonly connectionsPerAddressMax: number;
  /** 0: no limit but the process's own. */
  readonly connectionsMax: number;
  /** Who may write /zookeeper/config may change the membership by reconfig. */
  readonly reconfigEnabled: boolean;
}

/** What TLS is spoken with, at all doors and between peers. All files are absolute. */
export interface TlsSettings extends KeyFiles {
  /** As ZooKeeper's `ssl.clientAuth`. */
  readonly clientAuth: 'none' | 'want' | 'need';
  /** Whether peers meet by TLS; `accept`: by both, while the ensemble goes over from one to the other. */
  readonly peers: 'on' | 'accept' | 'off';
}

/** By what clients prove who they are. */
export interface AuthSettings {
  /**
   * `user:base64(sha1(user:password))` of who may do everything, as ZooKeeper takes it; a secret. Undefined: nobody.
   */
  readonly superDigest: string | undefined;
  /** What of a client's certificate says who it is. */
  readonly certificateNames: 'dn' | 'san';
  /** Undefined: no issuer's tokens are believed. */
  readonly jwt: JwtSettings | undefined;
  /** Absolute; undefined: nobody signs in by SASL. */
  readonly saslUsersFile: string | undefined;
  readonly saslWithoutTls: boolean;
}

/**
 * Timers and secret of the links between peers: deliberately not ZooKeeper's tickTime, which sets session bounds alone.
 */
export interface PeerLinks {
  /** Where quorum and election port listen; the host of this server's own line by default. */
  readonly host: string;
  readonly tickMs: number;
  readonly pingTicks: number;
  /** Discovery and synchronisation may take this long without progress. */
  readonly initLimitTicks: number;
  /** Silence after which leader and learner give each other up. At least three pings. */
  readonly syncLimitTicks: number;
  /** How often listening is tried again where the name or the address is not there yet; 0: for ever. */
  readonly bindRetries: number;
  /** Holds what the peers prove to each other; undefined where all are on loopback, or prove themselves by certificates. */
  readonly secretFile: string | undefined;
}

/**
 * How long the log is kept: until both `keepTxns` and `keepMs` are behind, unless it takes more than `keepBytesMax`.
 */
export interface Retention {
  readonly keepTxns: number;
  readonly keepMs: number;
  readonly keepBytesMax: number;
}

/** How it is kept who did what. */
export interface AuditSettings {
  /** Absolute. The older ones beside it end in `.1`, `.2` …, the newest of them first. */
  readonly file: string;
  /** A file that would become larger makes way for a new one. */
  readonly maxBytes: number;
  /** Older files that stay. */
  readonly keep: number;
  /** What happens when it can't be written: the peer stops, or it is said in the log. */
  readonly onFailure: 'stop' | 'warn';
  /** Writes at and below these are recorded. */
  readonly writesBelow: readonly ZnodePath[];
}

/** To whom it is told, as spans, where the time of requests goes. */
export interface TelemetrySettings {
  /** URL of a collector that takes OTLP over HTTP as JSON, with its path. */
  readonly endpoint: string;
  /** Of a thousand requests that belong to no trace so many begin one. */
  readonly samplePerMille: number;
}

/** How the log is written. auto: for reading on a terminal, JSON everywhere else. */
export type LogFormat = 'auto' | 'json' | 'pretty';

/** All that a peer is told from outside. Frozen, checked as a whole by `loadConfig`, read nowhere else. */
export interface PeerConfig {
  readonly serverId: ServerId;
  readonly role: 'participant' | 'observer';
  /** Absolute. */
  readonly dataDir: string;
  /** In order of id, this one included. One alone: an ensemble of one. */
  readonly servers: readonly ServerLine[];
  /** An ensemble of one does so only with a line for itself, and where others could be believed: they may join it then. */
  readonly listensForPeers: boolean;
  /** Found the ensemble now, without the voters that were not heard. Never in a file: it is said once. */
  readonly bootstrap: boolean;
  /** Undefined: the door is closed. */
  readonly http: DoorAddress | undefined;
  readonly zookeeper: DoorAddress | undefined;
  readonly zookeeperDoor: ZooKeeperDoorSettings;
  readonly grpc: DoorAddress | undefined;
  /** The host by which clients reach this peer; with the ports in use it makes the advertised addresses. */
  readonly advertise: string;
  /** Addresses and CIDR ranges of those behind which are many clients. */
  readonly proxies: readonly string[];
  /** What a Host header may say besides loopback's names: `advertise`, the HTTP door's own address, and more names. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may call us: `https://ops.example`, or `http://localhost:*` for any port. */
  readonly allowedOrigins: readonly string[];
  /** Undefined: no port speaks TLS. */
  readonly tls: TlsSettings | undefined;
  readonly peer: PeerLinks;
  readonly limits: Limits;
  /** What this peer keeps for its clients, for each and for all. */
  readonly budget: BudgetLimits;
  /** ZooKeeper's snapCount, without its random half. */
  readonly snapshot: { readonly afterTxns: number };
  readonly retention: Retention;
  /** ZooKeeper's znode.container.checkIntervalMs. */
  readonly reaper: { readonly intervalMs: number };
  /** With less free where the data is, the leader takes no writes of clients. */
  readonly disk: {
    readonly freeBytesMin: number;
    /** Part of the volume above which `freeBytesMin` does not go; 1 when it was said. */
    readonly freeShareMax: number;
  };
  /** Undefined: nobody is told where the time of requests goes. */
  readonly telemetry: TelemetrySettings | undefined;
  /** Undefined: nothing is recorded. */
  readonly audit: AuditSettings | undefined;
  readonly auth: AuthSettings;
  /** Whether a write above a quota is refused; quotas are counted in any case. */
  readonly quota: { readonly enforce: boolean };
  /** `auto`: the leader raises the level of the ensemble as soon as it may; nobody can go back then. */
  readonly upgrade: { readonly finish: 'manual' | 'auto' };
  /** Whether `/metrics` shows figures under the names of the version before, too. */
  readonly metrics: { readonly formerNames: boolean };
  readonly log: {
    readonly level: (typeof logLevels)[number];
    readonly format: LogFormat;
    /** A request that takes as long is logged; 0: none is. */
    readonly slowRequestMs: number;
  };
}

/** What holds of the settings that the configuration alone knows; the others stand in model/defaults.ts. */
export const configDefaults = Object.freeze({
  dataDir: 'data',
  host: '127.0.0.1',
  httpPort: 2180,
  zookeeperPort: 2181,
  grpcPort: 2182,
  quorumPort: 2888,
  electionPort: 3888,
  // As ZooKeeper's electionPortBindRetry.
  bindRetries: 3,
  zookeeperWords: Object.freeze(['srvr', 'ruok', 'mntr', 'isro']),
  // A load balancer or a machine with many clients is one address: only the limit of all connections protects.
  zookeeperConnectionsPerAddressMax: 0,
  zookeeperConnectionsMax: 20_000,
  zookeeperReconfigEnabled: false,
  auditMaxBytes: 64 * 1_048_576,
  auditKeep: 10,
  auditOnFailure: 'warn',
  jwtAlgorithms: Object.freeze(['RS256', 'PS256', 'ES256', 'EdDSA'] as const),
  jwtGroupsClaim: 'groups',
  telemetrySamplePerMille: 10,
  metricsFormerNames: true,
  logLevel: 'info',
  logFormat: 'auto',
  // Ten times what a write takes on a slow disk, and a tenth of what clients wait for one.
  slowRequestMs: 1_000,
} as const);

/** Says whether this host means every address of the machine, in whichever form: 0.0.0.0, 0, ::, 0:0:0:0:0:0:0:0. */
export function isWildcardHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (bare === '*' || /^(0+|0x0+)(\.(0+|0x0+)){0,3}$/i.test(bare)) return true;
  return isIPv6(bare) && /^[0:]*(:ffff:[0.:]+|:0+\.0+\.0+\.0+)?$/i.test(bare);
}

/** Says whether what goes to this host never leaves this machine: `localhost`, 127.0.0.0/8 or ::1. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
