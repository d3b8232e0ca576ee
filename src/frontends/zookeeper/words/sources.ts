import type { ServerId } from '../../../model/ids.ts';
import type { ConnectionWatches } from '../../../service/connection-watches.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';
import type { ConnectionStatistics, DoorStatistics } from './statistics.ts';

/** A connection and what it watches. */
export interface WatchingConnection {
  readonly statistics: ConnectionStatistics;
  /**
   * Each path once. As in ZooKeeper, whose words show its data watches: those left by exists and getData, and the persistent
   * ones, but not those that getChildren left.
   */
  watchedPaths(): Iterable<string>;
}

/** The kinds of watches that `wchs`, `wchc` and `wchp` show. */
const shownKinds = ['data', 'persistent', 'recursive'] as const;

/** Gives the paths that are shown of a connection's watches. */
export function* shownPaths(watches: Pick<ConnectionWatches, 'paths' | 'has'>): Iterable<string> {
  for (const path of watches.paths()) {
    if (shownKinds.some((kind) => watches.has(path, kind))) yield path;
  }
}

/** What `conf` shows; a peer's configuration has this shape. */
export interface ShownConfiguration {
  readonly serverId: ServerId;
  readonly role: 'participant' | 'observer';
  readonly dataDir: string;
  readonly servers: readonly {
    readonly id: ServerId;
    readonly host: string;
    readonly quorumPort: number;
    readonly electionPort: number;
    readonly role: 'participant' | 'observer';
  }[];
  readonly peer: {
    readonly tickMs: number;
    readonly initLimitTicks: number;
    readonly syncLimitTicks: number;
  };
  readonly zookeeperDoor: {
    /** Those that are answered. */
    readonly words: readonly string[];
    readonly connectionsPerAddressMax: number;
  };
}

/** What the process and the machine tell, asked when it is needed. Undefined: it can't be told here. */
export interface HostFacts {
  /** Unix milliseconds at which what runs was built. */
  readonly builtMs: number;
  /** Unix milliseconds. */
  now(): number;
  openFiles(): number | undefined;
  openFilesMax(): number | undefined;
  directoryBytes(directory: string): number;
  /** Under the names that ZooKeeper has for them; `version` is what it puts first. */
  environment(): readonly (readonly [name: string, value: string])[];
}

/** All that four-letter words are answered from. */
export interface WordSources {
  readonly service: Pick<CoordinationService, 'monitoring' | 'limits' | 'describe'>;
  readonly statistics: DoorStatistics;
  readonly connections: Iterable<WatchingConnection>;
  readonly configuration: ShownConfiguration;
  /** Where the door listens. */
  readonly clientPort: number;
  /** TLS is spoken there. */
  readonly isSecure: boolean;
  readonly host: HostFacts;
  readonly trace: TraceMask;
}

/** ZooKeeper's mask of what is traced, as `stmk` left it; nothing is traced here, so it has no effect. */
export class TraceMask {
  value = 306n;
}
