import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openAcl, permission, type Acl, type Identity } from '../../src/model/acl.ts';
import { defaultLimits, type Limits } from '../../src/model/limits.ts';
import type { ZnodePath } from '../../src/model/path.ts';
import type { RequestContext, TreeOp, StateRequest } from '../../src/model/request.ts';
import type { Txn } from '../../src/model/txn.ts';
import { compareZxid, zeroZxid, zxid, type Zxid } from '../../src/model/zxid.ts';
import { StateMachine, type SnapshotWriter } from '../../src/state/state-machine.ts';
import { bytes, sessionId, sha256 } from '../support/state/leader.ts';
import { Model, type Verdict } from './state-model.ts';

// Random histories of a leader with proposals in flight, against the naive model of state-model.ts.

const limits: Limits = {
  ...defaultLimits,
  dataBytesMax: 300,
  opsPerMultiMax: 5,
  recursiveDeleteMax: 4,
};

const alice: Identity = { scheme: 'digest', id: 'alice:x' };
const superuser: Identity = { scheme: 'super', id: '' };
const sessions = [1, 2, 3].map(sessionId);

const pathOf = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom('/a', '/b', '/a/x', '/a/y', '/a/x/k', '/a/x/k/m', '/b/ü', '/b/旅'),
  },
  { weight: 1, arbitrary: fc.constantFrom('/', '/zookeeper', '/zookeeper/quota', '/zookeeper/c') },
) as fc.Arbitrary<ZnodePath>;
const data = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 301 }).map((length) => new Uint8Array(length).fill(length)),
);
const acl = fc.oneof(
  { weight: 8, arbitrary: fc.constant(openAcl) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Acl>(
      [{ permissions: permission.read, scheme: 'world', id: 'anyone' }],
      [{ permissions: permission.all, ...alice }, ...openAcl, ...openAcl],
      [{ permissions: permission.all, scheme: 'auth', id: '' }],
      [
        { permissions: permission.all - permission.delete, ...alice },
        { permissions: permission.admin, ...alice },
      ],
      [],
      [{ permissions: permission.all, scheme: 'kerberos', id: 'k' }],
    ),
  },
);
const version = fc.oneof(
  { weight: 3, arbitrary: fc.constant(-1) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 }) },
);
const expected = fc.record(
  { version, czxid: fc.constantFrom(zxid(1, 1), zxid(1, 3)) },
  { requiredKeys: ['version'] },
);

const op: fc.Arbitrary<TreeOp> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        op: fc.constant('create' as const),
        path: pathOf.filter((path) => path !== '/'),
        data,
        acl,
        kind: fc.constantFrom('persistent', 'ephemeral', 'container', 'ttl'),
        sequential: fc.boolean(),
        parents: fc.boolean(),
      })
      .map((create) => (create.kind === 'ttl' ? { ...create, ttlMs: 5_000 } : create)),
  },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        op: fc.constant('set' as const),
        path: pathOf,
        data,
        expected,
        orCreate: fc.record({ acl, parents: fc.boolean() }),
      },
      { requiredKeys: ['op', 'path', 'data', 'expected'] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant('delete' as const),
      path: pathOf,
      expected,
      recursive: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('setAcl' as const),
      path: pathOf,
      acl,
      aversion: version,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('check' as const),
      path: pathOf,
      expected,
      absent: fc.boolean(),
    }),
  },
);

const session = fc.constantFrom(...sessions);
const secretHash = fc.constantFrom('red', 'blue').map((secret) => sha256(bytes(secret)));
const owner = fc.constantFrom('1-1', '2-1');

const request: fc.Arbitrary<StateRequest> = fc.oneof(
  {
    weight: 8,
    arbitrary: op.map((only) => ({ kind: 'multi', single: true, ops: [only] }) as const),
  },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        kind: fc.constant('multi' as const),
        single: fc.constant(false),
        ops: fc.array(op, { maxLength: 6 }),
        orElse: fc.array(op, { maxLength: 3 }),
      },
      { requiredKeys: ['kind', 'single', 'ops'] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('createSession' as const),
      session,
      secretHash,
      timeoutMs: fc.constantFrom(4_000, 8_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('closeSession' as const),
      session,
      reason: fc.constantFrom('closed', 'expired'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('moveSession' as const), session, owner }),
  },
);

const context: fc.Arbitrary<RequestContext> = fc.record(
  {
    identities: fc.constantFrom([], [], [alice], [superuser, alice]),
    session: fc.oneof({ weight: 3, arbitrary: session }, { weight: 1, arbitrary: session }),
    owner: fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: owner }),
    idempotencyKey: fc.constantFrom('k1', 'k2', 'k3'),
  },
  { requiredKeys: ['identities'] },
);

