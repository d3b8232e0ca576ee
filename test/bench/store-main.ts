// What the store costs on this disk: commits at several batch sizes, a restart with a long log, a large snapshot.
// node dist/test/bench/store-main.js [DIRECTORY] [SECONDS]

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SqliteStore } from '../../src/adapters/sqlite/store.ts';
import { serverId } from '../../src/model/ids.ts';
import { emptyLog, type LogEntry } from '../../src/model/log-entry.ts';
import { zeroZxid, zxid } from '../../src/model/zxid.ts';
import {
  DrivenStore,
  aMembership,
  digestOf,
  endOf,
  entriesAfter,
} from '../support/store/driven-store.ts';

const [, , parent = tmpdir(), seconds = '2'] = process.argv;
const runMs = Number(seconds) * 1_000;
const payload = new Uint8Array(200).fill(7);

function say(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(56)} ${value}\n`);
}

async function timed<T>(act: () => Promise<T>): Promise<[T, number]> {
  const startMs = performance.now();
  const result = await act();
  return [result, performance.now() - startMs];
}

async function withStore(act: (open: () => Promise<DrivenStore>) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(parent, 'quoll-bench-'));
  const opened: DrivenStore[] = [];
  try {
    await act(async () => {
      const options = { directory: join(root, 'data'), serverId: serverId(1) };
      const store = new DrivenStore(new SqliteStore(options));
      await store.load();
      opened.push(store);
      return store;
    });
    for (const store of opened) await store.close();
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** One batch after the other; the entries are made beforehand, as their chain costs more than the store does. */
async function commits(batch: number): Promise<void> {
  await withStore(async (open) => {
    const store = await open();
    const start = entriesAfter(emptyLog, 1, [aMembership(1)]);
    await store.startEpoch(1, start);
    const waits: number[] = [];
    let end = endOf(start);
    let spentMs = 0;
    while (spentMs < runMs) {
      const rounds = Math.max(1, Math.floor(2_000 / batch));
      const batches: LogEntry[][] = [];
      for (let round = 0; round < rounds; round++) {
        const entries = entriesAfter(
          end,
          1,
          Array.from({ length: batch }, () => payload),
        );
        end = endOf(entries);
        batches.push(entries);
      }
      for (const entries of batches) {
        const [, tookMs] = await timed(() => store.append(entries, zeroZxid));
        waits.push(tookMs);
        spentMs += tookMs;
      }
    }
    waits.sort((left, right) => left - right);
    const rate = (waits.length / spentMs) * 1_000;
    say(
      `commits of ${String(batch)} txns, 200 bytes each`,
      `${rate.toFixed(0)}/s (${(rate * batch).toFixed(0)} txns/s), ` +
        `p50 ${percentile(waits, 0.5)} ms, p99 ${percentile(waits, 0.99)} ms`,
    );
  });
}

function percentile(sorted: readonly number[], part: number): string {
  return (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2);
}

async function restart(txns: number, batch: number): Promise<void> {
  await withStore(async (open) => {
    const store = await open();
    const all = entriesAfter(emptyLog, 1, [
      aMembership(1),
      ...Array.from({ length: txns }, () => payload),
    ]);
    await store.startEpoch(1, all.slice(0, 1));
    for (let start = 1; start < all.length; start += batch) {
      await store.append(all.slice(start, start + batch));
    }
    await store.close();
    const [, tookMs] = await timed(open);
    say(
      `start with a log of ${String(txns)} txns, ${String(batch)} a row`,
      `${tookMs.toFixed(0)} ms`,
    );
  });
}

async function snapshot(chunks: number): Promise<void> {
  await withStore(async (open) => {
    const store = await open();
    const log = entriesAfter(emptyLog, 1, [aMembership(1), payload]);
    await store.startEpoch(1, log);
    const content = Array.from({ length: chunks }, (_, index) =>
      new Uint8Array(1_048_576).fill(index),
    );
    const [, writtenMs] = await timed(() => store.snapshot(endOf(log), content));
    say(`${String(chunks)} chunks of 1 MiB: write as a snapshot`, `${writtenMs.toFixed(0)} ms`);
    store.store.beginSnapshot(endOf(log), null);
    for (const chunk of content.slice(0, 40)) void store.writeChunk(chunk);
    const [, besideMs] = await timed(() => store.append(entriesAfter(endOf(log), 1, [payload])));
    say('  a commit behind 40 such chunks asked for at once', `${besideMs.toFixed(0)} ms`);
    store.store.abandonSnapshot();
    const [, closedMs] = await timed(() => store.close());
    say('  close', `${closedMs.toFixed(0)} ms`);
    const [again, loadedMs] = await timed(open);
    say('  start, all of it verified', `${loadedMs.toFixed(0)} ms`);
    const [, readMs] = await timed(async () => {
      for (let index = 0; index < chunks; index++) await again.readChunk(endOf(log), index);
    });
    say('  read back', `${readMs.toFixed(0)} ms`);
    if (
      digestOf(content).length !== 32 ||
      (await again.readLog(zxid(1, 1), zxid(1, 9))) === undefined
    ) {
      throw new Error('the store lost what it was given');
    }
  });
}

const [, emptyMs] = await timed(() =>
  withStore(async (open) => {
    await open();
  }),
);
say('first start and close', `${emptyMs.toFixed(0)} ms`);
for (const batch of [1, 10, 100, 1_000]) await commits(batch);
await restart(100_000, 100);
await restart(10_000, 1);

await snapshot(190);
