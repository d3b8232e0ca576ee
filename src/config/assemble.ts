import { resolve } from 'node:path';
import { defaults } from '../model/defaults.ts';
import { serverId, type ServerId } from '../model/ids.ts';
import { fourLetterWords } from '../model/four-letter-word.ts';
import {
  budgetKinds,
  defaultBudget,
  type BudgetKind,
  type BudgetLimit,
  type BudgetLimits,
} from '../model/budget.ts';
import { defaultLimits, type Limits } from '../model/limits.ts';
import type { ServerLine } from '../model/server-line.ts';
import { nearest } from '../base/nearest.ts';
import { assembleAudit } from './audit.ts';
import type { Chosen } from './chosen.ts';
import { didYouMean, type ConfigEntry } from './config-entry.ts';
import {
  configDefaults,
  isLoopbackHost,
  isWildcardHost,
  type DoorAddress,
  type PeerConfig,
  type PeerLinks,
  type ZooKeeperDoorSettings,
} from './config.ts';
import { leavesLoopback } from './ensemble.ts';
import type { Findings } from './findings.ts';
import { advertisedHost, checkReach, hostNames } from './reach.ts';
import { readPeerSecret, UnusableSecret } from './secret.ts';
import type { ConfiguredServer } from './configured-server.ts';
import { javaInt } from './java-values.ts';
import { assembleAuth } from './auth.ts';
import { assembleTls } from './tls.ts';
import type { SettingKey } from './settings.ts';
import type { ZooCfg } from './zoo-cfg.ts';

/** What was read, before it is held against itself. */
export interface UncheckedConfig {
  readonly chosen: Chosen;
  readonly dataDir: string;
  readonly myid: { readonly id: number; readonly where: string } | undefined;
  readonly lines: readonly ConfiguredServer[];
  /** Also when none of them was right. */
  readonly hasServerLines: boolean;
  /** What follows from keys of ZooKeeper that are no settings of ours. */
  readonly zooCfg: Pick<
    ZooCfg,
    | 'tickTime'
    | 'listensOnAllAddresses'
    | 'clientPortAddress'
    | 'peerType'
    | 'neverAlone'
    | 'wantsTls'
  >;
}

