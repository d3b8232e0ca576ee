import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import { isRefusal, refused } from '../../../../src/model/error-code.ts';
import { serverId, type ConnectionId, type SessionId } from '../../../../src/model/ids.ts';
import { emptyLog } from '../../../../src/model/log-entry.ts';
import { defaultLimits } from '../../../../src/model/limits.ts';
import type { PeerMessage } from '../../../../src/model/peer-message.ts';
import type { MultiRequest, RequestContext } from '../../../../src/model/request.ts';
import { zeroZxid, zxid, type Zxid } from '../../../../src/model/zxid.ts';
import { noAudit } from '../../../../src/ports/audit.ts';
import type { PeerNetwork } from '../../../../src/ports/peer-network.ts';
import { Applier } from '../../../../src/server/applied/applier.ts';
import { Pace } from '../../../../src/service/budget/pace.ts';
import { Deadlines } from '../../../../src/server/deadlines.ts';
import { Course } from '../../../../src/server/requests/course.ts';
import { WritePath, type WriteResult } from '../../../../src/server/requests/write-path.ts';
import { LeaderDecisions } from '../../../../src/server/requests/leader-decisions.ts';
import type { ReadPath } from '../../../../src/server/requests/read-path.ts';
import { SteadyClock } from '../../../../src/server/steady-clock.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';
import { StateMachine } from '../../../../src/state/state-machine.ts';
import { txnCodec } from '../../../../src/wire/txn-codec.ts';
import type { ZabCore, ZabStatus } from '../../../../src/zab/ready.ts';
import { sha256 } from '../../../support/state/leader.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { check, create, multi, single } from '../../../support/model/requests.ts';

type Sent = Extract<PeerMessage, { kind: 'request' }>;
type Confirmed = Parameters<ReadPath['confirm']>[2];

const session = '0000000000000001' as SessionId;

function creating(name: string): MultiRequest {
  return single(create(`/${name}`));
}

function checking(version: number): MultiRequest {
  return multi([check('/', { expected: { version } })]);
}

function nameOf(message: Sent): string {
  const { request } = message;
  assert(request.kind === 'multi');
  return request.ops[0]?.path.slice(1) ?? '';
}

/** The real thing between a core and a network that are played by hand: one peer, whatever its role. */
class Bench {
  readonly clock = new HandClock();
  /** What it takes to propose one, and to answer one. */
  proposingMs = 0;
  answeringMs = 0;
  wakes = 0;
  readonly sent: { readonly to: ConnectionId; readonly message: Sent }[] = [];
  readonly proposed: string[] = [];
  readonly answers: string[] = [];
  readonly results: WriteResult[] = [];
  /** Told to learners, as leader. */
  readonly told: string[] = [];
  /** Asked of a quorum, and not answered yet. */
  readonly confirming: Confirmed[] = [];
  readonly applier: Applier;
  readonly writes: WritePath;
  #status: Pick<ZabStatus, 'role' | 'isServing' | 'leaderConnection' | 'epoch'>;
  #counter = 0;
  readonly #leader: LeaderDecisions;

