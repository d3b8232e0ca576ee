import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../src/config/free-ports.ts';

/** A file for each port that some process of tests has for itself, with the id of that process. */
const folder = join(tmpdir(), `quoll-test-ports-${String(userInfo().uid)}`);
const own: string[] = [];

/**
 * Free ports that no other process of tests is given while this one lives: a peer may be down, or not started yet, while
 * others look for ports.
 */
export async function ownPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    ports.push(...(await freePorts(count - ports.length)).filter(isClaimed));
  }
  return ports;
}

function isClaimed(port: number): boolean {
  const file = join(folder, String(port));
  mkdirSync(folder, { recursive: true });
  if (isHeld(file)) return false;
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    return false;
  }
  if (own.length === 0) process.once('exit', giveBack);
  own.push(file);
  return true;
}

/** What a process that was killed has left behind counts for nothing. */
function isHeld(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    rmSync(file, { force: true });
    return false;
  }
}

function giveBack(): void {
  for (const file of own) rmSync(file, { force: true });
}
