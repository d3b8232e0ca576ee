import type { Identity } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Caller } from '../../service/call.ts';
import type { ConnectionWatches } from '../../service/connection-watches.ts';
import type { Pipeline } from '../../service/pipeline.ts';
import type { Door } from './door.ts';
import type { JuteWriter } from './jute-writer.ts';

/** What is there from the answer to the ConnectRequest on. */
export interface Attached {
  readonly session: SessionId;
  readonly password: Uint8Array;
  readonly carrier: string;
  readonly watches: ConnectionWatches;
  readonly pipeline: Pipeline;
}

/** A client as its requests see it: the connection, once it has a session. */
export interface Client {
  readonly door: Door;
  /** What is to be sent. */
  readonly out: JuteWriter;
  readonly attached: Attached;
  readonly identities: readonly Identity[];
  /** On whose behalf writes are made from now on. */
  readonly caller: Caller;
  /** closeSession is under way: the end of the session is no news. */
  isClosingSession: boolean;
  prove(identity: Identity): void;
  /** Does `act` once all earlier requests are answered; it answers at once. */
  inOrder(act: () => void): void;
  /** Sends what was written, at the end of the turn at the latest. */
  scheduleFlush(): void;
  /** All that was written still goes out; nothing more is taken in. */
  end(): void;
  /** Without another word: the client looks for another peer. */
  hangUp(): void;
}
