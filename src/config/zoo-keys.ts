import type { SettingKey } from './settings.ts';
import { zooTlsKeys } from './zoo-tls.ts';

// ZooKeeper's own keys in a zoo.cfg, and what they mean here. People paste whole files: every key of ZooKeeper 3.9 is
// known, and one without effect says so.

/** How ZooKeeper reads the value: as a field of its configuration, where nonsense ends its start, or as a system property. */
export type ZooForm =
  | 'text'
  /** Integer.parseInt. */
  | 'int'
  | 'port'
  /** The same; -1 leaves a session bound to the tick. */
  | 'sessionBound'
  /** Integer.getInteger: what is no number is as if it were not there. */
  | 'intProperty'
  | 'flag'
  /** Boolean.getBoolean: whatever is not `true` is false. */
  | 'flagProperty'
  | 'textProperty';

export interface ZooAlias {
  readonly key: SettingKey;
  readonly form: ZooForm;
}

export const zooClientPortAddress = 'clientPortAddress';

/** The same thing under ZooKeeper's name. */
const zooAliases: Readonly<Record<string, ZooAlias>> = {
  dataDir: { key: 'dataDir', form: 'text' },
  clientPort: { key: 'zookeeper.port', form: 'port' },
  [zooClientPortAddress]: { key: 'zookeeper.host', form: 'text' },
  minSessionTimeout: { key: 'limits.sessionTimeoutMsMin', form: 'sessionBound' },
  maxSessionTimeout: { key: 'limits.sessionTimeoutMsMax', form: 'sessionBound' },
  'jute.maxbuffer': { key: 'limits.requestBytesMax', form: 'intProperty' },
  'znode.container.checkIntervalMs': { key: 'reaper.intervalMs', form: 'intProperty' },
  'DigestAuthenticationProvider.superDigest': { key: 'auth.superDigest', form: 'textProperty' },
  extendedTypesEnabled: { key: 'zookeeper.extendedTypes', form: 'flagProperty' },
  '4lw.commands.whitelist': { key: 'zookeeper.words', form: 'text' },
  maxClientCnxns: { key: 'zookeeper.connectionsPerAddressMax', form: 'int' },
  maxCnxns: { key: 'zookeeper.connectionsMax', form: 'intProperty' },
  electionPortBindRetry: { key: 'peer.bindRetries', form: 'intProperty' },
  reconfigEnabled: { key: 'zookeeper.reconfigEnabled', form: 'flag' },
  enforceQuota: { key: 'quota.enforce', form: 'flagProperty' },
};

// What ZooKeeper reads as a system property of that name; a line of its file without the prefix becomes one.
const systemProperties: readonly string[] = [
  'znode.container.checkIntervalMs',
  'DigestAuthenticationProvider.superDigest',
  'extendedTypesEnabled',
  '4lw.commands.whitelist',
  'maxCnxns',
  'electionPortBindRetry',
  'enforceQuota',
];

/** Gives what this key of a zoo.cfg is called here, if anything, and how its value is read. */
export function aliasOf(key: string): ZooAlias | undefined {
  const bare = key.startsWith('zookeeper.') ? key.slice('zookeeper.'.length) : key;
  if (bare !== key && !systemProperties.includes(bare)) return undefined;
  return Object.hasOwn(zooAliases, bare) ? zooAliases[bare] : undefined;
}

/** Keys that are used, but not as settings of ours: see load.ts. */
export const zooTickTime = 'tickTime';
export const zooQuorumListenOnAllIps = 'quorumListenOnAllIPs';
export const zooDynamicConfigFile = 'dynamicConfigFile';
export const zooDataLogDir = 'dataLogDir';
export const zooPeerType = 'peerType';
export const zooStandaloneEnabled = 'standaloneEnabled';

const ours = 'Quoll has its own way here';
const peers = 'links between peers have timers of their own: quoll.peer.*';
const log = 'Quoll keeps log and snapshots in one file; see quoll.retention.*';
const always = 'Quoll always does so';

