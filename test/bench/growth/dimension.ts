import type { GrownPeer } from './grown-peer.ts';

/** What is done at every size, and must cost the same at each unless it has more to do. */
export interface GrowthWork {
  readonly what: string;
  /** How often it is done between two looks at the clock; `run` does it as often. */
  readonly times: number;
  /** By the nature of it: a list of all is longer. */
  readonly growsWithSize?: boolean;
  /** What is done before, and not counted. */
  prepare?(): Promise<void>;
  run(times: number): Promise<unknown>;
}

/** One thing that there can be many of. */
export interface Growing {
  readonly works: readonly GrowthWork[];
  grow(size: number): Promise<void>;
  close(): void | Promise<void>;
}

export interface Dimension {
  readonly name: string;
  /** What memory is told of. */
  readonly unit: string;
  readonly sizes: readonly number[];
  readonly quickSizes: readonly number[];
  readonly lines?: readonly string[];
  open(peer: GrownPeer): Promise<Growing>;
}
