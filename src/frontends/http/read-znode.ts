import { isRefusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { ReadQuery, ResultOf } from '../../model/read.ts';
import type { Stat } from '../../model/stat.ts';
import { zxidEquals, type Zxid } from '../../model/zxid.ts';
import type { ReadAnswer } from '../../service/call.ts';
import {
  decodeContinuation,
  decodeTreeContinuation,
  encodeContinuation,
  encodeTreeContinuation,
  hasMoved,
} from './continuation.ts';
import { decodeReadOptions, matchesEtag, wantsJson } from './decode.ts';
import { encodeAcl, encodeChild, encodeData, encodeStat, etagOf, statHeaders } from './encode.ts';
import type { Exchange } from './exchange.ts';
import { nodesParameters, pathOf } from './nodes-url.ts';
import { badRequest, problemOfRefusal } from './problem.ts';
import type { Query } from './query.ts';

/** `GET` and `HEAD`: the data, or a view. */
export function readZnode(exchange: Exchange): void {
  const query = exchange.query(nodesParameters.GET);
  const path = pathOf(exchange);
  const views = (['children', 'stat', 'acl'] as const).filter((view) => query.flag(view));
  if (views.length > 1)
    throw badRequest(`${views.join(' and ')} are views of their own: ask for one at a time`);
  const [view] = views;
  if (view !== 'children')
    query.refuse(['limit', 'continue', 'withData', 'recursive'], 'they go with children');
  const encoding = query.oneOf('encoding', ['utf8', 'base64']);
  switch (view) {
    case undefined:
      readData({ exchange, path, query, encoding });
      return;
    case 'children':
      readChildren({ exchange, path, query, encoding });
      return;
    case 'stat':
      ask(exchange, query, { read: 'stat', path }, ({ result, meta }) => {
        exchange.sendJson(200, { path, stat: encodeStat(result.stat) }, { meta });
      });
      return;
    case 'acl':
      ask(exchange, query, { read: 'acl', path }, ({ result, meta }) => {
        exchange.sendJson(
          200,
          { path, acl: encodeAcl(result.acl), stat: encodeStat(result.stat) },
          { meta },
        );
      });
  }
}

interface View {
  readonly exchange: Exchange;
  readonly path: ZnodePath;
  readonly query: Query;
  readonly encoding: 'utf8' | 'base64' | undefined;
}

function readData({ exchange, path, query, encoding }: View): void {
  const asJson = encoding !== undefined || wantsJson(exchange.headers.accept);
  const ifNoneMatch = exchange.headers['if-none-match'];
  ask(exchange, query, { read: 'data', path }, ({ result, meta }) => {
    const headers = statHeaders(result.stat);
    if (asJson) {
      const document = {
        path,
        ...encodeData(result.data, encoding),
        stat: encodeStat(result.stat),
      };
      exchange.sendJson(200, document, { meta, headers });
    } else if (matchesEtag(ifNoneMatch, etagOf(result.stat))) {
      exchange.send({ status: 304, headers, meta });
    } else {
      headers.push('Content-Type', 'application/octet-stream');
      exchange.send({ status: 200, headers, meta, body: result.data ?? new Uint8Array(0) });
    }
  });
}

function readChildren({ exchange, path, query, encoding }: View): void {
  const max = exchange.door.service.limits.childrenPageMax;
  const limit = query.integer('limit', { min: 1, max }) ?? max;
  const withData = query.flag('withData');
  const read = query.flag('recursive') ? 'tree' : 'children';
  const pages = pagesOf(read, query.text('continue'));
  const { after } = pages;
  const asked = { read, path, limit, withData } as const;
  ask(exchange, query, after === undefined ? asked : { ...asked, after }, ({ result, meta }) => {
    const { children, stat } = result;
    const last = children.at(-1)?.name;
    const next = result.more && last !== undefined ? pages.next(last, stat, meta.zxid) : undefined;
    const document = {
      path,
      children: children.map((child) => child.name),
      ...(withData ? { znodes: children.map((child) => encodeChild(child, encoding)) } : {}),
      stat: encodeStat(stat),
      moved: pages.hasMoved(stat, meta.zxid),
      continue: next ?? null,
    };
    const headers =
      next === undefined ? [] : ['Link', `<${nextPageUrl(exchange, next)}>; rel="next"`];
    exchange.sendJson(200, document, { meta, headers });
  });
}

/** Where a page begins, whether the list moved since the first, and the token of the page after it. */
interface Pages {
  readonly after: string | undefined;
  hasMoved(stat: Stat, zxid: Zxid): boolean;
  next(last: string, stat: Stat, zxid: Zxid): string;
}

function pagesOf(read: 'children' | 'tree', token: string | undefined): Pages {
  if (read === 'tree') {
    const begun = token === undefined ? undefined : decodeTreeContinuation(token);
    return {
      after: begun?.after,
      hasMoved: (_stat, zxid) => begun !== undefined && !zxidEquals(begun.firstZxid, zxid),
      next: (last, _stat, zxid) => encodeTreeContinuation(last, begun?.firstZxid ?? zxid),
    };
  }
  const begun = token === undefined ? undefined : decodeContinuation(token);
  return {
    after: begun?.after,
    hasMoved: (stat) => begun !== undefined && hasMoved(begun.first, stat),
    next: (last, stat) => encodeContinuation(last, begun?.first ?? stat),
  };
}

/** The URL that was asked for, with another `continue`. */
function nextPageUrl(exchange: Exchange, token: string): string {
  const kept = exchange.rawQuery
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('continue='));
  return `${exchange.rawPath}?${[...kept, `continue=${token}`].join('&')}`;
}

/** The way in without a promise: these are the reads that there are most of. */
function ask<Asked extends ReadQuery>(
  exchange: Exchange,
  query: Query,
  asked: Asked,
  answer: (answer: ReadAnswer<ResultOf<Asked>>) => void,
): void {
  const { service, requestTimeoutMs } = exchange.door;
  const options = decodeReadOptions(query, exchange.headers, requestTimeoutMs);
  const caller = exchange.caller();
  if (options.consistency === 'session' && caller.credential === undefined) {
    throw badRequest(
      'consistency=session needs a session: send X-Session-Id and X-Session-Secret, or use minZxid',
    );
  }
  service.readThen(asked, caller, options, (given) => {
    try {
      if (isRefusal(given)) exchange.fail(problemOfRefusal(given));
      else answer(given);
    } catch (error) {
      exchange.fail(error);
    }
  });
}
