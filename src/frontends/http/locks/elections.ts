import { decodeTimeout } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { encodeLeadership } from '../documents/lock-documents.ts';
import { queuePath } from '../documents/queue-path.ts';
import { asked, sendStatus, type Segments } from './queue-routes.ts';
import type { ZnodePath } from '../../../model/path.ts';

/** Something is sent so often, that a client which is gone without a word is noticed. */
const keepAliveMs = 15_000;

/** For what a stopping door has still to say. */
const endGraceMs = 1_000;

/** `PUT`: the leader says something new. */
export async function proclaim(
  exchange: Exchange,
  { name = '', id = '' }: Segments,
): Promise<void> {
  const { locks, timeoutMs } = asked(exchange);
  const data = await exchange.body(exchange.door.service.limits.dataBytesMax);
  const status = await locks.proclaim(queuePath('elections', name), id, { data, timeoutMs });
  sendStatus(exchange, status, `/v1/elections/${encodeURIComponent(name)}`);
}

/** `GET`: who leads; as a stream for those who accept one. */
export async function showLeader(exchange: Exchange, { name = '' }: Segments): Promise<void> {
  const query = exchange.query(['timeout']);
  const queue = queuePath('elections', name);
  const form = exchange.method === 'HEAD' ? undefined : streamForm(exchange.headers.accept);
  if (form !== undefined) {
    observe(exchange, queue, form);
    return;
  }
  const { service, requestTimeoutMs } = exchange.door;
  const view = await service.locks.leadership(queue, decodeTimeout(query, requestTimeoutMs));
  exchange.sendJson(200, encodeLeadership(queue, view), { meta: view.meta });
}

interface StreamForm {
  readonly type: string;
  readonly keepAlive: string;
  frame(document: string): string;
}

const serverSentEvents: StreamForm = {
  type: 'text/event-stream',
  keepAlive: ':\n\n',
  frame: (document) => `event: leader\ndata: ${document}\n\n`,
};

const lines: StreamForm = {
  type: 'application/x-ndjson',
  keepAlive: '\n',
  frame: (document) => `${document}\n`,
};

function streamForm(accept: string | undefined): StreamForm | undefined {
  const types = (accept ?? '').toLowerCase();
  return [serverSentEvents, lines].find(({ type }) => types.includes(type));
}

/** One that reads slowly is told the newest as soon as it takes more: nothing is kept for it here. */
function observe(exchange: Exchange, queue: ZnodePath, form: StreamForm): void {
  const { service, clock } = exchange.door;
  exchange.hold(() => {
    end();
  });
  const stream = exchange.stream(form.type, () => {
    observation.drained();
  });
  const observation = service.locks.observe(queue, (view) =>
    stream.write(form.frame(JSON.stringify(encodeLeadership(queue, view)))),
  );
  const beat = clock.every(keepAliveMs, () => {
    stream.write(form.keepAlive);
  });
  const forget = exchange.door.whenStopping(() => {
    end();
    stream.end(endGraceMs);
  });
  function end(): void {
    beat.cancel();
    forget();
    observation.close();
  }
}
