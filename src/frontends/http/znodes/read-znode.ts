import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import type { ZnodePath } from '../../../model/path.ts';
import { type ReadQuery, type ReadResult, type ResultOf } from '../../../model/read.ts';
import type { Stat } from '../../../model/stat.ts';
import type { Caller, ReadAnswer, ReadOptions } from '../../../service/call.ts';
import { childrenDocument, pagesOf } from '../documents/children-document.ts';
import { encodings, type Encoding } from '../documents/encode.ts';
import { aclDocument, dataDocument, statDocument } from '../documents/znode-documents.ts';
import { smallAnswerBytesMax } from '../exchange/connection.ts';
import { isPassedOver, matchesEtag, wantsJson } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { linesOf } from '../exchange/headers.ts';
import type { SizedBody } from '../exchange/large-answer.ts';
import { Problem, badRequest, problemOfRefusal } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import { decodeReadOptions } from './call-options.ts';
import { nodesParameters, pathOf } from './nodes-url.ts';
import { etagOf, statLines } from './stat-headers.ts';
import { decodeLongPoll, refuseWait, waitForChange } from './wait-znode.ts';

/** Answers `GET` and `HEAD`: the data, or a view. */
export function readZnode(exchange: Exchange): void {
  const query = exchange.query(nodesParameters.GET);
  const path = pathOf(exchange);
  const views = query.isEmpty ? noViews : viewNames.filter((view) => query.flag(view));
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

const viewNames = ['children', 'stat', 'acl'] as const;
const noViews: readonly (typeof viewNames)[number][] = [];

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
  const isBare = exchange.method === 'HEAD';
  const ifMatch = exchange.headers['if-match'];
  // Most requests name no ETag.
  const isPassed = (stat: Stat): boolean =>
    ifMatch !== undefined && isPassedOver(ifMatch, etagOf(stat));
  const isKnown = (stat: Stat): boolean =>
    ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etagOf(stat));
  const answer = ({ result, meta }: ReadAnswer<ResultOf<DataQuery>>): void => {
    const stat = statLines(result.stat);
    // Ahead of If-None-Match (RFC 9110, section 13.2.2).
    if (isPassed(result.stat)) {
      exchange.fail(new Problem('badVersion', 'the znode has none of the ETags of If-Match'));
    } else if (asJson) {
      exchange.sendSizedJson(200, dataDocument(path, result, encoding), { meta, lines: stat });
    } else if (isKnown(result.stat)) {
      exchange.send({ status: 304, lines: stat, meta });
    } else {
      const data = result.data ?? nothing;
      const lines = stat + bytesLines;
      if (exchange.isSmall(data.length)) exchange.send({ status: 200, lines, meta, body: data });
      else exchange.sendSized({ status: 200, lines, meta }, rawBody(data));
    }
  };
  const bounded = { read: 'data', path, dataBytesMax: smallAnswerBytesMax } as const;
  ask(exchange, query, isBare ? { read: 'data', path } : bounded, (given) => {
    const { data, stat } = given.result;
    const isLeftAway = data === null && stat.dataLength > 0 && !isBare;
    const isBrief = isPassed(stat) || (!asJson && isKnown(stat));
    if (!isLeftAway || isBrief) {
      answer(given);
      return;
    }
    exchange.withRoom(stat.dataLength, () => {
      // What this peer has by now: no older than what was asked for.
      askAgain(exchange, query, { read: 'data', path }, answer);
    });
  });
}

type DataQuery = Extract<ReadQuery, { read: 'data' }>;

function readChildren({ exchange, path, query, encoding }: View): void {
  const max = exchange.door.service.limits.childrenPageMax;
  const limit = query.integer('limit', { min: 1, max }) ?? max;
  const withData = query.flag('withData');
  const list = query.flag('recursive') ? 'tree' : 'children';
  const pages = pagesOf(list, query.text('continue'));
  const { after } = pages;
  const asked = { read: list, path, limit, withData } as const;
  const read = (): void => {
    ask(exchange, query, after === undefined ? asked : { ...asked, after }, ({ result, meta }) => {
      const document = childrenDocument({ path, pages, withData, encoding }, result, meta);
      const { next } = document;
      const headers = next === null ? [] : ['Link', `<${nextPageUrl(exchange, next)}>; rel="next"`];
      exchange.sendSizedJson(200, document, { meta, headers });
    });
  };
  if (withData) exchange.withRoom(exchange.door.service.limits.listBytesMax, read);
  else read();
}

const bytesLines = linesOf(['Content-Type', 'application/octet-stream']);
const nothing = new Uint8Array(0);
const rawPartBytes = 131_072;

function rawBody(data: Uint8Array): SizedBody {
  const { length } = data;
  return { bytes: length, isExact: true, whole: () => data, parts: () => rawParts(data) };
}

function* rawParts(data: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < data.length; start += rawPartBytes) {
    yield data.subarray(start, start + rawPartBytes);
  }
}

/** The URL that was asked for, with another `continue`. */
function nextPageUrl(exchange: Exchange, token: string): string {
  const kept = exchange.rawQuery
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('continue='));
  return `${exchange.reference(exchange.rawPath)}?${[...kept, `continue=${token}`].join('&')}`;
}

/** The way in without a promise: these are the reads that there are most of. */
function ask<Read extends ReadQuery>(
  exchange: Exchange,
  query: Query,
  asked: Read,
  answer: (answer: ReadAnswer<ResultOf<Read>>) => void,
): void {
  const { options, caller } = askedBy(exchange, query);
  exchange.door.service.readThen(asked, caller, options, answering(exchange, answer));
}

/** Reads what this peer has by now, after a read that was as fresh as was asked for. */
function askAgain<Read extends ReadQuery>(
  exchange: Exchange,
  query: Query,
  asked: Read,
  answer: (answer: ReadAnswer<ResultOf<Read>>) => void,
): void {
  const { options, caller } = askedBy(exchange, query);
  const { timeoutMs } = options;
  const local = { consistency: 'local', timeoutMs } as const;
  exchange.door.service.readThen(asked, caller, local, answering(exchange, answer));
}

function answering<Result extends ReadResult>(
  exchange: Exchange,
  answer: (answer: ReadAnswer<Result>) => void,
): (given: ReadAnswer<Result> | Refusal) => void {
  return (given) => {
    try {
      if (isRefusal(given)) exchange.fail(problemOfRefusal(given));
      else answer(given);
    } catch (error) {
      exchange.fail(error);
    }
  };
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