/** Puts a configuration together and complains about what contradicts itself; undefined when nobody is this server. */
export function assemble(draft: UncheckedConfig, findings: Findings): PeerConfig | undefined {
  const { chosen } = draft;
  const limits = assembleLimits(draft, findings);
  const own = ownLine(draft, findings);
  if (own === undefined) return undefined;
  const servers = draft.lines.length > 0 ? draft.lines.map((line) => line.server) : [own.server];
  const peer = assemblePeerLinks(draft, own.server, servers, findings);
  const http = door('http', { port: configDefaults.httpPort }, chosen);
  const zookeeper = zooKeeperAddress(draft, own.client);
  const grpc = door('grpc', { port: configDefaults.grpcPort }, chosen);
  const { quorumPort, electionPort } = own.server;
  const listensForPeers = listens(draft, servers, peer);
  checkPorts(
    [
      { name: 'http.port', where: chosen.where('http.port'), port: http?.port ?? 0 },
      { name: 'zookeeper.port', where: chosen.where('zookeeper.port'), port: zookeeper?.port ?? 0 },
      { name: 'grpc.port', where: chosen.where('grpc.port'), port: grpc?.port ?? 0 },
      { name: 'the quorum', where: 'servers', port: listensForPeers ? quorumPort : 0 },
      { name: 'the election', where: 'servers', port: listensForPeers ? electionPort : 0 },
    ],
    findings,
  );
  const doorHost = (http ?? grpc ?? zookeeper)?.host ?? configDefaults.host;
  const places = { doorHost, peerHost: peer.host, own: own.server, servers };
  checkReach(chosen, places, findings);
  checkPeerType(draft.zooCfg.peerType, own.server, findings);
  const advertise = advertisedHost(chosen, places, findings);
  const openings = { doors: { http, zookeeper, grpc }, servers, peerHost: peer.host };
  return deepFreeze({
    serverId: own.server.id,
    role: own.server.role,
    dataDir: draft.dataDir,
    servers,
    listensForPeers,
    bootstrap: chosen.get('bootstrap') ?? false,
    http,
    zookeeper,
    zookeeperDoor: assembleZooKeeperDoor(chosen, findings),
    grpc,
    advertise,
    proxies: chosen.get('proxies') ?? [],
    allowedHosts: hostNames(advertise, http?.host, chosen.get('http.allowedHosts') ?? []),
    allowedOrigins: chosen.get('http.allowedOrigins') ?? [],
    tls: assembleTls(chosen, openings, draft.zooCfg.wantsTls, findings),
    peer,
    limits,
    budget: assembleBudget(chosen, findings),
    snapshot: {
      afterTxns: chosen.get('snapshot.afterTxns') ?? defaults.snapshotAfterTxns,
    },
    retention: {
      keepTxns: chosen.get('retention.keepTxns') ?? defaults.keepTxns,
      keepMs: chosen.get('retention.keepMs') ?? defaults.keepMs,
      keepBytesMax: chosen.get('retention.keepBytesMax') ?? defaults.keepBytesMax,
    },
    reaper: { intervalMs: chosen.get('reaper.intervalMs') ?? defaults.reapEveryMs },
    disk: {
      freeBytesMin: chosen.get('disk.freeBytesMin') ?? defaults.freeBytesMin,
      freeShareMax: chosen.get('disk.freeBytesMin') === undefined ? defaults.freeShareMax : 1,
    },
    telemetry: assembleTelemetry(chosen, findings),
    audit: assembleAudit(chosen, findings),
    auth: assembleAuth(chosen, findings),
    quota: { enforce: chosen.get('quota.enforce') ?? defaults.enforceQuota },
    upgrade: { finish: chosen.get('upgrade.finish') ?? defaults.upgradeFinish },
    metrics: assembleMetrics(chosen),
    log: assembleLog(chosen),
  });
}

/** One that is alone opens no port that it was not told of, and none through which strangers could join. */
function listens(
  { hasServerLines, chosen }: UncheckedConfig,
  servers: readonly ServerLine[],
  { host, secretFile }: PeerLinks,
): boolean {
  if (servers.length > 1) return true;
  const isOnLoopback = [host, ...servers.map((line) => line.host)].every(isLoopbackHost);
  const speaksTls = chosen.get('tls.certFile') !== undefined;
  return hasServerLines && !speaksTls && (isOnLoopback || secretFile !== undefined);
}

function ownLine(draft: UncheckedConfig, findings: Findings): ConfiguredServer | undefined {
  const { chosen, myid, lines } = draft;
  const said = chosen.get('serverId');
  if (said !== undefined && myid !== undefined && said !== myid.id) {
    findings.complain(
      chosen.where('serverId'),
      `this is server ${String(said)}, but ${myid.where} says ${String(myid.id)}`,
      'Make both say the same, or use another dataDir.',
    );
  }
  const id = said ?? myid?.id;
  if (!draft.hasServerLines) {
    checkAlone(draft, id, findings);
    return { server: aloneAs(serverId(id ?? 1)), client: {} };
  }
  if (id === undefined) {
    const fix = `Set serverId, or type, with its number: echo 1 > ${draft.dataDir}/myid`;
    findings.complain('myid', 'nothing says which of the servers this is', fix);
    return undefined;
  }
  const line = lines.find(({ server }) => server.id === id);
  if (line === undefined) {
    const known = lines.map(({ server }) => String(server.id)).join(', ');
    findings.complain(
      said === undefined ? (myid?.where ?? 'myid') : chosen.where('serverId'),
      `this is server ${String(id)}, and the ensemble has ${known === '' ? 'no valid server' : known}`,
      `Add a line for it: server.${String(id)}=host:2888:3888`,
    );
  }
  return line;
}

