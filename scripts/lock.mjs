// One set-up at a time in a clone, also when `npm start` and `npm test` are typed in two windows.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './console.mjs';

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function tryTake(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Takes the lock of a dead process away. By a rename, so that of two that try only one succeeds. */
function breakLock(file) {
  const aside = `${file}.${String(process.pid)}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

export async function holdingLock(file, work) {
  let waiting = false;
  while (!tryTake(file)) {
    const holder = holderOf(file);
    // 0: created and not yet written.
    if (holder !== undefined && holder !== 0 && !isAlive(holder)) {
      breakLock(file);
      continue;
    }
    if (!waiting) say(`Another set-up (pid ${String(holder)}) is at work here; waiting for it.`);
    waiting = true;
    await sleep(200);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
