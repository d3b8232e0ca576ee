import assert from 'node:assert/strict';
import { localChildren, synced } from '../../support/client.ts';
import type { PeerProcess } from '../../support/ensemble.ts';
import type { Agent } from './programs.ts';

/**
 * Ends kazoo's writing below a path, and gives what it says of it: how many were `written`, how often each error came, how
 * often the connection came into each state. Nothing is lost, at any peer, of what it was told is written.
 */
export async function kazooWrote(
  kazoo: Agent,
  path: string,
  peers: readonly PeerProcess[],
): Promise<Readonly<Record<string, number>>> {
  const said = await kazoo.asks(`end-writing ${path}`, new RegExp(`^wrote ${path}`));
  const told: Record<string, number> = {};
  for (const [, word = '', count] of said.matchAll(/ (\w+)=(\w+)/g)) {
    if (word === 'state') told[String(count)] = (told[String(count)] ?? 0) + 1;
    else told[word] = Number(count);
  }
  for (const peer of peers) {
    await synced(peer);
    const there = (await localChildren(peer, path)).size;
    assert.ok(
      there >= (told['written'] ?? 0),
      `${said}, at peer ${String(peer.id)}: ${String(there)}`,
    );
  }
  return told;
}
