import type { Exchange } from '../exchange/exchange.ts';
import { queueRoutes, type QueueRoutes } from './queue-routes.ts';

const queues: readonly (readonly [prefix: string, routes: QueueRoutes])[] = [
  ['/v1/locks/', queueRoutes('locks')],
  ['/v1/elections/', queueRoutes('elections')],
];

/**
 * Answers what a cycle of a lock or an election is made of: to enter, to ask again, to leave. False for everything else,
 * what is wrong with the URL included: the table of routes has the words for that.
 */
export function answerQueues(exchange: Exchange): boolean {
  for (const [prefix, routes] of queues) {
    if (exchange.rawPath.startsWith(prefix)) return answerQueue(exchange, prefix, routes);
  }
  return false;
}

function answerQueue(exchange: Exchange, prefix: string, routes: QueueRoutes): boolean {
  const { rawPath, method } = exchange;
  const slash = rawPath.indexOf('/', prefix.length);
  const name = segmentFrom(rawPath.slice(prefix.length, slash < 0 ? undefined : slash));
  if (name === undefined) return false;
  if (slash < 0) {
    if (method !== 'POST') return false;
    run(exchange, routes.enter(exchange, { name }));
    return true;
  }
  const id = rawPath.slice(slash + 1);
  if (!lockIds.test(id) || (method !== 'GET' && method !== 'DELETE')) return false;
  run(exchange, (method === 'GET' ? routes.poll : routes.leave)(exchange, { name, id }));
  return true;
}

/** No name of a route is as long. */
const lockIds = /^[\w-]{16,}$/;

function segmentFrom(raw: string): string | undefined {
  if (raw === '') return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

function run(exchange: Exchange, answered: Promise<void> | void): void {
  answered?.catch((error: unknown) => {
    exchange.fail(error);
  });
}
