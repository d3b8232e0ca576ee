import type { SessionId } from '../../model/ids.ts';
import { compareZxid, type Zxid } from '../../model/zxid.ts';
import type { Asker } from '../../service/call.ts';
import type { CarriedSession } from '../../service/sessions.ts';
import { ServiceError } from '../../service/service-error.ts';
import type { ConnectRequest } from './records/decode.ts';
import type { ZooKeeperDoor } from './door.ts';

const passwordBytes = 16;

/**
 * The connection of a ConnectRequest, as it is told what became of it: one of `open`, `refuse` and `hangUp` is called.
 */
export interface Connecting {
  remote(): string;
  readonly asker: Asker;
  /** The session is the connection's to carry. */
  open(password: Uint8Array, carried: CarriedSession): void;
  /** The session is gone, or was never this client's. */
  refuse(): void;
  /** Without another word: the client looks for another peer. */
  hangUp(): void;
}

/** Opens the session that a ConnectRequest asks for, or takes over the one that it comes back to. */
export async function connect(
  door: ZooKeeperDoor,
  request: ConnectRequest,
  connecting: Connecting,
): Promise<void> {
  const { service, clientsAhead, requestTimeoutMs } = door;
  const { lastZxidSeen } = request;
  try {
    if (service.unreadyBecause() !== undefined) {
      connecting.hangUp();
      return;
    }
    if (lastZxidSeen !== undefined && isBehind(service.meta().zxid, lastZxidSeen)) {
      await service.sync(requestTimeoutMs);
      // What no peer has shown yet nobody can have seen: it comes from another ensemble.
      if (isBehind(service.meta().zxid, lastZxidSeen)) {
        clientsAhead.happened({ remote: connecting.remote() });
        connecting.hangUp();
        return;
      }
    }
    if (request.session === 'unknown') connecting.refuse();
    else await carry(door, request, { session: request.session, connecting });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code } = error.refusal;
    if (code === 'sessionExpired' || code === 'authFailed' || code === 'noAuth') {
      connecting.refuse();
    } else connecting.hangUp();
  }
}

async function carry(
  { service, random, requestTimeoutMs }: ZooKeeperDoor,
  request: ConnectRequest,
  to: { readonly session: SessionId | 'new'; readonly connecting: Connecting },
): Promise<void> {
  const { session, connecting } = to;
  const isNew = session === 'new';
  const password = isNew ? random.bytes(passwordBytes) : request.password;
  const carried = isNew
    ? await service.sessions.openCarried({
        timeoutMs: Math.max(1, request.timeoutMs),
        secret: password,
        requestTimeoutMs,
        identities: connecting.asker.identities,
        door: connecting.asker.door,
        provesLater: true,
      })
    : await service.sessions.attach(
        { session, secret: password },
        requestTimeoutMs,
        connecting.asker,
      );
  connecting.open(password, carried);
}

function isBehind(applied: Zxid, seen: Zxid): boolean {
  return compareZxid(applied, seen) < 0;
}
