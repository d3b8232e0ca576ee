import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { PeerDatabase } from '../../../../src/adapters/sqlite/database.ts';
import { writeEntry } from '../../../../src/adapters/sqlite/entry-codec.ts';
import { inspect } from '../../../../src/adapters/sqlite/inspect.ts';
import { load, type Loaded } from '../../../../src/adapters/sqlite/load.ts';
import {
  checkpointAll,
  checkpointWithoutWaiting,
  walFramesToCheckpoint,
} from '../../../../src/adapters/sqlite/pragmas.ts';
import { ByteWriter } from '../../../../src/base/bytes.ts';
import { serverId } from '../../../../src/model/ids.ts';
import type { LogEntry } from '../../../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../../../src/model/zxid.ts';
import { reachable } from '../../../support/garbage.ts';
import { aMembership, digestOf, endOf, entriesAfter } from '../../../support/store/driven-store.ts';

type Method = (this: object, ...values: unknown[]) => object;

// Never collected themselves.
const memory = new Database(':memory:');
const statement = memory.prepare('SELECT 1');

/** Hears of every object that the library wraps, below all that it offers. */
class Wrapped {
  readonly #seen = new WeakSet();
  readonly #restored: (() => void)[] = [];
  #made: WeakRef<object>[] = [];

  constructor() {
    const [inner] = Object.getOwnPropertySymbols(memory);
    assert.ok(inner !== undefined, 'the library keeps its own database behind a symbol');
    const native = (memory as unknown as Record<symbol, object>)[inner];
    this.#listen(Object.getPrototypeOf(native) as object, 'prepare');
    this.#listen(Object.getPrototypeOf(statement) as object, 'iterate');
  }

  /** How many there were. */
  get count(): number {
    return this.#made.length;
  }

  get collected(): number {
    return this.#made.filter((object) => object.deref() === undefined).length;
  }

  end(): void {
    for (const restore of this.#restored) restore();
    this.#made = [];
  }

  #listen(prototype: object, name: string): void {
    const methods = prototype as Record<string, Method>;
    const method = methods[name];
    assert.ok(method !== undefined, `the library has ${name}`);
    const note = (object: object): void => {
      if (this.#seen.has(object)) return;
      this.#seen.add(object);
      this.#made.push(new WeakRef(object));
    };
    methods[name] = function (...values) {
      const made = method.apply(this, values);
      note(this);
      note(made);
      return made;
    };
    this.#restored.push(() => {
      methods[name] = method;
    });
  }
}

describe('what the library of SQLite wraps', function () {
  this.timeout(20_000);
  let root: string;
  let wrapped: Wrapped;
  let loaded: Loaded | undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'quoll-kept-'));
    wrapped = new Wrapped();
  });

  afterEach(() => {
    wrapped.end();
    close();
    rmSync(root, { recursive: true, force: true });
  });

  const directory = (): string => join(root, 'data');

  const open = (): Loaded => {
    const options = { directory: directory(), serverId: serverId(1) };
    loaded = load({ ...options, reserveBytes: 0, walBytes: 393_216 }, () => undefined);
    return loaded;
  };

  const close = (): void => {
    if (loaded === undefined) return;
    loaded.guard.close();
    loaded.connection.close();
    loaded = undefined;
  };

  it('is made once a connection: the same work makes nothing twice', () => {
    const { connection, database } = open();
    work(database, 1);
    checkpoint(connection);
    const first = wrapped.count;
    for (const epoch of [2, 3, 4]) {
      work(database, epoch);
      checkpoint(connection);
    }
    assert.equal(wrapped.count, first);
    assert.ok(first < 40, `${String(first)} are few`);
  });

  it('is never garbage, though its connection was closed', async () => {
    for (const epoch of [1, 2]) {
      const { connection, database } = open();
      work(database, epoch);
      checkpoint(connection);
      close();
    }
    const inspection = inspect(directory());
    assert.deepEqual(inspection.problems, []);
    assert.equal([...inspection.entries()].length, 1);
    assert.equal([...inspection.snapshotChunks()].length, 2);
    inspection.close();
    assert.ok(wrapped.count > 0);
    // What a weak reference was made of, or gave, lives until this turn is over.
    await setImmediate();
    reachable();
    assert.equal(wrapped.collected, 0);
  });

  it('is never garbage, though another connection had the file', async () => {
    open();
    assert.throws(open, /Another process is using/);
    await setImmediate();
    reachable();
    assert.equal(wrapped.collected, 0);
  });
});

function checkpoint(connection: Loaded['connection']): void {
  walFramesToCheckpoint(connection);
  checkpointWithoutWaiting(connection);
  checkpointAll(connection);
}

/** All that a peer does with its database, in an epoch of its own. Leaves a snapshot of two chunks and an entry after it. */
function work(database: PeerDatabase, epoch: number): void {
  const group = (perform: () => void): void => {
    database.begin();
    perform();
    database.commit();
  };
  const adopt = (what: object, run: Uint8Array = new Uint8Array()): void => {
    const rest = { snapshot: null, truncateTo: null, commit: zeroZxid, ...what };
    database.apply({ kind: 'adopt', epoch, entries: { start: 0, end: run.length }, ...rest }, run);
  };
  const payloads = [aMembership(1, 2, 3), 'a', 'b', 'c', 'd'];
  const entries = entriesAfter(database.log.last, epoch, payloads);
  group(() => {
    database.apply({ kind: 'acceptEpoch', epoch }, new Uint8Array());
    adopt({}, runOf(entries.slice(0, 1)));
  });
  group(() => {
    database.append(runOf(entries.slice(1, 3)), zeroZxid);
  });
  group(() => {
    database.append(runOf(entries.slice(3)), zeroZxid);
  });
  const range = { after: zxid(epoch, 1), upTo: zxid(epoch, 5), bytesMax: 1_000 };
  assert.deepEqual(Buffer.from(database.readLog(range) ?? []), runOf(entries.slice(1)));

  const chunks = [1, 2].map((fill) => new Uint8Array(5_000).fill(fill));
  const place = endOf(entries.slice(0, 2));
  group(() => {
    database.beginSnapshot(place, null);
    for (const chunk of chunks) database.writeSnapshotChunk(chunk);
    database.finishSnapshot(digestOf(chunks));
  });
  assert.equal(database.readSnapshotChunk(place, 1)?.length, 5_000);
  group(() => {
    while (database.compactSlice(zxid(epoch, 1)));
    adopt({ truncateTo: endOf(entries.slice(0, 4)) });
  });

  const later = entriesAfter({ ...place, zxid: zxid(epoch, 9) }, epoch, ['e', 'f']);
  group(() => {
    const at = endOf(later.slice(0, 1));
    database.beginStaging(at, aMembership(1, 2, 3));
    for (const [sequence, chunk] of chunks.entries()) database.stageChunk(sequence, chunk);
    const expected = { at, chunks: 2, bytes: 10_000, sha256: digestOf(chunks) };
    assert.ok(database.verifyStaging(expected));
    adopt({ snapshot: at }, runOf(later.slice(1)));
    while (database.chunks.hasLeftOver) database.chunks.sweepSlice();
  });
}

function runOf(entries: readonly LogEntry[]): Buffer {
  const writer = new ByteWriter();
  for (const entry of entries) writeEntry(writer, entry);
  return Buffer.from(writer.take());
}
