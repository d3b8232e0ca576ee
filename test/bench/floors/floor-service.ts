import { fork, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuSecondsOf, sum } from '../figures.ts';
import { dataBytes } from '../rivals/contest.ts';
import { endServers } from '../servers-in-folder.ts';
import type { RunningService } from '../services.ts';
import type { MemberSpec, MemberWord } from './floor-main.ts';

export const floorName = 'floor';
const program = fileURLToPath(new URL('./floor-main.js', import.meta.url));
const protocols = ['zookeeper', 'http', 'grpc'] as const;

export interface Floor extends RunningService {
  /** A folder in it for each member, with its log. */
  readonly folder: string;
}

/** So many processes of `floor-main.ts`, the first of which leads. */
export async function startFloor(members: number): Promise<Floor> {
  const folder = mkdtempSync(join(tmpdir(), 'quoll-bench-'));
  const children: ChildProcess[] = [];
  const stop = (): Promise<void> => endServers(children, folder);
  const start = (
    spec: Omit<MemberSpec, 'members' | 'bytes' | 'folder'>,
  ): AsyncIterator<unknown> => {
    const own = join(folder, String(children.length));
    mkdirSync(own);
    const whole: MemberSpec = { members, bytes: dataBytes, folder: own, ...spec };
    const child = fork(program, [JSON.stringify(whole)]);
    children.push(child);
    return on(child, 'message', { close: ['exit'] });
  };
  try {
    const leader = start({});
    const leaderPort = (await nextWord(leader, 'peerPort')).peerPort;
    const words = [leader];
    while (words.length < members) words.push(start({ leaderPort }));
    const doors: Extract<MemberWord, { doors: unknown }>['doors'][] = [];
    for (const member of words) doors.push((await nextWord(member, 'doors')).doors);
    const pids = children.map(({ pid = 0 }) => pid);
    return {
      name: floorName,
      servers: members,
      folder,
      doors: protocols.map((protocol) => ({
        protocol,
        addresses: doors.map((own) => `127.0.0.1:${String(own[protocol])}`),
      })),
      pids,
      cpuSeconds: () => sum(pids.map(cpuSecondsOf)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function nextWord<Key extends 'peerPort' | 'doors'>(
  words: AsyncIterator<unknown>,
  key: Key,
): Promise<Extract<MemberWord, Record<Key, unknown>>> {
  const next = (await words.next()) as IteratorResult<MemberWord[], undefined>;
  const said = next.done === true ? undefined : next.value[0];
  if (said === undefined || !(key in said)) throw new Error(`a floor ended before its ${key}`);
  return said as Extract<MemberWord, Record<Key, unknown>>;
}
