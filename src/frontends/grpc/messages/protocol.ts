import { loadSync } from '#grpc';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AuthServiceDefinition } from '../../../generated/quoll/v1/auth.ts';
import type { ClusterServiceDefinition } from '../../../generated/quoll/v1/cluster.ts';
import type { ElectionServiceDefinition } from '../../../generated/quoll/v1/election.ts';
import type { LockServiceDefinition } from '../../../generated/quoll/v1/lock.ts';
import type { SessionServiceDefinition } from '../../../generated/quoll/v1/session.ts';
import type { WatchServiceDefinition } from '../../../generated/quoll/v1/watch.ts';
import type { ZnodeServiceDefinition } from '../../../generated/quoll/v1/znode.ts';

/** Of the package that this file was built into: `proto/` beside its `dist/`. */
const protoFolder = fileURLToPath(new URL('../../../../../proto/', import.meta.url));

/** What `proto/quoll/v1` defines. The options are those that `src/generated` was made with (scripts/generate-proto.mjs). */
export const quollPackage = loadSync(
  readdirSync(`${protoFolder}quoll/v1`).map((file) => `quoll/v1/${file}`),
  { includeDirs: [protoFolder], enums: String, defaults: true, oneofs: true },
);

const services = quollPackage as unknown as {
  readonly 'quoll.v1.ZnodeService': ZnodeServiceDefinition;
  readonly 'quoll.v1.SessionService': SessionServiceDefinition;
  readonly 'quoll.v1.WatchService': WatchServiceDefinition;
  readonly 'quoll.v1.LockService': LockServiceDefinition;
  readonly 'quoll.v1.ElectionService': ElectionServiceDefinition;
  readonly 'quoll.v1.ClusterService': ClusterServiceDefinition;
  readonly 'quoll.v1.AuthService': AuthServiceDefinition;
};

export const {
  'quoll.v1.ZnodeService': znodeService,
  'quoll.v1.SessionService': sessionService,
  'quoll.v1.WatchService': watchService,
  'quoll.v1.LockService': lockService,
  'quoll.v1.ElectionService': electionService,
  'quoll.v1.ClusterService': clusterService,
  'quoll.v1.AuthService': authService,
} = services;

/** The names of the services, for the health service: whoever asks for one of these is told how all of the peer is. */
export const serviceNames: readonly string[] = [
  'ZnodeService',
  'SessionService',
  'WatchService',
  'LockService',
  'ElectionService',
  'ClusterService',
  'AuthService',
].map((name) => `quoll.v1.${name}`);
