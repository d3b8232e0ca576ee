import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SqliteStore } from '../../../src/adapters/sqlite/store.ts';
import { serverId } from '../../../src/model/ids.ts';
import { describeSnapshots } from './snapshots.contract.ts';
import type { StoreDisk } from './store-starter.ts';
import { describeStore } from './store.contract.ts';

function makeDisk(): StoreDisk {
  const root = mkdtempSync(join(tmpdir(), 'quoll-store-'));
  return {
    open: (id = 1) =>
      new SqliteStore({ directory: join(root, 'data'), serverId: serverId(id), reserveBytes: 0 }),
    dispose: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

describeStore('SQLite in a thread', makeDisk);
describeSnapshots('SQLite in a thread', makeDisk);
