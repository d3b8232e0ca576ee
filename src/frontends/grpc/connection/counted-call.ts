import {
  ServerInterceptingCall,
  status as statusCode,
  type Metadata,
  type ServerErrorResponse,
} from '#grpc';
import type { IncomingCall } from './incoming-call.ts';

type NextCall = ConstructorParameters<typeof ServerInterceptingCall>[0];
type Listener = Parameters<NextCall['start']>[0];
export type Status = Parameters<NextCall['sendStatus']>[0];
type AuthContext = ReturnType<NextCall['getAuthContext']>;

/** What a handler's call can be asked for, that `callOf` understands. */
export interface CallContext extends AuthContext {
  readonly incoming: IncomingCall;
}

/** Gives what is counted for a call of the library's. */
export function callOf(call: { getAuthContext(): AuthContext }): IncomingCall {
  return (call.getAuthContext() as CallContext).incoming;
}

/** A call of the library's that knows what its connection counts for it. */
export class CountedCall extends ServerInterceptingCall {
  readonly #next: NextCall;
  readonly #incoming: IncomingCall;

  readonly #context: CallContext;

  constructor(next: NextCall, incoming: IncomingCall) {
    super(next);
    this.#next = next;
    this.#incoming = incoming;
    this.#context = { incoming };
    incoming.end = (status) => {
      next.sendStatus(statusToSend(status));
    };
  }

  override start(listener: Listener): void {
    const incoming = this.#incoming;
    if (incoming.refusal !== undefined) this.#next.sendStatus(statusToSend(incoming.refusal));
    this.#next.start(incoming.isOpenEnded ? handingOver(incoming, listener) : listener);
  }

  // The rest is passed on as it is: nothing in it is to be held back or changed.

  override sendMetadata(metadata: Metadata): void {
    this.#next.sendMetadata(metadata);
  }

  /**
   * A unary call's answer is said to be sent at once: what ends the call goes out with it, in place of a turn later, when
   * the socket has taken it. A stream's pace is that of its reader.
   */
  override sendMessage(message: unknown, callback: () => void): void {
    if (!this.#incoming.isUnary) {
      this.#next.sendMessage(message, callback);
      return;
    }
    this.#next.sendMessage(message, nothing);
    callback();
  }

  override sendStatus(status: Status): void {
    this.#next.sendStatus(status);
  }

  override startRead(): void {
    this.#next.startRead();
  }

  /** The one way by which a handler's call tells something of ours. */
  override getAuthContext(): CallContext {
    return this.#context;
  }
}

const nothing = (): void => undefined;

function handingOver(incoming: IncomingCall, listener: Listener): Listener {
  return {
    onReceiveMetadata: (metadata) => {
      listener.onReceiveMetadata(metadata);
    },
    onReceiveMessage: (message) => {
      incoming.handedOver();
      listener.onReceiveMessage(message);
    },
    onReceiveHalfClose: () => {
      listener.onReceiveHalfClose();
    },
    onCancel: () => {
      listener.onCancel();
    },
  };
}

export function statusToSend({
  code,
  details,
  metadata,
}: ServerErrorResponse | Partial<Status>): Status {
  return {
    code: code ?? statusCode.UNKNOWN,
    details: details ?? '',
    ...(metadata !== undefined && { metadata }),
  };
}
