import type { ServerErrorResponse } from '#grpc';
import { refused, type Refusal } from '../../../model/error-code.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { statusOfRefusal } from '../messages/status.ts';
import type { GrpcDoor } from '../operations/door.ts';

/** How one method's messages are read and written: as `messages/protocol.ts` has it. */
export interface Method<Request, Response> {
  readonly path: string;
  requestDeserialize(bytes: Buffer): Request;
  responseSerialize(response: Response): Buffer;
}

export function decoded<Request>(
  method: Pick<Method<Request, never>, 'requestDeserialize'>,
  bytes: Buffer,
): Request {
  try {
    return method.requestDeserialize(bytes);
  } catch {
    const detail = 'the message is not valid protobuf of the type that this method takes';
    throw new ServiceError(refused('badArguments', detail));
  }
}

export function statusOfError(
  door: GrpcDoor,
  { path }: { readonly path: string },
  error: unknown,
): ServerErrorResponse {
  return statusOfRefusal(refusalOfError(door, path, error), door.service.meta());
}

/** Gives a refusal as it is, and for anything else an error of ours, told to the log and not to the client. */
export function refusalOfError(
  { logger }: Pick<GrpcDoor, 'logger'>,
  method: string,
  error: unknown,
): Refusal {
  if (error instanceof ServiceError) return error.refusal;
  const stack = error instanceof Error ? error.stack : String(error);
  logger.log('error', 'grpcRequestFailed', { method, stack });
  return refused('internal', 'an error of ours: the log of this peer has the details');
}

/** Why a call that would stay open is refused. */
export function tooManyHeld(): Refusal {
  const detail =
    'too many streams and waits are open here, or from your address: use another peer, or one stream for several';
  return refused('throttled', detail);
}
