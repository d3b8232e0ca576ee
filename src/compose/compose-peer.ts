import type { OtlpTracing } from '../adapters/telemetry/otlp-tracing.ts';
import { noPeers } from '../adapters/peer-tcp/no-peers.ts';
import type { WatchedKeys } from '../adapters/tls/watched-keys.ts';
import { SqliteStore } from '../adapters/sqlite/store.ts';
import {
  openPeerNetwork,
  PeerPortUnusable,
  type AbortablePeerNetwork,
} from '../adapters/peer-tcp/peer-network.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemHash } from '../adapters/system/hash.ts';
import { harmless } from '../adapters/system/logger.ts';
import {
  createMetrics,
  harmlessMetrics,
  type MetricsTold,
  type SystemMetrics,
} from '../adapters/system/metrics.ts';
import { systemRandom } from '../adapters/system/random.ts';
import { bracketed } from '../base/bracketed.ts';
import { isWildcardHost, type PeerConfig } from '../config/config.ts';
import type { StartedPeer } from '../config/started-peer.ts';
import { readPeerSecret } from '../config/secret.ts';
import { programVersion } from '../config/version.ts';
import { createRestDoor } from '../frontends/http/server.ts';
import { createZooKeeperDoor, type ZooKeeperDoorOptions } from '../frontends/zookeeper/server.ts';
import { isInIpRanges } from '../model/ip-range.ts';
import type { ServerLine } from '../model/server-line.ts';
import type { AdvertisedAddresses } from '../model/peer-message.ts';
import type { Audit } from '../ports/audit.ts';
import type { Logger, LogThreshold } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import { AddressDemands } from '../service/budget/address-demands.ts';
import { Budget } from '../service/budget/budget.ts';
import { Pace } from '../service/budget/pace.ts';
import { Work } from '../service/budget/work.ts';
import { EnsembleServer } from '../server/ensemble-server.ts';
import { defaultServerOptions, type EnsembleServerOptions } from '../server/options.ts';
import { defaultServerTuning } from '../server/tuning.ts';
import type { PeerRole } from '../service/call.ts';
import type { Door } from '../service/door.ts';
import { DoorGuard, guardedClock } from '../service/door-guard.ts';
import { txnCodec } from '../wire/txn-codec.ts';
import { defaultZabTimers } from '../zab/options.ts';
import { Zab } from '../zab/zab.ts';
import { openAuthenticator } from './authenticator.ts';
import { cannotListen, waitForAddress } from './listening.ts';
import { PeerAudit } from './peer-audit.ts';
import { openTracing } from './tracing.ts';
import { checkEnsemble, clusterIdToFound, networkTls, openPeerKeys } from './peer-keys.ts';
import { peerFailedBy, type PeerFailed } from './peer-failed.ts';
import { warnOfProxies } from './warn-of-proxies.ts';

/** How long a client waits that does not say. */
const requestTimeoutMs = 10_000;

/** What differs between a peer with a process of its own and one in another program. */
export interface Surroundings {
  readonly logger: Logger;
  /** Of a log that is the peer's own. */
  readonly logThreshold?: LogThreshold;
  /** Called at once, in the midst of what failed. When it returns, the peer is taken down as by `abort`. */
  readonly onFatal?: (failure: PeerFailed) => void;
  /** Is given the peer's metrics, to count there what happens around it. */
  readonly onMetrics?: (metrics: Metrics) => void;
  /** What all peers of the ensemble share, when the configuration names no file that holds it. */
  readonly peerSecret?: Uint8Array | undefined;
}

export interface ComposedPeer extends StartedPeer {
  /** Ends as a crash would end it, as far as that is possible within a process. */
  abort(): Promise<void>;
  /** What the peer's own process would be asked by `/readyz`. */
  unreadyBecause(): string | undefined;
  role(): PeerRole;
  /** Resolves once the peer has failed and nothing of it is left; never rejects. */
  readonly failed: Promise<PeerFailed>;
}

/** Of this machine, and the same for every peer. */
const systemPorts = {
  clock: systemClock,
  random: systemRandom,
  hash: systemHash,
  codec: txnCodec,
};

/**
 * Puts a peer together from its configuration and starts it: the one place that knows every concrete adapter. Resolves
 * once the data directory is recovered and every door is open; the ensemble may still be electing (`/readyz` tells).
 * Rejects, with nothing left open, with `PeerFailed` when the data can't be used, with `UnusableKeys` when the keys for
 * TLS can't, and with an `Error` that names the setting when a port can't be listened on.
 */
