/**
 * A peer of this process, as the command line has it from the composition root; here, because both may import this folder
 * and not each other.
 */
export interface StartedPeer {
  /** Where its doors listen, as `host:port`; empty where a door is closed. */
  readonly addresses: {
    readonly http: string;
    readonly grpc: string;
    readonly zookeeper: string;
  };
  /** Looks at once whether the files of the keys for TLS have changed; resolves once they are taken over, or not. */
  renewKeys(): Promise<void>;
  /** Answers what is in flight, makes everything durable, closes every door. */
  stop(): Promise<void>;
}
