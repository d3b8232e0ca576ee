// A process that lives one life of the script on a real store, says ACK and the step's number after each, and obeys the
// fail-stop rule. Usage: scripted-peer DIRECTORY LIFE END, where END is "kill" or "close".

import { statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { SqliteStore } from '../../../src/adapters/sqlite/store.ts';
import { serverId } from '../../../src/model/ids.ts';
import { DrivenStore, StoreRefused } from '../store/driven-store.ts';
import { twoLives } from './script.ts';

const [, , directory = '', life = '0', end = 'close'] = process.argv;

function say(text: string): void {
  writeSync(1, `${text}\n`);
}

/** The guard is written a moment after the commits: its next write belongs to the traffic too. */
async function guardWritten(store: DrivenStore): Promise<void> {
  const written = (): number => statSync(join(directory, 'guard')).mtimeMs;
  const before = written();
  // The empty write finds out when the store has failed.
  while (written() === before) await store.write();
}

async function live(): Promise<void> {
  const store = new DrivenStore(
    new SqliteStore({ directory, serverId: serverId(1), reserveBytes: 0, walBytes: 393_216 }),
  );
  const { state } = await store.load();
  say(`LOADED ${state.nonce} ${String(state.incarnation)}`);
  const steps = twoLives()[life === '0' ? 0 : 1];
  for (const [number, step] of steps.entries()) {
    const settled = number % 10 === 9 ? guardWritten(store) : undefined;
    await step.act(store);
    say(`ACK ${String(number)}`);
    await settled;
  }
  if (end === 'kill') process.kill(process.pid, 'SIGKILL');
  await store.close();
  say('CLOSED');
}

live().catch((error: unknown) => {
  if (!(error instanceof StoreRefused)) throw error;
  say(`FAILED ${error.failure.code} ${error.failure.message}`);
  process.exit(70);
});
