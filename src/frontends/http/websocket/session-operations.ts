import { z } from 'zod';
import { sessionIdToDecimal } from '../../../model/ids.ts';
import type { Asker, Caller, SessionView } from '../../../service/call.ts';
import { bearerIn, formatSecret, parseSecret, secretRule } from '../../../wire/credentials.ts';
import { newSessionFrom, newSessionSchema } from '../documents/session-requests.ts';
import { callerOf, sessionIdFrom } from '../exchange/caller.ts';
import { Problem, badRequest } from '../exchange/problem.ts';
import { signedIn } from '../exchange/sign-in.ts';
import { operation, type Answered, type SocketContext } from './operation.ts';
import { settling } from './settling.ts';

const door = 'websocket';

const hello = operation({
  kind: 'alone',
  changesState: true,
  schema: z.strictObject({
    /** As the header of that name. */
    authorization: z.string().optional(),
    session: z.strictObject({ id: z.string(), secret: z.string() }).optional(),
    openSession: newSessionSchema.optional(),
  }),
  run(context, { body, timeoutMs }, done) {
    if (!context.isFirst()) throw badRequest('hello comes first, or not at all');
    if (body.session !== undefined && body.openSession !== undefined) {
      throw badRequest(
        'session and openSession exclude each other: take up a session, or open one',
      );
    }
    settling(done, greet(context, body, timeoutMs), (answer) => answer);
  },
});

type Hello = z.output<(typeof hello)['schema']>;

async function greet(
  context: SocketContext,
  { authorization, session, openSession }: Hello,
  timeoutMs: number,
): Promise<Answered> {
  const caller = { ...(await callerFrom(context, authorization)), door } as const;
  if (openSession !== undefined && caller.credential !== undefined) {
    throw badRequest('authorization names a session already: leave openSession away');
  }
  const taken =
    session === undefined
      ? caller.credential
      : {
          session: sessionIdFrom(session.id, 'session.id'),
          secret: secretFrom(session.secret, () => {
            unreadable(context, caller);
          }),
        };
  if (session !== undefined && caller.credential !== undefined) {
    throw badRequest('a session is given twice: use either authorization or session');
  }
  const opened =
    openSession === undefined ? undefined : await open(context, openSession, { caller, timeoutMs });
  const credential = opened ?? taken;
  if (credential === undefined) {
    context.become(caller, undefined);
    return { ok: { session: null } };
  }
  const { sessions } = context.door.service;
  const { carrier, view } = await sessions.attach(credential, timeoutMs, caller);
  context.become({ ...caller, credential, carrier }, view.timeoutMs);
  const secret = opened === undefined ? {} : { secret: formatSecret(opened.secret) };
  return { ok: { session: { ...viewDocument(view), ...secret } }, meta: view.meta };
}

/** Without `authorization`, whoever the request that became this socket came from. */
async function callerFrom(
  context: SocketContext,
  authorization: string | undefined,
): Promise<Caller> {
  if (authorization === undefined) return context.caller();
  const { connection } = context;
  const bearer = bearerIn(authorization);
  if (bearer !== undefined) {
    return await signedIn(context.door.service.identities, {
      connection,
      bearer,
      asker: context.caller(),
    });
  }
  return callerOf({ authorization }, connection.stranger, () => {
    unreadable(context, connection.stranger);
  });
}

/** Has a proof taken down that can't be read. */
function unreadable(context: SocketContext, { identities }: Asker): void {
  context.door.service.identities.unreadable({ identities, door });
}

async function open(
  context: SocketContext,
  asked: NonNullable<Hello['openSession']>,
  { caller, timeoutMs: requestTimeoutMs }: { readonly caller: Caller; readonly timeoutMs: number },
) {
  const { random, service } = context.door;
  const { identities } = caller;
  const opening = newSessionFrom(asked, { random, idAt: 'openSession.id', secretFrom });
  const { session } = await service.sessions.open({
    ...opening,
    requestTimeoutMs,
    identities,
    door,
  });
  return { session, secret: opening.secret };
}

/** `unreadable` is called where it is the proof of a session that is there, and none. */
function secretFrom(text: string, unreadable?: () => void): Uint8Array {
  const secret = parseSecret(text);
  if (secret !== undefined) return secret;
  unreadable?.();
  throw new Problem('authFailed', `secret: ${secretRule}`);
}

function viewDocument({ session, timeoutMs, expiresInMs }: SessionView) {
  return { id: sessionIdToDecimal(session), timeoutMs, expiresInMs: Math.round(expiresInMs) };
}

function credentialOf(context: SocketContext) {
  const { credential } = context.caller();
  if (credential === undefined) {
    throw badRequest('this socket carries no session: begin with hello');
  }
  return credential;
}

const heartbeat = operation({
  kind: 'read',
  changesState: false,
  schema: z.strictObject({}),
  run(context, { timeoutMs }, done) {
    const { sessions } = context.door.service;
    const touched = sessions.touch(credentialOf(context), timeoutMs, context.caller());
    settling(done, touched, (view) => ({ ok: { session: viewDocument(view) }, meta: view.meta }));
  },
});

const closeSession = operation({
  kind: 'write',
  changesState: true,
  schema: z.strictObject({}),
  run(context, { timeoutMs }, done) {
    const { sessions } = context.door.service;
    const asker = context.caller();
    const closed = sessions.close(credentialOf(context), timeoutMs, { asker });
    settling(done, closed, (meta) => ({ ok: {}, meta }));
  },
});

export const sessionOperations = { hello, heartbeat, closeSession } as const;
