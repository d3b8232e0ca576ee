import { InvariantViolated } from '../node-view.ts';

/** What a register's znode is: absent, or a value under a version. */
export type RegisterState = { readonly value: string; readonly version: number } | undefined;

export type RegisterOp =
  | { readonly op: 'read' }
  | { readonly op: 'set'; readonly value: string }
  | { readonly op: 'cas'; readonly value: string; readonly version: number }
  | { readonly op: 'create'; readonly value: string }
  | { readonly op: 'delete' };

export type RegisterAnswer =
  | { readonly answer: 'read'; readonly state: RegisterState }
  /** Done; the version that it gave, where there is one. */
  | { readonly answer: 'done'; readonly version: number | undefined }
  | { readonly answer: 'refused'; readonly code: 'noNode' | 'nodeExists' | 'badVersion' };

export interface RegisterCall {
  readonly op: RegisterOp;
  readonly calledAt: number;
  /** Undefined for an outcome that nobody knows: perhaps done, at any time after the call, or never. */
  readonly answer: RegisterAnswer | undefined;
  readonly answeredAt: number;
}

/** The state after the op, or `impossible` when the op could not give this answer here. */
function step(state: RegisterState, { op, answer }: RegisterCall): RegisterState | 'impossible' {
  if (op.op === 'read') {
    if (answer === undefined) return state;
    const seen = answer.answer === 'read' ? answer.state : undefined;
    return seen?.value === state?.value && seen?.version === state?.version ? state : 'impossible';
  }
  const { after, code } = outcome(state, op);
  if (answer === undefined) return after;
  if (answer.answer === 'refused') return answer.code === code ? state : 'impossible';
  if (answer.answer === 'read' || code !== undefined) return 'impossible';
  return answer.version === after?.version ? after : 'impossible';
}

function outcome(
  state: RegisterState,
  op: Exclude<RegisterOp, { op: 'read' }>,
): { after: RegisterState; code: 'noNode' | 'nodeExists' | 'badVersion' | undefined } {
  switch (op.op) {
    case 'set':
      return { after: { value: op.value, version: (state?.version ?? -1) + 1 }, code: undefined };
    case 'cas':
      if (state === undefined) return { after: state, code: 'noNode' };
      if (state.version !== op.version) return { after: state, code: 'badVersion' };
      return { after: { value: op.value, version: state.version + 1 }, code: undefined };
    case 'create':
      if (state !== undefined) return { after: state, code: 'nodeExists' };
      return { after: { value: op.value, version: 0 }, code: undefined };
    case 'delete':
      return { after: undefined, code: state === undefined ? 'noNode' : undefined };
  }
}

/**
 * H1: Wing and Gong's search, with Lowe's memory of what was tried. Looks for one order of the calls, each between its
 * call and its answer, in which every answer is right.
 */
export function isLinearizable(calls: readonly RegisterCall[]): boolean {
  const inOrder = [...calls].sort((left, right) => left.calledAt - right.calledAt);
  const known = inOrder.filter(({ answer }) => answer !== undefined).length;
  const tried = new Set<string>();
  const search = (done: ReadonlySet<number>, knownDone: number, state: RegisterState): boolean => {
    if (knownDone === known) return true;
    const key = `${[...done].sort((a, b) => a - b).join(',')}|${state?.value ?? ''}|${String(state?.version)}`;
    if (tried.has(key)) return false;
    tried.add(key);
    let earliestAnswer = Number.POSITIVE_INFINITY;
    for (const [index, call] of inOrder.entries()) {
      if (!done.has(index)) earliestAnswer = Math.min(earliestAnswer, call.answeredAt);
    }
    for (const [index, call] of inOrder.entries()) {
      if (call.calledAt > earliestAnswer) break;
      if (done.has(index)) continue;
      const after = step(state, call);
      if (after === 'impossible') continue;
      const next = knownDone + (call.answer === undefined ? 0 : 1);
      if (search(new Set(done).add(index), next, after)) return true;
    }
    return false;
  };
  return search(new Set(), 0, undefined);
}

export function checkLinearizable(key: string, calls: readonly RegisterCall[]): void {
  if (isLinearizable(calls)) return;
  const lines = [...calls]
    .sort((left, right) => left.calledAt - right.calledAt)
    .map(
      ({ op, answer, calledAt, answeredAt }) =>
        `${calledAt.toFixed(1)}..${answeredAt.toFixed(1)} ${JSON.stringify(op)} ${JSON.stringify(answer)}`,
    );
  throw new InvariantViolated('H1', `${key} is not linearizable:\n${lines.join('\n')}`);
}
