import { zeroZxid, type Zxid } from '../../model/zxid.ts';
import { Grants } from '../access/grants.ts';
import { RunningDigest } from '../digest/digest.ts';
import { RecordedWrites } from './idempotency.ts';
import { LockQueues } from './lock-queues.ts';
import { sessionBytes, Sessions } from './sessions.ts';
import { ZnodeTree } from '../tree/znode-tree.ts';

/** Everything that is the same on every peer that has applied the same txns. */
export class ReplicatedState {
  readonly digest = new RunningDigest();
  readonly tree = new ZnodeTree(this.digest);
  readonly sessions = new Sessions(this.digest);
  readonly writes = new RecordedWrites(this.digest);
  /** A view, derived from the tree. */
  readonly lockQueues = new LockQueues();
  /** Another one. */
  readonly grants = new Grants();
  lastApplied: Zxid = zeroZxid;
  /** The time of the last txn: no txn is older than the one before. */
  lastTimeMs = 0;

  /** What it takes in memory, about. The same on every peer, but nothing rests on that: the leader alone decides by it. */
  get bytes(): number {
    const { tree, sessions, writes } = this;
    return tree.bytes + sessions.size * sessionBytes + writes.bytes;
  }
}
