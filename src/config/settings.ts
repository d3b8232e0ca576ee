import { budgetKinds, defaultBudget, type BudgetSettings } from '../model/budget.ts';
import { defaults } from '../model/defaults.ts';
import { budgetTable, limitTable } from '../model/limit-table.ts';
import { jwtAlgorithms } from '../model/jwt-settings.ts';
import { defaultLimits, type Limits } from '../model/limits.ts';
import { logLevels, slowRequestMsMax } from '../model/log-level.ts';
import { configDefaults } from './config.ts';
import {
  addressRange,
  collector,
  digest,
  doorPort,
  host,
  hostHeader,
  integer,
  list,
  oneOf,
  origin,
  text,
  yesOrNo,
  znodePath,
} from './setting.ts';

// Every setting by its one name. A YAML file nests it (`http: { port: 2180 }`), a zoo.cfg prefixes it (`quoll.http.port`),
// the environment shouts it (`QUOLL_HTTP_PORT`) and a flag dashes it (`--http-port`). The ensemble's `servers.N` stand
// apart, see configured-server.ts.

const day = 86_400_000;
const gibibyte = 1_073_741_824;

/** Of what a peer keeps for its clients: nobody needs a terabyte. */
const budgetMax = 1_024 * gibibyte;

const limitSettings = Object.fromEntries(
  Object.entries(defaultLimits).map(([name, fallback]: [string, number]) => [
    `limits.${name}`,
    integer(
      `${limitTable[name as keyof Limits].about} (${String(fallback)})`,
      1,
      name === 'stateBytesMax' ? budgetMax : gibibyte,
    ),
  ]),
) as Record<`limits.${keyof Limits}`, ReturnType<typeof integer>>;

const budgetSettings = Object.fromEntries(
  budgetKinds.flatMap((kind) => {
    const { each, all } = defaultBudget[kind];
    const { about } = budgetTable[kind];
    const setting = (help: string): ReturnType<typeof integer> => integer(help, 1, budgetMax);
    return [
      [`budget.${kind}Each`, setting(`${about}, of one address or principal (${String(each)})`)],
      [`budget.${kind}All`, setting(`${about}, of all of them on this peer (${String(all)})`)],
    ];
  }),
) as Record<`budget.${keyof BudgetSettings}`, ReturnType<typeof integer>>;

