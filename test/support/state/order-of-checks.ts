import { permission, type Acl } from '../../../src/model/acl.ts';
import type { TreeOp } from '../../../src/model/request.ts';
import { check, create, remove, set, setAcl } from '../model/requests.ts';

// Which error wins when two things are wrong: in the tree of `preparedTree`, for somebody who has proved nothing.

const readOnly: Acl = [{ permissions: permission.read, scheme: 'world', id: 'anyone' }];
const noAcl: Acl = [{ permissions: permission.all, scheme: 'world', id: 'someone' }];
const unreadable: Acl = [{ permissions: permission.write, scheme: 'world', id: 'anyone' }];
const stale = { version: 7 };

/** What it shows, the op, and the code that wins. */
export const orderOfChecks: [what: string, op: TreeOp, code: string][] = [
  [
    'create: TTL before ACL',
    create('/shut/x', { kind: 'ttl', ttlMs: 0, acl: noAcl }),
    'badArguments',
  ],
  ['create: ACL before parent', create('/none/x', { acl: noAcl }), 'invalidAcl'],
  ['create: ACL before permission', create('/shut/x', { acl: noAcl }), 'invalidAcl'],
  ['create: parent before all of it', create('/none/x'), 'noParent'],
  ['create: permission before existence', create('/shut/c'), 'noAuth'],
  ['create: existence', create('/open/c'), 'nodeExists'],
  ['set: existence before permission', set('/shut/none', 'x'), 'noNode'],
  ['set: permission before version', set('/shut', 'x', { expected: stale }), 'noAuth'],
  ['set: version', set('/open', 'x', { expected: stale }), 'badVersion'],
  ['delete: special paths before all', remove('/zookeeper', { expected: stale }), 'badArguments'],
  ['delete: parent before permission', remove('/none/x'), 'noNode'],
  ['delete: permission before existence', remove('/shut/none'), 'noAuth'],
  ['delete: existence before version', remove('/open/none', { expected: stale }), 'noNode'],
  ['delete: version before children', remove('/open', { expected: stale }), 'badVersion'],
  ['delete: children', remove('/open'), 'notEmpty'],
  ['setAcl: ACL before existence', setAcl('/none', noAcl), 'invalidAcl'],
  ['setAcl: existence before permission', setAcl('/shut/none', readOnly), 'noNode'],
  ['setAcl: permission before version', setAcl('/shut', readOnly, 7), 'noAuth'],
  ['setAcl: version', setAcl('/open', readOnly, 7), 'badVersion'],
  ['check: existence before permission', check('/unreadable/none'), 'noNode'],
  ['check: permission before version', check('/unreadable', { expected: stale }), 'noAuth'],
  ['check: version', check('/open', { expected: stale }), 'badVersion'],
];

/** What the table asks about, all by the open ACL at first. */
export const preparedTree: readonly TreeOp[] = [
  ...['/open', '/open/c', '/shut', '/shut/c', '/unreadable', '/free'].map((at) => create(at)),
  setAcl('/shut', readOnly),
  setAcl('/unreadable', unreadable),
];