type Step =
  | { step: 'write'; request: StateRequest; context: RequestContext }
  | { step: 'again' }
  | { step: 'commit'; count: number }
  | { step: 'loseLeadership' }
  | { step: 'clock'; byMs: number }
  | { step: 'age' }
  | { step: 'snapshot'; bytesMax: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({ step: fc.constant('write' as const), request, context }),
  },
  { weight: 2, arbitrary: fc.constant({ step: 'again' } as const) },
  {
    weight: 6,
    arbitrary: fc.record({
      step: fc.constant('commit' as const),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ step: 'loseLeadership' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      step: fc.constant('clock' as const),
      byMs: fc.constantFrom(1, 500, -200, -10_000, 86_400_000, -86_400_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ step: 'age' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant('snapshot' as const),
      bytesMax: fc.integer({ min: 1, max: 600 }),
    }),
  },
);

interface InFlight {
  zxid: Zxid;
  txn: Txn;
  verdict: Extract<Verdict, { kind: 'txn' }>;
  after: Model;
}

/** What the histories came to: a property that only ever refused would prove little. */
const reached = new Set<string>();

class History {
  readonly machine = new StateMachine({ limits, sha256 });
  readonly follower = new StateMachine({ limits, sha256 });
  committed = new Model(limits);
  inFlight: InFlight[] = [];
  epoch = 1;
  counter = 0;
  wallMs = 1_000_000_000;
  agedUpTo = zeroZxid;
  last: Extract<Step, { step: 'write' }> | undefined;
  snapshot: { writer: SnapshotWriter; digest: string; chunks: Uint8Array[] } | undefined;

  run(step: Step): void {
    switch (step.step) {
      case 'write':
        this.last = step;
        this.write(step.request, step.context);
        return;
      case 'again':
        if (this.last !== undefined) this.write(this.last.request, this.last.context);
        return;
      case 'commit':
        for (const entry of this.inFlight.splice(0, step.count)) this.commit(entry);
        return;
      case 'loseLeadership':
        this.machine.abandonPending();
        this.inFlight = [];
        this.epoch++;
        this.counter = 0;
        return;
      case 'clock':
        this.wallMs = Math.max(0, this.wallMs + step.byMs);
        return;
      case 'age':
        this.agedUpTo = this.machine.lastApplied;
        return;
      case 'snapshot':
        this.takeSnapshotChunk(step.bytesMax);
    }
  }

  write(request: StateRequest, context: RequestContext): void {
    const { wallMs, agedUpTo } = this;
    const at = { zxid: zxid(this.epoch, this.counter + 1), wallMs, agedUpTo };
    const after = (this.inFlight.at(-1)?.after ?? this.committed).copy();
    const fingerprint = JSON.stringify([request, context.session], (_, value: unknown) =>
      value instanceof Uint8Array ? [...value] : value,
    );
    const verdict = this.pendingReplay(
      request,
      after.run(request, context, { ...at, fingerprint }),
    );
    const digest = this.machine.digest();
    const prepared = this.machine.prepare(request, context, at);
    reached.add(prepared.kind === 'refused' ? prepared.code : prepared.kind);
    assert.equal(this.machine.digest(), digest, 'prepare changes nothing committed');
    assert.equal(prepared.kind, verdict.kind, JSON.stringify({ prepared, verdict }));
    if (prepared.kind === 'refused' && verdict.kind === 'refused') {
      assert.equal(prepared.code, verdict.code);
      assert.equal(prepared.failedIndex, verdict.failedIndex);
    }
    if (prepared.kind === 'nothing' && verdict.kind === 'nothing') {
      assert.equal(prepared.branch, verdict.branch);
    }
    if ('basis' in prepared) this.checkBasis(prepared.basis);
    if (prepared.kind !== 'txn' || verdict.kind !== 'txn') return;
    this.counter++;
    this.inFlight.push({ zxid: at.zxid, txn: prepared.txn, verdict, after });
  }

  /** A session whose close is in flight is not made again: the model knows nothing of flights. */
  pendingReplay(request: StateRequest, verdict: Verdict): Verdict {
    if (request.kind !== 'createSession' || verdict.kind !== 'txn') return verdict;
    const newest = this.inFlight.findLast(({ txn }) =>
      txn.changes.some((change) => 'session' in change && change.session === request.session),
    );
    const isClosing = newest?.txn.changes.at(-1)?.change === 'closeSession';
    return isClosing
      ? { kind: 'refused', code: 'sessionExpired', failedIndex: undefined }
      : verdict;
  }

