import type { ZnodePath } from '../../../model/path.ts';
import { decodePath, nodesPrefix, readParameters, writeParameters } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';

const readKnown = [
  'children',
  'stat',
  'acl',
  'limit',
  'continue',
  'withData',
  'recursive',
  'encoding',
  'index',
  'wait',
  ...readParameters,
];

/** Which query parameters each method takes; the OpenAPI document lists the same. */
export const nodesParameters = {
  GET: readKnown,
  HEAD: readKnown,
  POST: ['name', 'kind', 'sequential', 'ttl', 'parents', ...writeParameters],
  PUT: ['create', 'parents', 'version', 'acl', ...writeParameters],
  DELETE: ['recursive', 'version', ...writeParameters],
} as const satisfies Record<string, readonly string[]>;

export function isNodesUrl(url: string): boolean {
  if (!url.startsWith(nodesPrefix)) return false;
  const next = url[nodesPrefix.length];
  return next === '/' || next === '?' || next === undefined;
}

/** The znode that the URL names. */
export function pathOf(exchange: Exchange): ZnodePath {
  return decodePath(exchange.rawPath.slice(nodesPrefix.length));
}
