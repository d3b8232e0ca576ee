/** What is spoken, and by which of two dialects where the same protocol carries two. */
export type SteadyProtocol = 'zookeeper' | 'grpc' | 'etcd' | 'http' | 'etcdHttp';

export type SteadyKind = 'get' | 'set' | 'create';

/** Each connection keeps `depth` requests under way: for what was answered together, as many are sent together. */
export interface SteadySpec {
  readonly protocol: SteadyProtocol;
  readonly kind: SteadyKind;
  /** `host:port`; the connections go to them in turn. */
  readonly addresses: readonly string[];
  readonly connections: number;
  readonly depth: number;
  /** Of the data that is written or read. */
  readonly bytes: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export interface SteadyResult {
  readonly seconds: number;
  readonly answers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the generator itself, while it measured. */
  readonly cpuSeconds: number;
  readonly failures: number;
  readonly firstFailure: string;
}
