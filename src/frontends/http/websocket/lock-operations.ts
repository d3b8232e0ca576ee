import { z } from 'zod';
import { utf8 } from '../../../base/bytes.ts';
import type { ZnodePath } from '../../../model/path.ts';
import { parseZxid, type Zxid } from '../../../model/zxid.ts';
import type { LockStatus, Waiting } from '../../../service/locking.ts';
import { dataFields, dataFrom } from '../documents/fields.ts';
import { encodeStatus, leadershipDocument, queueDocument } from '../documents/lock-documents.ts';
import {
  acquireRequest,
  dialects,
  modeFields,
  placeFields,
  wantedLock,
  wantedOffice,
  type AskedPlace,
} from '../documents/lock-requests.ts';
import { eitherQueue, queuePath, type LockOrElection } from '../documents/queue-path.ts';
import { badRequest } from '../exchange/problem.ts';
import { operation, type Answered, type Done, type SocketContext } from './operation.ts';
import { settling } from './settling.ts';

// Locks and elections. Fields and answers are those of the REST contract; what may wait holds up nothing else.

const lock = z.string();
const election = z.string();
const lockId = z.string();
const queueFields = { lock: lock.optional(), election: election.optional() };
const waitFields = {
  waitMs: z.int().min(0).optional(),
  abandonOnDisconnect: z.boolean().optional(),
};
const enterFields = {
  ...waitFields,
  ...placeFields,
  dialect: z.enum(dialects).optional(),
  try: z.boolean().optional(),
};
const tokenField = z
  .string()
  .refine((text) => parseZxid(text) !== undefined, 'must be a fencing token: a decimal string')
  .optional();

interface WaitBody {
  readonly waitMs?: number | undefined;
  readonly abandonOnDisconnect?: boolean | undefined;
}

type EnterBody = z.output<z.ZodObject<typeof enterFields>>;

function waitOptions({ door }: SocketContext, { waitMs = 0 }: WaitBody, timeoutMs: number) {
  const { lockWaitMsMax } = door.service.limits;
  if (waitMs > lockWaitMsMax) {
    throw badRequest(`waitMs may be at most ${String(lockWaitMsMax)}`, {
      limit: lockWaitMsMax,
      actual: waitMs,
    });
  }
  return { waitMs, timeoutMs };
}

function statusAnswer(status: LockStatus): Answered {
  return { ok: encodeStatus(status), meta: status.meta };
}

/** A socket that closes waits no longer; its place is kept, unless it said otherwise. */
function wait(
  context: SocketContext,
  waiting: Waiting<LockStatus>,
  { abandonOnDisconnect = false }: WaitBody,
  done: Done,
): void {
  const forget = context.whenClosed(() => {
    waiting.cancel(abandonOnDisconnect);
  });
  settling(done, waiting.result.finally(forget), statusAnswer);
}

function placeOf(queue: ZnodePath, body: EnterBody): AskedPlace {
  const { lockId, ttlMs, dialect } = body;
  return { queue, tryOnly: body.try ?? false, lockId, ttlMs, dialect };
}

function queueOf(named: LockOrElection): ZnodePath {
  const queue = eitherQueue(named);
  if (queue === undefined) throw badRequest('name either a lock or an election');
  return queue;
}

function tokenOption(text: string | undefined): { readonly token?: Zxid } {
  const token = text === undefined ? undefined : parseZxid(text);
  return token === undefined ? {} : { token };
}

const acquire = operation({
  kind: 'detached',
  changesState: true,
  schema: z.strictObject({
    lock,
    ...enterFields,
    ...modeFields,
  }),
  run(context, { body, timeoutMs }, done) {
    const place = placeOf(queuePath('locks', body.lock), body);
    const request = acquireRequest(place, wantedLock(body));
    const { locks } = context.door.service;
    const options = waitOptions(context, body, timeoutMs);
    wait(context, locks.acquire(request, context.caller(), options), body, done);
  },
});

