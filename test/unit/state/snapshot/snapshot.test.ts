import assert from 'node:assert/strict';
import { MalformedBytes } from '../../../../src/base/bytes.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import { UnknownSnapshotFormat } from '../../../../src/state/snapshot/snapshot-format.ts';
import { StateMachine, type SnapshotWriter } from '../../../../src/state/state-machine.ts';
import { create, remove, set, setAcl, path, single } from '../../../support/model/requests.ts';
import { bytes, Leader, openSession, sessionId, sha256 } from '../../../support/state/leader.ts';

const superuser = { scheme: 'super', id: '' };

function read(writer: SnapshotWriter, bytesMax = 1_000): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let chunk = writer.next(bytesMax); chunk; chunk = writer.next(bytesMax)) chunks.push(chunk);
  return chunks;
}

function restore(
  chunks: readonly Uint8Array[],
  machine = new StateMachine({ limits: defaultLimits, sha256 }),
): StateMachine {
  const restoring = machine.beginRestore();
  for (const chunk of chunks) restoring.feed(chunk);
  while (!restoring.finish(7));
  return machine;
}

/** A tree with a bit of everything. */
function aLeader(): Leader {
  const leader = new Leader();
  const session = sessionId(0x7fff_0000_0001);
  leader.write(openSession(session));
  leader.write({ kind: 'moveSession', session, owner: '3-9' });
  leader.do(create('/a', { data: null }));
  leader.do(create('/旅/é', { parents: true, data: bytes('data') }), { idempotencyKey: 'key' });
  leader.do(create('/a/e', { kind: 'ephemeral' }), { session });
  leader.do(
    create('/a/c', { kind: 'container', acl: [{ permissions: 1, scheme: 'ip', id: '::/0' }] }),
  );
  leader.do(create('/a/t', { kind: 'ttl', ttlMs: 2 ** 40 - 1, data: new Uint8Array(5_000) }));
  for (let index = 0; index < 200; index++) {
    leader.do(create('/a/c/n-', { sequential: true }), { identities: [superuser] });
  }
  return leader;
}