  checkBasis(basis: Zxid): void {
    const newest = this.inFlight.at(-1)?.zxid ?? this.machine.lastApplied;
    assert(compareZxid(basis, newest) <= 0, 'a basis is something that was proposed');
    if (this.inFlight.length === 0) {
      assert(
        compareZxid(basis, this.machine.lastApplied) <= 0,
        'nothing in flight, nothing to wait for',
      );
    }
  }

  commit({ zxid, txn, verdict, after }: InFlight): void {
    const outcome = this.machine.apply(zxid, txn);
    assert.deepEqual(outcome.results, verdict.results);
    assert.equal(outcome.branch, verdict.branch);
    assert.deepEqual(this.follower.apply(zxid, txn), outcome);
    this.committed = after;
    assert.equal(this.machine.digest(), this.follower.digest());
  }

  takeSnapshotChunk(bytesMax: number): void {
    this.snapshot ??= {
      digest: this.machine.digest(),
      writer: this.machine.beginSnapshot(),
      chunks: [],
    };
    const chunk = this.snapshot.writer.next(bytesMax);
    if (chunk !== undefined) this.snapshot.chunks.push(chunk);
    else this.finishSnapshot();
  }

  finishSnapshot(): void {
    if (this.snapshot === undefined) return;
    const { writer, chunks, digest } = this.snapshot;
    for (let chunk = writer.next(100); chunk !== undefined; chunk = writer.next(100)) {
      chunks.push(chunk);
    }
    this.snapshot = undefined;
    const restored = new StateMachine({ limits, sha256 });
    const restore = restored.beginRestore();
    for (const chunk of chunks) restore.feed(chunk);
    while (!restore.finish(3));
    assert.equal(restored.digest(), digest);
    assert.equal(restored.recomputeDigest(), digest);
    assert.deepEqual(restored.lastApplied, writer.zxid);
  }

  /** Everything that can be read is what the model says. */
  checkAll(): void {
    for (const entry of this.inFlight.splice(0)) this.commit(entry);
    this.finishSnapshot();
    const { machine, committed } = this;
    for (const reader of [machine, this.follower]) checkReads(reader, committed);
    assert.equal(machine.digest(), machine.recomputeDigest());
    assert.equal(machine.counts.pending, 0);
  }
}

function checkReads(machine: StateMachine, model: Model): void {
  const asked = [superuser];
  for (const [path, znode] of Object.entries(model.znodes)) {
    const at = path as ZnodePath;
    const stat = model.stat(path);
    assert.deepEqual(machine.read({ read: 'data', path: at }, asked), {
      read: 'data',
      data: znode.data,
      stat,
    });
    const access = machine.read({ read: 'acl', path: at }, asked);
    assert('acl' in access);
    assert.deepEqual([access.acl, access.stat], [znode.acl, stat]);
    const names: string[] = [];
    for (let more = true; more;) {
      const after = names.at(-1);
      const from = after === undefined ? {} : { after };
      const query = { read: 'children', path: at, limit: 2, withData: false, ...from } as const;
      const page = machine.read(query, asked);
      assert('children' in page);
      names.push(...page.children.map(({ name }) => name));
      ({ more } = page);
    }
    assert.deepEqual(names, model.children(path));
  }
  assert.equal(machine.counts.znodes, Object.keys(model.znodes).length);
  const alive = [...machine.sessions()].map(({ session, owner, timeoutMs }) => [
    session,
    { owner, timeoutMs },
  ]);
  const wanted = Object.entries(model.sessions).map(([id, { owner, timeoutMs }]) => [
    id,
    { owner, timeoutMs },
  ]);
  assert.deepEqual(Object.fromEntries(alive), Object.fromEntries(wanted));
  for (const id of sessions) {
    const owned = Object.entries(model.znodes).filter(([, znode]) => znode.owner === id);
    assert.deepEqual(machine.ephemeralsOf(id), owned.map(([path]) => path).sort());
  }
  assert.equal(machine.counts.idempotencyKeys, Object.keys(model.writes).length);
  for (const [key, { zxid: at, results, branch }] of Object.entries(model.writes)) {
    assert.deepEqual(machine.replayOutcome(key), { zxid: at, results, branch, replayed: true });
  }
}

describe('the state machine against a naive model', () => {
  it('gives the same verdicts, results and reads on random histories', () => {
    const runs = Number(process.env['QUOLL_PROPERTY_RUNS'] ?? '300');
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }), (steps) => {
        const history = new History();
        for (const each of steps) history.run(each);
        history.checkAll();
      }),
      { numRuns: runs },
    );
    for (const kind of [
      'txn',
      'nothing',
      'replay',
      'noNode',
      'nodeExists',
      'noAuth',
      'badVersion',
    ]) {
      assert(reached.has(kind), kind);
    }
  }).timeout(120_000);
});