/** Whoever is the second of something, or was told that it is never alone, must not found an ensemble of one. */
function checkAlone(draft: UncheckedConfig, id: number | undefined, findings: Findings): void {
  const { chosen, myid, zooCfg } = draft;
  const alone = 'A peer that is to be alone has a line for itself.';
  if (zooCfg.neverAlone !== undefined) {
    const { where, name, text } = zooCfg.neverAlone;
    const problem = `${name} is ${text}, and there is no server line`;
    findings.complain(where, problem, `Add server.1=host:2888:3888 and so on. ${alone}`);
  } else if (id !== undefined && id > 1) {
    findings.complain(
      chosen.get('serverId') === undefined ? (myid?.where ?? 'myid') : chosen.where('serverId'),
      `this is server ${String(id)}, and nothing names the others`,
      `Name them all: --servers 1=host:2888:3888,${String(id)}=host:2888:3888 (zoo.cfg: server.1=…). ${alone}`,
    );
  }
}

/** ZooKeeper's rule: the server lines decide. */
function checkPeerType(
  peerType: ConfigEntry | undefined,
  own: ServerLine,
  findings: Findings,
): void {
  if (peerType === undefined) return;
  const said = peerType.text.toLowerCase();
  if (said !== 'observer' && said !== 'participant') {
    const problem = `peerType is "${peerType.text}"`;
    findings.complain(peerType.where, problem, 'Write participant or observer, or take it out.');
  } else if (said !== own.role) {
    findings.warn(
      peerType.where,
      `peerType is ${said}, and the server line says ${own.role}, which counts`,
    );
  }
}

function aloneAs(id: ServerId): ServerLine {
  const { host, quorumPort, electionPort } = configDefaults;
  return { id, host, quorumPort, electionPort, role: 'participant' };
}

function assembleLimits({ chosen, zooCfg }: UncheckedConfig, findings: Findings): Limits {
  const names = Object.keys(defaultLimits) as (keyof Limits)[];
  const said = names.flatMap((name) => {
    const value = chosen.get(`limits.${name}`);
    return value === undefined ? [] : [[name, value] as const];
  });
  const limits = {
    ...defaultLimits,
    ...sessionBounds(zooCfg.tickTime, findings),
    ...(Object.fromEntries(said) as Partial<Limits>),
  };
  // Who lowers ZooKeeper's one limit, jute.maxbuffer, means the data too.
  if (chosen.get('limits.dataBytesMax') === undefined) {
    limits.dataBytesMax = Math.min(limits.dataBytesMax, limits.requestBytesMax);
  }
  const atMost = (less: keyof Limits, more: keyof Limits): void => {
    if (limits[less] <= limits[more]) return;
    const key: SettingKey =
      chosen.get(`limits.${less}`) === undefined ? `limits.${more}` : `limits.${less}`;
    findings.complain(
      chosen.where(key),
      `${less} (${String(limits[less])}) is above ${more} (${String(limits[more])})`,
      'Lower the one or raise the other.',
    );
  };
  atMost('sessionTimeoutMsMin', 'sessionTimeoutMsMax');
  atMost('dataBytesMax', 'requestBytesMax');
  return limits;
}

function assembleLog(chosen: Chosen): PeerConfig['log'] {
  const { logLevel, logFormat, slowRequestMs } = configDefaults;
  return {
    level: chosen.get('log.level') ?? logLevel,
    format: chosen.get('log.format') ?? logFormat,
    slowRequestMs: chosen.get('log.slowRequestMs') ?? slowRequestMs,
  };
}

