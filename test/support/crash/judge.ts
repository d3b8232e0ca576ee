// Whether a disk image keeps the promises: everything acknowledged is there, nothing is half there, and the store starts.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { entriesOf } from '../../../src/adapters/sqlite/entry-codec.ts';
import { load } from '../../../src/adapters/sqlite/load.ts';
import { serverId } from '../../../src/model/ids.ts';
import type { LogEntry, LogPosition } from '../../../src/model/log-entry.ts';
import type { Membership } from '../../../src/model/membership.ts';
import { compareZxid, formatZxid, type Zxid } from '../../../src/model/zxid.ts';
import type { StoredState } from '../../../src/ports/store.ts';
import {
  emptyDisk,
  knownCommit,
  lastOf,
  membershipOf,
  type DiskImage,
} from '../../sim/disk-image.ts';
import type { Step } from './script.ts';

/** What must be found after so many steps. The log is as if nothing had been compacted. */
interface Expected {
  readonly image: DiskImage;
  /** The log may have been compacted up to here. */
  readonly baseMax: Zxid;
}

/** Of a process that ran the script: what it said before the power failed. */
export interface Promised {
  /** How many steps it acknowledged. */
  readonly steps: number;
  readonly nonce: string | undefined;
}

export class Judge {
  readonly #expected: Expected[] = [];
  readonly #root: string;
  #count = 0;

  /** `directory` is best on a disk that is fast and need not last. */
  constructor(steps: readonly Step[], directory: string = tmpdir()) {
    this.#root = mkdtempSync(join(directory, 'quoll-images-'));
    const whole = emptyDisk();
    const compacted = emptyDisk();
    this.#expected.push(expectedOf(whole, compacted));
    for (const step of steps) {
      step.model(compacted);
      if (step.name !== 'compaction') step.model(whole);
      this.#expected.push(expectedOf(whole, compacted));
    }
  }

  /** Images judged so far. */
  get count(): number {
    return this.#count;
  }

  judge(files: ReadonlyMap<string, Buffer>, promised: Promised): void {
    const directory = mkdtempSync(join(this.#root, 'image-'));
    for (const [name, content] of files) writeFileSync(join(directory, name), content);
    this.judgeDirectory(directory, promised);
    // Kept when it was found wanting, by not coming here: `dispose` takes it away.
    rmSync(directory, { recursive: true });
  }

  judgeDirectory(directory: string, promised: Promised): void {
    this.#count++;
    const options = { directory, serverId: serverId(1), reserveBytes: 0, walBytes: 65_536 };
    const index: LogEntry[] = [];
    const { connection, database, guard } = load(options, (run) => {
      index.push(...entriesOf(run));
    });
    try {
      const { state } = database;
      if (promised.nonce !== undefined) assert.equal(state.nonce, promised.nonce);
      this.#judgeState(state, index, promised.steps);
    } finally {
      guard.close();
      connection.close();
    }
  }

  dispose(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Either the step in flight is there as a whole, or not at all. */
  #judgeState(state: StoredState, index: readonly LogEntry[], steps: number): void {
    const before = this.#expected[steps];
    const after = this.#expected[steps + 1] ?? before;
    assert.ok(before !== undefined && after !== undefined);
    const found = factsOf(state, index.at(-1) ?? state.base);
    const allowed = [before, after].map(({ image }) =>
      factsOf(storedStateOf(image), lastOf(image)),
    );
    const matching = [before, after].filter((_, position) => sameFacts(found, allowed[position]));
    const expected = matching[0];
    if (expected === undefined) assert.deepEqual(found, allowed[0], `after ${String(steps)} steps`);
    assert.ok(expected !== undefined);
    judgeLog(state, index, { image: expected.image, baseMax: after.baseMax });
  }
}

function expectedOf(whole: DiskImage, compacted: DiskImage): Expected {
  return { image: { ...whole, entries: [...whole.entries] }, baseMax: compacted.base.zxid };
}

function judgeLog(state: StoredState, index: readonly LogEntry[], expected: Expected): void {
  const { image, baseMax } = expected;
  assert.ok(compareZxid(state.base.zxid, image.base.zxid) >= 0, 'the base is not below the SNAP');
  assert.ok(compareZxid(state.base.zxid, baseMax) <= 0, 'no more is compacted than was asked for');
  const kept = image.entries.filter((entry) => compareZxid(entry.zxid, state.base.zxid) > 0);
  assert.deepEqual(
    index.map(({ zxid, chain }) => `${formatZxid(zxid)} ${chain}`),
    kept.map(({ zxid, chain }) => `${formatZxid(zxid)} ${chain}`),
  );
  const dropped = image.entries.slice(0, image.entries.length - kept.length);
  const last = dropped.at(-1);
  if (last !== undefined) assert.equal(state.base.chain, last.chain);
  assert.deepEqual(state.baseMembership, membershipAfter(image.baseMembership, dropped));
  assert.ok(
    compareZxid(state.commit, knownCommit(image)) <= 0,
    'nothing counts as committed too early',
  );
}

function membershipAfter(
  before: Membership | null,
  entries: readonly LogEntry[],
): Membership | null {
  return entries.reduce((found, entry) => membershipOf(entry) ?? found, before);
}

/** All but the log's content and its base. */
function factsOf(state: Omit<StoredState, 'base' | 'baseMembership'>, last: LogPosition): unknown {
  const { acceptedEpoch, currentEpoch, founded, snapshot } = state;
  return {
    acceptedEpoch,
    currentEpoch,
    founded,
    last: { zxid: last.zxid, chain: last.chain },
    snapshot:
      snapshot === null
        ? null
        : { ...snapshot, sha256: Buffer.from(snapshot.sha256).toString('hex') },
  };
}

function storedStateOf(image: DiskImage): StoredState {
  const { snapshot } = image;
  return {
    ...image,
    serverId: serverId(1),
    commit: knownCommit(image),
    snapshot:
      snapshot === null
        ? null
        : {
            at: snapshot.at,
            membership: snapshot.membership,
            chunks: snapshot.chunks,
            bytes: snapshot.bytes,
            sha256: snapshot.sha256,
          },
  };
}

function sameFacts(left: unknown, right: unknown): boolean {
  try {
    assert.deepEqual(left, right);
    return true;
  } catch {
    return false;
  }
}

/** The state of a disk on which nothing was ever done. */
export const nothingPromised: Promised = { steps: 0, nonce: undefined };

/** Follows what a process says. */
export function promisedAfter(promised: Promised, said: string, stepsBefore: number): Promised {
  const [word, first] = said.split(' ');
  if (word === 'LOADED') return { ...promised, nonce: first };
  if (word === 'ACK') return { ...promised, steps: stepsBefore + Number(first) + 1 };
  return promised;
}
