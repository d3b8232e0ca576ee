import { assert } from '../../base/assert.ts';
import { emptyLog, type LogEntry, type LogPosition } from '../../model/log-entry.ts';
import { decodeMembership, type Membership } from '../../model/membership.ts';
import { compareZxid, formatZxid, maxZxid, type Zxid } from '../../model/zxid.ts';
import type { Store, StoredSnapshot, StoredState, StoreFailure } from '../../ports/store.ts';
import type { TxnCodec } from '../../ports/txn-codec.ts';
import type { ZabRecovered } from '../../zab/options.ts';
import type { StateAt } from './applier.ts';
import type { ServerTuning } from '../tuning.ts';
import { finishRestore, type StateSource } from './state-source.ts';

interface RecoveryParts {
  readonly store: Store;
  readonly codec: TxnCodec;
  readonly tuning: ServerTuning;
  readonly states: StateSource;
}

export interface Recovered {
  readonly stored: StoredState;
  readonly at: StateAt;
  readonly zab: ZabRecovered;
  /** In the log and applied, in order. */
  readonly logged: readonly Zxid[];
  /** Applied after the snapshot. */
  readonly txnsSince: number;
  readonly bytesSince: number;
}

/** Loads what is durable: the snapshot, then the log after it as far as it is known to be committed, then the rest. */
export function recover(
  parts: RecoveryParts,
  handlers: {
    readonly onRecovered: (recovered: Recovered) => void;
    readonly onFailure: (failure: StoreFailure) => void;
  },
): void {
  const index: ZabRecovered['index'][number][] = [];
  parts.store.load({
    onIndex: (entries) => {
      for (const { zxid, chain, membership } of entries) index.push({ zxid, chain, membership });
    },
    onLoaded: (stored) => {
      restoreState(parts, stored.snapshot, (at) => {
        applyLog(parts, stored, { at, index }, handlers.onRecovered);
      });
    },
    onFailure: (failure) => {
      handlers.onFailure(failure);
    },
  });
}

function restoreState(
  parts: RecoveryParts,
  snapshot: StoredSnapshot | null,
  done: (at: StateAt) => void,
): void {
  const state = parts.states.empty();
  if (snapshot === null) {
    done({ state, position: emptyLog, membership: null });
    return;
  }
  const restore = state.beginRestore();
  const feed = (sequence: number): void => {
    if (sequence === snapshot.chunks) {
      finishRestore(restore, parts.states, (complaint) => {
        assert(complaint === undefined, 'the state that was stored can be read', { complaint });
        done({ state, position: snapshot.at, membership: snapshot.membership });
      });
      return;
    }
    parts.store.readSnapshotChunk(snapshot.at, sequence, (bytes) => {
      assert(bytes !== undefined, 'all of the snapshot that was loaded is there', { sequence });
      restore.feed(bytes);
      feed(sequence + 1);
    });
  };
  feed(0);
}

interface Restored {
  readonly at: StateAt;
  readonly index: ZabRecovered['index'];
}

function applyLog(
  parts: RecoveryParts,
  stored: StoredState,
  { at, index }: Restored,
  done: (recovered: Recovered) => void,
): void {
  const { state } = at;
  let position: LogPosition = at.position;
  let membership: Membership | null = at.membership;
  let bytesSince = 0;
  let txnsSince = 0;
  const tail: LogEntry[] = [];
  const commit = maxZxid(stored.commit, at.position.zxid);
  const last = index.at(-1)?.zxid ?? stored.base.zxid;

  const take = (entry: LogEntry): void => {
    if (compareZxid(entry.zxid, commit) > 0) {
      tail.push(entry);
      return;
    }
    if (entry.kind === 'txn') state.apply(entry.zxid, parts.codec.decode(entry.payload));
    else {
      state.advance(entry.zxid);
      membership = decodeMembership(entry.payload);
    }
    position = { zxid: entry.zxid, chain: entry.chain };
    txnsSince++;
    bytesSince += entry.payload.length;
  };
  const finish = (): void => {
    done({
      stored,
      at: { state, position, membership },
      zab: {
        acceptedEpoch: stored.acceptedEpoch,
        currentEpoch: stored.currentEpoch,
        founded: stored.founded,
        base: stored.base,
        baseMembership: stored.baseMembership,
        index,
        commit,
        delivered: position.zxid,
        tail,
      },
      logged: index.map((entry) => entry.zxid).filter((zxid) => compareZxid(zxid, commit) <= 0),
      txnsSince,
      bytesSince,
    });
  };
  const readOn = (after: Zxid): void => {
    if (compareZxid(after, last) >= 0) {
      finish();
      return;
    }
    parts.store.readLog(
      { after, upTo: last, bytesMax: parts.tuning.snapshotChunkBytes },
      (entries) => {
        const end = entries?.at(-1);
        assert(entries !== undefined && end !== undefined, 'the log reaches on from the snapshot', {
          after: formatZxid(after),
          last: formatZxid(last),
        });
        for (const entry of entries) take(entry);
        readOn(end.zxid);
      },
    );
  };
  readOn(position.zxid);
}
