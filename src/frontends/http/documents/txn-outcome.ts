import type { ErrorCode } from '../../../model/error-code.ts';
import type { MultiRequest, TreeOp, WriteOutcome } from '../../../model/request.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import { codeName, describeCode } from '../exchange/error-map.ts';
import { Problem, problemOf, type OpVerdict } from '../exchange/problem.ts';
import type { SizedDocument } from '../exchange/large-answer.ts';
import { encodeResult } from './encode.ts';
import { arrayParts, objectParts } from './parts.ts';

/** Refusals that another state of the tree would have spared: a transaction gives them all as 409. */
const conflicts: readonly ErrorCode[] = [
  'noNode',
  'noParent',
  'nodeExists',
  'notEmpty',
  'badVersion',
  'noChildrenForEphemerals',
];

/** What one result has: its stat, for the most part. */
const resultBytes = 400;

/** Makes the document of what a transaction came to. */
export function outcomeDocument({ zxid, branch, results }: WriteOutcome): SizedDocument {
  const head = { zxid: zxidToDecimal(zxid), branch: branch === 'orElse' ? 'else' : branch };
  return {
    bytes: results.reduce((sum, { path }) => sum + path.length + resultBytes, 0),
    document: () => ({ ...head, results: results.map(encodeResult) }),
    parts: () =>
      objectParts([
        ...Object.entries(head),
        ['results', () => arrayParts(results, (result) => JSON.stringify(encodeResult(result)))],
      ]),
  };
}

/** Adds to a refused transaction what ZooKeeper would say of each op: fine until then, the refusal, undone with it. */
export function refusedTxn(error: unknown, request: MultiRequest): unknown {
  const problem = problemOf(error);
  const failedIndex = problem?.fields.failedIndex;
  if (problem === undefined || failedIndex === undefined) return error;
  const ops = request.orElse ?? request.ops;
  const results = ops.map((op, index) => verdict(op, index - failedIndex, problem));
  const isConflict = conflicts.some((code) => code === problem.code);
  return new Problem(problem.code, problem.message, {
    ...problem.fields,
    results,
    ...(isConflict && { status: 409 }),
  });
}

function verdict(op: TreeOp, distance: number, problem: Problem): OpVerdict {
  const named = { op: op.op === 'check' && op.absent ? 'checkAbsent' : op.op, path: op.path };
  if (distance < 0) return { ...named, code: 'OK', zkCode: 0 };
  const code = distance === 0 ? problem.code : 'rolledBack';
  return { ...named, code: codeName(code), zkCode: describeCode(code).zkCode };
}