export async function composePeer(
  config: PeerConfig,
  surroundings: Surroundings,
): Promise<ComposedPeer> {
  const { onFatal, onMetrics, peerSecret, logThreshold } = surroundings;
  const logger = harmless(surroundings.logger);
  const metrics = harmlessMetrics(createMetrics(metricsTold(config)), logger);
  onMetrics?.(metrics);
  const keys = await openPeerKeys(config, logger, metrics);
  const authenticator = await openAuthenticator(config, logger);
  const tracing = await openTracing(config, { logger, metrics });
  const audit = new PeerAudit(config, { logger, metrics, onFatal: (why) => void fail(why) });
  const outside = { logger, metrics, keys, audit, authenticator };
  const network = await openOutside(config, outside, peerSecret);
  const store = new SqliteStore({ directory: config.dataDir, serverId: config.serverId });
  let failure: PeerFailed | undefined;
  let isFailing: (failed: PeerFailed) => void = () => undefined;
  let hasFailed = isFailing;
  const failed = new Promise<PeerFailed>((resolve) => {
    hasFailed = resolve;
  });
  const fail = async (cause: unknown): Promise<void> => {
    const found = (failure = peerFailedBy(cause, logger));
    onFatal?.(found);
    isFailing(found);
    await parts.abort();
    hasFailed(found);
  };
  const guard = new DoorGuard({ logger, clock: systemClock }, 'doorFailed');
  const weighed = weighing(config, guard, logger);
  const options = {
    ...serverOptions(config, (cause) => void fail(cause)),
    clusterId: clusterIdToFound(config, keys),
    ...weighed,
    ...(authenticator !== undefined && { authenticator }),
    isRevoked: keys?.isRevoked,
  };
  const told = { logger, logThreshold, metrics, tracing, audit: audit.port, store, network };
  const server = new EnsembleServer(options, { ...systemPorts, ...told });
  const parts = new PeerParts(server, { network, store, keys, authenticator, audit, tracing });
  try {
    await new Promise<void>((resolve, reject) => {
      isFailing = reject;
      server.start(resolve);
    });
    authenticator?.mayKeep();
    checkEnsemble(keys, server.service.describe().clusterId, config, logger);
    const common = { server, logger, metrics, ...weighed, guard, keys, audit: audit.port };
    const addresses = await openDoors(config, { ...common, doors: parts.doors });
    if (failure !== undefined) throw failure;
    server.advertise(advertised(config, addresses));
    logger.log('info', 'listening', { ...addresses });
    audit.started(programVersion(), keys);
    return { ...handleOf(parts, logger), addresses, failed };
  } catch (error) {
    // A peer that no client can reach would still vote; whoever started it thinks that it failed.
    await Promise.all(parts.doors.map((door) => door.abort()));
    await parts.stop();
    throw error;
  }
}

/** What doors and server share, to weigh what clients ask for and make the peer keep. */
function weighing(config: PeerConfig, guard: DoorGuard, logger: Logger): Weighing {
  warnOfProxies(config.proxies, logger);
  return {
    budget: new Budget(config.budget),
    demands: new AddressDemands({ clock: systemClock, isProxy: isInIpRanges(config.proxies) }),
    pace: new Pace(guardedClock(systemClock, guard)),
  };
}

function handleOf(parts: PeerParts, logger: Logger): Omit<ComposedPeer, 'addresses' | 'failed'> {
  const { service } = parts.server;
  return {
    stop: async () => {
      await parts.stop();
      logger.log('info', 'stopped');
    },
    abort: () => parts.abort(),
    renewKeys: async () => {
      await parts.keys?.renew();
    },
    unreadyBecause: () => service.unreadyBecause(),
    role: () => service.meta().role,
  };
}

/** What a peer is known by, and knows others by. */
interface Credentials {
  readonly keys: WatchedKeys | undefined;
  readonly authenticator: { stop(): void } | undefined;
}

/** All that has to be let go of at the end, whichever end it is. */
class PeerParts {
  readonly server: EnsembleServer;
  readonly doors: Door[] = [];
  readonly keys: WatchedKeys | undefined;
  readonly #authenticator: { stop(): void } | undefined;
  readonly #network: AbortablePeerNetwork;
  readonly #store: SqliteStore;
  readonly #audit: PeerAudit;
  readonly #tracing: OtlpTracing | undefined;
  #stopping: Promise<void> | undefined;
  #aborting: Promise<unknown> | undefined;
  #hasAborted: () => void = () => undefined;
  readonly #aborted = new Promise<void>((resolve) => {
    this.#hasAborted = resolve;
  });

  constructor(
    server: EnsembleServer,
    around: Credentials & {
      readonly network: AbortablePeerNetwork;
      readonly store: SqliteStore;
      readonly audit: PeerAudit;
      readonly tracing: OtlpTracing | undefined;
    },
  ) {
    this.server = server;
    this.keys = around.keys;
    this.#authenticator = around.authenticator;
    this.#network = around.network;
    this.#store = around.store;
    this.#audit = around.audit;
    this.#tracing = around.tracing;
  }

  /** In order, unless it is too late for that. */
  async stop(): Promise<void> {
    if (this.#aborting === undefined) {
      // A store that can't be closed is a failure, and ends what waits for it.
      this.#stopping ??= Promise.race([this.#stopInOrder(), this.#aborted]);
    }
    await (this.#aborting ?? this.#stopping);
  }

  async #stopInOrder(): Promise<void> {
    await called((done) => {
      this.server.stepDown(done);
    });
    this.keys?.stop();
    this.#authenticator?.stop();
    await Promise.all(this.doors.map((door) => door.stop()));
    await called((done) => {
      this.server.stop(done);
    });
    await Promise.all([this.#audit.stopped(), this.#tracing?.stop()]);
  }

  /** All of it within this turn, but for waiting: what was not sent and not written by now never will be. */
  async abort(): Promise<void> {
    this.keys?.stop();
    this.#authenticator?.stop();
    this.#tracing?.abort();
    this.server.abort();
    this.#aborting ??= Promise.all([
      called((done) => {
        this.#network.abort(done);
      }),
      this.#store.terminate(),
      this.#audit.stop(),
      ...this.doors.map((door) => door.abort()),
    ]);
    await this.#aborting;
    this.#hasAborted();
  }
}