export const settings = {
  serverId: integer('number of this peer in the ensemble, 1 to 255', 1, 255),
  dataDir: text(`directory of log, snapshots and identity (./${configDefaults.dataDir})`),
  bootstrap: {
    ...yesOrNo('found the ensemble now, without the voters that do not answer; once'),
    onlyAtStart: true,
  },
  advertise: host('host by which clients reach this peer'),
  proxies: list(
    'addresses of proxies and load balancers, and ranges of them: each of their connections is weighed as if it came from an address of its own',
    addressRange(''),
  ),
  'http.host': host(`address of the HTTP door (${configDefaults.host})`),
  'http.port': doorPort(`port of the HTTP door (${String(configDefaults.httpPort)})`),
  'http.allowedHosts': list('more hosts that a request may name', hostHeader('')),
  'http.allowedOrigins': list('origins of browsers that may change state', origin('')),
  'zookeeper.host': host(`address of the ZooKeeper door (${configDefaults.host})`),
  'zookeeper.port': doorPort(
    `port of the ZooKeeper door (${String(configDefaults.zookeeperPort)})`,
  ),
  'zookeeper.words': list(
    `four-letter words that are answered, * for all (${configDefaults.zookeeperWords.join(',')})`,
    text(''),
  ),
  'zookeeper.extendedTypes': yesOrNo(
    `TTL znodes may be created, at every door (${String(defaults.extendedTypes)})`,
  ),
  'zookeeper.connectionsPerAddressMax': integer(
    `connections to the ZooKeeper door from one address; 0: nine in ten of all (${String(configDefaults.zookeeperConnectionsPerAddressMax)})`,
    0,
    1_000_000,
  ),
  'zookeeper.connectionsMax': integer(
    `connections to the ZooKeeper door; 0: no limit (${String(configDefaults.zookeeperConnectionsMax)})`,
    0,
    1_000_000,
  ),
  'zookeeper.reconfigEnabled': yesOrNo(
    `ZooKeeper's clients may change the membership by reconfig (${String(configDefaults.zookeeperReconfigEnabled)})`,
  ),
  'grpc.host': host(`address of the gRPC door (${configDefaults.host})`),
  'grpc.port': doorPort(`port of the gRPC door (${String(configDefaults.grpcPort)})`),
  tls: oneOf('plaintext off this machine is meant', ['off']),
  'tls.certFile': text(
    'PEM file of the certificate, and those up to the authority: with it every door and peer speaks TLS',
  ),
  'tls.keyFile': text(
    'PEM file of its key, which nobody else may read (the file of the certificate)',
  ),
  'tls.caFile': text('PEM file of the authorities that peers and clients are believed by'),
  'tls.crlFile': text('PEM file of certificates that are believed no more'),
  'tls.keyPasswordFile': text('file with what the key is encrypted with'),
  'tls.clientAuth': oneOf('whether clients are asked for a certificate (none)', [
    'none',
    'want',
    'need',
  ]),
  'tls.peers': oneOf('whether peers meet by TLS (on); accept: by both, while that changes', [
    'on',
    'accept',
    'off',
  ]),
  'peer.host': host('address of the ports for peers (the host of the own server line)'),
  'peer.secretFile': text(
    'file with the secret that all peers share; needed off loopback without TLS',
  ),
  'peer.tickMs': integer(`tick of the peers' timers (${String(defaults.tickMs)})`, 5, 1_000),
  'peer.pingTicks': integer(
    `the leader pings this often (${String(defaults.pingTicks)})`,
    1,
    1_000,
  ),
  'peer.initLimitTicks': integer(
    `joining may take this long without progress (${String(defaults.initLimitTicks)})`,
    10,
    1_000_000,
  ),
  'peer.syncLimitTicks': integer(
    `silence after which a peer is given up (${String(defaults.syncLimitTicks)})`,
    3,
    100_000,
  ),
  'peer.bindRetries': integer(
    `times that listening is tried again, a second apart, on a name or address that is not there yet; 0: for ever (${String(configDefaults.bindRetries)})`,
    0,
    1_000_000,
  ),
  'retention.keepTxns': integer(
    `txns that the log keeps at least (${String(defaults.keepTxns)})`,
    0,
    1_000_000_000,
  ),
  'retention.keepMs': integer(
    `age up to which the log keeps txns (${String(defaults.keepMs)})`,
    0,
    30 * day,
  ),
  'retention.keepBytesMax': integer(
    `the log forgets above this whatever the two others say (${String(defaults.keepBytesMax)})`,
    1_048_576,
    1_024 * gibibyte,
  ),
  'snapshot.afterTxns': integer(
    `a snapshot is taken after so many txns (${String(defaults.snapshotAfterTxns)})`,
    1,
    100_000_000,
  ),
  'reaper.intervalMs': integer(
    `containers and TTL znodes that are due are looked for this often (${String(defaults.reapEveryMs)})`,
    1_000,
    day,
  ),
  'disk.freeBytesMin': integer(
    `free space below which no writes are taken (${String(defaults.freeBytesMin)}, or an eighth of a smaller volume)`,
    0,
    1_024 * gibibyte,
  ),
  'auth.superDigest': digest('who may do everything: user:base64(sha1(user:password))'),
  'audit.file': text(
    'file in which it is recorded who was refused, and who changed rights or settings',
  ),
  'audit.maxBytes': integer(
    `a file of the audit log makes way above this (${String(configDefaults.auditMaxBytes)})`,
    65_536,
    1_024 * gibibyte,
  ),
  'audit.keep': integer(
    `older files of it that stay (${String(configDefaults.auditKeep)})`,
    1,
    10_000,
  ),
  'audit.onFailure': oneOf(
    `what happens when it can't be written (${configDefaults.auditOnFailure}); stop ends the peer`,
    ['stop', 'warn'],
  ),
  'audit.writesBelow': list('znodes at and below which writes are recorded, too', znodePath('')),
  'auth.certificateNames': oneOf(
    "what of a client's certificate says who it is, its subject or its alternative names as well (dn)",
    ['dn', 'san'],
  ),
  'auth.saslUsersFile': text(
    "file with name:password in each line, of who signs in by SASL (DIGEST-MD5) at ZooKeeper's door",
  ),
  'auth.saslWithoutTls': yesOrNo('SASL is taken also where no TLS is spoken (false)'),
  'auth.jwt.issuer': text('URL of the issuer whose signed tokens (JWT, OIDC) are believed'),
  'auth.jwt.audience': list('whom a token must be made for, one of them', text('')),
  'auth.jwt.jwksUrl': text("URL of the issuer's keys (as OIDC discovery says)"),
  'auth.jwt.jwksFile': text("file with the issuer's keys, in place of a URL"),
  'auth.jwt.algorithms': list(
    `signatures that are believed (${configDefaults.jwtAlgorithms.join(',')})`,
    oneOf('', jwtAlgorithms),
  ),
  'auth.jwt.groupsClaim': text(
    `claim that holds the groups of a subject (${configDefaults.jwtGroupsClaim})`,
  ),
  'auth.jwt.name': text("name of the issuer in ids, subject@name (the issuer's host)"),
  'quota.enforce': yesOrNo(`refuse what goes above a quota (${String(defaults.enforceQuota)})`),
  'upgrade.finish': oneOf(
    `who finishes an upgrade (${defaults.upgradeFinish}); auto: the leader, once all servers are there and know the level`,
    ['manual', 'auto'],
  ),
  'metrics.formerNames': yesOrNo(
    `metrics are shown under the names of the version before, too (${String(configDefaults.metricsFormerNames)})`,
  ),
  'telemetry.endpoint': collector(
    'URL of a collector to which spans of requests are sent, by OTLP over HTTP as JSON',
  ),
  'telemetry.samplePerMille': integer(
    `of a thousand requests that belong to no trace so many begin one (${String(configDefaults.telemetrySamplePerMille)})`,
    0,
    1_000,
  ),
  'log.level': oneOf('what is logged', logLevels),
  'log.format': oneOf('one JSON object a line, or for reading (auto: by the terminal)', [
    'auto',
    'json',
    'pretty',
  ]),
  'log.slowRequestMs': integer(
    `a request that takes as long is logged, with where its time went; 0: none is (${String(configDefaults.slowRequestMs)})`,
    0,
    slowRequestMsMax,
  ),
  ...limitSettings,
  ...budgetSettings,
} as const;

export type SettingKey = keyof typeof settings;

export type SettingValue<Key extends SettingKey> = Exclude<
  ReturnType<(typeof settings)[Key]['parse']>,
  { want: string }
>['value'];

export const settingKeys = Object.keys(settings) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settings, key);
}

const words = (key: string): string[] => key.split(/\.|(?=[A-Z])/).map((w) => w.toLowerCase());

/** Gives the name of the variable: `http.port` -> `QUOLL_HTTP_PORT`. */
export function variableOf(key: string): string {
  return `QUOLL_${words(key).join('_').toUpperCase()}`;
}

/** Gives the name of the flag: `peer.tickMs` -> `peer-tick-ms`, without the dashes before it. */
export function flagOf(key: string): string {
  return words(key).join('-');
}
