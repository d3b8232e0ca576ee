import assert from 'node:assert/strict';
import type { Expected } from '../../../../src/model/request.ts';
import type { Prepared, ReapTime } from '../../../../src/state/state-machine.ts';
import { create, multi, path, remove, set } from '../../../support/model/requests.ts';
import { Leader, nobody } from '../../../support/state/leader.ts';

// Survey A2, "Container nodes" and "TTL nodes".

const at = (wallMs: number, steadyMs = Infinity, rightMs = 0): ReapTime => ({
  wallMs,
  steadyMs,
  rightMs,
});

function overdue(leader: Leader, timeMs: number): string[] {
  const found: string[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const search = leader.machine.findOverdue(from, 2, at(timeMs));
    found.push(...search.overdue.map(({ path }) => path));
    from = search.next;
  }
  return found.sort();
}

describe('overdue znodes', () => {
  it('are containers that had children and have none, or never had any for five minutes', () => {
    const leader = new Leader();
    for (const name of ['/used', '/inUse', '/new']) leader.do(create(name, { kind: 'container' }));
    for (const name of ['/used/c', '/inUse/c']) leader.do(create(name));
    leader.do(remove('/used/c'));
    assert.deepEqual(overdue(leader, leader.wallMs), ['/used']);
    assert.deepEqual(overdue(leader, leader.wallMs + 300_000), ['/used']);
    assert.deepEqual(overdue(leader, leader.wallMs + 300_001), ['/new', '/used']);
  });

  it('are TTL znodes without children that were not set for longer than their TTL', () => {
    const leader = new Leader();
    for (const name of ['/old', '/set', '/parent']) {
      leader.do(create(name, { kind: 'ttl', ttlMs: 1_000 }));
    }
    leader.do(create('/parent/child'));
    leader.wallMs += 500;
    leader.do(set('/set', 'renewed'));
    assert.deepEqual(overdue(leader, leader.wallMs + 500), []);
    assert.deepEqual(overdue(leader, leader.wallMs + 501), ['/old']);
    assert.deepEqual(overdue(leader, leader.wallMs + 1_001), ['/old', '/set']);
  });

  it('come with what to expect, so that one renewed meanwhile stays', () => {
    const leader = new Leader();
    leader.do(create('/t', { kind: 'ttl', ttlMs: 1 }));
    const [found] = leader.machine.findOverdue(0, 100, at(leader.wallMs + 2)).overdue;
    assert(found);
    leader.do(set('/t', 'renewed'));
    assert.equal(leader.code(remove('/t', { expected: found.expected })), 'badVersion');
    const [again] = leader.machine.findOverdue(0, 100, at(leader.wallMs + 2)).overdue;
    assert(again);
    leader.do(remove('/t', { expected: again.expected }));
  });
});

describe('a reap', () => {
  function reap(
    leader: Leader,
    name: string,
    {
      time = at(leader.wallMs),
      expected = { version: -1 },
    }: { time?: ReapTime; expected?: Expected } = {},
  ): Prepared {
    const context = { identities: nobody };
    const request = { kind: 'reap', path: path(name), expected } as const;
    const { wallMs, nextZxid } = leader;
    return leader.machine.prepare(request, context, { zxid: nextZxid, wallMs, reapTime: time });
  }

  function code(prepared: Prepared): string {
    return prepared.kind === 'refused' ? prepared.code : prepared.kind;
  }

  function withTtl(): Leader {
    const leader = new Leader();
    leader.do(
      create('/t', {
        kind: 'ttl',
        ttlMs: 1_000,
        acl: [{ permissions: 1, scheme: 'world', id: 'anyone' }],
      }),
    );
    return leader;
  }

  it('removes what is due by a plain delete that no ACL hinders', () => {
    const leader = withTtl();
    const prepared = reap(leader, '/t', { time: at(leader.wallMs + 1_001) });
    assert(prepared.kind === 'txn');
    assert.deepEqual(
      prepared.txn.changes.map(({ change }) => change),
      ['delete'],
    );
    assert.equal(prepared.txn.session, undefined);
    leader.machine.apply(leader.nextZxid, prepared.txn);
    assert.equal(leader.stat('/t'), undefined);
  });

  it('is refused of what is not due, by the very rule of the search', () => {
    const leader = withTtl();
    const cases: [time: ReapTime, isDue: boolean][] = [
      [at(leader.wallMs + 1_000), false],
      [at(leader.wallMs + 1_001), true],
      [at(leader.wallMs + 9_000, 1_000), false],
      [at(leader.wallMs + 9_000, 1_001), true],
      [at(leader.wallMs - 9_000, 9_000), false],
      // Stamped a year ahead of what is right now: it is as old as the right time is known.
      [at(leader.wallMs - 1e9, Infinity, 1_000), false],
      [at(leader.wallMs - 1e9, Infinity, 1_001), true],
    ];
    for (const [time, isDue] of cases) {
      const { overdue: found, nextDueInMs } = leader.machine.findOverdue(0, 100, time);
      assert.equal(found.length, isDue ? 1 : 0, JSON.stringify(time));
      assert.equal(nextDueInMs === Infinity, isDue);
      assert.equal(code(reap(leader, '/t', { time })), isDue ? 'txn' : 'badArguments');
      leader.machine.abandonPending();
    }
  });

  it('is refused of what proposals in flight renewed, replaced, filled or took', () => {
    const due = { time: at(1_000_000) };
    const asSuper = { identities: [{ scheme: 'super', id: '' }] };
    const renewed = withTtl();
    const [found] = renewed.machine.findOverdue(0, 100, due.time).overdue;
    assert(found);
    const { expected } = found;
    renewed.propose(multi([set('/t', 'x')]), asSuper);
    assert.equal(code(reap(renewed, '/t', { ...due, expected })), 'badVersion');
    const later = at(renewed.wallMs + 1_000);
    assert.equal(code(reap(renewed, '/t', { time: later })), 'badArguments', 'by its new mtime');

    const replaced = withTtl();
    const madeAnew = [remove('/t'), create('/t', { kind: 'ttl', ttlMs: 1 })];
    replaced.propose(multi(madeAnew));
    assert.equal(code(reap(replaced, '/t', { ...due, expected })), 'badVersion');

    const filled = new Leader();
    filled.do(create('/t', { kind: 'ttl', ttlMs: 1 }));
    filled.propose(multi([create('/t/child')]));
    assert.equal(code(reap(filled, '/t', due)), 'notEmpty');

    const gone = withTtl();
    gone.propose(multi([remove('/t')]), asSuper);
    assert.equal(code(reap(gone, '/t', due)), 'noNode');
  });

  it('is for containers and TTL znodes alone, and for whoever knows the time', () => {
    const leader = withTtl();
    leader.do(create('/plain'));
    leader.do(create('/plain/c'));
    leader.do(remove('/plain/c'));
    assert.equal(code(reap(leader, '/plain', { time: at(1e12) })), 'badArguments');
    assert.equal(code(reap(leader, '/', { time: at(1e12) })), 'notEmpty');
    const request = { kind: 'reap', path: path('/t'), expected: { version: -1 } } as const;
    leader.wallMs += 1e9;
    assert.equal(leader.refusal(request).code, 'badArguments');
  });

  it('takes a container as soon as its last child goes, also in flight', () => {
    const leader = new Leader();
    leader.do(create('/c', { kind: 'container' }));
    leader.do(create('/c/child'));
    assert.equal(code(reap(leader, '/c')), 'notEmpty');
    leader.propose(multi([remove('/c/child')]));
    assert.equal(code(reap(leader, '/c')), 'txn');
  });
});
