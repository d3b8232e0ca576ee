import { status } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import {
  describeRefusal,
  refusedRead,
  refusedWrite,
  retryAfterMs,
} from '../../../../../src/frontends/grpc/messages/error-map.ts';
import { statusOfRefusal } from '../../../../../src/frontends/grpc/messages/status.ts';
import { errorCatalogue, refused, type ErrorCode } from '../../../../../src/model/error-code.ts';
import type { AnswerMeta } from '../../../../../src/service/call.ts';
import { richErrorOf } from '../../../../support/grpc-client.ts';

const meta: AnswerMeta = {
  zxid: { epoch: 1, counter: 5 },
  role: 'follower',
  leaderContactMs: 12.4,
};

/** What outsiders script against: a change here is a change for them. */
const statuses: Record<ErrorCode, keyof typeof status> = {
  noNode: 'NOT_FOUND',
  noParent: 'FAILED_PRECONDITION',
  nodeExists: 'ALREADY_EXISTS',
  notEmpty: 'FAILED_PRECONDITION',
  badVersion: 'ABORTED',
  noChildrenForEphemerals: 'FAILED_PRECONDITION',
  badArguments: 'INVALID_ARGUMENT',
  invalidAcl: 'INVALID_ARGUMENT',
  noAuth: 'PERMISSION_DENIED',
  authFailed: 'UNAUTHENTICATED',
  sessionExpired: 'FAILED_PRECONDITION',
  sessionMoved: 'ABORTED',
  tooLarge: 'RESOURCE_EXHAUSTED',
  sequenceExhausted: 'FAILED_PRECONDITION',
  keyReused: 'INVALID_ARGUMENT',
  fenced: 'ABORTED',
  lockHeld: 'FAILED_PRECONDITION',
  lockLost: 'FAILED_PRECONDITION',
  lockMixed: 'FAILED_PRECONDITION',
  cannotHandOver: 'FAILED_PRECONDITION',
  noMember: 'NOT_FOUND',
  memberExists: 'ALREADY_EXISTS',
  newConfigNoQuorum: 'FAILED_PRECONDITION',
  reconfigInProgress: 'ABORTED',
  levelTooLow: 'FAILED_PRECONDITION',
  cannotRaiseLevel: 'FAILED_PRECONDITION',
  compacted: 'OUT_OF_RANGE',
  rolledBack: 'ABORTED',
  noQuorum: 'UNAVAILABLE',
  throttled: 'RESOURCE_EXHAUSTED',
  noSpace: 'RESOURCE_EXHAUSTED',
  quotaExceeded: 'RESOURCE_EXHAUSTED',
  behind: 'UNAVAILABLE',
  connectionLoss: 'DEADLINE_EXCEEDED',
  timeout: 'DEADLINE_EXCEEDED',
  unimplemented: 'UNIMPLEMENTED',
  shuttingDown: 'UNAVAILABLE',
  internal: 'INTERNAL',
};

describe('grpc: errors', () => {
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    it(`says ${code} as a status with an ErrorInfo`, () => {
      const error = richErrorOf(statusOfRefusal(refused(code, `what to do: ü`), meta));
      assert.equal(error.code, status[statuses[code]]);
      assert.equal(error.detail, 'what to do: ü');
      assert.equal(error.reason, code.toUpperCase());
      assert.equal(error.domain, 'quoll');
      const { zkCode, retryable, applied } = errorCatalogue[code];
      assert.deepEqual(error.facts, {
        zkCode: String(zkCode),
        retryable: String(retryable),
        applied,
        zxid: String(2n ** 40n + 5n),
        role: 'follower',
        leaderContactMs: '12',
      });
      assert.equal(error.retryAfterSeconds, retryAfterMs(code) === undefined ? undefined : 1);
    });
  }

  it('says in which cases to come back, as REST does', () => {
    const passing = (Object.keys(errorCatalogue) as ErrorCode[]).filter(
      (code) => retryAfterMs(code) !== undefined,
    );
    assert.deepEqual(passing.sort(), ['behind', 'noQuorum', 'shuttingDown', 'throttled']);
  });

  it('tells path, limit, size and the operation that failed', () => {
    const refusal = refused('tooLarge', 'x', { path: '/a', limit: 3, actual: 4, failedIndex: 0 });
    const { facts } = richErrorOf(
      statusOfRefusal(refusal, { ...meta, leaderContactMs: undefined }),
    );
    assert.equal(facts['path'], '/a');
    assert.equal(facts['limit'], '3');
    assert.equal(facts['actual'], '4');
    assert.equal(facts['failedIndex'], '0');
    assert.ok(!('leaderContactMs' in facts));
  });

  it('never says more than is known of whether it was applied', () => {
    const lost = refused('timeout', 'x');
    assert.equal(describeRefusal(lost).applied, 'unknown');
    assert.equal(describeRefusal(lost).retryable, false);
    const read = describeRefusal(refusedRead(lost));
    assert.deepEqual([read.applied, read.retryable], ['no', true]);
    const keyed = describeRefusal(refusedWrite(lost, true));
    assert.deepEqual([keyed.applied, keyed.retryable], ['unknown', true]);
    const bare = describeRefusal(refusedWrite(lost, false));
    assert.deepEqual([bare.applied, bare.retryable], ['unknown', false]);
    const sure = describeRefusal(refusedWrite({ ...lost, applied: 'no' }, false));
    assert.deepEqual([sure.applied, sure.retryable], ['no', true]);
  });
});
