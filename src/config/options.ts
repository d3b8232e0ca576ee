import type { ConfigEntry } from './config-entry.ts';
import type { Findings } from './findings.ts';
import type { BudgetSettings } from '../model/budget.ts';
import type { Limits } from '../model/limits.ts';
import { nearest } from '../base/nearest.ts';
import { serverEntries } from './server-list.ts';
import { isSettingKey, settingKeys } from './settings.ts';

/** Where a door listens. */
export interface DoorOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0 picks a free one, `off` closes the door. */
  readonly port?: number | 'off';
}

/** PEM files, as `quoll tls new` makes them; read anew when they change. */
export interface TlsOptions {
  /** The certificate of this peer, and those up to the authority's. */
  readonly certFile: string;
  /** Nobody else may read it. Default: `certFile` holds the key, too. */
  readonly keyFile?: string;
  /** Whose certificates are believed: needed where there are other peers, or clients that show one. */
  readonly caFile?: string;
  /** Certificates that are believed no more. */
  readonly crlFile?: string;
  /** What the key is encrypted with. */
  readonly keyPasswordFile?: string;
  /** Whether clients are asked for a certificate, and whether they must have one. Default: none. */
  readonly clientAuth?: 'none' | 'want' | 'need';
  /** Whether peers meet by TLS; `accept`: by both, while an ensemble goes over from the one to the other. Default: on. */
  readonly peers?: 'on' | 'accept' | 'off';
}

/** A file of JSON lines that says who was refused what, and who changed rights or settings. */
export interface AuditOptions {
  /** One for each peer. Its directory must be there. */
  readonly file: string;
  /** Above this it makes way for a new one. Default: 67108864. */
  readonly maxBytes?: number;
  /** Older files that stay. Default: 10. */
  readonly keep?: number;
  /** When it can't be written: `stop` ends the peer, `warn` says so in the log. Default: warn. */
  readonly onFailure?: 'stop' | 'warn';
  /** Paths at and below which writes are recorded, too. Default: none. */
  readonly writesBelow?: readonly string[];
}

/**
 * What a peer is told by the program that it runs in. The shape and the names are those of the YAML file of `quoll
 * server`, and so are the defaults. Times are milliseconds where the name ends in `Ms`, sizes are bytes where it ends
 * in `Bytes` or has `Bytes` before `Max` or `Min`.
 */
export interface PeerOptions {
  /** Directory of log, snapshots and identity; made when it is missing. One per peer. */
  readonly dataDir: string;
  /** 1 to 255. Default: 1, or what `myid` in `dataDir` says. */
  readonly serverId?: number;
  /**
   * The ensemble, this peer included: `{ 1: 'host:2888:3888', 2: 'host:2889:3889:observer' }` (host, quorum port,
   * election port, role). Default: this peer alone.
   */
  readonly servers?: Readonly<Record<number, string>>;
  /** Found the ensemble now, without the voters that do not answer. Say it once, never as a habit. */
  readonly bootstrap?: boolean;
  /** The host by which clients reach this peer. Default: where its doors listen. */
  readonly advertise?: string;
  /**
   * Addresses of proxies and load balancers, and ranges of them (`10.0.0.0/24`): each of their connections is weighed as if
   * it came from an address of its own. Default: none.
   */
  readonly proxies?: readonly string[];
  /** Default port: 2180. */
  readonly http?: DoorOptions & {
    /** More names that a Host header may say; loopback's and `advertise` may always stand there. */
    readonly allowedHosts?: readonly string[];
    /** Origins of pages that may change state: `https://ops.example`, or `http://localhost:*` for any port. */
    readonly allowedOrigins?: readonly string[];
  };
  /** Default port: 2182. */
  readonly grpc?: DoorOptions;
  /** Default port: 2181. */
  readonly zookeeper?: DoorOptions & {
    /** Four-letter words that are answered; `['*']`: all. Default: srvr, ruok, mntr, isro. `srvr` always is. */
    readonly words?: readonly string[];
    /** Clients of ZooKeeper may create TTL znodes. Default: true. */
    readonly extendedTypes?: boolean;
    /** From one address. Default: 0, which is nine in ten of `connectionsMax`. */
    readonly connectionsPerAddressMax?: number;
    /** In all. Default: 20000; 0 is no limit. */
    readonly connectionsMax?: number;
    /** ZooKeeper's clients may change the membership, if they may write /zookeeper/config. Default: false. */
    readonly reconfigEnabled?: boolean;
  };
  /**
   * With keys, every door and the links between peers speak TLS and nothing else; `off`: plaintext off this machine is
   * meant. Default: plaintext, on loopback alone.
   */
  readonly tls?: 'off' | TlsOptions;
  /** Links between peers. */
  readonly peer?: {
    /** Where the two peer ports listen. Default: the host of the own server line. */
    readonly host?: string;
    /** Needed off loopback where no TLS is spoken; see `quoll secret new`. */
    readonly secretFile?: string;
    readonly tickMs?: number;
    readonly pingTicks?: number;
    readonly initLimitTicks?: number;
    readonly syncLimitTicks?: number;
    /** For a name or an address that is not there yet: so often, a second apart. 0: for ever. Default: 3. */
    readonly bindRetries?: number;
  };
  /** What clients may ask for; `GET /v1/info` shows all of them. */
  readonly limits?: Partial<Limits>;
  /** What this peer keeps for its clients: for each address or principal, and for all of them. */
  readonly budget?: Partial<BudgetSettings>;
  readonly retention?: {
    readonly keepTxns?: number;
    readonly keepMs?: number;
    readonly keepBytesMax?: number;
  };
  readonly snapshot?: { readonly afterTxns?: number };
  readonly reaper?: { readonly intervalMs?: number };
  readonly disk?: { readonly freeBytesMin?: number };
  readonly auth?: AuthOptions;
  /** Default: nothing is recorded. */
  readonly audit?: AuditOptions;
  /** `enforce`: refuse what goes above a quota. Default: false. */
  readonly quota?: { readonly enforce?: boolean };
  /** `auto`: the leader finishes an upgrade by itself, and nobody can go back then. Default: `manual`. */
  readonly upgrade?: { readonly finish?: 'manual' | 'auto' };
  /** `formerNames`: show metrics under the names of the version before, too. Default: true. */
  readonly metrics?: { readonly formerNames?: boolean };
  /** Whom spans of requests are sent to. Default: nobody. */
  readonly telemetry?: TelemetryOptions;
  /** Without it nothing is logged: standard output belongs to the program. */
  readonly log?: LogOptions;
}

