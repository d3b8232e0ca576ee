import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import { defaults } from '../../model/defaults.ts';
import { isClusterId } from '../../model/peer-name.ts';
import type { Budget } from '../../service/budget/budget.ts';
import type { Work } from '../../service/budget/work.ts';
import type { Caller } from '../../service/call.ts';
import type { CoordinationService } from '../../service/coordination-service.ts';
import type { Door } from '../../service/door.ts';
import { DoorGuard } from '../../service/door-guard.ts';
import { Entrance, type Secured } from '../entrance/entrance.ts';
import { Flushes } from '../entrance/flushes.ts';
import { createColdRoutes } from './cold-routes.ts';
import { answerConsole } from './console.ts';
import { answerOtherMethod } from './exchange/allow.ts';
import { BodyPace } from './exchange/body-pace.ts';
import { Connections, type Connection } from './exchange/connection.ts';
import { Debtors } from './exchange/debtors.ts';
import type { HttpDoor } from './exchange/door.ts';
import { isEmptyByRule, mayHaveBody, readNothing } from './exchange/empty-body.ts';
import { Exchange } from './exchange/exchange.ts';
import { linesOf } from './exchange/headers.ts';
import { Problem } from './exchange/problem.ts';
import { rawAnswer } from './exchange/raw-answer.ts';
import { SparingLog } from './exchange/sparing-log.ts';
import { Tickets } from './exchange/tickets.ts';
import { ConnectionLimit, tooManyConnections } from './gate/connection-limit.ts';
import { createGate, type Gate } from './gate/gate.ts';
import { OwedAnswers } from './gate/owed-answers.ts';
import { headBytesMax, type ParserError } from './gate/parser-problem.ts';
import { canPutBack, isPutBack, pipelinedRequests } from './gate/pipelined-request.ts';
import { answerPreflight } from './gate/preflight.ts';
import { createPutBack } from './gate/put-back.ts';
import type { Reparse } from './gate/reparse.ts';
import { looksLikeHttp, tlsNeeded } from './gate/tls-needed.ts';
import { anyHostPaths, isOperatorsRoute, probes } from './operators/health.ts';
import { answerQueues } from './locks/answer-queues.ts';
import { createUpgrades } from './websocket/upgrade.ts';
import { handleNodes } from './znodes/handle-nodes.ts';
import { isNodesUrl } from './znodes/nodes-url.ts';

export interface RestDoorOptions extends Secured {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Gives all metrics in the exposition format of Prometheus. */
  readonly metricsText: () => Promise<string>;
  /** See `GateOptions`. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** How long an answer is waited for when the client does not say. */
  readonly requestTimeoutMs: number;
  /** What is kept for clients, counted with the other doors of this peer. */
  readonly budget: Budget;
  /** Where long work is done in slices, in turns with the other doors'. */
  readonly work: Work;
  /** See `ConnectionLimit`. */
  readonly connectionsMax?: number;
  /** How long `stop` waits for requests in flight. */
  readonly stopGraceMs?: number;
}

const httpLimits = {
  maxHeaderSize: headBytesMax,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  // Longer than the idle timeout of common load balancers, so that it is they who close.
  keepAliveTimeout: 65_000,
  // How often the two timeouts above are looked at.
  connectionsCheckingInterval: 1_000,
  // The gate has its own words for a missing Host.
  requireHostHeader: false,
  insecureHTTPParser: false,
} as const;

/** A connection on which nothing moves for so long, also while we write, is given up: slow readers hold memory. */
const silenceMs = 120_000;

/** Puts the door together; it listens when told to. */
export function createRestDoor(options: RestDoorOptions): Door {
  const isSecure = options.security !== undefined;
  const gate = createGate({ ...options, anyHostPaths, isSecure });
  const limit = new ConnectionLimit(options.connectionsMax ?? defaults.connectionsMax);
  const answer = createAnswers(gate, limit);
  const owed = new OwedAnswers(options.work, options.clock, limit, isUrgent);
  const connections = new Connections({ budget: options.budget, demands: options.work.demands });
  let isStopping = false;
  const stopping = new Set<() => void>();
  const door = createDoor(options, { isStopping: () => isStopping, stopping });
  const server = createLimitedServer(owed.isFull.bind(owed));
  const guard = new DoorGuard(options, 'restConnectionFailed');
  const { entrance, reparse } = takeIn(server, { ...options, guard }, (socket, stranger) => {
    connections.opened(socket, stranger);
    limit.opened(socket);
    socket.prependListener('end', owed.clientEnded.bind(owed, connections.of(socket)));
  });
  const stopRenewing = options.security?.onRenewed(() => {
    connections.outdate();
  });
  const close = (): void => {
    isStopping = true;
    entrance.stop();
    stopRenewing?.();
  };

  const take = (request: IncomingMessage, response: ServerResponse, expects: Expects): void => {
    const { socket } = request;
    gate.takeTarget(request);
    // Whatever it says of codings that it takes: an answer to HTTP/1.0 has none (RFC 9112, section 6.1).
    if (request.httpVersionMinor === 0) response.useChunkedEncodingByDefault = false;
    const exchange = new Exchange(door, {
      request,
      response,
      connection: connections.of(socket),
      expectsContinue: expects === 'continue',
    });
    owed.begin(exchange, response, () => {
      answer(exchange, response, expects);
    });
  };
  server.on('error', (error) => {
    options.logger.log('error', 'restServerFailed', { cause: String(error) });
  });
  takeGuarded(server, guard, {
    cut: owed.cut.bind(owed),
    take,
    upgrade: createUpgrades({ door, gate, owed, limit, connections, reparse }),
    putBack: createPutBack({ owed, limit, connections, reparse, work: options.work }),
    tunnel: (socket) => {
      refuseTunnel(owed, connections.of(socket));
    },
    broken: (error, socket) => {
      owed.broken(connections.of(socket), error);
    },
  });

  return {
    listen: (host, port) => listen(server, host, port),
    stop() {
      close();
      for (const run of [...stopping]) run();
      return stop(server, limit, options.clock, options.stopGraceMs ?? defaults.doorStopGraceMs);
    },
    abort() {
      close();
      const ended = stop(server, limit, options.clock, defaults.doorStopGraceMs);
      limit.closeAll();
      return ended;
    },
  };
}

