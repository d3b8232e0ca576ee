// What the SQLite store refuses to start on, and what it says then.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';

import { SqliteConnection, type SqliteValue } from '../../../src/adapters/sqlite/connection.ts';
import { Reserve } from '../../../src/adapters/sqlite/directory.ts';
import { inspect } from '../../../src/adapters/sqlite/inspect.ts';
import { SqliteStore } from '../../../src/adapters/sqlite/store.ts';
import { serverId } from '../../../src/model/ids.ts';
import { emptyLog } from '../../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../../src/model/zxid.ts';
import type { StoreFailure } from '../../../src/ports/store.ts';
import {
  DrivenStore,
  StoreRefused,
  aMembership,
  endOf,
  entriesAfter,
} from '../../support/store/driven-store.ts';

const scriptedPeer = fileURLToPath(
  new URL('../../support/crash/scripted-peer.js', import.meta.url),
);
const entries = entriesAfter(emptyLog, 1, [aMembership(1, 2, 3), 'a', 'b', 'c']);

describe('the SQLite store', function () {
  this.timeout(30_000);
  let root: string;
  let directory: string;
  let stores: DrivenStore[];
  const at = (name: string): string => join(directory, name);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'quoll-store-'));
    directory = join(root, 'data');
    stores = [];
  });

  afterEach(async () => {
    for (const store of stores) await store.close().catch(() => undefined);
    rmSync(root, { recursive: true, force: true });
  });

  const opened = async (reserveBytes = 0): Promise<DrivenStore> => {
    const options = { directory, serverId: serverId(1), reserveBytes, walBytes: 393_216 };
    const store = new DrivenStore(new SqliteStore(options));
    await store.load();
    stores.push(store);
    return store;
  };

  /** A closed store with four entries in four rows, and a snapshot of three chunks at the third. */
  const filled = async (): Promise<void> => {
    const store = await opened();
    await store.startEpoch(1, entries.slice(0, 1));
    for (const entry of entries.slice(1)) await store.append([entry]);
    const chunks = [1, 2, 3].map((fill) => new Uint8Array(5_000).fill(fill));
    await store.snapshot(endOf(entries.slice(0, 3)), chunks);
    await store.close();
  };

  const refusal = async (): Promise<StoreFailure> => {
    const outcome: unknown = await opened().then(
      (store) => store.close(),
      (error: unknown) => error,
    );
    assert.ok(outcome instanceof StoreRefused, 'the store should have refused to start');
    return outcome.failure;
  };

  const raw = (): SqliteConnection => new SqliteConnection(at('node.db'), 0);

  /** Alters the closed database behind the store's back. */
  const alter = (sql: string, ...values: SqliteValue[]): void => {
    const database = raw();
    database.statement(sql).run(...values);
    database.close();
  };

  const refusedAsCorrupt = async (what: RegExp): Promise<void> => {
    const { code, message } = await refusal();
    assert.equal(code, 'corrupt');
    assert.match(message, what);
    assert.match(message, /quorum of the other peers/);
    assert.ok(message.includes(`mv ${directory}`), 'it says what to do');
  };

  it('keeps its files to itself', async () => {
    const store = await opened(1_048_576);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(directory).sort(), ['guard', 'node.db', 'node.db-wal', 'reserve']);
    for (const name of readdirSync(directory)) assert.equal(statSync(at(name)).mode & 0o777, 0o600);
    assert.ok(
      statSync(at('node.db-wal')).size >= 393_216,
      'the WAL has its size before the first commit',
    );
    assert.equal(statSync(at('reserve')).size, 1_048_576);
    await store.close();
  });

  it('never lets the WAL grow, however much is written', async () => {
    const store = await opened();
    const { size } = statSync(at('node.db-wal'));
    const many = entriesAfter(emptyLog, 1, [
      aMembership(1),
      ...Array.from({ length: 200 }, () => 'x'.repeat(9_000)),
    ]);
    await store.startEpoch(1, many.slice(0, 1));
    for (const entry of many.slice(1)) await store.append([entry]);
    assert.equal(statSync(at('node.db-wal')).size, size);
    await store.close();
  });

  it('gives its reserve up when the disk is nearly full', async () => {
    await (await opened(1_048_576)).close();
    const reserve = new Reserve(directory, 1_048_576);
    reserve.settle();
    reserve.release(5_000_000);
    assert.equal(existsSync(at('reserve')), true);
    reserve.release(1_000_000);
    assert.equal(existsSync(at('reserve')), false);
  });

  it('gives up a reserve that somebody has deleted already', async () => {
    await (await opened(1_048_576)).close();
    const reserve = new Reserve(directory, 1_048_576);
    reserve.settle();
    rmSync(at('reserve'));
    reserve.release(1_000_000);
    assert.equal(existsSync(at('reserve')), false);
  });

  it('says so when another store holds the directory', async () => {
    const store = await opened();
    const { code, message } = await refusal();
    assert.equal(code, 'locked');
    assert.ok(message.includes(directory));
    await store.startEpoch(1, entries);
    await store.close();
  });

  it('says so when another process holds the directory', async () => {
    const store = await opened();
    const { stdout, status } = spawnSync(process.execPath, [scriptedPeer, directory, '0', 'close']);
    assert.match(stdout.toString(), /^FAILED locked /);
    assert.equal(status, 70);
    await store.startEpoch(1, entries);
    await store.close();
  });

  it('goes where a link leads, and refuses one that leads nowhere', async () => {
    await filled();
    const link = join(root, 'link');
    symlinkSync(directory, link);
    directory = link;
    const store = await opened();
    await store.close();
    directory = join(root, 'dangling');
    symlinkSync(join(root, 'nowhere'), directory);
    const { code, message } = await refusal();
    assert.equal(code, 'unusable');
    assert.match(message, /it is a link to \S+nowhere, where nothing is/);
  });

  it('makes the directory above it together with others that are started at the same time', async () => {
    const starters = 3;
    const rounds = 30;
    const shared = { arrived: new Int32Array(new SharedArrayBuffer(4 * rounds)), root, starters };
    const program = `
      const { workerData: { arrived, root, starters, id, module } } = require('node:worker_threads');
      import(module).then(({ prepareDirectory }) => {
        for (let round = 0; round < arrived.length; round++) {
          Atomics.add(arrived, round, 1);
          while (Atomics.load(arrived, round) < starters);
          prepareDirectory(root + '/' + round + '/a/b/' + id);
        }
      });`;
    const module = new URL('../../../src/adapters/sqlite/directory.js', import.meta.url).href;
    const workers = Array.from(
      { length: starters },
      (_, id) => new Worker(program, { eval: true, workerData: { ...shared, id, module } }),
    );
    try {
      const ends = await Promise.all(workers.map((worker) => once(worker, 'exit')));
      assert.deepEqual(ends, [[0], [0], [0]]);
    } finally {
      // Of those that wait for one that has failed.
      for (const worker of workers) await worker.terminate();
    }
    for (let round = 0; round < rounds; round++) {
      assert.deepEqual(readdirSync(join(root, String(round), 'a', 'b')), ['0', '1', '2']);
    }
  });

  it('refuses the file of another program', async () => {
    await filled();
    alter('PRAGMA application_id = 7');
    assert.equal((await refusal()).code, 'unusable');
  });

  it('refuses a newer format, and says how to go on', async () => {
    await filled();
    alter('PRAGMA user_version = 3');
    const { code, message } = await refusal();
    assert.equal(code, 'newerFormat');
    assert.match(message, /format 3; this version reads up to 2.*newer version/);
  });

  it('raises the format with the first entry above level 1, and lowers it when that is cut off', async () => {
    const format = (): unknown => {
      const database = raw();
      const version = database.value('PRAGMA user_version');
      database.close();
      return version;
    };
    const founding = aMembership(1, 2, 3);
    const before = entriesAfter(emptyLog, 1, [founding, 'a']);
    const raised = entriesAfter(endOf(before), 1, [{ ...founding, level: 2 }, 'b']);
    const store = await opened();
    await store.startEpoch(1, before);
    await store.close();
    assert.equal(format(), 1n);
    const later = await opened();
    await later.append(raised);
    await later.close();
    assert.equal(format(), 2n);
    const last = await opened();
    const cut = { snapshot: null, truncateTo: endOf(before), entries: [], commit: zeroZxid };
    await last.write({ kind: 'acceptEpoch', epoch: 2 }, { kind: 'adopt', epoch: 2, ...cut });
    await last.close();
    assert.equal(format(), 1n);
  });

  it('finds a file that is no database', async () => {
    await filled();
    writeFileSync(
      at('node.db'),
      'not a database at all, but long enough to be looked at'.repeat(100),
    );
    await refusedAsCorrupt(/not a database/);
  });

  it('finds a flipped bit in an entry', async () => {
    await filled();
    alter(
      `UPDATE log SET entries = CAST(replace(entries, 'b', 'c') AS BLOB) WHERE last = (1 << 40) + 3`,
    );
    await refusedAsCorrupt(/checksum of row 10000000003 of the log/);
  });

  it('finds a changed entry even with a right checksum, by the chain', async () => {
    await filled();
    const database = raw();
    const row = database.statement('SELECT * FROM log WHERE first = (1 << 40) + 3').get() as {
      first: bigint;
      last: bigint;
      committed: bigint;
      entries: Buffer;
    };
    row.entries[row.entries.length - 1] = 7;
    const labels = Buffer.alloc(24);
    [row.first, row.last, row.committed].forEach((label, index) =>
      labels.writeBigInt64BE(label, 8 * index),
    );
    const crc = crc32(row.entries, crc32(labels));
    database
      .statement('UPDATE log SET entries = ?, crc = ? WHERE first = ?')
      .run(row.entries, crc, row.first);
    database.close();
    await refusedAsCorrupt(/chain of the log is broken at 0x10000000003/);
  });

  it('finds a missing row', async () => {
    await filled();
    alter('DELETE FROM log WHERE first = (1 << 40) + 2');
    await refusedAsCorrupt(/gap before 0x10000000003/);
  });

  it('finds a row with a damaged label, and shows it without going in circles', async () => {
    await filled();
    const file = readFileSync(at('node.db'));
    // The label of the last row, (1 << 40) + 4, as SQLite writes it: seven bits a byte. It becomes lower than all others.
    const label = Buffer.from([0xa0, 0x80, 0x80, 0x80, 0x80, 0x04]);
    const place = file.indexOf(label);
    assert.ok(place > 0 && file.indexOf(label, place + 1) < 0, 'it is there once');
    file[place] = 0x81;
    writeFileSync(at('node.db'), file);
    await refusedAsCorrupt(/checksum of row 800000004 of the log/);
    const inspection = inspect(directory);
    assert.match(inspection.problems.join(), /checksum of row 800000004 of the log/);
    assert.equal([...inspection.entries()].length, 4);
    inspection.close();
  });

  it('finds a changed and a missing snapshot chunk', async () => {
    await filled();
    alter('UPDATE chunk SET crc = crc + 1 WHERE id % 16 = 1');
    await refusedAsCorrupt(/chunk \d+ of the snapshot/);
    alter('DELETE FROM chunk WHERE id % 16 = 1');
    await refusedAsCorrupt(/snapshot is incomplete/);
  });

  it('finds a changed meta row, and epochs that contradict each other', async () => {
    await filled();
    const database = raw();
    const body = database.value('SELECT body FROM meta') as Buffer;
    const changed = Buffer.from(body.toString().replace('"acceptedEpoch":1', '"acceptedEpoch":0'));
    const set = database.statement('UPDATE meta SET body = ?, crc = ?');
    set.run(changed, crc32(body));
    database.close();
    await refusedAsCorrupt(/checksum of the meta row/);
    alter('UPDATE meta SET crc = ?', crc32(changed));
    await refusedAsCorrupt(/epochs contradict/);
  });

  describe('knows when it lost what it had acknowledged:', () => {
    const lostTail = async (what: RegExp): Promise<void> => {
      const { code, message } = await refusal();
      assert.equal(code, 'lostTail');
      assert.match(message, what);
      assert.ok(message.includes(`mv ${directory}`), 'it says what to do');
    };

    it('an older database', async () => {
      const store = await opened();
      await store.startEpoch(1, entries.slice(0, 2));
      await store.close();
      copyFileSync(at('node.db'), join(root, 'older'));
      const again = await opened();
      await again.append(entries.slice(2));
      await again.close();
      copyFileSync(join(root, 'older'), at('node.db'));
      await lostTail(/ends at 0x10000000002, but had reached 0x10000000004/);
    });

    it('another history of the same length', async () => {
      const store = await opened();
      await store.startEpoch(1, entries.slice(0, 2));
      await store.close();
      const older = join(root, 'older');
      cpSync(directory, older, { recursive: true });
      const again = await opened();
      await again.append(entries.slice(2));
      await again.close();
      copyFileSync(at('guard'), join(root, 'newer-guard'));
      rmSync(directory, { recursive: true });
      cpSync(older, directory, { recursive: true });
      const astray = await opened();
      await astray.append(entriesAfter(endOf(entries.slice(0, 2)), 1, ['other', 'entries']));
      await astray.close();
      copyFileSync(join(root, 'newer-guard'), at('guard'));
      await lostTail(/at 0x10000000004 the log had another history/);
    });

    it('a promise that is older', async () => {
      const store = await opened();
      await store.startEpoch(1, entries);
      await store.close();
      copyFileSync(at('node.db'), join(root, 'older'));
      const again = await opened();
      await again.write({ kind: 'acceptEpoch', epoch: 2 });
      await again.close();
      copyFileSync(join(root, 'older'), at('node.db'));
      await lostTail(/epoch 2 had been accepted/);
    });

    it('no database any more', async () => {
      await filled();
      rmSync(at('node.db'));
      await lostTail(/database is gone/);
    });

    it('no guard any more', async () => {
      await filled();
      rmSync(at('guard'));
      await lostTail(/guard file is missing or damaged/);
    });

    it('the guard of another peer', async () => {
      await filled();
      const own = directory;
      directory = join(root, 'other');
      await filled();
      copyFileSync(join(own, 'guard'), at('guard'));
      await lostTail(/different peers/);
    });

    it('but a guard with one damaged slot is as good as whole', async () => {
      await filled();
      const guard = readFileSync(at('guard'));
      // The slot that was not written last; the other one may only be torn by a write that never returned.
      const [first, second] = [0, 512].map((start) =>
        guard.subarray(start + 4, start + 12).toString('hex'),
      );
      guard.fill(
        0,
        (first ?? '') < (second ?? '') ? 0 : 512,
        (first ?? '') < (second ?? '') ? 512 : 1_024,
      );
      writeFileSync(at('guard'), guard);
      await (await opened()).close();
    });
  });

  describe('shows the data of a dead peer', () => {
    it('with epochs, log and snapshot', async () => {
      await filled();
      const before = readdirSync(directory);
      const inspection = inspect(directory);
      assert.deepEqual(inspection.problems, []);
      assert.equal(inspection.state.currentEpoch, 1);
      assert.deepEqual(inspection.log.first, zxid(1, 1));
      assert.deepEqual(inspection.log.last, endOf(entries));
      assert.equal(inspection.log.entries, 4);
      assert.deepEqual(inspection.guard?.acked, endOf(entries));
      assert.deepEqual(
        [...inspection.entries()].map(({ payload }) => Buffer.from(payload).toString()).slice(1),
        ['a', 'b', 'c'],
      );
      assert.equal([...inspection.snapshotChunks()].length, 3);
      inspection.close();
      assert.deepEqual(readdirSync(directory), before);
    });

    it('that was killed, with what only its WAL holds', () => {
      spawnSync(process.execPath, [scriptedPeer, directory, '0', 'kill']);
      const wal = readFileSync(at('node.db-wal'));
      const inspection = inspect(directory);
      assert.deepEqual(inspection.problems, []);
      assert.equal(inspection.state.currentEpoch, 2);
      assert.ok(inspection.log.entries > 10);
      inspection.close();
      assert.deepEqual(readFileSync(at('node.db-wal')), wal);
    });

    it('that is damaged, with the damage named', async () => {
      await filled();
      alter('DELETE FROM log WHERE first = (1 << 40) + 2');
      const inspection = inspect(directory);
      assert.match(inspection.problems[0] ?? '', /gap before/);
      assert.equal([...inspection.entries()].length, 3);
      inspection.close();
    });

    it('and says when there is none', () => {
      assert.throws(() => inspect(directory), /there is no node.db/);
    });
  });

  it('is free for the next store as soon as it is closed', async () => {
    for (let round = 0; round < 3; round++) {
      const store = await opened();
      await store.write({ kind: 'append', entries: [], commit: zeroZxid });
      await store.close();
    }
    assert.deepEqual(readdirSync(directory).sort(), ['guard', 'node.db']);
  });
});
