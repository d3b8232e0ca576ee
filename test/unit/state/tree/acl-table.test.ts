import assert from 'node:assert/strict';
import { openAcl, type Acl } from '../../../../src/model/acl.ts';
import { AclTable } from '../../../../src/state/tree/acl-table.ts';

const world = (permissions: number): Acl => [{ permissions, scheme: 'world', id: 'anyone' }];

describe('the table of ACLs', () => {
  it('keeps equal ACLs once and lets go of what nobody has', () => {
    const table = new AclTable();
    const first = table.acquire(world(1));
    assert.equal(table.acquire(world(1)), first);
    assert.notEqual(table.acquire(world(2)), first);
    table.release(first);
    assert.deepEqual(table.acl(first), world(1));
    table.release(first);
    assert.throws(() => table.acl(first), /interned/);
  });

  it('gives an ACL that comes back a new id, also as the very same object', () => {
    const table = new AclTable();
    const acl = world(1);
    const first = table.acquire(acl);
    table.release(first);
    const second = table.acquire(acl);
    assert.notEqual(second, first);
    assert.deepEqual(table.acl(second), acl);
  });

  it('keeps copies: what a caller does to its own changes nothing', () => {
    const table = new AclTable();
    const entry = { permissions: 1, scheme: 'world', id: 'anyone' };
    const id = table.acquire([entry]);
    entry.permissions = 31;
    assert.deepEqual(table.acl(id), world(1));
    assert.equal(table.acl(table.acquire(world(31))), openAcl);
  });

  it('does not mix up entries that look alike when run together', () => {
    const table = new AclTable();
    const left = table.acquire([{ permissions: 1, scheme: 'digest', id: 'a1 5 world6 anyone' }]);
    const right = table.acquire([
      { permissions: 1, scheme: 'digest', id: 'a' },
      { permissions: 1, scheme: 'world', id: 'anyone' },
    ]);
    assert.notEqual(left, right);
    assert.notEqual(table.hash(left), table.hash(right));
  });
});
