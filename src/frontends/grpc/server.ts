import {
  type MessageTypeDefinition,
  type PackageDefinition,
  ReflectionService,
  Server,
  ServerCredentials,
  type ServerErrorResponse,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '#grpc';
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { defaults } from '../../model/defaults.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import type { Budget } from '../../service/budget/budget.ts';
import type { Work } from '../../service/budget/work.ts';
import type { Caller } from '../../service/call.ts';
import type { CoordinationService } from '../../service/coordination-service.ts';
import type { Door } from '../../service/door.ts';
import { DoorGuard } from '../../service/door-guard.ts';
import { ownHostNames } from '../../wire/host-names.ts';
import { Entrance, type Secured } from '../entrance/entrance.ts';
import { tooManyHeld } from './calls/method.ts';
import { callsMax } from './connection/client-connection.ts';
import { Connections } from './connection/connections.ts';
import type { UnaryHandler } from './connection/direct-call.ts';
import { farewell, isPreface } from './connection/farewell.ts';
import { createGate } from './gate.ts';
import { healthPackage } from './health-definition.ts';
import { Health } from './health.ts';
import { implementations } from './implementations.ts';
import { quollPackage } from './messages/protocol.ts';
import { statusOfRefusal } from './messages/status.ts';
import { OpenStreams } from './open-streams.ts';

export interface GrpcDoorOptions extends Secured {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: Budget;
  readonly work: Work;
  /** What an authority may say besides loopback's names. */
  readonly allowedHosts: readonly string[];
  /** How long an answer is waited for when the client sets no deadline. */
  readonly requestTimeoutMs: number;
  /** Connections above this are closed as they come. */
  readonly connectionsMax?: number;
  /** How long `stop` waits for calls in flight. */
  readonly stopGraceMs?: number;
}

/**
 * Above `limits.requestBytesMax`, so that what is somewhat too large is refused in our words with limit and size; what is
 * larger still is cut off by the library in its own.
 */
const messageBytesPerRequestByte = 4;

/** Megabytes of one connection: what waits to be sent, above all. Above it no new calls are taken. */
const connectionMegabytesMax = 64;

/** A connection whose other end is gone, or frozen, is found out after the sum of the two. */
const keepalive = { everyMs: 5_000, answerWithinMs: 5_000 } as const;

type ServerOptions = NonNullable<ConstructorParameters<typeof Server>[0]>;

function settings(requestBytesMax: number): ServerOptions {
  return {
    'grpc.max_receive_message_length': requestBytesMax * messageBytesPerRequestByte,
    // An answer may be a page of children with their data.
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': callsMax,
    'grpc-node.max_session_memory': connectionMegabytesMax,
    'grpc.keepalive_time_ms': keepalive.everyMs,
    'grpc.keepalive_timeout_ms': keepalive.answerWithinMs,
    'grpc.enable_channelz': 0,
  };
}

/** Takes connections in, and knows all that are open. */
function createListener(
  options: GrpcDoorOptions,
  take: (socket: Socket, stranger: Caller) => void,
) {
  const sockets = new Set<Socket>();
  const entrance = new Entrance({
    ...options,
    door: 'grpc',
    guard: new DoorGuard(options, 'grpcConnectionFailed'),
    protocols: ['h2'],
    readsByItself: true,
    begin(socket, stranger) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      take(socket, stranger);
    },
    answerPlaintext: (first) =>
      isPreface(first)
        ? farewell('TLS is spoken on this port: use a channel with TLS credentials')
        : undefined,
    answerUncertified: farewell,
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    entrance.take(socket);
  });
  listener.maxConnections = options.connectionsMax ?? defaults.connectionsMax;
  listener.on('error', (error) => {
    options.logger.log('error', 'grpcServerFailed', { cause: String(error) });
  });
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { listener, entrance, destroyAll };
}

/**
 * Of a package, one definition per set of files. Each definition holds all of the files that its package is made of, and
 * the library reads them anew for every one it is given: 300 times, for a sixth of a second of one turn.
 */
