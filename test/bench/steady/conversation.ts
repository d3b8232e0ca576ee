/** Hears what a conversation found in the bytes that came. Requests are numbered from 0, those of the opening included. */
export interface AnswerSink {
  answered(request: number): void;
  failed(why: string): void;
  /** What the protocol itself wants said at once, beside any request. */
  say(bytes: Buffer): void;
}

/**
 * One connection's side of a protocol: ready-made requests, and answers looked at only for where they end and whether
 * they are a success. Knows neither sockets nor time.
 */
export interface Conversation {
  /** The requests that come first, each sent once the one before is answered: a session, a znode to work on. */
  readonly opening: readonly Buffer[];
  /** Said when all is over; whoever hears it closes the connection. */
  readonly closing?: Buffer;
  /** So many more requests, one behind the other. */
  requests(count: number): Buffer;
  /** Gives how many of the bytes it has used: the rest comes again, with more behind it. */
  take(bytes: Buffer, sink: AnswerSink): number;
}

/** What a conversation is about. */
export interface Topic {
  readonly kind: 'get' | 'set' | 'create';
  /** Of the server. */
  readonly address: string;
  /** The connection's own znode or key, without a slash in front. */
  readonly name: string;
  readonly data: Buffer;
}
