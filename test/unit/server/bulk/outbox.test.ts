import assert from 'node:assert/strict';
import { connectionId } from '../../../../src/model/ids.ts';
import { emptyLog, type LogEntry } from '../../../../src/model/log-entry.ts';
import { zxid, type Zxid } from '../../../../src/model/zxid.ts';
import type { PeerNetwork } from '../../../../src/ports/peer-network.ts';
import type { LogRange, Store, StoredSnapshot } from '../../../../src/ports/store.ts';
import { Outbox } from '../../../../src/server/bulk/outbox.ts';
import { defaultServerTuning } from '../../../../src/server/tuning.ts';
import { HandClock } from '../../../support/hand-clock.ts';

const to = connectionId(1);
const snapshot: StoredSnapshot = {
  at: { ...emptyLog, zxid: zxid(1, 5) },
  chunks: 0,
  bytes: 0,
  sha256: new Uint8Array(32),
  membership: null,
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
    clock: new HandClock(),
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
  const bulk = {
    to,
    item: 'snapshot',
    upTo: zxid(1, 9),
    commit: zxid(1, 9),
    learnerEnd: zxid(1, 5),
  } as const;

  it('sends a snapshot, then what waits behind it', () => {
    const { outbox, seen } = anOutbox();
    outbox.send({ ...bulk, notBelow: zxid(1, 5) });
    outbox.send({ to, item: 'message', message: { kind: 'commit', zxid: zxid(1, 9) } });
    assert.deepEqual(seen, ['snap', 'given back', 'snapEnd', 'commit']);
  });

  it('sends what is too much for one message in several, and no commit ahead of its entry', () => {
    const sent: [kind: string, counters: number[], commit: number | undefined][] = [];
    const network: Pick<PeerNetwork, 'send'> = {
      send: (_connection, message) => {
        assert(message.kind === 'proposal' || message.kind === 'inform');
        const counters = message.entries.map((entry) => entry.zxid.counter);
        sent.push([
          message.kind,
          counters,
          'commit' in message ? message.commit.counter : undefined,
        ]);
      },
    };
    const outbox = new Outbox({
      clock: new HandClock(),
      network: network as PeerNetwork,
      store: undefined as never,
      tuning: { ...defaultServerTuning, logPieceBytes: 25 },
      snapshots: undefined as never,
      close: () => undefined,
      progress: () => undefined,
    });
    const entries = [10, 10, 10, 40, 5].map((bytes, index) => ({
      zxid: zxid(1, index + 1),
      kind: 'txn' as const,
      payload: new Uint8Array(bytes),
      chain: emptyLog.chain,
    }));
    outbox.send({
      to,
      item: 'message',
      message: { kind: 'proposal', entries, commit: zxid(1, 3) },
    });
    outbox.send({ to, item: 'message', message: { kind: 'inform', entries } });
    assert.deepEqual(sent, [
      ['proposal', [1, 2], 2],
      ['proposal', [3], 3],
      ['proposal', [4], 3],
      ['proposal', [5], 3],
      ['inform', [1, 2], undefined],
      ['inform', [3], undefined],
      ['inform', [4], undefined],
      ['inform', [5], undefined],
    ]);
  });

  /** What it sent, in words, of a log whose every entry has 100 bytes, to who may be ahead by 300. */
  function sendingAhead(): { readonly outbox: Outbox; readonly sent: (number | string)[] } {
    const sent: (number | string)[] = [];
    const outbox = new Outbox({
      clock: new HandClock(),
      network: {
        send: (_: unknown, message: { kind: string; entries?: readonly { zxid: Zxid }[] }) => {
          sent.push(message.entries?.[0]?.zxid.counter ?? message.kind);
        },
        queuedBytes: () => 0,
      } as unknown as PeerNetwork,
      store: {
        readLog: ({ after }: LogRange, done: (entries: readonly LogEntry[]) => void) => {
          const at = zxid(1, after.counter + 1);
          done([{ zxid: at, kind: 'txn', payload: new Uint8Array(100), chain: emptyLog.chain }]);
        },
      } as unknown as Store,
      tuning: { ...defaultServerTuning, historyAheadBytes: 300 },
      snapshots: {
        borrow: (_notBelow, done) => {
          done(snapshot);
        },
        giveBack: () => undefined,
      },
      close: () => undefined,
      progress: () => undefined,
    });
    return { outbox, sent };
  }

  it('sends no more of the log than the learner can take, and goes on as it does', () => {
    const { outbox, sent } = sendingAhead();
    const range = { to, item: 'logRange', after: zxid(1, 0), upTo: zxid(1, 9) } as const;
    outbox.send({ ...range, commit: zxid(1, 6) });
    assert.deepEqual(sent, [1, 2, 3, 4], 'as much as may be ahead, and one to find that out');
    outbox.onTaken(to, { durable: zxid(1, 4), applied: zxid(1, 1) });
    assert.deepEqual(sent, [1, 2, 3, 4, 5], 'what is committed must be applied');
    outbox.onTaken(to, { durable: zxid(1, 5), applied: zxid(1, 5) });
    outbox.onTaken(to, { durable: zxid(1, 8), applied: zxid(1, 6) });
    assert.deepEqual(sent, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('sends no more behind a snapshot either, but what the learner takes over with it', () => {
    const { outbox, sent } = sendingAhead();
    outbox.send({ ...bulk, upTo: zxid(1, 15), notBelow: zxid(1, 5), learnerEnd: zxid(1, 7) });
    const first = ['snap', 'snapEnd', 6, 7, 8, 9, 10, 11];
    assert.deepEqual(sent, first, 'of what is behind 7 as much as may be ahead, and one');
    outbox.onTaken(to, { durable: zxid(1, 11), applied: zxid(1, 9) });
    assert.deepEqual(sent, [...first, 12, 13, 14, 15]);
  });

  it('does not gather proposals without bound behind a history that takes its time', () => {
    const closed: string[] = [];
    const outbox = new Outbox({
      clock: new HandClock(),
      network: { send: () => undefined } as unknown as PeerNetwork,
      store: { readLog: () => undefined } as unknown as Store,
      tuning: { ...defaultServerTuning, behindBulkBytesMax: 300 },
      snapshots: undefined as never,
      close: (connection, reason) => {
        closed.push(reason.code);
        outbox.drop(connection);
      },
      progress: () => undefined,
    });
    const payload = new Uint8Array(60);
    const entries = [{ zxid: zxid(1, 9), kind: 'txn' as const, payload, chain: emptyLog.chain }];
    const message = { kind: 'proposal', entries, commit: zxid(1, 8) } as const;
    outbox.send({ to, item: 'logRange', after: zxid(1, 1), upTo: zxid(1, 8), commit: zxid(1, 8) });
    outbox.send({ to, item: 'message', message });
    assert.deepEqual(closed, []);
    outbox.send({ to, item: 'message', message });
    assert.deepEqual(closed, ['slow']);
  });

  it('sends what has waited in slices, and in order with what comes meanwhile', () => {
    const clock = new HandClock();
    const sent: number[] = [];
    let found: (entries: readonly LogEntry[]) => void = () => undefined;
    const outbox = new Outbox({
      clock,
      network: {
        send: (_: unknown, message: { zxid: Zxid }) => {
          sent.push(message.zxid.counter);
          clock.ms += 1;
        },
      } as unknown as PeerNetwork,
      store: {
        readLog: (_range: LogRange, done: typeof found) => (found = done),
      } as unknown as Store,
      tuning: { ...defaultServerTuning, sliceMs: 2 },
      snapshots: undefined as never,
      close: () => undefined,
      progress: () => undefined,
    });
    const commit = (counter: number): void => {
      outbox.send({ to, item: 'message', message: { kind: 'commit', zxid: zxid(1, counter) } });
    };
    outbox.send({ to, item: 'logRange', after: zxid(1, 1), upTo: zxid(1, 8), commit: zxid(1, 8) });
    for (const counter of [1, 2, 3]) commit(counter);
    found([]);
    assert.deepEqual(sent, [1, 2]);
    commit(4);
    commit(5);
    assert.deepEqual(sent, [1, 2]);
    while (clock.turn());
    assert.deepEqual(sent, [1, 2, 3, 4, 5]);
    commit(6);
    assert.deepEqual(sent, [1, 2, 3, 4, 5, 6]);
  });

  it('closes the connection rather than send a snapshot older than what the learner has', () => {
    const { outbox, seen } = anOutbox();
    outbox.send({ ...bulk, notBelow: zxid(1, 6) });
    assert.deepEqual(seen, ['closed', 'given back']);
  });
});