const campaign = operation({
  kind: 'detached',
  changesState: true,
  schema: z.strictObject({ election, ...enterFields, ...dataFields }),
  run(context, { body, timeoutMs }, done) {
    const place = placeOf(queuePath('elections', body.election), body);
    const request = acquireRequest(place, wantedOffice(body, 'campaign'));
    const { locks } = context.door.service;
    const options = waitOptions(context, body, timeoutMs);
    wait(context, locks.acquire(request, context.caller(), options), body, done);
  },
});

const poll = operation({
  kind: 'detached',
  changesState: false,
  schema: z.strictObject({ ...queueFields, ...waitFields, lockId }),
  run(context, { body, timeoutMs }, done) {
    const options = waitOptions(context, body, timeoutMs);
    wait(
      context,
      context.door.service.locks.poll(queueOf(body), body.lockId, context.caller(), options),
      body,
      done,
    );
  },
});

const renew = operation({
  kind: 'detached',
  changesState: false,
  schema: z.strictObject({ ...queueFields, lockId }),
  run(context, { body, timeoutMs }, done) {
    const { locks } = context.door.service;
    settling(
      done,
      locks.renew(queueOf(body), body.lockId, context.caller(), timeoutMs),
      statusAnswer,
    );
  },
});

const release = operation({
  kind: 'write',
  changesState: true,
  schema: z.strictObject({ ...queueFields, lockId, token: tokenField }),
  run(context, { body, timeoutMs }, done) {
    const options = { timeoutMs, ...tokenOption(body.token) };
    const { locks } = context.door.service;
    settling(
      done,
      locks.release(queueOf(body), body.lockId, context.caller(), options),
      (meta) => ({
        ok: {},
        meta,
      }),
    );
  },
});

const viewLock = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({ lock }),
  run(context, { body, timeoutMs }, done) {
    const { locks } = context.door.service;
    const viewed = locks.view(queuePath('locks', body.lock), context.caller(), timeoutMs);
    settling(done, viewed, (view) => ({ sized: queueDocument(view), meta: view.meta }));
  },
});

const proclaim = operation({
  kind: 'write',
  changesState: true,
  schema: z.strictObject({ election, lockId, ...dataFields }),
  run(context, { body, timeoutMs }, done) {
    const queue = queuePath('elections', body.election);
    const data = dataFrom(body, 'proclaim') ?? utf8('');
    const { locks } = context.door.service;
    settling(
      done,
      locks.proclaim(queue, body.lockId, context.caller(), { data, timeoutMs }),
      statusAnswer,
    );
  },
});

const leadership = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({ election }),
  run(context, { body, timeoutMs }, done) {
    const queue = queuePath('elections', body.election);
    const { locks } = context.door.service;
    settling(done, locks.leadership(queue, context.caller(), timeoutMs), (view) => ({
      sized: leadershipDocument(queue, view),
      meta: view.meta,
    }));
  },
});

/** Ended like a watch. One that reads slowly is told the newest once it takes more. */
const observe = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({ election }),
  run(context, { id, body }, done) {
    const queue = queuePath('elections', body.election);
    let stop = (): void => undefined;
    context.claim(id, { values: true, encoding: undefined }, () => {
      stop();
    });
    done({
      ok: { path: queue },
      after: () => {
        const observation = context.door.service.locks.observe(queue, context.caller(), {
          send: (view) => context.event(id, leadershipDocument(queue, view, { type: 'leader' })),
          refused: (refusal) => {
            context.refuseEvents(id, refusal);
          },
        });
        const forget = context.whenDrained(() => {
          observation.drained();
        });
        stop = () => {
          forget();
          observation.close();
        };
      },
    });
  },
});

export const lockOperations = {
  acquire,
  campaign,
  poll,
  renew,
  release,
  resign: release,
  viewLock,
  proclaim,
  leadership,
  observe,
} as const;
