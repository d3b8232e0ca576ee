import assert from 'node:assert/strict';
import { create, Leader, remove, set } from './support.ts';

// Survey A2, "Container nodes" and "TTL nodes".

function overdue(leader: Leader, timeMs: number): string[] {
  const found: string[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const search = leader.machine.findOverdue(from, 2, timeMs);
    found.push(...search.overdue.map(({ path }) => path));
    from = search.next;
  }
  return found.sort();
}

describe('overdue znodes', () => {
  it('are containers that had children and have none, or never had any for five minutes', () => {
    const leader = new Leader();
    for (const at of ['/used', '/inUse', '/new']) leader.do(create(at, { kind: 'container' }));
    for (const at of ['/used/c', '/inUse/c']) leader.do(create(at));
    leader.do(remove('/used/c'));
    assert.deepEqual(overdue(leader, leader.wallMs), ['/used']);
    assert.deepEqual(overdue(leader, leader.wallMs + 300_000), ['/used']);
    assert.deepEqual(overdue(leader, leader.wallMs + 300_001), ['/new', '/used']);
  });

  it('are TTL znodes without children that were not set for longer than their TTL', () => {
    const leader = new Leader();
    for (const at of ['/old', '/set', '/parent']) {
      leader.do(create(at, { kind: 'ttl', ttlMs: 1_000 }));
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
    const [found] = leader.machine.findOverdue(0, 100, leader.wallMs + 2).overdue;
    assert(found);
    leader.do(set('/t', 'renewed'));
    assert.equal(leader.code(remove('/t', { expected: found.expected })), 'badVersion');
    const [again] = leader.machine.findOverdue(0, 100, leader.wallMs + 2).overdue;
    assert(again);
    leader.do(remove('/t', { expected: again.expected }));
  });
});
