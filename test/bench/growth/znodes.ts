import type { Dimension, GrowthWork } from './dimension.ts';
import { Asking, askAll, type Requests } from './asking.ts';
import type { GrownPeer } from './grown-peer.ts';
import { create, deleteZnode, getChildren, getData, http, setData } from './requests.ts';

const perParent = 1_000;
const data = Buffer.alloc(100, 'x');
const connections = 16;
const depth = 16;

/** Znodes of 100 bytes in a tree, a thousand below each parent. */
export const znodes: Dimension = {
  name: 'znodes',
  unit: 'znode',
  sizes: [1_000, 10_000, 100_000, 1_000_000],
  quickSizes: [1_000, 3_000],
  // Often enough to see some, which are counted apart.
  lines: ['quoll.snapshot.afterTxns=50000'],
  async open(peer) {
    const askings = await openAll(() => Asking.zooKeeper(peer.process.zookeeper));
    let parents = 0;
    const anyParent = (): string => `/s${String(Math.floor(Math.random() * parents))}`;
    const anyZnode = (): string => `${anyParent()}/n${String(any(perParent - 1))}`;
    const asked =
      (requests: Requests, each = 1) =>
      (times: number) =>
        askAll(askings, times * each, depth, requests);
    return {
      works: [
        { what: 'get', times: 20_000, run: asked(() => getData(anyZnode())) },
        // What memory is near does not change with the size.
        {
          what: 'get, always below the same parent',
          times: 20_000,
          run: asked(() => getData(`/s0/n${String(any(perParent - 1))}`)),
        },
        { what: 'set', times: 8_000, run: asked(() => setData(anyZnode(), data)) },
        {
          what: 'set, always below the same parent',
          times: 8_000,
          run: asked(() => setData(`/s0/n${String(any(perParent - 1))}`, data)),
        },
        createAndDelete(asked, anyParent),
        { what: 'list of 999 names', times: 320, run: asked(() => getChildren(anyParent())) },
        {
          what: 'a snapshot',
          times: 1,
          growsWithSize: true,
          async prepare() {
            const { begun } = peer.snapshots;
            while (peer.snapshots.begun === begun) {
              await askAll(askings, 1_600, depth, () => setData(anyZnode(), data));
            }
          },
          run: () => peer.noSnapshot(),
        },
      ],
      async grow(size) {
        for (; parents < size / perParent; parents++) {
          await fill(peer, `/s${String(parents)}`, perParent - 1);
        }
      },
      close() {
        for (const asking of askings) asking.close();
      },
    };
  },
};

/** The children of one znode. */
export const children: Dimension = {
  name: 'children',
  unit: 'child without data',
  sizes: [10, 1_000, 100_000],
  quickSizes: [10, 1_000],
  async open(peer) {
    const askings = await openAll(() => Asking.zooKeeper(peer.process.zookeeper));
    const browsing = await openAll(() => Asking.http(peer.http));
    let count = 0;
    const asked =
      (requests: Requests, each = 1) =>
      (times: number) =>
        askAll(askings, times * each, depth, requests);
    const firstPage = http('GET', '/v1/nodes/p?children&limit=10');
    await txn(peer, [{ op: 'create', path: '/p', data: '' }]);
    return {
      works: [
        {
          what: 'get of a child',
          times: 20_000,
          run: asked(() => getData(`/p/n${String(any(count))}`)),
        },
        createAndDelete(asked, () => '/p'),
        {
          what: 'first page of ten, over HTTP',
          times: 3_200,
          run: (times) => askAll(browsing, times, 1, () => firstPage),
        },
        {
          what: 'list of all names',
          times: 16,
          growsWithSize: true,
          run: (times) => askAll(askings.slice(0, 1), times, 1, () => getChildren('/p')),
        },
      ],
      async grow(size) {
        while (count < size) {
          const next = Math.min(perParent, size - count);
          const from = count;
          const ops = Array.from({ length: next }, (_, index) => ({
            op: 'create',
            path: `/p/n${String(from + index)}`,
            data: '',
          }));
          await txn(peer, ops);
          count += next;
        }
      },
      close() {
        for (const asking of [...askings, ...browsing]) asking.close();
      },
    };
  },
};

export function openAll(open: () => Promise<Asking>): Promise<Asking[]> {
  return Promise.all(Array.from({ length: connections }, open));
}

/** A znode of each connection's own comes and goes; both together are one. */
function createAndDelete(
  asked: (requests: Requests, each: number) => GrowthWork['run'],
  parent: () => string,
): GrowthWork {
  const made = new Map<number, string>();
  const requests: Requests = (connection) => {
    const path = made.get(connection);
    if (path !== undefined) {
      made.delete(connection);
      return deleteZnode(path);
    }
    const next = `${parent()}/own${String(connection)}`;
    made.set(connection, next);
    return create(next, data);
  };
  return { what: 'create and delete', times: 4_000, run: asked(requests, 2) };
}

async function fill(peer: GrownPeer, parent: string, below: number): Promise<void> {
  const text = data.toString();
  const ops = Array.from({ length: below }, (_, index) => ({
    op: 'create',
    path: `${parent}/n${String(index)}`,
    data: text,
  }));
  await txn(peer, [{ op: 'create', path: parent, data: '' }, ...ops]);
}

async function txn(peer: GrownPeer, ops: readonly object[]): Promise<void> {
  const answer = await fetch(`${peer.process.http}/v1/txn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ops }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${String(answer.status)} ${text.slice(0, 500)}`);
}

function any(below: number): number {
  return Math.floor(Math.random() * below);
}