  constructor() {
    const { clock } = this;
    this.#status = { role: 'looking', isServing: false, leaderConnection: undefined, epoch: 1 };
    const nextZxid = (): Zxid => zxid(this.#status.epoch, this.#counter + 1);
    const status = (): unknown => this.#status;
    const zab = {
      get status() {
        return status();
      },
      nextZxid,
      propose: (payload: Uint8Array) => {
        const at = nextZxid();
        this.#counter++;
        this.clock.ms += this.proposingMs;
        const [change] = txnCodec.decode(payload).changes;
        assert(change?.change === 'create');
        this.proposed.push(change.path.slice(1));
        return at;
      },
    } as unknown as ZabCore;
    const network = {
      send: (to: ConnectionId, message: PeerMessage) => {
        if (message.kind === 'request') this.sent.push({ to, message });
        else this.told.push(`${message.kind} to ${String(to)}`);
      },
    } as unknown as PeerNetwork;
    const metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
    const tuning = defaultServerTuning;
    const codec = txnCodec;
    const state = new StateMachine({ limits: defaultLimits, sha256 });
    const secretHash = sha256(utf8('secret'));
    state.apply(zxid(0, 1), {
      timeMs: 0,
      branch: 'ops',
      changes: [{ change: 'createSession', session, timeoutMs: 10_000, secretHash }],
    });
    const applier = (this.applier = new Applier(
      { clock, codec, tuning, metrics },
      { state, position: { ...emptyLog, zxid: zxid(0, 1) }, membership: null },
      { onApplied: () => undefined, onCaughtUp: () => undefined },
    ));
    const time = { now: () => clock.now(), wall: () => clock.wall(), doubtMs: 100 };
    const steady = new SteadyClock(time);
    const ages = { agedUpTo: zeroZxid };
    this.#leader = new LeaderDecisions({
      options: { self: serverId(1), memberLines: [], listensForPeers: true },
      zab,
      applier,
      codec,
      clock,
      metrics,
      audit: noAudit,
      time,
      steady,
      space: { isEnough: true, isEnoughForSessions: true },
      ages,
    });
    this.writes = new WritePath({
      zab,
      applier,
      network,
      clock,
      tuning,
      pace: new Pace(clock),
      course: new Course(),
      reads: {
        confirm: (_mode, _timeoutMs, done) => {
          this.confirming.push(done);
        },
      },
      leader: this.#leader,
      deadlines: new Deadlines(20, 0),
      decided: () => undefined,
      wake: () => {
        this.wakes++;
      },
    });
  }

  follow(connection: number | undefined): void {
    const leaderConnection = connection as ConnectionId | undefined;
    const role = connection === undefined ? 'looking' : 'following';
    this.#status = { role, isServing: connection !== undefined, leaderConnection, epoch: 1 };
  }

  /** Without a turn in between: whoever comes first sees it first. */
  lead(epoch: number): void {
    this.#status = { role: 'leading', isServing: true, leaderConnection: undefined, epoch };
    this.#counter = 0;
    this.#leader.established(zxid(0, 1));
  }

  submit(name: string, more: Partial<RequestContext> = {}, request = creating(name)): void {
    const context = { identities: [], ...more };
    this.writes.submit(request, context, 30_000, (result: WriteResult) => {
      this.answers.push(`${name} ${isRefusal(result) ? result.code : 'done'}`);
      this.results.push(result);
      this.clock.ms += this.answeringMs;
    });
  }

  /** A quorum answers whoever has asked. */
  confirm(answer: Parameters<Confirmed>[0]): void {
    for (const done of this.confirming.splice(0)) done(answer);
  }

  refuse(name: string, code: 'noQuorum' | 'throttled'): void {
    const { message } = this.sent.find((sent) => nameOf(sent.message) === name) ?? {};
    assert(message);
    const { id } = message;
    this.writes.onVerdict({
      kind: 'refusal',
      id,
      basis: zeroZxid,
      refusal: refused(code, 'Not now.'),
    });
  }

  get sentNames(): string[] {
    return this.sent.map(({ to, message }) => `${nameOf(message)} to ${String(to)}`);
  }
}

describe('forwarding keeps the order of a session', () => {
  it('when the leader refuses one unseen and decides the next', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    bench.submit('a', { session });
    bench.submit('b', { session });
    bench.refuse('a', 'noQuorum');
    bench.writes.pump();
    assert.deepEqual(
      bench.sentNames,
      ['a to 7', 'b to 7'],
      'nothing is sent behind what follows it',
    );
    assert.deepEqual(bench.answers, ['a noQuorum']);
  });

  it('when a keyed request was followed by others before the leader was lost', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    bench.submit('a', { session, idempotencyKey: 'ka' });
    bench.submit('b', { session });
    bench.submit('c', { session, idempotencyKey: 'kc' });
    bench.follow(undefined);
    bench.writes.pump();
    bench.submit('d', { session });
    bench.follow(8);
    bench.writes.pump();
    // Had the old leader refused "a" and done "b", a repetition of "a" could come to be done after "b".
    assert.deepEqual(bench.sentNames.slice(3), ['c to 8', 'd to 8']);
    assert.deepEqual(bench.answers, ['a connectionLoss', 'b connectionLoss']);
  });

  it('when what followed a keyed request has its verdict already, and the keyed one has not', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    bench.submit('a', { session, idempotencyKey: 'ka' });
    bench.submit('b', { session });
    // The leader refused "a", and holds that back for a quorum; what "b" proposes needs no such thing.
    bench.writes.onVerdict({ kind: 'proposed', id: 2, zxid: zxid(1, 1) });
    bench.follow(8);
    bench.writes.pump();
    assert.deepEqual(bench.sentNames.slice(2), []);
    assert.deepEqual(bench.answers, ['a connectionLoss']);
  });

  it('when many have waited for a leader: a slice of them at a time, and nobody passes', () => {
    const bench = new Bench();
    for (const name of ['a', 'b', 'c', 'd', 'e']) bench.submit(name);
    bench.proposingMs = 0.6 * defaultServerTuning.sliceMs;
    bench.lead(1);
    bench.writes.pump();
    assert.deepEqual(bench.proposed, ['a', 'b']);
    bench.submit('late');
    for (let woken = 0; woken < bench.wakes;) {
      woken = bench.wakes;
      bench.writes.pump();
    }
    assert.deepEqual(bench.proposed, ['a', 'b', 'c', 'd', 'e', 'late']);
    assert.deepEqual(bench.answers, []);
  });

  it('and holds nobody else up: keyed requests without a session are sent again in order', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    for (const name of ['a', 'b', 'c']) bench.submit(name, { idempotencyKey: `k${name}` });
    bench.follow(8);
    bench.submit('d');
    bench.writes.pump();
    assert.deepEqual(bench.sentNames.slice(3), ['a to 8', 'b to 8', 'c to 8', 'd to 8']);
  });

  it('when this very peer becomes the leader, and a request comes in before it has looked round', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    bench.submit('a', { session, idempotencyKey: 'ka' });
    bench.lead(2);
    bench.submit('b', { session });
    bench.writes.pump();
    assert.deepEqual(bench.proposed, ['a', 'b']);
  });

  it('when a request waits, also for a client that sends the next on hearing of the last', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    bench.writes.submit(creating('x'), { identities: [], session }, 30_000, () => {
      bench.submit('y', { session });
    });
    bench.submit('a', { idempotencyKey: 'ka', session });
    bench.follow(8);
    bench.writes.pump();
    assert.deepEqual(bench.sentNames.slice(2), ['a to 8', 'y to 8']);
  });
});

