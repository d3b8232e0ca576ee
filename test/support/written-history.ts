import assert from 'node:assert/strict';
import { get, localChildren, put } from './client.ts';
import type { PeerProcess } from './ensemble.ts';

interface Written {
  readonly zxid: bigint;
  readonly name: string;
  readonly value: string;
  /** By the clock of the ensemble. */
  readonly timeMs: number;
}

/** Writes below one znode, one after the other, and remembers under which zxid each was acknowledged. */
export class WrittenHistory {
  readonly #path: string;
  readonly #written: Written[] = [];
  #isWriting = true;

  constructor(path: string) {
    this.#path = path;
  }

  get size(): number {
    return this.#written.length;
  }

  get last(): bigint {
    return this.#written.at(-1)?.zxid ?? 0n;
  }

  zxidOf(index: number): bigint {
    return this.#written[index]?.zxid ?? 0n;
  }

  timeOf(index: number): number {
    return this.#written[index]?.timeMs ?? 0;
  }

  /** The last zxid of a time that is not above this one. */
  lastUntil(timeMs: number): bigint {
    return this.#written.findLast((each) => each.timeMs <= timeMs)?.zxid ?? 0n;
  }

  /** Until `stop`. */
  async run(peer: PeerProcess): Promise<void> {
    while (this.#isWriting) await this.write(peer);
  }

  stop(): void {
    this.#isWriting = false;
  }

  async write(peer: PeerProcess): Promise<void> {
    const number = this.#written.length;
    const name = `n${String(number % 50)}`;
    const value = `value ${String(number)}`;
    const answer = await put(peer, `${this.#path}/${name}`, value, 'create&parents');
    const zxid = BigInt(answer.headers.get('X-Zk-Mzxid') ?? '0');
    assert.ok(answer.ok && zxid > 0n, `${String(answer.status)} ${await answer.text()}`);
    const timeMs = Number(answer.headers.get('X-Zk-Mtime'));
    this.#written.push({ zxid, name, value, timeMs });
  }

  /** What must be there at a zxid, and nothing else. */
  at(zxid: bigint): Map<string, string> {
    const there = this.#written.filter((each) => each.zxid <= zxid);
    const last = new Map(there.map(({ name, value }) => [name, value] as const));
    return new Map([...last].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  async found(peer: PeerProcess): Promise<Map<string, string>> {
    const { status } = await get(peer, this.#path);
    return status === 404 ? new Map() : localChildren(peer, this.#path);
  }
}
