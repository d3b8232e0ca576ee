import assert from 'node:assert/strict';
import { openAcl } from '../../../src/model/acl.ts';
import { defaultLimits, type Limits } from '../../../src/model/limits.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import { anyVersion, type CreateOp, type TreeOp } from '../../../src/model/request.ts';
import {
  clampSessionTimeout,
  validateMulti,
  validateQuery,
  validateTimeout,
} from '../../../src/service/validate.ts';
import { create } from '../../support/model/requests.ts';

const limits: Limits = {
  ...defaultLimits,
  dataBytesMax: 10,
  pathBytesMax: 30,
  pathDepthMax: 3,
  opsPerMultiMax: 2,
};

function creating(more: Parameters<typeof create>[1] = {}): CreateOp {
  return create('/a', { data: new Uint8Array(10), ...more });
}

function check(ops: readonly TreeOp[], key?: string, given = limits): unknown {
  const refusal = validateMulti({ kind: 'multi', single: ops.length === 1, ops }, key, given);
  if (refusal === undefined) return undefined;
  const { code, limit, actual, failedIndex } = refusal;
  return [code, limit, actual, failedIndex];
}

describe('validation', () => {
  it('lets through what is at the limit and refuses what is one above', () => {
    assert.equal(check([creating()]), undefined);
    assert.deepEqual(check([creating({ data: new Uint8Array(11) })]), [
      'tooLarge',
      10,
      11,
      undefined,
    ]);
    assert.equal(check([creating({ path: `/${'ä'.repeat(14)}` as ZnodePath })]), undefined);
    assert.deepEqual(check([creating({ path: `/${'ä'.repeat(15)}` as ZnodePath })]), [
      'tooLarge',
      30,
      31,
      undefined,
    ]);
    assert.equal(check([creating({ path: '/a/b/c' as ZnodePath })]), undefined);
    assert.deepEqual(check([creating({ path: '/a/b/c/d' as ZnodePath })]), [
      'tooLarge',
      3,
      4,
      undefined,
    ]);
    assert.equal(check([creating(), creating()]), undefined);
    assert.deepEqual(check([creating(), creating(), creating()]), ['tooLarge', 2, 3, undefined]);
    const key = 'k'.repeat(limits.idempotencyKeyBytesMax);
    assert.equal(check([creating()], key), undefined);
    assert.deepEqual(check([creating()], `${key}k`), ['tooLarge', 255, 256, undefined]);
  });

  it('names the operation that is wrong in a transaction', () => {
    assert.deepEqual(check([creating(), creating({ data: new Uint8Array(11) })]), [
      'tooLarge',
      10,
      11,
      1,
    ]);
  });

  it('counts the whole request', () => {
    const small = { ...limits, requestBytesMax: 100 };
    assert.equal(check([creating()], undefined, small), undefined);
    const [code, limit] = check([creating(), creating()], undefined, small) as unknown[];
    assert.deepEqual([code, limit], ['tooLarge', 100]);
  });

  it('refuses what makes no sense', () => {
    assert.deepEqual(check([]), ['badArguments', undefined, undefined, undefined]);
    assert.deepEqual(check([creating()], ''), ['badArguments', undefined, undefined, undefined]);
    for (const bad of [
      creating({ ttlMs: 5 }),
      creating({ kind: 'ttl' }),
      creating({ kind: 'ttl', ttlMs: 0 }),
      creating({ kind: 'ttl', ttlMs: 2 ** 40 }),
      {
        op: 'delete',
        path: '/a' as ZnodePath,
        expected: { version: -2_147_483_649 },
        recursive: false,
      },
      { op: 'delete', path: '/a' as ZnodePath, expected: { version: 2 ** 31 }, recursive: false },
      { op: 'setAcl', path: '/a' as ZnodePath, acl: openAcl, aversion: 0.5 },
    ] satisfies TreeOp[]) {
      assert.deepEqual(
        check([bad]),
        ['badArguments', undefined, undefined, undefined],
        JSON.stringify(bad),
      );
    }
    assert.equal(check([creating({ kind: 'ttl', ttlMs: 2 ** 40 - 1 })]), undefined);
    assert.equal(
      check([{ op: 'check', path: '/a' as ZnodePath, expected: anyVersion, absent: false }]),
      undefined,
    );
  });

  it('bounds pages and timeouts', () => {
    const page = (limit: number): string | undefined =>
      validateQuery({ read: 'children', path: '/a' as ZnodePath, limit, withData: false }, limits)
        ?.code;
    assert.equal(page(limits.childrenPageMax), undefined);
    assert.equal(page(limits.childrenPageMax + 1), 'tooLarge');
    assert.equal(page(0), 'badArguments');
    assert.equal(page(1.5), 'badArguments');
    assert.equal(validateTimeout(1), undefined);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(validateTimeout(bad)?.code, 'badArguments');
    }
  });

  it('clamps session timeouts', () => {
    assert.equal(clampSessionTimeout(1, limits), 2_000);
    assert.equal(clampSessionTimeout(5_000.4, limits), 5_000);
    assert.equal(clampSessionTimeout(1e9, limits), 60_000);
  });
});