describe('snapshots', () => {
  it('restore everything: znodes, sessions, keys, and what the next request is judged by', () => {
    const leader = aLeader();
    const restored = restore(read(leader.machine.beginSnapshot()));
    assert.equal(restored.digest(), leader.machine.digest());
    assert.equal(restored.recomputeDigest(), leader.machine.digest());
    assert.deepEqual(restored.counts, leader.machine.counts);
    assert.deepEqual(restored.lastApplied, leader.machine.lastApplied);
    assert.deepEqual([...restored.sessions()], [...leader.machine.sessions()]);
    assert.deepEqual(restored.replayOutcome('key'), leader.machine.replayOutcome('key'));
    assert.deepEqual(restored.ephemeralsOf(sessionId(0x7fff_0000_0001)), ['/a/e']);
    const query = { read: 'children', path: path('/a/c'), limit: 1_000, withData: true } as const;
    const reader = [{ scheme: 'ip', id: '::1' }];
    assert.deepEqual(restored.read(query, reader), leader.machine.read(query, reader));
    // Both go on alike.
    leader.propose(single(create('/a/c/n-', { sequential: true })), {
      identities: [superuser],
    });
    const [entry] = leader.inFlight;
    assert(entry);
    leader.commit();
    restored.apply(entry.zxid, entry.txn);
    assert.equal(restored.digest(), leader.machine.digest());
  });

  it('stand at one zxid, whatever is applied while they are written', () => {
    const leader = aLeader();
    const digest = leader.machine.digest();
    const writer = leader.machine.beginSnapshot();
    const first = writer.next(400);
    assert(first);
    // What changes, goes, comes, and comes again under a freed id: none of it may show.
    leader.do(set('/a/t', 'changed'));
    leader.do(setAcl('/a/c', create('/').acl), { identities: [superuser] });
    leader.do(remove('/a/c', { recursive: true }));
    for (let index = 0; index < 300; index++) leader.do(create(`/a/new-${String(index)}`));
    leader.write({ kind: 'closeSession', session: sessionId(0x7fff_0000_0001), reason: 'expired' });
    leader.write(openSession(sessionId(9)), { idempotencyKey: 'later' });
    const restored = restore([first, ...read(writer)]);
    assert.equal(restored.digest(), digest);
    assert.deepEqual(restored.lastApplied, writer.zxid);
    assert.notEqual(leader.machine.digest(), digest);
    assert.equal(leader.machine.digest(), leader.machine.recomputeDigest());
  });

  it('hold nothing that came after, also not under an id that was free before', () => {
    const leader = new Leader();
    for (let index = 0; index < 50; index++) leader.do(create(`/old-${String(index)}`));
    for (let index = 0; index < 40; index++) leader.do(remove(`/old-${String(index)}`));
    const digest = leader.machine.digest();
    const writer = leader.machine.beginSnapshot();
    for (let index = 0; index < 30; index++) leader.do(create(`/new-${String(index)}`));
    assert.equal(restore(read(writer)).digest(), digest);
  });

  it('come in chunks of about the size asked for', () => {
    const leader = aLeader();
    const chunks = read(leader.machine.beginSnapshot(), 2_000);
    assert(chunks.length > 5);
    // One record more than asked for at the most; the largest here is the znode of 5,000 bytes.
    assert(chunks.every(({ length }) => length > 0 && length < 2_000 + 5_200));
  });

  it('are taken one at a time, and again once the last is read or abandoned', () => {
    const leader = aLeader();
    const writer = leader.machine.beginSnapshot();
    assert.throws(() => leader.machine.beginSnapshot(), /one snapshot/);
    writer.abandon();
    assert.equal(writer.next(1), undefined);
    leader.do(set('/a', 'x'));
    const again = restore(read(leader.machine.beginSnapshot()));
    assert.equal(again.digest(), leader.machine.digest());
    leader.machine.beginSnapshot().abandon();
  });

  it('give ids without gaps to a tree that had many', () => {
    const leader = new Leader();
    for (let index = 0; index < 500; index++) leader.do(create(`/n-${String(index)}`));
    for (let index = 0; index < 499; index++) leader.do(remove(`/n-${String(index)}`));
    const restored = restore(read(leader.machine.beginSnapshot()));
    assert.equal(restored.digest(), leader.machine.digest());
    const twice = restore(read(restored.beginSnapshot()));
    assert.equal(twice.digest(), leader.machine.digest());
  });

  it('replace what a machine had, proposals in flight included', () => {
    const leader = aLeader();
    const behind = new Leader();
    behind.do(create('/gone'));
    behind.propose(single(create('/inFlight')));
    restore(read(leader.machine.beginSnapshot()), behind.machine);
    assert.equal(behind.machine.digest(), leader.machine.digest());
    assert.equal(behind.machine.counts.pending, 0);
    assert.equal(behind.stat('/gone'), undefined);
  });

  it('leave a machine as it was until they are whole and checked', () => {
    const leader = aLeader();
    const chunks = read(leader.machine.beginSnapshot());
    const machine = new StateMachine({ limits: defaultLimits, sha256 });
    const before = machine.digest();
    const cut = machine.beginRestore();
    for (const chunk of chunks.slice(0, -1)) cut.feed(chunk);
    assert.throws(() => cut.finish(1_000_000), MalformedBytes);
    assert.equal(machine.digest(), before);
    assert.throws(() => machine.beginRestore().finish(1), MalformedBytes);
  });

  it('of a format that is not known are refused with what to do', () => {
    const [chunk] = read(new Leader().machine.beginSnapshot(), 1_000_000);
    assert(chunk);
    const newer = chunk.slice();
    // kind, length of the magic, the magic, then the version.
    newer[1 + 4 + 'quoll-snapshot'.length + 3] = 3;
    const machine = new StateMachine({ limits: defaultLimits, sha256 });
    assert.throws(() => {
      machine.beginRestore().feed(newer);
    }, UnknownSnapshotFormat);
    assert.throws(() => {
      machine.beginRestore().feed(newer);
    }, /format 3.*start the version that wrote it/);
    assert.throws(() => {
      machine.beginRestore().feed(bytes('something else'));
    }, MalformedBytes);
  });

  it('with any one byte changed are refused, or say the very same', () => {
    const leader = new Leader();
    leader.write(openSession(sessionId(1)), { idempotencyKey: 'k' });
    leader.do(create('/a', { kind: 'ephemeral' }), { session: sessionId(1) });
    const digest = leader.machine.digest();
    const [chunk] = read(leader.machine.beginSnapshot(), 1_000_000);
    assert(chunk);
    let refusedBytes = 0;
    for (let index = 0; index < chunk.length; index++) {
      const damaged = chunk.slice();
      damaged[index] = (damaged[index] ?? 0) ^ 0x10;
      try {
        assert.equal(restore([damaged]).digest(), digest);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        refusedBytes++;
      }
    }
    assert(refusedBytes > chunk.length * 0.8, `${String(refusedBytes)} of ${String(chunk.length)}`);
  });
});
