import type { IncomingHttpHeaders } from 'node:http';
import { changesState } from './changes-state.ts';
import type { Exchange } from './exchange.ts';
import { Problem, problemOf } from './problem.ts';

/** A body that says nothing has no more bytes than that: none, or `{}` as client libraries send it with DELETE. */
export const emptyBodyBytesMax = 64;

const sayingNothing = /^\s*(?:\{\s*\})?\s*$/;

/** Says whether a request with this method has no body here, or one that says nothing. */
export function isEmptyByRule(method: string | undefined): boolean {
  return method === 'DELETE' || !changesState(method);
}

export function declaredBytes(headers: IncomingHttpHeaders): number {
  return Number(headers['content-length'] ?? 0);
}

/** Says whether there is a body to be looked at. */
export function mayHaveBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || declaredBytes(headers) > 0;
}

/**
 * Waits for the body of a request that should have none: chunks of no bytes, as proxies send them with any method, are no
 * body. Throws a `Problem` for one that says something: somebody means it to matter, and it would not.
 */
export async function readNothing(exchange: Exchange): Promise<void> {
  const body = await exchange.body(emptyBodyBytesMax).catch((error: unknown) => {
    throw problemOf(error)?.code === 'tooLarge' ? unwanted(exchange) : error;
  });
  if (!sayingNothing.test(body.toString('latin1'))) throw unwanted(exchange);
}

function unwanted({ method }: Exchange): Problem {
  return new Problem('malformedHttp', `a ${method} request has no body here: leave it away`, {
    closes: true,
  });
}