function assembleTelemetry(chosen: Chosen, findings: Findings): PeerConfig['telemetry'] {
  const endpoint = chosen.get('telemetry.endpoint');
  const samplePerMille = chosen.get('telemetry.samplePerMille');
  if (endpoint === undefined) {
    if (samplePerMille !== undefined) {
      findings.complain(
        chosen.where('telemetry.samplePerMille'),
        'it says how many requests are traced, and nobody takes the traces',
        'Name a collector in telemetry.endpoint, or take it out.',
      );
    }
    return undefined;
  }
  return { endpoint, samplePerMille: samplePerMille ?? configDefaults.telemetrySamplePerMille };
}

function assembleMetrics(chosen: Chosen): PeerConfig['metrics'] {
  const { metricsFormerNames } = configDefaults;
  return { formerNames: chosen.get('metrics.formerNames') ?? metricsFormerNames };
}

function assembleBudget(chosen: UncheckedConfig['chosen'], findings: Findings): BudgetLimits {
  const limitOf = (kind: BudgetKind): BudgetLimit => {
    const all = chosen.get(`budget.${kind}All`) ?? defaultBudget[kind].all;
    const said = chosen.get(`budget.${kind}Each`);
    if (said !== undefined && said > all) {
      findings.complain(
        chosen.where(`budget.${kind}Each`),
        `one may have more (${String(said)}) than all together (${String(all)})`,
        `Lower it, or raise budget.${kind}All.`,
      );
    }
    return { each: said ?? Math.min(defaultBudget[kind].each, all), all };
  };
  const limits = budgetKinds.map((kind) => [kind, limitOf(kind)] as const);
  return Object.fromEntries(limits) as BudgetLimits;
}

/** Of ZooKeeper: 20 ticks are a number that Java can hold. */
const tickMsMax = 107_374_182;

/** ZooKeeper's rule: sessions last 2 to 20 ticks. */
function sessionBounds(tickTime: ConfigEntry | undefined, findings: Findings): Partial<Limits> {
  if (tickTime === undefined) return {};
  const tickMs = javaInt(tickTime.text) ?? 0;
  if (tickMs > 0 && tickMs <= tickMsMax) {
    return { sessionTimeoutMsMin: 2 * tickMs, sessionTimeoutMsMax: 20 * tickMs };
  }
  const { where, text } = tickTime;
  findings.complain(where, `tickTime is "${text}"`, 'Write milliseconds, 2000 for instance.');
  return {};
}

function assemblePeerLinks(
  { chosen, zooCfg }: UncheckedConfig,
  own: ServerLine,
  servers: readonly ServerLine[],
  findings: Findings,
): PeerLinks {
  const pingTicks = chosen.get('peer.pingTicks') ?? defaults.pingTicks;
  const syncLimitTicks = chosen.get('peer.syncLimitTicks') ?? defaults.syncLimitTicks;
  if (syncLimitTicks < 3 * pingTicks) {
    findings.complain(
      chosen.where('peer.syncLimitTicks'),
      `peers would be given up after less than three pings (${String(syncLimitTicks)} ticks)`,
      `Write at least ${String(3 * pingTicks)}, or lower peer.pingTicks.`,
    );
  }
  const every = servers.some((server) => server.host.includes(':')) ? '::' : '0.0.0.0';
  const host = chosen.get('peer.host') ?? (zooCfg.listensOnAllAddresses ? every : own.host);
  const named = chosen.get('peer.secretFile');
  const secretFile = named === undefined ? undefined : resolve(named);
  const where = chosen.where('peer.secretFile');
  if (secretFile !== undefined) checkSecret(secretFile, where, findings);
  else if (leavesLoopback(servers, host) && mayBePlaintext(chosen)) {
    findings.complain(
      where,
      'peers on several machines that meet without TLS need a secret that they share',
      'Type: quoll secret new quoll.secret - copy it to every peer, and name it in ' +
        'peer.secretFile (zoo.cfg: quoll.peer.secretFile=quoll.secret).',
    );
  }
  return {
    host,
    tickMs: chosen.get('peer.tickMs') ?? defaults.tickMs,
    pingTicks,
    initLimitTicks: chosen.get('peer.initLimitTicks') ?? defaults.initLimitTicks,
    syncLimitTicks,
    bindRetries: chosen.get('peer.bindRetries') ?? configDefaults.bindRetries,
    secretFile,
  };
}

