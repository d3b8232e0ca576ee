import type { Exchange } from '../exchange/exchange.ts';

const requestHeaders =
  'Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, X-Acl, ' +
  'X-Election, X-Fencing-Token, X-Lock, X-Min-Zxid, X-Session-Id, X-Session-Secret';

/**
 * Answers the question a browser asks by CORS before a page of an allowed origin may call us. False for other OPTIONS.
 */
export function answerPreflight(exchange: Exchange): boolean {
  const isAsked = exchange.headers['access-control-request-method'] !== undefined;
  if (!isAsked || !exchange.isReadableByOrigin) return false;
  exchange.send({
    status: 204,
    headers: [
      'Access-Control-Allow-Methods',
      'GET, HEAD, POST, PUT, DELETE',
      'Access-Control-Allow-Headers',
      requestHeaders,
      'Access-Control-Max-Age',
      '600',
    ],
  });
  return true;
}
