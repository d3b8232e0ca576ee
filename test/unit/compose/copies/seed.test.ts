import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from '../../../../src/adapters/sqlite/inspect.ts';
import {
  epochOfGeneration,
  seedDirectory,
  SeedRefused,
  type SeededDirectory,
} from '../../../../src/compose/copies/seed.ts';
import type { CopyProgress } from '../../../../src/config/copy-tools.ts';
import { serverId } from '../../../../src/model/ids.ts';
import { epochMax, zxid, zxidEquals } from '../../../../src/model/zxid.ts';
import { StoreFailed } from '../../../../src/ports/store.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import { create, path } from '../../../support/model/requests.ts';
import { Leader, openSession, sessionId, sha256 } from '../../../support/state/leader.ts';

const epoch = 65_537;

function aState(data = 'one'): StateMachine {
  const leader = new Leader();
  const session = sessionId(7);
  leader.write(openSession(session));
  leader.do(create('/kept', { data }), { idempotencyKey: 'once' });
  leader.do(create('/kept/gone', { kind: 'ephemeral' }), { session });
  return leader.machine;
}

describe('seedDirectory', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-seed-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function seeded(
    name: string,
    of: { state?: StateMachine; origin?: string; id?: number; progress?: CopyProgress } = {},
  ): SeededDirectory {
    const { state = aState(), origin = 'a file', id = 1, progress = () => undefined } = of;
    const directory = join(folder, name);
    return seedDirectory({ directory, serverId: serverId(id), state, origin, epoch, progress });
  }

  it('makes a directory at the beginning of its epoch, with no vote, no sessions and no keys', () => {
    let bytes = 0;
    const made: SeededDirectory = seeded('one', { progress: (at) => (bytes = at.bytes) });
    assert.ok(bytes > 0);
    assert.deepEqual([made.sessionsEnded, made.ephemeralsRemoved], [1, 1]);
    const inspection = inspect(join(folder, 'one'));
    try {
      assert.deepEqual(inspection.problems, []);
      const { state } = inspection;
      assert.deepEqual([state.acceptedEpoch, state.currentEpoch], [epoch, epoch]);
      assert.deepEqual([state.nonce, state.founded, state.seed?.hash], ['', null, made.hash]);
      assert.ok(zxidEquals(state.base.zxid, zxid(epoch, 0)));
      const restored = new StateMachine({ limits: defaultLimits, sha256 });
      const restore = restored.beginRestore();
      for (const chunk of inspection.snapshotChunks()) restore.feed(chunk);
      while (!restore.finish(100));
      const { sessions, ephemerals, idempotencyKeys } = restored.counts;
      assert.deepEqual([sessions, ephemerals, idempotencyKeys], [0, 0, 0]);
      const found = restored.read({ read: 'stat', path: path('/kept/gone') }, []);
      assert.equal('code' in found ? found.code : undefined, 'noNode');
    } finally {
      inspection.close();
    }
  });

  it('gives every peer the same seed of the same copy, and another one of anything else', () => {
    const { hash } = seeded('one');
    assert.equal(seeded('two', { id: 2 }).hash, hash);
    assert.notEqual(seeded('three', { origin: 'another file' }).hash, hash);
    assert.notEqual(seeded('four', { state: aState('two') }).hash, hash);
  });

  it('refuses a directory that holds the data of a peer, and leaves it as it is', () => {
    seeded('one');
    const before = readdirSync(join(folder, 'one'));
    assert.throws(
      () => seeded('one'),
      (error) => error instanceof StoreFailed && /holds the data of a peer/.test(error.message),
    );
    assert.deepEqual(readdirSync(join(folder, 'one')), before);
  });

  it('begins anew over what it did not finish before', () => {
    mkdirSync(join(folder, 'one'));
    writeFileSync(join(folder, 'one', 'seed.part'), 'half a database');
    seeded('one');
    assert.equal(existsSync(join(folder, 'one', 'seed.part')), false);
  });

  it('refuses a generation that would begin too near to the last epoch', () => {
    assert.equal(epochOfGeneration(3, 2), 131_075);
    assert.throws(() => epochOfGeneration(epochMax - 65_536, 1), SeedRefused);
    assert.throws(() => epochOfGeneration(1, 128), SeedRefused);
  });
});
