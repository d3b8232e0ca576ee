// A peer's life in steps that touch every way of writing, and beside each step what it makes of the disk. The same steps
// run on the real store under strace and on a model, so any image of the disk can be judged by the steps acknowledged.

import { emptyLog, type LogEntry, type LogPosition } from '../../../src/model/log-entry.ts';
import type { Membership } from '../../../src/model/membership.ts';
import { maxZxid, zxid, type Zxid } from '../../../src/model/zxid.ts';
import {
  aMembership,
  digestOf,
  endOf,
  entriesAfter,
  nodeHash,
  type DrivenStore,
} from '../store/driven-store.ts';
import { appendTo, compactImage, truncateImage, type DiskImage } from '../../sim/disk-image.ts';

export interface Step {
  readonly name: string;
  readonly act: (store: DrivenStore) => Promise<unknown>;
  readonly model: (image: DiskImage) => void;
}

const voters = aMembership(1, 2, 3);
const changedVoters = aMembership(1, 2, 4);
const none = zxid(0, 0);

function filled(bytes: number, fill: number): Uint8Array {
  return new Uint8Array(bytes).fill(fill);
}

/** The log as the steps leave it, while they are being made. */
class Author {
  readonly steps: Step[] = [];
  log: LogEntry[] = [];
  #base: LogPosition = emptyLog;

  end(): LogPosition {
    return this.log.length === 0 ? this.#base : endOf(this.log);
  }

  at(index: number): LogPosition {
    return endOf(this.log.slice(0, index));
  }

  appends(name: string, payloads: (Uint8Array | Membership)[][], commit: Zxid = none): void {
    const epoch = this.end().zxid.epoch;
    const batches = payloads.map((batch) => {
      const entries = entriesAfter(this.end(), epoch, batch);
      this.log.push(...entries);
      return entries;
    });
    this.steps.push({
      name,
      act: (store) => Promise.all(batches.map((entries) => store.append(entries, commit))),
      model: (image) => {
        for (const entries of batches) appendTo(image, nodeHash, entries, commit);
      },
    });
  }

  adopts(name: string, options: { epoch: number; kept?: number; snapshot?: LogPosition }): void {
    const { epoch, kept, snapshot } = options;
    const truncateTo = kept === undefined ? null : this.at(kept);
    if (kept !== undefined) this.log.length = kept;
    if (snapshot !== undefined) {
      this.log = [];
      this.#base = snapshot;
    }
    const entries = entriesAfter(this.end(), epoch, [voters, filled(300, epoch)]);
    this.log.push(...entries);
    const chunks = [filled(50_000, 1), filled(40_000, 2), filled(9, 3)];
    this.steps.push({
      name,
      act: async (store) => {
        if (snapshot !== undefined) await store.stage(snapshot, chunks, changedVoters);
        await store.write(
          { kind: 'acceptEpoch', epoch },
          { kind: 'adopt', epoch, snapshot: snapshot ?? null, truncateTo, entries, commit: none },
        );
      },
      model: (image) => {
        image.acceptedEpoch = epoch;
        image.currentEpoch = epoch;
        if (truncateTo !== null) truncateImage(image, truncateTo);
        if (snapshot !== undefined) {
          setSnapshot(image, snapshot, chunks, changedVoters);
          image.entries = [];
          image.base = snapshot;
          image.baseMembership = changedVoters;
        }
        appendTo(image, nodeHash, entries, none);
      },
    });
  }

  snapshots(name: string, at: LogPosition, chunks: Uint8Array[]): void {
    this.steps.push({
      name,
      act: (store) => store.snapshot(at, chunks, voters),
      model: (image) => {
        setSnapshot(image, at, chunks, voters);
      },
    });
  }

  compacts(name: string, upTo: Zxid): void {
    this.steps.push({
      name,
      act: (store) => store.compact(upTo),
      model: (image) => {
        compactImage(image, upTo);
      },
    });
  }
}

function setSnapshot(
  image: DiskImage,
  at: LogPosition,
  content: Uint8Array[],
  membership: Membership,
): void {
  const bytes = content.reduce((sum, chunk) => sum + chunk.length, 0);
  image.snapshot = {
    at,
    chunks: content.length,
    bytes,
    sha256: digestOf(content),
    membership,
    content,
  };
  image.commit = maxZxid(image.commit, at.zxid);
}

/** Two lives of one peer: the first ends by kill, the second in good order. */
export function twoLives(): readonly [readonly Step[], readonly Step[]] {
  const author = new Author();
  author.steps.push({
    name: 'found',
    act: (store) => store.write({ kind: 'found', membership: voters }),
    model: (image) => {
      image.founded = voters;
    },
  });
  author.adopts('first epoch', { epoch: 1 });
  author.appends('one entry', [[filled(100, 5)]], zxid(1, 1));
  author.appends('five writes in one group', [
    [filled(10, 1)],
    [filled(2_000, 2), filled(30, 2)],
    [filled(5, 3)],
    [changedVoters],
    [filled(7_000, 4)],
  ]);
  author.adopts('TRUNC within a row', { epoch: 2, kept: 5 });
  author.appends('entries of more than a page each', [[filled(30_000, 7), filled(30_000, 8)]]);
  author.snapshots('snapshot', author.at(4), [filled(60_000, 1), filled(20_000, 2)]);
  for (let index = 0; index < 24; index++) {
    author.appends(`towards a checkpoint ${String(index)}`, [[filled(9_000, index)]]);
  }
  author.snapshots('a second snapshot', author.at(20), [filled(30_000, 9)]);
  author.compacts('compaction', author.at(12).zxid);
  author.appends('after compaction', [[filled(50, 1)]], author.at(20).zxid);
  const first = author.steps.splice(0);

  author.appends('after a restart', [[filled(60, 1)]]);
  author.adopts('TRUNC below what the guard knows', { epoch: 4, kept: author.log.length - 3 });
  author.appends('in the epoch after', [[filled(10, 2)]]);
  const theirs = entriesAfter(author.end(), 4, [filled(1, 1), filled(2, 2)]);
  author.adopts('SNAP', { epoch: 5, snapshot: endOf(theirs) });
  for (let index = 0; index < 8; index++) {
    author.appends(`after SNAP ${String(index)}`, [[filled(20_000, index)]]);
  }
  const behind = endOf(theirs);
  author.adopts('SNAP again', {
    epoch: 6,
    snapshot: endOf(entriesAfter(behind, 5, [filled(1, 1), filled(2, 2), filled(3, 3)])),
  });
  author.appends('the last entry', [[filled(10, 3)]]);
  return [first, author.steps.splice(0)];
}
