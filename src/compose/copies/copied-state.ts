import { systemHash } from '../../adapters/system/hash.ts';
import type { CopiedTree } from '../../config/copy-tools.ts';
import type { LogEntry, LogPosition } from '../../model/log-entry.ts';
import { defaultLimits, type Limits } from '../../model/limits.ts';
import { emptyLog } from '../../model/log-entry.ts';
import { compareZxid } from '../../model/zxid.ts';
import { UnknownSnapshotFormat } from '../../state/snapshot/snapshot-format.ts';
import { StateMachine, type SnapshotRestore } from '../../state/state-machine.ts';
import { UnusableCopy, type CopyItem } from '../../wire/copy-format.ts';
import { txnCodec } from '../../wire/txn-codec.ts';
import { MalformedBytes } from '../../base/bytes.ts';

const znodesPerCheck = 100_000;

/** What is here is here: no limit of a peer keeps it from being changed. */
const unlimited: Limits = {
  ...defaultLimits,
  changesPerTxnMax: Number.MAX_SAFE_INTEGER,
  recursiveDeleteMax: Number.MAX_SAFE_INTEGER,
};

export function emptyState(): StateMachine {
  return new StateMachine({
    limits: unlimited,
    sha256: (bytes) => systemHash.sha256(bytes),
  });
}

/** Asked for an entry that comes next, with the time of its txn. */
type IsWanted = (entry: LogEntry, timeMs: number | undefined) => boolean;

/** Builds the state that a snapshot and the log after it amount to. Throws `UnusableCopy`. */
export class CopiedState {
  readonly state = emptyState();
  #restore: SnapshotRestore | undefined;
  #position: LogPosition = emptyLog;
  /** Where the snapshot stands that is being taken in. */
  #announced: LogPosition | undefined;
  /** Of entries that were given and not applied: the log goes on behind where the state stands. */
  #goesOn = false;

  get position(): LogPosition {
    return this.#position;
  }

  get goesOn(): boolean {
    return this.#goesOn;
  }

  /** Takes a copy in, part by part; `isWanted` as for `apply`. The log of a further copy goes on from what is there. */
  take(item: CopyItem, isWanted: IsWanted): void {
    switch (item.item) {
      case 'header':
        this.#announced = item.header.snapshot?.at;
        return;
      case 'chunk':
        this.chunk(item.bytes);
        return;
      case 'entries':
      case 'trailer':
        if (this.#announced !== undefined) this.restored(this.#announced);
        if (item.item === 'trailer') return;
        for (const entry of item.entries) this.apply(entry, isWanted);
    }
  }

  chunk(bytes: Uint8Array): void {
    reading(() => {
      this.#restore ??= this.state.beginRestore();
      this.#restore.feed(bytes);
    });
  }

  /** After the last chunk. */
  restored(at: LogPosition): void {
    reading(() => {
      while (this.#restore?.finish(znodesPerCheck) === false);
      this.#restore = undefined;
    });
    this.#position = at;
    this.#announced = undefined;
  }

  /** Applies an entry, unless it is one that the state has, or `isWanted` says no: then no later one is. */
  apply(entry: LogEntry, isWanted: IsWanted): void {
    const { zxid, kind, payload, chain } = entry;
    if (this.#goesOn || compareZxid(zxid, this.#position.zxid) <= 0) return;
    const txn = kind === 'txn' ? reading(() => txnCodec.decode(payload)) : undefined;
    if (!isWanted(entry, txn?.timeMs)) {
      this.#goesOn = true;
      return;
    }
    if (txn === undefined) this.state.advance(zxid);
    else this.state.apply(zxid, txn);
    this.#position = { zxid, chain };
  }
}

export function treeOf(state: StateMachine): CopiedTree {
  const { znodes, ephemerals, sessions } = state.counts;
  return { znodes, ephemerals, sessions, digest: state.digest() };
}

function reading<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownSnapshotFormat) throw new UnusableCopy(error.message);
    if (error instanceof MalformedBytes) throw new UnusableCopy(`what is in it: ${error.message}`);
    throw error;
  }
}