/** Keys that are read and without effect; said at debug. */
export const zooWithoutEffect: Readonly<Record<string, string>> = {
  initLimit: peers,
  syncLimit: peers,
  cnxTimeout: peers,
  connectToLearnerMasterLimit: peers,
  electionAlg: ours,
  peerType: 'the role stands in the server line',
  dataLogDir: log,
  snapCount: log,
  snapSizeLimitInKb: log,
  commitLogCount: log,
  preAllocSize: log,
  'autopurge.snapRetainCount': log,
  'autopurge.purgeInterval': log,
  'snapshot.trust.empty': log,
  'snapshot.compression.method': log,
  globalOutstandingLimit: ours,
  requestThrottleLimit: ours,
  clientPortListenBacklog: ours,
  flushDelay: ours,
  maxWriteQueuePollTime: ours,
  maxBatchSize: ours,
  'fsync.warningthresholdms': ours,
  forceSync: always,
  syncEnabled: always,
  'digest.enabled': always,
  'admin.serverPort': 'the HTTP door serves health and metrics: quoll.http.port',
  'admin.serverAddress': 'the HTTP door serves health and metrics: quoll.http.host',
  'admin.enableServer': 'the HTTP door serves health and metrics: quoll.http.port',
  'admin.commandURL': 'the HTTP door serves health and metrics',
  'admin.idleTimeout': 'the HTTP door serves health and metrics',
  'metricsProvider.className': 'the HTTP door serves /metrics',
  'metricsProvider.httpPort': 'the HTTP door serves /metrics: quoll.http.port',
  'metricsProvider.httpHost': 'the HTTP door serves /metrics: quoll.http.host',
  'metricsProvider.exportJvmInfo': 'the HTTP door serves /metrics',
  standaloneEnabled: ours,
  leaderServes: always,
  localSessionsEnabled: ours,
  localSessionsUpgradingEnabled: ours,
  'multiAddress.enabled': ours,
  'multiAddress.reachabilityCheckEnabled': ours,
  'multiAddress.reachabilityCheckTimeoutMs': ours,
};

/** Keys by which someone counts on something, and does not get: said as a warning, unless the value switches it off. */
export const zooUnsupported: Readonly<Record<string, string>> = {
  skipACL: 'ACLs are always checked',
  'DigestAuthenticationProvider.digestAlg': 'digests are SHA-1',
  'audit.enable': 'name the file of the audit log in quoll.audit.file',
  'readonlymode.enabled': 'read with consistency=local without a quorum instead',
  'quorum.auth.enableSasl': 'peers prove themselves by quoll.peer.secretFile',
  'authProvider.sasl': 'users for SASL stand in the file of quoll.auth.saslUsersFile',
};

const unsupportedFamilies: readonly (readonly [RegExp, string])[] = [
  [/^(ssl|zookeeper\.ssl)\./, 'Quoll has its own way to speak TLS: quoll.tls.*'],
  [/^(group|weight)\.\d+$/, 'every voter weighs the same'],
  [/^quorum\.(auth|cnxn)\./, 'peers prove themselves by quoll.peer.secretFile'],
  [/^authProvider\./, 'there are no pluggable ways to authenticate yet'],
];

const off = ['false', 'no', '0', 'off'];

/**
 * Says why what this key asks for is not there; undefined when the key is not such a one, or switches the thing off.
 */
export function unsupportedBecause(key: string, value: string): string | undefined {
  if (off.includes(value)) return undefined;
  if (Object.hasOwn(zooUnsupported, key)) return zooUnsupported[key];
  return unsupportedFamilies.find(([pattern]) => pattern.test(key))?.[1];
}

/** Says whether ZooKeeper knows the key, whatever it means here. */
export function isZooKey(key: string): boolean {
  return (
    aliasOf(key) !== undefined ||
    Object.hasOwn(zooWithoutEffect, key) ||
    Object.hasOwn(zooUnsupported, key) ||
    key === zooTickTime ||
    key === zooQuorumListenOnAllIps ||
    key === zooDynamicConfigFile ||
    unsupportedFamilies.some(([pattern]) => pattern.test(key))
  );
}

export const zooKeys: readonly string[] = [
  ...Object.keys(zooAliases),
  ...Object.keys(zooWithoutEffect),
  ...Object.keys(zooUnsupported),
  ...zooTlsKeys,
  zooTickTime,
  zooQuorumListenOnAllIps,
  zooDynamicConfigFile,
];
