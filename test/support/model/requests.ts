import { utf8 } from '../../../src/base/bytes.ts';
import { openAcl, type Acl } from '../../../src/model/acl.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import {
  anyVersion,
  type CheckOp,
  type CreateOp,
  type DeleteOp,
  type MultiRequest,
  type SetAclOp,
  type SetOp,
  type TreeOp,
} from '../../../src/model/request.ts';

// What clients ask for, with the plainest value for all that a test does not name. The simulator builds on this folder,
// so it knows nothing but the model.

type Data = string | Uint8Array | null;

/** Takes the text for a path as it is, a wrong one too. */
export function path(text: string): ZnodePath {
  return text as ZnodePath;
}

/** Makes a create: persistent, open to anyone, with no bytes of data. */
export function create(
  at: string,
  { data = '', ...more }: Partial<Omit<CreateOp, 'data'>> & { readonly data?: Data } = {},
): CreateOp {
  return {
    op: 'create',
    path: path(at),
    data: dataOf(data),
    acl: openAcl,
    kind: 'persistent',
    sequential: false,
    parents: false,
    ...more,
  };
}

/** Makes a set at any version. */
export function set(at: string, data: Data, more: Partial<Omit<SetOp, 'data'>> = {}): SetOp {
  return { op: 'set', path: path(at), data: dataOf(data), expected: anyVersion, ...more };
}

/** Makes a delete at any version, of one znode alone. */
export function remove(at: string, more: Partial<DeleteOp> = {}): DeleteOp {
  return { op: 'delete', path: path(at), expected: anyVersion, recursive: false, ...more };
}

export function setAcl(at: string, acl: Acl, aversion = -1): SetAclOp {
  return { op: 'setAcl', path: path(at), acl, aversion };
}

/** Makes a check that the znode is there, at any version. */
export function check(at: string, more: Partial<CheckOp> = {}): CheckOp {
  return { op: 'check', path: path(at), expected: anyVersion, absent: false, ...more };
}

/** Makes a request of this op alone. */
export function single(op: TreeOp): MultiRequest {
  return { kind: 'multi', single: true, ops: [op] };
}

/** Makes a transaction. */
export function multi(ops: readonly TreeOp[], orElse?: readonly TreeOp[]): MultiRequest {
  return { kind: 'multi', single: false, ops, ...(orElse === undefined ? {} : { orElse }) };
}

/** Makes a request as a client does it: one op alone, more of them as a transaction. */
export function requestOf(...ops: readonly TreeOp[]): MultiRequest {
  return { kind: 'multi', single: ops.length === 1, ops };
}

function dataOf(data: Data): Uint8Array | null {
  return typeof data === 'string' ? utf8(data) : data;
}
