import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { PeerProcess } from './ensemble.ts';

/** What a client was told of one write. */
export type Told = 'acknowledged' | 'refused' | 'unknown';

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly applied: 'yes' | 'no' | 'unknown';
  readonly retryable: boolean;
}

export async function put(
  peer: PeerProcess,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  query = 'create',
): Promise<Response> {
  return fetch(`${peer.http}/v1/nodes${path}?${query}`, { method: 'PUT', body });
}

export async function get(peer: PeerProcess, path: string, query = ''): Promise<Response> {
  return fetch(`${peer.http}/v1/nodes${path}${query}`);
}

export async function problemOf(response: Response): Promise<Problem> {
  return (await response.json()) as Problem;
}

/** Every child of a znode with its data, as this peer itself has it, in order. */
export async function localChildren(peer: PeerProcess, path: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let after: string | undefined;
  do {
    const next: string = after === undefined ? '' : `&continue=${encodeURIComponent(after)}`;
    const response = await get(
      peer,
      path,
      `?children&withData&limit=1000&encoding=base64&consistency=local${next}`,
    );
    if (response.status !== 200) {
      throw new Error(`${String(response.status)} ${await response.text()}`);
    }
    const page = (await response.json()) as {
      znodes: { name: string; data?: string | null }[];
      continue?: string | null;
    };
    for (const { name, data } of page.znodes) {
      found.set(name, Buffer.from(data ?? '', 'base64').toString('latin1'));
    }
    after = page.continue ?? undefined;
  } while (after !== undefined);
  return found;
}

export interface OpenSession {
  readonly id: string;
  /** What makes a request one of this session. */
  readonly headers: Readonly<Record<string, string>>;
}

export async function openSession(peer: PeerProcess, timeoutMs: number): Promise<OpenSession> {
  const response = await fetch(`${peer.http}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ timeoutMs }),
  });
  assert.equal(response.status, 201);
  const { id, secret } = (await response.json()) as { id: string; secret: string };
  return { id, headers: { 'x-session-id': id, 'x-session-secret': secret } };
}

/** The peer has applied all that the leader had proposed by now. */
export async function synced(peer: PeerProcess): Promise<void> {
  const response = await fetch(`${peer.http}/v1/sync`, { method: 'POST' });
  if (!response.ok) throw new Error(`${String(response.status)} ${await response.text()}`);
}

/** Load enough to be caught by any crash, and not so much that peers that start find no processor. */
const writerPauseMs = 10;

/**
 * Writers that go on through crashes: each creates znodes of its own, one after the other, at whatever peer answers, and
 * notes what it was told. A write of unknown fate is not sent again.
 */
export class Writers {
  readonly told = new Map<string, Told>();
  acknowledged = 0;
  #isStopping = false;
  readonly #running: Promise<void>[];

  constructor(peers: readonly PeerProcess[], count: number, parent: string) {
    this.#running = Array.from({ length: count }, (_, index) => this.#write(peers, index, parent));
  }

  readonly dataOf = (name: string): string =>
    Buffer.from(`data of ${name} \u00e9`).toString('latin1');

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#running);
  }

  async #write(peers: readonly PeerProcess[], writer: number, parent: string): Promise<void> {
    for (let turn = 0; !this.#isStopping; turn++) {
      const peer = peers[(writer + turn) % peers.length];
      if (peer?.isRunning !== true) {
        await delay(writerPauseMs);
        continue;
      }
      const name = `w${String(writer)}-${String(turn)}`;
      const told = await this.#create(peer, parent, name);
      this.told.set(name, told);
      if (told === 'acknowledged') this.acknowledged++;
      await delay(writerPauseMs);
    }
  }

  async #create(peer: PeerProcess, parent: string, name: string): Promise<Told> {
    try {
      const response = await fetch(`${peer.http}/v1/nodes${parent}?name=${name}`, {
        method: 'POST',
        body: `data of ${name} \u00e9`,
        signal: AbortSignal.timeout(10_000),
      });
      if (response.status === 201) return 'acknowledged';
      const { applied } = await problemOf(response);
      return applied === 'no' ? 'refused' : 'unknown';
    } catch {
      return 'unknown';
    }
  }
}

/** What writers were told of, and what they wrote. */
interface Written {
  readonly told: ReadonlyMap<string, Told>;
  /** As the bytes of a Latin-1 text. */
  readonly dataOf: (name: string) => string;
}

/** Acknowledged = there; refused = not there; unknown = either; and the same, byte for byte, on every peer. */
export async function assertNothingLost(
  peers: readonly PeerProcess[],
  { told, dataOf }: Written,
  parent: string,
): Promise<void> {
  let first: Map<string, string> | undefined;
  for (const peer of peers) {
    await synced(peer);
    const found = await localChildren(peer, parent);
    first ??= found;
    const names = new Set([...first.keys(), ...found.keys()]);
    const differing = [...names].filter((name) => first?.get(name) !== found.get(name));
    assert.deepEqual(differing, [], `on peer ${String(peer.id)}`);
  }
  assert.ok(first !== undefined, 'there are peers');
  for (const [name, fate] of told) {
    if (fate === 'acknowledged') assert.equal(first.get(name), dataOf(name), `lost: ${name}`);
    if (fate === 'refused') assert.equal(first.has(name), false, `refused, yet there: ${name}`);
  }
}
