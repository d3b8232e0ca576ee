import type {
  CloseSessionResponse,
  OpenSessionRequest__Output,
  OpenSessionResponse,
  TouchSessionResponse,
} from '../../../generated/quoll/v1/session.ts';
import type { SyncResponse } from '../../../generated/quoll/v1/znode.ts';
import { defaults } from '../../../model/defaults.ts';
import { refused } from '../../../model/error-code.ts';
import type { Caller, SessionCredential, SessionView } from '../../../service/call.ts';
import { ServiceError } from '../../../service/service-error.ts';
import type { GrpcDoor } from './door.ts';
import type { CallTerms, OtherOperation } from './operation.ts';
import { encodeMeta } from '../messages/encode.ts';
import { badField, longOfSession, sessionOf } from '../messages/numbers.ts';

const secretBytes = { chosen: 16, min: 16, max: 64 } as const;

export const openSession: OtherOperation<OpenSessionRequest__Output, OpenSessionResponse> = {
  async ask(door, request, { caller, timeoutMs }) {
    const { view, secret } = await open(door, request, { caller, timeoutMs });
    return encodeOpened(view, secret);
  },
};

/** Opens a session for a stream that is to carry it. */
export async function openForCarrier(
  door: GrpcDoor,
  request: OpenSessionRequest__Output,
  terms: CallTerms,
): Promise<SessionCredential> {
  const { view, secret } = await open(door, request, terms);
  return { session: view.session, secret };
}

async function open(
  door: GrpcDoor,
  request: OpenSessionRequest__Output,
  { caller, timeoutMs: requestTimeoutMs }: CallTerms,
): Promise<{ readonly view: SessionView; readonly secret: Uint8Array }> {
  const secret = secretFrom(request.secret, door);
  const session = sessionOf(request.sessionId, 'session_id');
  if (session !== undefined && request.secret.length === 0) {
    throw badField(
      'session_id',
      'choose the secret too, or a retry could not prove that the session is its own',
    );
  }
  const view = await door.service.sessions.open({
    timeoutMs: request.timeoutMs === 0 ? defaults.sessionTimeoutMs : request.timeoutMs,
    secret,
    requestTimeoutMs,
    identities: caller.identities,
    door: caller.door,
    trace: caller.trace,
    ...(session !== undefined && { session }),
  });
  return { view, secret };
}

export const touchSession: OtherOperation<unknown, TouchSessionResponse> = {
  async ask({ service }, _request, { caller, timeoutMs }) {
    return encodeTouched(await service.sessions.touch(credentialOf(caller), timeoutMs, caller));
  },
};

export const closeSession: OtherOperation<unknown, CloseSessionResponse> = {
  async ask({ service }, _request, { caller, timeoutMs }) {
    const closed = service.sessions.close(credentialOf(caller), timeoutMs, { asker: caller });
    return { meta: encodeMeta(await closed) };
  },
};

export const sync: OtherOperation<unknown, SyncResponse> = {
  async ask({ service }, _request, { caller, timeoutMs }) {
    return { meta: encodeMeta(await service.sync(timeoutMs, caller)) };
  },
};

function secretFrom(given: Uint8Array, { random }: Pick<GrpcDoor, 'random'>): Uint8Array {
  if (given.length === 0) return random.bytes(secretBytes.chosen);
  if (given.length < secretBytes.min || given.length > secretBytes.max) {
    throw badField('secret', 'is 16 to 64 random bytes');
  }
  return given;
}

export function encodeOpened(view: SessionView, secret: Uint8Array): OpenSessionResponse {
  return { sessionId: longOfSession(view.session), secret, ...encodeTouched(view) };
}

function encodeTouched(view: SessionView): TouchSessionResponse {
  return {
    timeoutMs: view.timeoutMs,
    expiresInMs: Math.max(0, Math.round(view.expiresInMs)),
    meta: encodeMeta(view.meta),
  };
}

function credentialOf({ credential }: Caller): SessionCredential {
  if (credential !== undefined) return credential;
  const detail = 'this is about a session: send x-session-id and x-session-secret as metadata';
  throw new ServiceError(refused('authFailed', detail));
}
