import { seedDirectory as writeSeed } from '../../adapters/sqlite/seed-directory.ts';
import { assert } from '../../base/assert.ts';
import { superIdentities } from '../../model/acl.ts';
import {
  authGrantsPath,
  authRolesPath,
  authRoot,
  authTokensPath,
  encodeAuthDocument,
} from '../../model/auth.ts';
import { isRefusal } from '../../model/error-code.ts';
import type { CopyProgress } from '../../config/copy-tools.ts';
import type { ServerId } from '../../model/ids.ts';
import { childOf, type ZnodePath } from '../../model/path.ts';
import { anyVersion, type StateRequest, type TreeOp } from '../../model/request.ts';
import type { Seed } from '../../model/seed.ts';
import { epochMax, formatZxid, zxid, type Zxid } from '../../model/zxid.ts';
import type { StateMachine } from '../../state/state-machine.ts';

/** So far above the highest epoch of a copy its first generation begins: more than an ensemble uses in its life. */
export const epochsPerGeneration = 65_536;
const chunkBytes = 262_144;
const documentsAtOnce = 500;

export interface SeedingOfState {
  readonly directory: string;
  readonly serverId: ServerId;
  /** Is changed: its sessions are ended, its recorded writes forgotten, and it is brought to (epoch, 0). */
  readonly state: StateMachine;
  /** Names what it was made of. The same state of the same origin at the same epoch gives the same seed on any machine. */
  readonly origin: string;
  /** Above every epoch that the state's zxids are of: see `epochOfGeneration`. */
  readonly epoch: number;
  /** Roles, grants and tokens go. */
  readonly withoutAuth?: boolean;
  readonly progress?: CopyProgress;
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
  const { directory, serverId, state, origin, epoch, withoutAuth = false } = seeding;
  if (state.lastApplied.epoch >= epoch - 1) {
    throw new SeedRefused(
      `The state stands at ${formatZxid(state.lastApplied)}, which is not below epoch ${String(epoch)}.`,
    );
  }
  const before = state.counts;
  const changes = new LastChanges(state, epoch - 1);
  changes.forgetKeys();
  if (withoutAuth) changes.removeAuth();
  const ended = changes.endSessions();
  state.advance(zxid(epoch, 0));
  const seed = writeSeed({ directory, serverId, origin, epoch, chunks: chunksOf(seeding) });
  return {
    ...seed,
    epoch,
    znodes: state.counts.znodes,
    sessionsEnded: ended,
    ephemeralsRemoved: before.ephemerals - state.counts.ephemerals,
  };
}

/** Of the state as it stands, in order. */
function* chunksOf({ state, directory, progress }: SeedingOfState): Generator<Uint8Array> {
  const writer = state.beginSnapshot();
  let bytes = 0;
  for (;;) {
    const chunk = writer.next(chunkBytes);
    if (chunk === undefined) return;
    bytes += chunk.length;
    progress?.({ what: directory, bytes });
    yield chunk;
  }
}

/** What happens to a state before it is another ensemble's: txns of an epoch that nobody used. */
class LastChanges {
  readonly #state: StateMachine;
  readonly #epoch: number;
  #counter = 0;

  constructor(state: StateMachine, epoch: number) {
    this.#state = state;
    this.#epoch = epoch;
  }

  /** Nobody of before is answered again. */
  forgetKeys(): void {
    const { lastTimeMs: timeMs, lastApplied: forgetUpTo } = this.#state;
    this.#state.apply(this.#next(), { timeMs, changes: [], branch: 'ops', forgetUpTo });
  }

  /** As their leader would; gives how many there were. */
  endSessions(): number {
    const sessions = [...this.#state.sessions()].map(({ session }) => session).sort();
    for (const session of sessions) {
      this.#do({ kind: 'closeSession', session, reason: 'expired' });
    }
    return sessions.length;
  }

  /** Grants go ahead of the roles in them. */
  removeAuth(): void {
    if (this.#state.stat(authRoot) === undefined) return;
    const off = encodeAuthDocument({ on: false });
    this.#change([{ op: 'set', path: authRoot, data: off, expected: anyVersion }]);
    for (const directory of [authGrantsPath, authRolesPath, authTokensPath]) {
      for (;;) {
        const documents = this.#namesBelow(directory).map((name) => childOf(directory, name));
        if (documents.length === 0) break;
        const expected = anyVersion;
        this.#change(documents.map((path) => ({ op: 'delete', path, expected, recursive: true })));
      }
    }
  }

  #namesBelow(path: ZnodePath): readonly string[] {
    if (this.#state.stat(path) === undefined) return [];
    const query = { read: 'children', path, limit: documentsAtOnce, withData: false } as const;
    const listed = this.#state.read(query, superIdentities);
    assert(!isRefusal(listed), 'the super user may list all', { path });
    return listed.children.map(({ name }) => name);
  }

  #change(ops: readonly TreeOp[]): void {
    this.#do({ kind: 'multi', single: false, ops });
  }

  #do(request: StateRequest): void {
    const at = this.#next();
    const context = { identities: superIdentities };
    const wallMs = this.#state.lastTimeMs;
    const prepared = this.#state.prepare(request, context, { zxid: at, wallMs });
    assert(prepared.kind === 'txn', 'what a copy is changed by can be done', { prepared });
    this.#state.apply(at, prepared.txn);
  }

  #next(): Zxid {
    return zxid(this.#epoch, ++this.#counter);
  }
}
