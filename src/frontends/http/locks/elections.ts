import type { ZnodePath } from '../../../model/path.ts';
import { leadershipDocument } from '../documents/lock-documents.ts';
import { queuePath } from '../documents/queue-path.ts';
import type { AnswerStream, Exchange } from '../exchange/exchange.ts';
import { keepAliveMs, ndjson, sse, type Framing } from '../exchange/framing.ts';
import type { SizedBody, SizedDocument } from '../exchange/large-answer.ts';
import { problemOfRefusal } from '../exchange/problem.ts';
import type { UrlSegments } from '../exchange/route.ts';
import { sendStatus } from './queue-routes.ts';

/** For what a stopping door has still to say. */
const endGraceMs = 1_000;

/** Answers `PUT /v1/elections/{name}/{id}`: the leader says something new. */
export async function proclaim(
  exchange: Exchange,
  { name = '', id = '' }: UrlSegments,
): Promise<void> {
  const timeoutMs = exchange.timeoutMs();
  const data = await exchange.body(exchange.door.service.limits.dataBytesMax);
  const queue = queuePath('elections', name);
  const { locks } = exchange.door.service;
  const status = await locks.proclaim(queue, id, exchange.caller(), { data, timeoutMs });
  sendStatus(exchange, status, { kind: 'elections', name });
}

/** Answers `GET /v1/elections/{name}`: who leads; as a stream for those who accept one. */
export async function showLeader(exchange: Exchange, { name = '' }: UrlSegments): Promise<void> {
  const query = exchange.query(['timeout']);
  const queue = queuePath('elections', name);
  const framing = exchange.method === 'HEAD' ? undefined : streamFraming(exchange.headers.accept);
  if (framing !== undefined) {
    observe(exchange, queue, framing);
    return;
  }
  const { locks } = exchange.door.service;
  const view = await locks.leadership(queue, exchange.caller(), exchange.timeoutMs(query));
  exchange.sendSizedJson(200, leadershipDocument(queue, view), { meta: view.meta });
}

/** SSE or ndjson when the client names it: a look at who leads needs neither. */
function streamFraming(accept: string | undefined): Framing | undefined {
  const types = (accept ?? '').toLowerCase();
  return [sse, ndjson].find(({ contentType }) => types.includes(contentType));
}

/** One that reads slowly is told the newest as soon as it takes more: nothing is kept for it here. */
function observe(exchange: Exchange, queue: ZnodePath, framing: Framing): void {
  const { service, clock } = exchange.door;
  let stream: AnswerStream | undefined;
  const state = { isOver: false };
  const endings: (() => void)[] = [];
  const end = (): void => {
    state.isOver = true;
    for (const ending of endings.splice(0)) ending();
  };
  const begin = (): AnswerStream =>
    exchange.stream(framing.contentType, () => {
      observation.drained();
    });
  exchange.hold(end);
  const observation = service.locks.observe(queue, exchange.caller(), {
    send: (view) => {
      // Until there is something to say, a refusal has a status.
      stream ??= begin();
      return stream.writeSized(framed(framing, leadershipDocument(queue, view)));
    },
    refused: (refusal) => {
      end();
      if (stream === undefined) exchange.fail(problemOfRefusal(refusal));
      else stream.end(endGraceMs);
    },
  });
  if (state.isOver) return;
  stream ??= begin();
  const beat = clock.every(keepAliveMs, () => {
    if (stream?.isFull() === false) stream.write(framing.keepAlive);
  });
  const forget = exchange.door.whenStopping(() => {
    end();
    stream?.end(endGraceMs);
  });
  endings.push(
    () => {
      beat.cancel();
    },
    forget,
    () => {
      observation.close();
    },
  );
}

function framed(framing: Framing, { bytes, document, parts }: SizedDocument): SizedBody {
  const head = framing.head({ type: 'leader' });
  return {
    bytes,
    whole: () => head + JSON.stringify(document()) + framing.tail,
    *parts() {
      yield head;
      yield* parts();
      yield framing.tail;
    },
  };
}
