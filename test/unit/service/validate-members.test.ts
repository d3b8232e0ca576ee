import assert from 'node:assert/strict';
import type { MemberStep } from '../../../src/model/request.ts';
import { memberStepsMax, validateMembers } from '../../../src/service/validate-members.ts';
import { adding, putting, removing, turning } from '../../support/model/members.ts';

function said(...steps: readonly MemberStep[]): string {
  const refusal = validateMembers({ steps, isWhole: false, force: false });
  if (refusal === undefined) return 'taken';
  assert.equal(refusal.code, 'badArguments');
  return refusal.detail;
}

describe('a wish for other members', () => {
  it('may name a server to go and to come', () => {
    assert.equal(said(removing(4), adding(4), putting(5), turning(3, 'observer')), 'taken');
    assert.equal(said(), 'taken', "ZooKeeper's clients may ask for nothing");
  });

  it('is about servers that there can be', () => {
    for (const step of [removing(0), turning(256, 'observer'), adding(-1), putting(999)]) {
      assert.match(said(step), /number from 1 to 255/);
    }
    assert.match(said(putting(4, { host: 'a b' })), /host of server 4/);
  });

  it('has each server come once', () => {
    assert.match(said(adding(4), adding(4, { host: 'other' })), /Server 4 is to join twice/);
    assert.match(said(putting(4), putting(4)), /Server 4 is to join twice/);
  });

  it('has no more steps than a message to the leader takes', () => {
    const steps = Array.from({ length: memberStepsMax + 1 }, () => removing(3));
    assert.match(said(...steps), /at most 510 steps, and not 511/);
  });
});
