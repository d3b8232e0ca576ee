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

/** From what follows `/v1/nodes` in the URL. Decoded once: `%2F` is a slash like any other, `%252F` is not. */
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