describe('a verdict that no txn answers for', () => {
  const holds = checking(-1);
  const fails = checking(7);

  it('is told once a quorum has confirmed the leader that gave it', () => {
    const bench = new Bench();
    bench.lead(2);
    bench.submit('holds', {}, holds);
    bench.submit('fails', {}, fails);
    assert.deepEqual(bench.answers, []);
    bench.confirm(zxid(0, 1));
    assert.deepEqual(bench.answers, ['holds done', 'fails badVersion']);
  });

  it('is told to a learner not before that either, and holds up no proposal', () => {
    const bench = new Bench();
    bench.lead(2);
    const context = { identities: [], session };
    const from = 5 as ConnectionId;
    for (const [at, request] of [holds, fails, creating('a')].entries()) {
      bench.writes.onRequest(from, { kind: 'request', id: at + 1, request, context });
    }
    assert.deepEqual(bench.told, ['proposed to 5']);
    bench.confirm(zxid(0, 1));
    assert.deepEqual(bench.told, ['proposed to 5', 'nothing to 5', 'refusal to 5']);
  });

  for (const [how, lose] of [
    [
      'is lost',
      (bench: Bench) => {
        bench.follow(8);
      },
    ],
    [
      'is another one of the same peer',
      (bench: Bench) => {
        bench.lead(3);
      },
    ],
  ] as const) {
    it(`is not told when the leadership ${how} by then, and nothing has happened`, () => {
      const bench = new Bench();
      bench.lead(2);
      bench.submit('holds', {}, holds);
      bench.submit('fails', { idempotencyKey: 'k' }, fails);
      lose(bench);
      bench.confirm(zxid(0, 1));
      assert.deepEqual(bench.answers, ['holds connectionLoss', 'fails connectionLoss']);
      for (const result of bench.results) {
        assert(isRefusal(result));
        assert.deepEqual([result.applied, result.retryable], ['no', true]);
      }
      assert.deepEqual(bench.sent, []);
    });
  }

  it('is not told when no quorum confirms it', () => {
    const bench = new Bench();
    bench.lead(2);
    bench.submit('holds', {}, holds);
    bench.confirm(refused('noQuorum', 'Nobody there.'));
    assert.deepEqual(bench.answers, ['holds connectionLoss']);
  });
});

describe('a repetition', () => {
  it('is not said to be undone when a snapshot hides what became of the first', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    bench.submit('a', { idempotencyKey: 'ka' });
    const { id } = bench.sent[0]?.message ?? {};
    assert(id !== undefined);
    bench.writes.onVerdict({ kind: 'replay', id, basis: zxid(1, 5) });
    const state = new StateMachine({ limits: defaultLimits, sha256 });
    const position = { ...emptyLog, zxid: zxid(2, 9) };
    bench.applier.replace({ state, position, membership: null }, () => undefined);
    assert.deepEqual(bench.answers, ['a connectionLoss']);
    const [result] = bench.results;
    assert(result !== undefined && isRefusal(result));
    assert.equal(result.applied ?? 'unknown', 'unknown');
  });
});

describe('many writes at once', () => {
  function submitFive(bench: Bench): void {
    for (const name of ['a', 'b', 'c', 'd', 'e']) bench.submit(name);
    // To answer one takes more than half of a slice.
    bench.answeringMs = 0.6 * defaultServerTuning.sliceMs;
  }

  it('are told a slice of them at a time that their leader was lost', () => {
    const bench = new Bench();
    bench.follow(7);
    bench.writes.pump();
    submitFive(bench);
    bench.follow(undefined);
    bench.writes.pump();
    assert.deepEqual(bench.answers, ['a connectionLoss', 'b connectionLoss']);
    while (bench.clock.turn());
    assert.equal(bench.answers.length, 5);
    assert.equal(bench.writes.sent, 0);
  });

  it('are given up a slice of them at a time, once no leader came in time', () => {
    const bench = new Bench();
    submitFive(bench);
    bench.clock.ms += defaultServerTuning.leaderGraceMs;
    const inTurns: number[] = [];
    for (let before = -1; before < bench.wakes;) {
      before = bench.wakes;
      bench.writes.pump();
      inTurns.push(bench.answers.length);
    }
    assert.deepEqual(inTurns, [2, 4, 5]);
    assert.equal(bench.answers[0], 'a noQuorum');
  });
});