function called(action: (done: () => void) => void): Promise<void> {
  return new Promise(action);
}

/** Opens what may be refused before anything of the peer's is there; leaves nothing open when it is. */
async function openOutside(
  config: PeerConfig,
  parts: Parameters<typeof openPeers>[1] & Credentials & { readonly audit: PeerAudit },
  secret: Uint8Array | undefined,
): Promise<AbortablePeerNetwork> {
  const { keys, authenticator, audit } = parts;
  try {
    await loadGrpcFrontend(config);
    await audit.open();
    return await openPeers(config, parts, secret);
  } catch (error) {
    keys?.stop();
    authenticator?.stop();
    await audit.stop();
    throw error;
  }
}

/**
 * Its libraries are a fifth of all that a peer loads: one without this door starts sooner. They take longer than a turn
 * may, so they come before there is anything to keep up with.
 */
async function loadGrpcFrontend({ grpc }: PeerConfig): Promise<void> {
  if (grpc !== undefined) await import('../frontends/grpc/server.ts');
}

async function openPeers(
  config: PeerConfig,
  {
    logger,
    metrics,
    keys,
  }: {
    readonly logger: Logger;
    readonly metrics: Metrics;
    readonly keys: WatchedKeys | undefined;
  },
  given: Uint8Array | undefined,
): Promise<AbortablePeerNetwork> {
  if (!config.listensForPeers) return noPeers;
  const { host, secretFile, bindRetries } = config.peer;
  const secret = secretFile === undefined ? given : readPeerSecret(secretFile);
  const own = `the line server.${String(config.serverId)}`;
  const port = config.servers.find(({ id }) => id === config.serverId)?.quorumPort ?? 0;
  await waitForAddress({ setting: own, host, port }, bindRetries, logger);
  try {
    return await openPeerNetwork({
      self: config.serverId,
      servers: config.servers,
      listenHost: host,
      ...(secret !== undefined && { secret }),
      ...(keys !== undefined && networkTls(config, keys)),
      clock: systemClock,
      random: systemRandom,
      logger,
      metrics,
    });
  } catch (error) {
    if (!(error instanceof PeerPortUnusable)) throw error;
    const { plane, cause } = error;
    const name = plane === 'broadcast' ? 'quorum' : 'election';
    const setting = `the ${name} port in ${own}`;
    throw cannotListen(cause, { setting, host, port: error.port });
  }
}

/** As clients are shown them: where this peer's own line says every address, the one that they can go to. */
function shownServers({ serverId, servers, advertise }: PeerConfig): readonly ServerLine[] {
  return servers.map((line) =>
    line.id === serverId && isWildcardHost(line.host) ? { ...line, host: advertise } : line,
  );
}

function serverOptions(
  config: PeerConfig,
  onFatal: (cause: unknown) => void,
): EnsembleServerOptions {
  const { peer } = config;
  return {
    ...defaultServerOptions,
    self: config.serverId,
    role: config.role,
    configuredVoters: config.servers
      .filter(({ role }) => role === 'participant')
      .map(({ id }) => id),
    // Without a door for them there are no clients of ZooKeeper to tell. One alone has no need of lines.
    serverLines:
      config.zookeeper === undefined || config.servers.length === 1 ? [] : shownServers(config),
    memberLines: shownServers(config),
    listensForPeers: config.listensForPeers,
    bootstrap: config.bootstrap,
    tickMs: peer.tickMs,
    timers: {
      ...defaultZabTimers,
      ping: peer.pingTicks,
      initLimit: peer.initLimitTicks,
      syncLimit: peer.syncLimitTicks,
    },
    limits: config.limits,
    enforceQuota: config.quota.enforce,
    finishesUpgrades: config.upgrade.finish === 'auto',
    superDigest: config.auth.superDigest,
    slowRequestMs: config.log.slowRequestMs,
    auditedBelow: config.audit?.writesBelow ?? [],
    extendedTypes: config.zookeeperDoor.extendedTypes,
    version: programVersion(),
    tuning: {
      ...defaultServerTuning,
      ...config.retention,
      ...config.disk,
      reapEveryMs: config.reaper.intervalMs,
      snapshotAfterTxns: config.snapshot.afterTxns,
    },
    createZab: (options, recovered_) => new Zab(options, recovered_),
    onFatal,
  };
}

