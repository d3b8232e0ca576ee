import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noPeers } from '../../../src/adapters/peer-tcp/no-peers.ts';
import { SqliteStore } from '../../../src/adapters/sqlite/store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import { createGrpcDoor } from '../../../src/frontends/grpc/server.ts';
import { createRestDoor } from '../../../src/frontends/http/server.ts';
import { createZooKeeperDoor } from '../../../src/frontends/zookeeper/server.ts';
import { fourLetterWords } from '../../../src/model/four-letter-word.ts';
import { serverId } from '../../../src/model/ids.ts';
import type { AuditEvent } from '../../../src/model/audit.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import type { TransportSecurity } from '../../../src/ports/transport-security.ts';
import { EnsembleServer } from '../../../src/server/ensemble-server.ts';
import { defaultServerOptions, type EnsembleServerOptions } from '../../../src/server/options.ts';
import { Budget } from '../../../src/service/budget/budget.ts';
import { Work } from '../../../src/service/budget/work.ts';
import type { Door } from '../../../src/service/door.ts';
import { txnCodec } from '../../../src/wire/txn-codec.ts';
import { Zab } from '../../../src/zab/zab.ts';
import { until } from '../until.ts';

interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Of what the doors count. */
type Counts = Map<string, number>;

interface Parts {
  readonly server: EnsembleServer;
  readonly store: SqliteStore;
  readonly folder: string;
  readonly doors: Record<'http' | 'grpc' | 'zookeeper', Door>;
}

/** A peer of its own within this process, whose doors all speak TLS by keys that the test has in its hand. */
export class DoorPeer {
  readonly lines: LogLine[] = [];
  readonly counts: Counts = new Map();
  /** What it took down. */
  readonly audited: AuditEvent[] = [];
  readonly audit = { record: (event: AuditEvent): void => void this.audited.push(event) };
  readonly ports = { http: 0, grpc: 0, zookeeper: 0 };
  #parts: Parts | undefined;

  static async open(
    security: TransportSecurity | undefined,
    more: Partial<EnsembleServerOptions> = {},
  ): Promise<DoorPeer> {
    const peer = new DoorPeer();
    await peer.#open(security, more);
    return peer;
  }

  /** How often something was counted. */
  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  async #open(
    security: TransportSecurity | undefined,
    more: Partial<EnsembleServerOptions>,
  ): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'quoll-doors-'));
    const store = new SqliteStore({ directory: folder, serverId: serverId(1) });
    const logger: Logger = {
      log: (level, event, fields = {}) => void this.lines.push({ level, event, fields }),
    };
    const metrics = {
      count: (name: string, by = 1) => void this.counts.set(name, this.count(name) + by),
      gauge: () => undefined,
      observe: () => undefined,
    };
    const ports = { clock: systemClock, random: systemRandom, hash: systemHash };
    const server = new EnsembleServer(
      {
        ...defaultServerOptions,
        ...more,
        ...(security !== undefined && { isRevoked: (one) => security.isRevoked(one) }),
        self: serverId(1),
        configuredVoters: [serverId(1)],
        createZab: (options, recovered) => new Zab(options, recovered),
        onFatal: (cause) => {
          throw cause;
        },
      },
      { ...ports, store, network: noPeers, logger, metrics, codec: txnCodec, audit: this.audit },
    );
    await new Promise<void>((resolve) => {
      server.start(resolve);
    });
    const common = {
      ...ports,
      service: server.service,
      logger,
      metrics,
      requestTimeoutMs: 10_000,
      budget: new Budget(),
      work: new Work(systemClock),
      audit: this.audit,
      ...(security !== undefined && { security }),
    };
    const doors = {
      grpc: createGrpcDoor({ ...common, allowedHosts: [] }),
      zookeeper: createZooKeeperDoor({
        ...common,
        extendedTypes: true,
        reconfigEnabled: false,
        connectionsMax: 0,
        connectionsPerAddressMax: 0,
        configuration: {
          serverId: serverId(1),
          role: 'participant',
          dataDir: folder,
          servers: [],
          peer: { tickMs: 20, initLimitTicks: 250, syncLimitTicks: 50 },
          zookeeperDoor: { words: fourLetterWords, connectionsPerAddressMax: 0 },
        },
      }),
      http: createRestDoor({
        ...common,
        allowedHosts: [],
        allowedOrigins: [],
        metricsText: () => Promise.resolve(''),
      }),
    };
    for (const name of ['http', 'grpc', 'zookeeper'] as const) {
      this.ports[name] = (await doors[name].listen('127.0.0.1', 0)).port;
    }
    this.#parts = { server, store, folder, doors };
    await until('the peer to serve', () => server.service.unreadyBecause() === undefined);
  }

  async stopDoors(): Promise<void> {
    const { doors } = this.#parts ?? {};
    await Promise.all(Object.values(doors ?? {}).map((door) => door.stop()));
  }

  async close(): Promise<void> {
    if (this.#parts === undefined) return;
    const { server, folder, doors } = this.#parts;
    await Promise.all(Object.values(doors).map((door) => door.abort()));
    await new Promise<void>((resolve) => {
      server.stop(resolve);
    });
    rmSync(folder, { recursive: true, force: true });
  }
}
