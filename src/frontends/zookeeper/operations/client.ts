import type { Stamp } from '../../../base/stamp.ts';
import type { Principal } from '../../../model/principal.ts';
import type { SessionId } from '../../../model/ids.ts';
import type { Zxid } from '../../../model/zxid.ts';
import type { Logger } from '../../../ports/logger.ts';
import type { Random } from '../../../ports/random.ts';
import type { Asker, Caller, WriteOptions } from '../../../service/call.ts';
import type { ConnectionWatches } from '../../../service/connection-watches.ts';
import type { CoordinationService } from '../../../service/coordination-service.ts';
import type { Pipeline } from '../../../service/pipeline.ts';
import type { JuteWriter } from '../../../wire/jute/jute-writer.ts';

/** The door as its requests see it. */
export interface RequestDoor {
  readonly service: CoordinationService;
  readonly logger: Logger;
  /** The protocol has no deadlines: what takes longer ends the connection. */
  readonly requestTimeoutMs: number;
  readonly writeOptions: WriteOptions;
  readonly random: Random;
  /** Passwords by SASL may pass here: the way is TLS, or somebody said that they may without. */
  readonly mayTakeSasl: boolean;
  /** ZooKeeper's extendedTypesEnabled and reconfigEnabled. */
  readonly extendedTypes: boolean;
  readonly reconfigEnabled: boolean;
}

/** What is there from the answer to the ConnectRequest on. */
export interface Attached {
  readonly session: SessionId;
  readonly password: Uint8Array;
  readonly carrier: string;
  readonly watches: ConnectionWatches;
  readonly pipeline: Pipeline;
}

/** A request that has come in, and is to be answered once. */
export interface ZooKeeperRequest {
  readonly xid: number;
  /** Its op code. */
  readonly code: number;
  /** When. */
  readonly at: Stamp;
  /** What it counts among those that are in flight. */
  readonly bytes: number;
}

/** What is said of a large answer before it is made. */
export interface LargeTerms {
  readonly zxid: Zxid;
  readonly bytes: number;
  /** Is called when nobody is left who would take it. */
  readonly close: () => void;
}

/** A client as its requests see it: the connection, once it has a session. */
export interface Client {
  readonly door: RequestDoor;
  /** What is to be sent. */
  readonly out: JuteWriter;
  readonly attached: Attached;
  /** On whose behalf it is read: what asks for no session does not speak for one. */
  readonly asker: Asker;
  readonly proofs: {
    /** Of the challenge by SASL that this connection is to answer. */
    saslNonce: string | undefined;
    /** No further request is taken until what it gives is called: who asks is not known before. */
    await(): () => void;
  };
  /** On whose behalf writes are made from now on. */
  readonly caller: Caller;
  /** closeSession is under way: the end of the session is no news. */
  isClosingSession: boolean;
  /** False when it has proved so many that they would be too much for every write. */
  prove(proof: Principal): boolean;
  /** Does `act` once all earlier requests are answered; it answers at once. */
  inOrder(act: () => void): void;
  /**
   * Answers with a record of so many bytes, or about so many, at least `largeAnswerBytes`: once there is room for them,
   * and in pieces. `write` writes one, and is true with the last. What follows waits for it.
   */
  answerLarge(asked: ZooKeeperRequest, terms: LargeTerms, write: (to: JuteWriter) => boolean): void;
  /** An answer is written: it is sent at the end of the turn at the latest. */
  answered(asked: ZooKeeperRequest, zxid: Zxid): void;
  /** All that was written still goes out; nothing more is taken in. */
  end(): void;
  /** Takes nothing more in; `last` answers once all earlier requests are answered, and the connection ends with that. */
  endWith(last: () => void): void;
  /** Without another word: the client looks for another peer. */
  hangUp(): void;
}
