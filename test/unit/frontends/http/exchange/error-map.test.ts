import assert from 'node:assert/strict';
import { errorCatalogue, refused, type ErrorCode } from '../../../../../src/model/error-code.ts';
import {
  codeName,
  describeCode,
  statusOfCode,
} from '../../../../../src/frontends/http/exchange/error-map.ts';
import {
  Problem,
  problemBody,
  problemHeaders,
  problemOf,
  problemOfRefusal,
} from '../../../../../src/frontends/http/exchange/problem.ts';
import { ServiceError } from '../../../../../src/service/service-error.ts';
import { checkValue, contract, type JsonObject } from '../../../../support/contract.ts';

const write = { instance: '/v1/nodes/a', changesState: true, hasIdempotencyKey: false };
const read = { ...write, changesState: false };
const codes = Object.keys(errorCatalogue) as ErrorCode[];

function bodyOf(problem: Problem, request = write): JsonObject {
  return JSON.parse(problemBody(problem, request)) as JsonObject;
}

describe('rest error map', () => {
  it('gives every code of the catalogue a problem that the contract allows', () => {
    for (const code of codes) {
      const body = bodyOf(problemOfRefusal(refused(code, 'what to do')));
      checkValue(code, contract.components.schemas['Problem'] ?? {}, body);
      assert.equal(body['status'], statusOfCode[code]);
      assert.equal(body['code'], codeName(code));
      assert.equal(body['zkCode'], errorCatalogue[code].zkCode);
    }
  });

  it('spells codes as ZooKeeper does', () => {
    assert.equal(codeName('badVersion'), 'BADVERSION');
    assert.equal(codeName('noChildrenForEphemerals'), 'NOCHILDRENFOREPHEMERALS');
  });

  it('says by status whether a write surely was not done', () => {
    for (const code of codes) {
      const { status, applied } = describeCode(code);
      if ([429, 503, 507].includes(status)) assert.equal(applied, 'no', code);
      if (status === 504) assert.equal(applied, 'unknown', code);
    }
  });

  it('carries what the refusal says, and nothing of its own', () => {
    const body = bodyOf(
      problemOfRefusal(
        refused('tooLarge', 'split it', { path: '/a', limit: 10, actual: 11, applied: 'no' }),
      ),
    );
    assert.deepEqual(body, {
      type: 'urn:quoll:error:TOOLARGE',
      title: 'The request is too large',
      status: 413,
      detail: 'split it',
      instance: '/v1/nodes/a',
      code: 'TOOLARGE',
      zkCode: -8,
      retryable: false,
      applied: 'no',
      path: '/a',
      limit: 10,
      actual: 11,
    });
  });

  it('calls a lost answer repeatable only where a repeat can do no harm', () => {
    for (const code of ['timeout', 'connectionLoss'] as const) {
      const problem = problemOfRefusal(refused(code, 'try again'));
      const outcome = (request: typeof write): unknown[] => {
        const body = bodyOf(problem, request);
        return [body['applied'], body['retryable']];
      };
      assert.deepEqual(outcome(write), ['unknown', false]);
      assert.deepEqual(outcome({ ...write, hasIdempotencyKey: true }), ['unknown', true]);
      assert.deepEqual(outcome(read), ['no', true]);
    }
  });

  it('says when to come again, and how to say who asks', () => {
    assert.deepEqual(problemHeaders(problemOfRefusal(refused('noQuorum', 'wait'))), {
      'Retry-After': '1',
    });
    assert.deepEqual(problemHeaders(problemOfRefusal(refused('throttled', 'wait'))), {
      'Retry-After': '1',
    });
    assert.deepEqual(problemHeaders(problemOfRefusal(refused('authFailed', 'no'))), {
      'WWW-Authenticate': 'Session realm="quoll"',
    });
    assert.deepEqual(problemHeaders(new Problem('noNode', 'none')), {});
  });

  it('takes a ServiceError for the refusal it holds, and nothing else', () => {
    assert.equal(problemOf(new ServiceError(refused('noNode', 'none')))?.code, 'noNode');
    assert.equal(problemOf(new Error('ours')), undefined);
  });
});