/** Said by a word; without one, plaintext is refused as a whole. */
function mayBePlaintext(chosen: Chosen): boolean {
  return chosen.get('tls') === 'off' || (chosen.get('tls.peers') ?? 'on') !== 'on';
}

function checkSecret(file: string, where: string, findings: Findings): void {
  try {
    readPeerSecret(file);
  } catch (error) {
    if (!(error instanceof UnusableSecret)) throw error;
    findings.complain(where, error.message, error.fix);
  }
}

function door(
  name: 'http' | 'zookeeper' | 'grpc',
  fallback: { readonly host?: string; readonly port: number },
  chosen: Chosen,
): DoorAddress | undefined {
  const port = chosen.get(`${name}.port`) ?? fallback.port;
  if (port === 'off') return undefined;
  return { host: chosen.get(`${name}.host`) ?? fallback.host ?? configDefaults.host, port };
}

/** ZooKeeper's rule: where its file says every address, the one of the server line counts. */
function zooKeeperAddress(
  { chosen, zooCfg }: UncheckedConfig,
  client: Partial<DoorAddress>,
): DoorAddress | undefined {
  const address = door('zookeeper', { port: configDefaults.zookeeperPort, ...client }, chosen);
  const { clientPortAddress } = zooCfg;
  if (address === undefined || client.host === undefined) return address;
  const isFromFile = chosen.where('zookeeper.host') === clientPortAddress?.where;
  return isFromFile && isWildcardHost(address.host) ? { ...address, host: client.host } : address;
}

function assembleZooKeeperDoor(chosen: Chosen, findings: Findings): ZooKeeperDoorSettings {
  const reconfigEnabled =
    chosen.get('zookeeper.reconfigEnabled') ?? configDefaults.zookeeperReconfigEnabled;
  return {
    extendedTypes: chosen.get('zookeeper.extendedTypes') ?? defaults.extendedTypes,
    words: whitelist(chosen, findings),
    connectionsPerAddressMax:
      chosen.get('zookeeper.connectionsPerAddressMax') ??
      configDefaults.zookeeperConnectionsPerAddressMax,
    connectionsMax:
      chosen.get('zookeeper.connectionsMax') ?? configDefaults.zookeeperConnectionsMax,
    reconfigEnabled,
  };
}

/** ZooKeeper's rule: `srvr` is answered whatever the list says, because zkServer.sh asks it. */
function whitelist(chosen: Chosen, findings: Findings): readonly string[] {
  const said = chosen.get('zookeeper.words') ?? configDefaults.zookeeperWords;
  const known: readonly string[] = fourLetterWords;
  for (const word of said) {
    if (word !== '*' && !known.includes(word)) {
      findings.warn(
        chosen.where('zookeeper.words'),
        `there is no word "${word}"${didYouMean(nearest(word, known))}`,
      );
    }
  }
  return said.includes('*')
    ? known
    : known.filter((word) => word === 'srvr' || said.includes(word));
}

/** No two of our own listeners on one port: said here, before the second of them fails to start. */
function checkPorts(
  ports: readonly { readonly name: string; readonly where: string; readonly port: number }[],
  findings: Findings,
): void {
  ports.forEach(({ name, where, port }, index) => {
    const twin = ports.slice(0, index).find((other) => other.port === port && port !== 0);
    if (twin !== undefined) {
      findings.complain(
        where,
        `${twin.name} and ${name} both want port ${String(port)}`,
        'Give one of them another port, or 0 for any free one.',
      );
    }
  });
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