function described(definitions: PackageDefinition): PackageDefinition {
  const entries = Object.entries(definitions);
  const byFiles = new Map(entries.map((entry) => [firstFileOf(entry[1]), entry]));
  return Object.fromEntries(byFiles.values());
}

/** Undefined of a service: its messages have it. */
function firstFileOf(definition: PackageDefinition[string]): unknown {
  const { fileDescriptorProtos: files } = definition as Partial<
    MessageTypeDefinition<object, object>
  >;
  return files?.[0];
}

/** Makes the gRPC door. `stop` ends streams, and leaves calls in flight their grace. */
export function createGrpcDoor(options: GrpcDoorOptions): Door {
  const { service, clock, budget } = options;
  const statusOf = (refusal: Refusal): ServerErrorResponse =>
    statusOfRefusal(refusal, service.meta());
  const { identities } = service;
  const clients = new Connections({ budget, work: options.work, clock, identities, statusOf });
  const server = new Server({
    ...settings(service.limits.requestBytesMax),
    interceptors: [clients.interceptor],
  });
  const openStreams = new OpenStreams();
  const health = new Health(clock, () => service.unreadyBecause() === undefined);
  const gate = createGate(ownHostNames(options.allowedHosts), openStreams, () =>
    statusOf(tooManyHeld()),
  );
  const guarded = {
    addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void {
      server.addService(definition, gate(implementation));
    },
  };
  const handlers = new Map<string, UnaryHandler>();
  for (const { definition, implementation, isDirect } of implementations(options)) {
    const gated = gate(implementation);
    server.addService(definition, gated);
    if (isDirect) addUnary(handlers, definition, gated);
  }
  health.addTo(guarded);
  new ReflectionService({ ...described(quollPackage), ...described(healthPackage) }).addToServer({
    addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void {
      server.addService(definition, gate(implementation, true));
    },
  });

  const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
  const messageBytesMax = service.limits.requestBytesMax * messageBytesPerRequestByte;
  clients.listenTo(server, { handlers, messageBytesMax });
  const { listener, entrance, destroyAll } = createListener(options, (socket, stranger) => {
    clients.add(socket, stranger, () => {
      connections.injectConnection(socket);
    });
  });
  const stopRenewing = options.security?.onRenewed(() => {
    clients.leave();
  });

  return {
    listen: (host, port) => listen(listener, host, port),
    async stop() {
      health.stop();
      entrance.stop();
      stopRenewing?.();
      const leaving = refused('shuttingDown', 'this peer is stopping: ask another one');
      openStreams.endAll(statusOfRefusal(leaving, service.meta()));
      const graceMs = options.stopGraceMs ?? defaults.doorStopGraceMs;
      connections.drain(graceMs);
      const grace = clock.after(graceMs, destroyAll);
      await closed(listener);
      grace.cancel();
      clients.stop();
      server.forceShutdown();
    },
    async abort() {
      health.stop();
      entrance.stop();
      stopRenewing?.();
      destroyAll();
      await closed(listener);
      clients.stop();
      server.forceShutdown();
    },
  };
}

/** Adds those methods that have one message on either side. */
function addUnary(
  handlers: Map<string, UnaryHandler>,
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
): void {
  for (const [name, { path, requestStream, responseStream }] of Object.entries(definition)) {
    if (!requestStream && !responseStream) {
      handlers.set(path, implementation[name] as UnaryHandler);
    }
  }
}

function listen(
  listener: TcpServer,
  host: string,
  port: number,
): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, host, () => {
      listener.off('error', reject);
      const address = listener.address() as AddressInfo;
      resolve({ host: address.address, port: address.port });
    });
  });
}

/** Once every connection is closed too. */
function closed(listener: TcpServer): Promise<void> {
  if (!listener.listening) return Promise.resolve();
  return new Promise((resolve) => {
    listener.close(() => {
      resolve();
    });
  });
}
