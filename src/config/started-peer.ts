// What the command line asks of the composition root; here, because both may import this folder and not each other.

/** A peer of this process. */
export interface StartedPeer {
  /** Where its doors listen, as `host:port`; empty where a door is closed. */
  readonly addresses: {
    readonly http: string;
    readonly grpc: string;
    readonly zookeeper: string;
  };
  /** Answers what is in flight, makes everything durable, closes every door. */
  stop(): Promise<void>;
}

/** What to show of a data directory whose peer is not running. */
export interface InspectRequest {
  readonly dataDir: string;
  readonly showLog: boolean;
  readonly showZnodes: boolean;
}
