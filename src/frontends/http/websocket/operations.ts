import { authOperations } from './auth-operations.ts';
import { lockOperations } from './lock-operations.ts';
import type { Operation } from './operation.ts';
import { sessionOperations } from './session-operations.ts';
import { watchOperations } from './watch-operations.ts';
import { znodeOperations } from './znode-operations.ts';

/** Holds the operation of every `op` of a client's message. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  Object.entries({
    ...znodeOperations,
    ...watchOperations,
    ...sessionOperations,
    ...lockOperations,
    ...authOperations,
  }),
);

export const operationNames: readonly string[] = [...operations.keys()];
