import { seedDirectory as writeSeed } from '../../adapters/sqlite/seed-directory.ts';
import { assert } from '../../base/assert.ts';
import type { ServerId } from '../../model/ids.ts';
import type { Seed } from '../../model/seed.ts';
import { epochMax, formatZxid, zxid, type Zxid } from '../../model/zxid.ts';
import type { StateMachine } from '../../state/state-machine.ts';

/** So far above the highest epoch of a copy its first generation begins: more than an ensemble uses in its life. */
export const epochsPerGeneration = 65_536;
const chunkBytes = 262_144;

export interface SeedingOfState {
  readonly directory: string;
  readonly serverId: ServerId;
  /** Is changed: its sessions are ended, its recorded writes forgotten, and it is brought to (epoch, 0). */
  readonly state: StateMachine;
  /** Names what it was made of. The same state of the same origin at the same epoch gives the same seed on any machine. */
  readonly origin: string;
  /** Above every epoch that the state's zxids are of: see `epochOfGeneration`. */
  readonly epoch: number;
}

export interface SeededDirectory extends Seed {
  readonly epoch: number;
  readonly znodes: number;
  readonly sessionsEnded: number;
  readonly ephemeralsRemoved: number;
}

/** Thrown in words for whoever typed the command. */
export class SeedRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SeedRefused';
  }
}

/** Gives the epoch that the `generation`th ensemble (from 1) made of a copy begins above. Throws `SeedRefused`. */
export function epochOfGeneration(highestEpoch: number, generation: number): number {
  const epoch = highestEpoch + generation * epochsPerGeneration;
  // It needs epochs of its own, too.
  if (epoch + epochsPerGeneration <= epochMax) return epoch;
  throw new SeedRefused(
    `Generation ${String(generation)} of a copy of epoch ${String(highestEpoch)} would begin at epoch ${String(epoch)}, and ` +
      `there are ${String(epochMax)} in all: its zxids would come to their end. Nothing was made. Take a lower --generation, ` +
      'or export the znodes (quoll export / > FILE) and import them into a new ensemble.',
  );
}

/** Makes a data directory out of a state. Throws `SeedRefused`, or `StoreFailed` of the directory. */
export function seedDirectory(seeding: SeedingOfState): SeededDirectory {
  const { directory, serverId, state, origin, epoch } = seeding;
  if (state.lastApplied.epoch >= epoch - 1) {
    throw new SeedRefused(
      `The state stands at ${formatZxid(state.lastApplied)}, which is not below epoch ${String(epoch)}.`,
    );
  }
  const before = state.counts;
  const ended = endSessions(state, zxid(epoch - 1, 0));
  state.advance(zxid(epoch, 0));
  const seed = writeSeed({ directory, serverId, origin, epoch, chunks: chunksOf(state) });
  return {
    ...seed,
    epoch,
    znodes: state.counts.znodes,
    sessionsEnded: ended,
    ephemeralsRemoved: before.ephemerals - state.counts.ephemerals,
  };
}

/** Of the state as it stands, in order. */
function* chunksOf(state: StateMachine): Generator<Uint8Array> {
  const writer = state.beginSnapshot();
  for (;;) {
    const chunk = writer.next(chunkBytes);
    if (chunk === undefined) return;
    yield chunk;
  }
}

/**
 * Ends every session as its leader would, each in a txn after `from`, whose epoch nobody used; the first txn forgets all
 * recorded writes. Gives how many there were.
 */
function endSessions(state: StateMachine, from: Zxid): number {
  const sessions = [...state.sessions()].map(({ session }) => session).sort();
  const wallMs = state.lastTimeMs;
  let at = zxid(from.epoch, from.counter + 1);
  state.apply(at, {
    timeMs: wallMs,
    changes: [],
    branch: 'ops',
    forgetUpTo: state.lastApplied,
  });
  for (const session of sessions) {
    at = zxid(at.epoch, at.counter + 1);
    const request = { kind: 'closeSession', session, reason: 'expired' } as const;
    const prepared = state.prepare(request, { identities: [] }, { zxid: at, wallMs });
    assert(prepared.kind === 'txn', 'a session that is there can be ended', { session });
    state.apply(at, prepared.txn);
  }
  return sessions.length;
}
