import type { Exchange } from '../exchange/exchange.ts';
import { Problem } from '../exchange/problem.ts';

// Probes. They ask nothing of the ensemble and cost nothing, so that a load balancer may ask as often as it likes.

/** Answers `GET /livez`: the process works, since it took the request in and answers. */
export function answerLive(exchange: Exchange): void {
  answerOk(exchange);
}

/** Answers `GET /readyz` and `/health`: this peer serves reads and knows a leader. */
export function answerReady(exchange: Exchange): void {
  const why = exchange.door.isStopping()
    ? 'this peer is stopping'
    : exchange.door.service.unreadyBecause();
  if (why !== undefined) throw new Problem('notReady', why);
  // It serves, so it is ready: to take it out of service would help nobody. But an operator must not miss it.
  const { service } = exchange.door;
  const notices = [service.noVoteBecause(), service.unfinishedBecause()].filter(
    (notice) => notice !== undefined,
  );
  answerOk(exchange, notices.length === 0 ? undefined : notices.join('\n'));
}

/**
 * Answers `GET /startupz`: this peer belongs to an ensemble. It has finished its first start, though it may have lost
 * its leader since.
 */
export function answerStarted(exchange: Exchange): void {
  const { service } = exchange.door;
  if (service.describe().clusterId === '') {
    throw new Problem('notReady', service.unreadyBecause() ?? 'the ensemble does not exist yet');
  }
  answerOk(exchange);
}

/** Holds the same routes by URL, for answering them without a router. */
export const probes: ReadonlyMap<string, (exchange: Exchange) => void> = new Map([
  ['/livez', answerLive],
  ['/readyz', answerReady],
  ['/health', answerReady],
  ['/startupz', answerStarted],
]);

/** Lists what is answered whatever `Host` says: a kubelet and a scraper ask by the address of a pod. */
export const anyHostPaths: ReadonlySet<string> = new Set([...probes.keys(), '/metrics']);

/** Says whether a route is one of those that are answered also when all connections are taken. */
export function isOperatorsRoute(path: string): boolean {
  return (
    probes.has(path) ||
    path === '/metrics' ||
    path === '/v1/cluster' ||
    path === '/v1/members' ||
    path === '/v1/info'
  );
}

function allowOf({ method }: Exchange): readonly string[] {
  return method === 'OPTIONS' ? ['Allow', 'GET, HEAD, OPTIONS'] : [];
}

function answerOk(exchange: Exchange, notice?: string): void {
  if (!exchange.query(['verbose']).flag('verbose')) {
    exchange.send({
      status: 200,
      headers: ['Content-Type', 'text/plain; charset=utf-8', ...allowOf(exchange)],
      body: notice === undefined ? 'ok\n' : `ok\n${notice}\n`,
    });
    return;
  }
  const { service } = exchange.door;
  const { role, leaderContactMs } = service.meta();
  exchange.sendJson(200, {
    status: 'ok',
    ready: service.unreadyBecause() === undefined,
    reason: service.unreadyBecause() ?? null,
    notice: notice ?? null,
    role,
    leaderContactMs: leaderContactMs === undefined ? null : Math.round(leaderContactMs),
  });
}