type CommonToDoors = Pick<
  ZooKeeperDoorOptions,
  | 'service'
  | 'logger'
  | 'clock'
  | 'random'
  | 'budget'
  | 'work'
  | 'requestTimeoutMs'
  | 'security'
  | 'metrics'
  | 'audit'
>;

function metricsTold({ metrics }: PeerConfig): MetricsTold {
  return { version: programVersion(), hasFormerNames: metrics.formerNames };
}

/** What all doors are given. What their own code throws in a callback of the clock ends nothing else. */
function commonToDoors({
  server,
  logger,
  metrics,
  budget,
  demands,
  pace,
  guard,
  keys,
  audit,
}: PartsOfDoors): CommonToDoors {
  const clock = guardedClock(systemClock, guard);
  const work = new Work(clock, { pace, demands });
  work.failed = (cause) => {
    guard.failed(cause);
  };
  const { service } = server;
  return {
    service,
    logger,
    metrics,
    clock,
    random: systemRandom,
    budget,
    work,
    requestTimeoutMs,
    audit,
    ...(keys !== undefined && { security: keys }),
  };
}

interface Weighing {
  readonly budget: Budget;
  readonly demands: AddressDemands;
  readonly pace: Pace;
}

/** What doors are made of. */
interface PartsOfDoors extends Weighing {
  readonly server: EnsembleServer;
  readonly logger: Logger;
  readonly metrics: SystemMetrics;
  readonly guard: DoorGuard;
  readonly keys: WatchedKeys | undefined;
  readonly audit: Audit;
}

/** Opens what the configuration asks for. Each door joins `doors` before it listens. */
async function openDoors(
  config: PeerConfig,
  parts: PartsOfDoors & { readonly doors: Door[] },
): Promise<AdvertisedAddresses> {
  const common = commonToDoors(parts);
  // HTTP comes last: a peer whose /readyz can be asked has all its doors open.
  const wanted = [
    {
      name: 'grpc',
      address: config.grpc,
      create: async (): Promise<Door> => {
        const { createGrpcDoor } = await import('../frontends/grpc/server.ts');
        return createGrpcDoor({
          ...common,
          allowedHosts: [
            config.advertise,
            ...(config.grpc === undefined ? [] : [bracketed(config.grpc.host)]),
            ...config.allowedHosts,
          ],
        });
      },
    },
    {
      name: 'zookeeper',
      address: config.zookeeper,
      create: (): Door =>
        createZooKeeperDoor({
          ...common,
          ...config.zookeeperDoor,
          saslWithoutTls: config.auth.saslWithoutTls,
          configuration: config,
        }),
    },
    {
      name: 'http',
      address: config.http,
      create: (): Door =>
        createRestDoor({
          ...common,
          metricsText: () => parts.metrics.text(),
          allowedHosts: [config.advertise, ...config.allowedHosts],
          allowedOrigins: config.allowedOrigins,
        }),
    },
  ] as const;
  const addresses = { http: '', grpc: '', zookeeper: '' };
  const made = [];
  // All of them before the first one listens: whoever finds this peer ready at one door may go to the next.
  for (const { name, address, create } of wanted) {
    if (address !== undefined) made.push({ name, address, door: await create() });
  }
  for (const { name, address, door } of made) {
    parts.doors.push(door);
    const place = { setting: `${name}.port`, ...address };
    await waitForAddress(place, config.peer.bindRetries, parts.logger);
    const open = await door.listen(address.host, address.port).catch((error: unknown) => {
      throw cannotListen(error, place);
    });
    addresses[name] = `${bracketed(open.host)}:${String(open.port)}`;
  }
  return addresses;
}

/** The advertised host with the ports really in use. */
function advertised(config: PeerConfig, addresses: AdvertisedAddresses): AdvertisedAddresses {
  const withHost = (address: string): string =>
    address === ''
      ? ''
      : `${bracketed(config.advertise)}:${address.slice(address.lastIndexOf(':') + 1)}`;
  return {
    http: withHost(addresses.http),
    grpc: withHost(addresses.grpc),
    zookeeper: withHost(addresses.zookeeper),
  };
}
