import { rootPath, type ZnodePath } from '../../../model/path.ts';
import { pathFrom } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { badRequest } from '../exchange/problem.ts';
import { readParameters, writeParameters } from './call-options.ts';

export const nodesPrefix = '/v1/nodes';

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

/** Says which query parameters each method takes; the OpenAPI document lists the same. */
export const nodesParameters = {
  GET: readKnown,
  HEAD: readKnown,
  POST: ['name', 'kind', 'sequential', 'ttl', 'parents', ...writeParameters],
  PUT: ['create', 'parents', 'version', 'acl', ...writeParameters],
  DELETE: ['recursive', 'version', ...writeParameters],
} as const satisfies Record<string, readonly string[]>;

/** Says whether a URL, or the path of one, is `/v1/nodes` or below it. */
export function isNodesUrl(url: string): boolean {
  if (!url.startsWith(nodesPrefix)) return false;
  const next = url[nodesPrefix.length];
  return next === '/' || next === '?' || next === undefined;
}

/** Gives the znode that the URL names. Throws a `Problem`. */
export function pathOf(exchange: Exchange): ZnodePath {
  return decodePath(exchange.rawPath.slice(nodesPrefix.length));
}

/**
 * Decodes what follows `/v1/nodes` in the URL, once: `%2F` is a slash like any other, `%252F` is not. Throws a
 * `Problem`.
 */
export function decodePath(raw: string): ZnodePath {
  return pathFrom(decodeRaw(raw));
}

function decodeRaw(raw: string): string {
  if (raw === '' || raw === '/') return rootPath;
  try {
    return decodeURIComponent(raw);
  } catch {
    throw badRequest(
      'the path is not valid percent-encoded UTF-8: encode each name, as encodeURIComponent does',
    );
  }
}