/** Takes in what comes; what is thrown at it is a defect of this door, and ends the connection. */
function takeGuarded(
  server: Server,
  guard: DoorGuard,
  {
    cut,
    take,
    upgrade,
    putBack,
    tunnel,
    broken,
  }: {
    readonly cut: (socket: Duplex) => void;
    readonly take: (request: IncomingMessage, response: ServerResponse, expects: Expects) => void;
    readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
    readonly putBack: (request: IncomingMessage, socket: Duplex, rest: Buffer) => void;
    readonly tunnel: (socket: Duplex) => void;
    readonly broken: (error: ParserError, socket: Duplex) => void;
  },
): void {
  const guarded = (socket: Duplex, action: () => void): void => {
    guard.run(action, () => {
      cut(socket);
    });
  };
  const takeAs = (expects: Expects) => (request: IncomingMessage, response: ServerResponse) => {
    guarded(request.socket, () => {
      take(request, response, expects);
    });
  };
  server.on('request', takeAs('nothing'));
  server.on('checkContinue', takeAs('continue'));
  server.on('checkExpectation', takeAs('unknown'));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    guarded(socket, () => {
      if (isPutBack(request)) putBack(request, socket, head);
      else upgrade(request, socket, head);
    });
  });
  server.on('connect', (_request, socket: Duplex) => {
    guarded(socket, () => {
      tunnel(socket);
    });
  });
  server.on('clientError', (error: ParserError, socket) => {
    guarded(socket, () => {
      broken(error, socket);
    });
  });
}

function createLimitedServer(mustWait: (socket: Socket) => boolean): Server {
  const requests = canPutBack(process.versions.node)
    ? { IncomingMessage: pipelinedRequests(mustWait) }
    : {};
  const server = createServer({ ...httpLimits, ...requests });
  // Their bytes are limited; beyond a count Node would drop headers silently.
  server.maxHeadersCount = 0;
  // Of Node's, without a word in its types: a client that ends its side is answered what it is owed.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  server.setTimeout(silenceMs);
  return server;
}

/**
 * Has connections taken in by an entrance, Node's own part of it included. Gives what reads those as HTTP that Node has let
 * go of, too.
 */
function takeIn(
  server: Server,
  options: RestDoorOptions & { readonly guard: DoorGuard },
  opened: (socket: Socket, stranger: Caller) => void,
): { readonly entrance: Entrance; readonly reparse: Reparse } {
  const [takeOver] = server.listeners('connection');
  if (takeOver === undefined) throw new Error('this version of Node takes connections elsewhere');
  const drains = new WeakMap<Socket, readonly (() => void)[]>();
  const parse = (socket: Socket): void => {
    takeOver.call(server, socket);
    drains.set(socket, socket.listeners('drain') as (() => void)[]);
  };
  server.removeAllListeners('connection');
  // Nothing is read of one that waits: it is for Node's parser.
  (server as Server & { pauseOnConnect: boolean }).pauseOnConnect = true;
  const entrance = new Entrance({
    ...options,
    door: 'http',
    protocols: ['http/1.1'],
    begin(socket, stranger) {
      parse(socket);
      opened(socket, stranger);
      socket.resume();
    },
    answerPlaintext: (first) => (looksLikeHttp(first) ? rawAnswer(tlsNeeded()) : undefined),
    answerUncertified: (complaint) => rawAnswer(new Problem('authFailed', complaint)),
  });
  server.on('connection', (socket: Socket) => {
    entrance.take(socket);
  });
  return {
    entrance,
    reparse: {
      parse,
      drained(socket) {
        for (const run of drains.get(socket) ?? []) run.call(socket);
      },
    },
  };
}