/** A collector of spans that takes OTLP over HTTP as JSON. */
export interface TelemetryOptions {
  readonly endpoint: string;
  /** Of a thousand requests that belong to no trace so many begin one. Default: 10. */
  readonly samplePerMille?: number;
}

export interface AuthOptions {
  /** `user:base64(sha1(user:password))` of who may do everything. Default: nobody. */
  readonly superDigest?: string;
  /** What of a client's certificate says who it is: its subject (`dn`, the default), or its alternative names as well. */
  readonly certificateNames?: 'dn' | 'san';
  /** Whose signed tokens (JWT, OIDC) are believed. Default: nobody's. */
  readonly jwt?: JwtOptions;
  /** With `name:password` in each line: who signs in by SASL at ZooKeeper's door. Default: nobody. */
  readonly saslUsersFile?: string;
  /** Takes SASL also where no TLS is spoken. Default: false. */
  readonly saslWithoutTls?: boolean;
}

export interface JwtOptions {
  readonly issuer?: string;
  readonly audience?: readonly string[];
  readonly jwksUrl?: string;
  readonly jwksFile?: string;
  readonly algorithms?: readonly string[];
  readonly groupsClaim?: string;
  readonly name?: string;
}

export interface LogOptions {
  /** Gets each line with its line feed. What it throws is dropped. */
  readonly write: (line: string) => void;
  /** Default: info. */
  readonly level?: 'error' | 'warn' | 'info' | 'debug';
  /** Default: json, one object a line. */
  readonly format?: 'json' | 'pretty';
  /** A request that takes as long is logged; 0: none is. Default: 1000. */
  readonly slowRequestMs?: number;
}

/** Begins, in a complaint, the place where something stands. */
export const optionPrefix = 'options.';

const known: readonly string[] = [...settingKeys, 'servers.1'];

/**
 * Reads options as if a file had said them, still as text. What has no name is a complaint here, not a warning: options
 * are written for one version of Quoll, unlike a file.
 */
export function readPeerOptions(options: unknown, findings: Findings): ConfigEntry[] {
  const { dataDir, log } = isRecord(options) ? options : {};
  if (dataDir === undefined) {
    findings.complain(
      optionPrefix.slice(0, -1),
      'nothing says where data is kept',
      "Write { dataDir: './data' }.",
    );
  }
  if (log !== undefined && !(isRecord(log) && typeof log['write'] === 'function')) {
    findings.complain(
      `${optionPrefix}log`,
      'nobody takes the lines',
      'Write { write: (line) => { process.stderr.write(line); } }, or leave log out.',
    );
  }
  return isRecord(options) ? Object.entries(options).flatMap(entriesOf('', findings)) : [];
}

function entriesOf(before: string, findings: Findings): (pair: [string, unknown]) => ConfigEntry[] {
  return ([name, value]) => {
    const key = before + name;
    const where = optionPrefix + key;
    // Of the program that reads the lines, not of the peer.
    if (value === undefined || key === 'log.write') return [];
    if (key === 'servers') {
      return serverEntries(value, key, (path) => [where, ...path].join('.'));
    }
    if (isRecord(value) && before === '' && (!isSettingKey(key) || hasParts(key))) {
      return Object.entries(value).flatMap(entriesOf(`${key}.`, findings));
    }
    if (!isSettingKey(key)) {
      const close = nearest(key, known);
      const fix = close === undefined ? 'Leave it out.' : `Did you mean ${close}?`;
      findings.complain(where, 'there is no such option', fix);
      return [];
    }
    const text = textOf(value);
    if (text !== undefined) return [{ key, name: key, text, where }];
    findings.complain(where, 'it is no text, number, true or false', 'Write one, or leave it out.');
    return [];
  };
}

/** `tls` is a setting by itself, and one with parts. */
function hasParts(key: string): boolean {
  return settingKeys.some((other) => other.startsWith(`${key}.`));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  const parts = value.map(textOf);
  return parts.includes(undefined) ? undefined : parts.join(',');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
