import assert from 'node:assert/strict';
import { localChildren, synced } from './client.ts';
import type { PeerProcess, TestEnsemble } from './ensemble.ts';

/** Children of `parent`, each by a txn of its own. */
export async function writeMany(peer: PeerProcess, parent: string, count: number): Promise<void> {
  for (let start = 0; start < count; start += 100) {
    const single = Array.from({ length: Math.min(100, count - start) }, (_, index) =>
      fetch(`${peer.http}/v1/txn`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ops: [{ op: 'create', path: `${parent}/n${String(start + index)}`, data: 'x' }],
        }),
      }),
    );
    for (const response of await Promise.all(single)) {
      assert.equal(response.status, 200, await response.text());
    }
  }
}

export async function sameEverywhere({ peers }: TestEnsemble, parent: string): Promise<void> {
  const [first, ...others] = peers;
  assert.ok(first !== undefined);
  await synced(first);
  const expected = await localChildren(first, parent);
  for (const peer of others) {
    await synced(peer);
    assert.deepEqual(await localChildren(peer, parent), expected);
  }
}

/** Whether any peer, as leader, has synchronized another by this since now. */
export function synchronization({ peers }: TestEnsemble, by: 'diff' | 'trunc'): () => boolean {
  const before = new Map(peers.map((peer) => [peer, peer.log.length]));
  const line = new RegExp(`"by":"${by}"[^\\n]*learnerSynchronizing`);
  return () => peers.some((peer) => line.test(peer.log.slice(before.get(peer))));
}