/** CONNECT asks for a tunnel: this is no proxy. */
function refuseTunnel(owed: OwedAnswers, connection: Connection): void {
  const { socket } = connection;
  socket.on('error', () => undefined);
  owed.whenIdle(connection, () => {
    const problem = new Problem('unimplemented', 'this is no proxy: CONNECT is not taken');
    socket.end(rawAnswer(problem), () => {
      socket.destroy();
    });
  });
}

/** What probes and operators ask, what keeps sessions alive, and what ends one or a place in a queue. */
function isUrgent({ rawPath }: Exchange): boolean {
  if (isOperatorsRoute(rawPath) || rawPath.startsWith('/v1/sessions/')) return true;
  // Of a place in a queue, not of the queue: whoever polls for it keeps his session alive.
  return /^\/v1\/(?:locks|elections)\/[^/]+\/./.test(rawPath);
}

type Expects = 'nothing' | 'continue' | 'unknown';

/** Gives what answers a request in its turn. */
function createAnswers(
  gate: Gate,
  limit: ConnectionLimit,
): (exchange: Exchange, response: ServerResponse, expects: Expects) => void {
  const answerCold = createColdRoutes();
  const route = (exchange: Exchange, response: ServerResponse): void => {
    const provesNothing = exchange.headers.authorization === undefined;
    if (provesNothing || isOperatorsRoute(exchange.rawPath)) answerAll(exchange, response);
    else {
      exchange.signIn(() => {
        answerAll(exchange, response);
      });
    }
  };
  const answerAll = (exchange: Exchange, response: ServerResponse): void => {
    if (!answerHot(exchange)) answerCold(exchange, response);
  };
  return (exchange, response, expects) => {
    const { request } = exchange;
    const refused = gate.check(request);
    if (refused !== undefined) {
      exchange.fail(refused);
      return;
    }
    exchange.passedGate(gate.readableBy(request));
    if (limit.isReserved(request.socket) && !isOperatorsRoute(exchange.rawPath)) {
      exchange.fail(tooManyConnections());
    } else if (expects === 'unknown') {
      exchange.fail(
        new Problem('expectationFailed', 'the only expectation met here is 100-continue', {
          closes: true,
        }),
      );
    } else if (isEmptyByRule(request.method) && mayHaveBody(request.headers)) {
      readNothing(exchange).then(
        () => {
          route(exchange, response);
        },
        (error: unknown) => {
          exchange.fail(error);
        },
      );
    } else {
      route(exchange, response);
    }
  };
}

/**
 * What comes in thousands a second is answered before express: it costs four times what all the rest does. False when the
 * request is not one of these.
 */
function answerHot(exchange: Exchange): boolean {
  if (exchange.method === 'OPTIONS' && answerPreflight(exchange)) return true;
  if (exchange.rawPath === '*') {
    answerOtherMethod(exchange, 'this peer', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);
    return true;
  }
  if (isNodesUrl(exchange.rawPath)) {
    handleNodes(exchange);
    return true;
  }
  if (answerQueues(exchange) || answerConsole(exchange)) return true;
  // HAProxy's checks ask by OPTIONS unless they are told otherwise.
  const isProbed = exchange.method === 'GET' || exchange.method === 'OPTIONS';
  const probe = isProbed ? probes.get(exchange.rawPath) : undefined;
  if (probe === undefined) return false;
  try {
    probe(exchange);
  } catch (error) {
    exchange.fail(error);
  }
  return true;
}

function createDoor(
  options: RestDoorOptions,
  {
    isStopping,
    stopping,
  }: { readonly isStopping: () => boolean; readonly stopping: Set<() => void> },
): HttpDoor {
  const { service, clock, random, requestTimeoutMs, metricsText, budget, work } = options;
  const { security } = options;
  const logger = new SparingLog(options.logger, clock);
  let peerLines: string | undefined;
  return {
    service,
    logger,
    clock,
    random,
    requestTimeoutMs,
    budget,
    work,
    bodyPace: new BodyPace(clock, work.pace),
    debtors: new Debtors({ clock, logger, budget, work }),
    tickets: new Tickets(clock, random),
    metricsText,
    isSecure: security !== undefined,
    isStopping,
    whenStopping(run) {
      stopping.add(run);
      return () => void stopping.delete(run);
    },
    flushes: new Flushes(clock),
    peerLines() {
      if (peerLines !== undefined) return peerLines;
      const { serverId, clusterId } = service.describe();
      const servedBy = ['X-Served-By', String(serverId)];
      // As long as there is none. Another form would be somebody else's words.
      if (!isClusterId(clusterId)) return linesOf(servedBy);
      // An ensemble keeps its id for life.
      peerLines = linesOf([...servedBy, 'X-Cluster-Id', clusterId]);
      return peerLines;
    },
  };
}

function listen(
  server: Server,
  host: string,
  port: number,
): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve({ host: address.address, port: address.port });
    });
  });
}

/** Closes idle connections at once, the others with their answers, and what is left when the grace is over. */
function stop(
  server: Server,
  limit: ConnectionLimit,
  clock: Clock,
  graceMs: number,
): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const grace = clock.after(graceMs, () => {
      // Of those, Node does not know the ones that it has let go of.
      limit.closeAll();
    });
    server.close(() => {
      grace.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
