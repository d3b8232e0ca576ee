/**
 * What a data directory was made of when no peer had written in it yet: a copy that was restored, or data that were
 * imported. Peers found an ensemble only with peers of the same seed, so the states that they begin with are the same.
 */
export interface Seed {
  /** Of the state, and of what it was made of and the how-manieth time: 64 hex digits. */
  readonly hash: string;
  /** Of the ensemble that is to be founded with it. */
  readonly clusterId: string;
}
