import { createHash } from 'node:crypto';
import { matchesEtag } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { prettyParts } from '../exchange/pretty-json.ts';
import { Problem } from '../exchange/problem.ts';
import type { UrlSegments } from '../exchange/route.ts';
import { openApiDocument } from './openapi-document.ts';
import { referenceFiles, referencePage } from './reference-files.ts';

/** The page runs our own files and asks this peer; nothing else is loaded, sent to or framed by. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Answers `GET /openapi.json`. */
export async function showContract(exchange: Exchange): Promise<void> {
  exchange.query([]);
  const document = await openApiDocument();
  sendFile(exchange, 'application/json', exchange.isPretty ? pretty(document) : document);
}

/** Answers `GET /docs`: the API reference, which needs no network but this peer. */
export async function showReference(exchange: Exchange): Promise<void> {
  exchange.query([]);
  sendFile(exchange, referencePage.type, await referencePage.bytes(), pagePolicy);
}

/** Answers `GET /docs/{file}`: what the page loads. */
export async function showReferenceFile(exchange: Exchange, segments: UrlSegments): Promise<void> {
  exchange.query([]);
  const file = referenceFiles.get(segments['file'] ?? '');
  if (file === undefined) throw new Problem('noRoute', 'there is no such file: the page is /docs');
  sendFile(exchange, file.type, await file.bytes());
}

function pretty(document: Buffer): Buffer {
  return Buffer.from([...prettyParts([document.toString('utf8')])].join(''), 'utf8');
}

function sendFile(exchange: Exchange, type: string, body: Buffer, policy?: string): void {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const headers = ['ETag', etag];
  if (matchesEtag(exchange.headers['if-none-match'], etag)) {
    exchange.send({ status: 304, headers });
    return;
  }
  headers.push('Content-Type', type);
  exchange.send({ status: 200, headers, body, ...(policy !== undefined && { policy }) });
}
