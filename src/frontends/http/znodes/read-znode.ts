import { isRefusal } from '../../../model/error-code.ts';
import type { ZnodePath } from '../../../model/path.ts';
import type { ReadQuery, ResultOf } from '../../../model/read.ts';
import type { Caller, ReadAnswer, ReadOptions } from '../../../service/call.ts';
import { encodeChildren, pagesOf } from '../documents/children-document.ts';
import { encodings, type Encoding } from '../documents/encode.ts';
import { aclDocument, dataDocument, statDocument } from '../documents/znode-documents.ts';
import { matchesEtag, wantsJson } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { badRequest, problemOfRefusal } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import { decodeReadOptions } from './call-options.ts';
import { nodesParameters, pathOf } from './nodes-url.ts';
import { etagOf, statHeaders } from './stat-headers.ts';
import { decodeLongPoll, refuseWait, waitForChange } from './wait-znode.ts';

/** Answers `GET` and `HEAD`: the data, or a view. */
export function readZnode(exchange: Exchange): void {
  const query = exchange.query(nodesParameters.GET);
  const path = pathOf(exchange);
  const views = (['children', 'stat', 'acl'] as const).filter((view) => query.flag(view));
  if (views.length > 1) {
    throw badRequest(`${views.join(' and ')} are views of their own: ask for one at a time`);
  }
  const [view] = views;
  if (view !== 'children') {
    query.refuse(['limit', 'continue', 'withData', 'recursive'], 'they go with children');
  }
  const encoding = query.oneOf('encoding', encodings);
  const asked = { exchange, path, query, encoding };
  if (query.flag('recursive')) refuseWait(query);
  if (view === 'acl') {
    refuseWait(query);
    readAcl(asked);
    return;
  }
  const answer = (): void => {
    answers[view ?? 'data'](asked);
  };
  const poll = decodeLongPoll(exchange, query);
  if (poll === undefined) answer();
  else if (query.flag('recursive')) {
    throw badRequest('index waits for the children of one znode: watch a tree by GET /v1/watch');
  } else {
    waitForChange({
      exchange,
      path,
      answer,
      view: view ?? 'data',
      ...poll,
      ...askedBy(exchange, query),
    });
  }
}

const answers = { data: readData, children: readChildren, stat: readStat } as const;

interface View {
  readonly exchange: Exchange;
  readonly path: ZnodePath;
  readonly query: Query;
  readonly encoding: Encoding | undefined;
}

function readStat({ exchange, path, query }: View): void {
  ask(exchange, query, { read: 'stat', path }, ({ result, meta }) => {
    exchange.sendJson(200, statDocument(path, result), { meta });
  });
}

function readAcl({ exchange, path, query }: View): void {
  ask(exchange, query, { read: 'acl', path }, ({ result, meta }) => {
    exchange.sendJson(200, aclDocument(path, result), { meta });
  });
}

function readData({ exchange, path, query, encoding }: View): void {
  const asJson = encoding !== undefined || wantsJson(exchange.headers.accept);
  const ifNoneMatch = exchange.headers['if-none-match'];
  ask(exchange, query, { read: 'data', path }, ({ result, meta }) => {
    const headers = statHeaders(result.stat);
    if (asJson) {
      exchange.sendJson(200, dataDocument(path, result, encoding), { meta, headers });
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
    const document = encodeChildren({ path, pages, withData, encoding }, result, meta);
    const next = document.continue;
    const headers = next === null ? [] : ['Link', `<${nextPageUrl(exchange, next)}>; rel="next"`];
    exchange.sendJson(200, document, { meta, headers });
  });
}

/** The URL that was asked for, with another `continue`. */
function nextPageUrl(exchange: Exchange, token: string): string {
  const kept = exchange.rawQuery
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('continue='));
  return `${exchange.rawPath}?${[...kept, `continue=${token}`].join('&')}`;
}

/** The way in without a promise: these are the reads that there are most of. */
function ask<Read extends ReadQuery>(
  exchange: Exchange,
  query: Query,
  asked: Read,
  answer: (answer: ReadAnswer<ResultOf<Read>>) => void,
): void {
  const { options, caller } = askedBy(exchange, query);
  exchange.door.service.readThen(asked, caller, options, (given) => {
    try {
      if (isRefusal(given)) exchange.fail(problemOfRefusal(given));
      else answer(given);
    } catch (error) {
      exchange.fail(error);
    }
  });
}

function askedBy(
  exchange: Exchange,
  query: Query,
): { readonly options: ReadOptions; readonly caller: Caller } {
  const options = decodeReadOptions(query, exchange.headers, exchange.door.requestTimeoutMs);
  const caller = exchange.caller();
  if (options.consistency === 'session' && caller.credential === undefined) {
    throw badRequest(
      'consistency=session needs a session: send X-Session-Id and X-Session-Secret, or use minZxid',
    );
  }
  return { options, caller };
}
