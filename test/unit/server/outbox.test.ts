import assert from 'node:assert/strict';
import { connectionId } from '../../../src/model/ids.ts';
import { emptyLog } from '../../../src/model/log-entry.ts';
import { zxid } from '../../../src/model/zxid.ts';
import type { PeerNetwork } from '../../../src/ports/peer-network.ts';
import type { Store, StoredSnapshot } from '../../../src/ports/store.ts';
import { Outbox } from '../../../src/server/outbox.ts';
import { defaultServerTuning } from '../../../src/server/server-options.ts';

const to = connectionId(1);
const snapshot: StoredSnapshot = {
  at: { ...emptyLog, zxid: zxid(1, 5) },
  ...{ chunks: 0, bytes: 0, sha256: new Uint8Array(32), membership: null },
};

/** The outbox on a network that takes everything and a store whose log is empty. */
function anOutbox(): { readonly outbox: Outbox; readonly seen: string[] } {
  const seen: string[] = [];
  const network: Pick<PeerNetwork, 'send' | 'queuedBytes'> = {
    send: (_connection, message) => {
      seen.push(message.kind);
    },
    queuedBytes: () => 0,
  };
  const store: Pick<Store, 'readLog'> = {
    readLog: (_range, done) => {
      done([]);
    },
  };
  const outbox = new Outbox({
    network: network as PeerNetwork,
    store: store as Store,
    tuning: defaultServerTuning,
    snapshots: {
      borrow: (_notBelow, done) => {
        done(snapshot);
      },
      giveBack: () => {
        seen.push('given back');
      },
    },
    close: (connection) => {
      seen.push('closed');
      outbox.drop(connection);
    },
    progress: () => undefined,
  });
  return { outbox, seen };
}

describe('Outbox', () => {
  const bulk = { to, item: 'snapshot', upTo: zxid(1, 9), commit: zxid(1, 9) } as const;

  it('sends a snapshot, then what waits behind it', () => {
    const { outbox, seen } = anOutbox();
    outbox.send({ ...bulk, notBelow: zxid(1, 5) });
    outbox.send({ to, item: 'message', message: { kind: 'commit', zxid: zxid(1, 9) } });
    assert.deepEqual(seen, ['snap', 'given back', 'snapEnd', 'commit']);
  });

  it('closes the connection rather than send a snapshot older than what the learner has', () => {
    const { outbox, seen } = anOutbox();
    outbox.send({ ...bulk, notBelow: zxid(1, 6) });
    assert.deepEqual(seen, ['closed', 'given back']);
  });
});
