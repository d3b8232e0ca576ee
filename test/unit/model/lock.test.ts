import assert from 'node:assert/strict';
import { contenderPrefix, parseContenderName, type LockMode } from '../../../src/model/lock.ts';
import { keyOf } from '../../support/state/locks.ts';

describe('names of contenders', () => {
  it('are read back as they are written', () => {
    const modes: LockMode[] = ['exclusive', 'read', 'semaphore'];
    for (const dialect of ['curator', 'kazoo'] as const) {
      for (const mode of modes) {
        if (mode === 'semaphore' && dialect === 'kazoo') continue;
        const permits = mode === 'semaphore' ? { permits: 7 } : {};
        const name = `${contenderPrefix(keyOf(255), { mode, dialect, ...permits })}0000000012`;
        const parsed = parseContenderName(name);
        assert.deepEqual(parsed, { dialect, mode, ...permits, sequence: 12, key: keyOf(255) });
      }
    }
  });

  it("of ZooKeeper's recipes are known, and others as foreign", () => {
    const dialects = [
      ['_c_0f9a6c1e-2d7b-4f10-8a53-0c9be2f4d711-lock-0000000001', 'curator', 'exclusive'],
      ['lock-0000000001', 'curator', 'exclusive'],
      ['0f9a6c1e2d7b4f108a530c9be2f4d711__lock__0000000001', 'kazoo', 'exclusive'],
      ['0f9a6c1e2d7b4f108a530c9be2f4d711__rlock__0000000001', 'kazoo', 'read'],
      ['_c_0f9a6c1e-2d7b-4f10-8a53-0c9be2f4d711-__WRIT__0000000001', 'foreign', 'exclusive'],
      ['n_0000000001', 'foreign', 'exclusive'],
      ['-permits-0-lease-0000000001', 'foreign', 'exclusive'],
    ] as const;
    for (const [name, dialect, mode] of dialects) {
      const parsed = parseContenderName(name);
      assert.deepEqual([parsed?.dialect, parsed?.mode], [dialect, mode], name);
    }
    for (const name of ['leases', 'lock-', 'lock-000000001']) {
      assert.equal(parseContenderName(name), undefined, name);
    }
  });
});
