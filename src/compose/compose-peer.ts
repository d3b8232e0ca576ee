import { noPeers } from '../adapters/peer-tcp/no-peers.ts';
import { SqliteStore } from '../adapters/sqlite/store.ts';
import { openPeerNetwork, PeerPortUnusable } from '../adapters/peer-tcp/peer-network.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemHash } from '../adapters/system/hash.ts';
import { createLogger, defaultLogForm } from '../adapters/system/logger.ts';
import { createMetrics, type SystemMetrics } from '../adapters/system/metrics.ts';
import { systemRandom } from '../adapters/system/random.ts';
import type { LogFormat, PeerConfig } from '../config/config.ts';
import type { RunningPeer } from '../config/running-peer.ts';
import { readPeerSecret } from '../config/secret.ts';
import { createRestDoor, type RestDoor } from '../frontends/http/server.ts';
import type { AdvertisedAddresses } from '../model/peer-message.ts';
import type { Logger } from '../ports/logger.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import { EnsembleServer, StoreFailed } from '../server/ensemble-server.ts';
import {
  defaultServerOptions,
  defaultServerTuning,
  type EnsembleServerOptions,
} from '../server/server-options.ts';
import { txnCodec } from '../wire/txn-codec.ts';
import { defaultZabTimers } from '../zab/options.ts';
import { Zab } from '../zab/zab.ts';
import { cannotListen } from './listening.ts';
import { packageVersion } from './package-version.ts';

/** sysexits' EX_SOFTWARE: a rule of ours was broken, or the disk failed; nothing was promised since. */
const exitFatal = 70;

const restTimeoutMs = 10_000;

/**
 * Puts a peer together from its configuration and starts it: the one place that knows every concrete adapter. Resolves
 * once the data directory is recovered and every door is open; the ensemble may still be electing (`/readyz` tells).
 */
export async function startPeer(config: PeerConfig): Promise<RunningPeer> {
  const logger = createLogger({
    level: config.log.level,
    form: logForm(config.log.format),
    server: config.serverId,
  });
  const metrics = createMetrics();
  const network = config.servers.length === 1 ? noPeers : await openPeers(config, logger);
  const server = new EnsembleServer(serverOptions(config, logger), {
    clock: systemClock,
    random: systemRandom,
    hash: systemHash,
    store: new SqliteStore({ directory: config.dataDir, serverId: config.serverId }),
    network,
    logger,
    metrics,
    codec: txnCodec,
  });
  await recovered(server);
  const { door, addresses } = await openDoors(config, { server, logger, metrics }).catch(
    async (error: unknown) => {
      // A peer that no client can reach would still vote; whoever started it thinks that it failed.
      await stopped(server);
      throw error;
    },
  );
  server.advertise(advertised(config, addresses));
  logger.log('info', 'listening', { ...addresses });
  return {
    addresses,
    stop: async () => {
      await door?.stop();
      await stopped(server);
      logger.log('info', 'stopped');
    },
  };
}

function logForm(format: LogFormat): 'json' | 'human' {
  if (format === 'auto') return defaultLogForm();
  return format === 'json' ? 'json' : 'human';
}

function recovered(server: EnsembleServer): Promise<void> {
  return new Promise((resolve) => {
    server.start(resolve);
  });
}

function stopped(server: EnsembleServer): Promise<void> {
  return new Promise((resolve) => {
    server.stop(resolve);
  });
}

async function openPeers(config: PeerConfig, logger: Logger): Promise<PeerNetwork> {
  const { host, secretFile } = config.peer;
  try {
    return await openPeerNetwork({
      self: config.serverId,
      servers: config.servers,
      listenHost: host,
      ...(secretFile !== undefined && { secret: readPeerSecret(secretFile) }),
      clock: systemClock,
      random: systemRandom,
      logger,
    });
  } catch (error) {
    if (!(error instanceof PeerPortUnusable)) throw error;
    const { plane, port, cause } = error;
    const name = plane === 'broadcast' ? 'quorum' : 'election';
    const setting = `the ${name} port in the line server.${String(config.serverId)}`;
    throw cannotListen(cause, { setting, host, port });
  }
}

function serverOptions(config: PeerConfig, logger: Logger): EnsembleServerOptions {
  const { peer } = config;
  return {
    ...defaultServerOptions,
    self: config.serverId,
    role: config.role,
    configuredVoters: config.servers
      .filter(({ role }) => role === 'participant')
      .map(({ id }) => id),
    bootstrap: config.bootstrap,
    tickMs: peer.tickMs,
    timers: {
      ...defaultZabTimers,
      ping: peer.pingTicks,
      initLimit: peer.initLimitTicks,
      syncLimit: peer.syncLimitTicks,
    },
    limits: config.limits,
    version: packageVersion,
    tuning: {
      ...defaultServerTuning,
      ...config.retention,
      freeBytesMin: config.disk.freeBytesMin,
      snapshotAfterTxns: config.snapshot.afterTxns,
    },
    createZab: (options, recovered_) => new Zab(options, recovered_),
    onFatal: (cause) => {
      endOfThisPeer(cause, logger);
    },
  };
}

/** The line that tells what happened must be out before the process is gone; nothing else is done any more. */
function endOfThisPeer(cause: unknown, logger: Logger): never {
  if (cause instanceof StoreFailed) {
    logger.log('error', 'storeFailed', { code: cause.failure.code, message: cause.message });
    process.stderr.write(`quoll: ${cause.message}\n`);
  } else {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    logger.log('error', 'invariantBroken', { message: text });
    process.stderr.write(
      `quoll: ${text}\nA rule of Quoll's own was broken and the peer has stopped rather than go on. What was ` +
        'acknowledged is safe. Start it again; if it stops again, keep its data directory and report this.\n',
    );
  }
  process.exit(exitFatal);
}

async function openDoors(
  config: PeerConfig,
  parts: {
    readonly server: EnsembleServer;
    readonly logger: Logger;
    readonly metrics: SystemMetrics;
  },
): Promise<{ door: RestDoor | undefined; addresses: AdvertisedAddresses }> {
  const closed = { http: '', grpc: '', zookeeper: '' };
  if (config.http === undefined) return { door: undefined, addresses: closed };
  const door = createRestDoor({
    service: parts.server.service,
    logger: parts.logger,
    clock: systemClock,
    random: systemRandom,
    metricsText: () => parts.metrics.text(),
    allowedHosts: [config.advertise, ...config.allowedHosts],
    allowedOrigins: config.allowedOrigins,
    requestTimeoutMs: restTimeoutMs,
  });
  const wanted = { setting: 'http.port', ...config.http };
  const { host, port } = await door.listen(wanted.host, wanted.port).catch((error: unknown) => {
    throw cannotListen(error, wanted);
  });
  return { door, addresses: { ...closed, http: `${bracketed(host)}:${String(port)}` } };
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

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
