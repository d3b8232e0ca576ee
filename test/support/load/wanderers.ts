import assert from 'node:assert/strict';
import { textOf, type JsonObject } from '../contract.ts';
import type { PeerProcess } from '../ensemble.ts';
import { SocketClient } from '../socket-client.ts';
import { until } from '../until.ts';

/** The longest that one carrier lasts. */
export const carrierLimitMs = 660_000;

/** One watcher that is cut off and comes back, at one peer after the other, from the last place it was told. */
export abstract class Wanderer {
  readonly seen: string[] = [];
  turns = 0;
  #place: string | undefined;
  #isStopping = false;
  #running: Promise<void> | undefined;

  start(peers: readonly PeerProcess[]): void {
    this.#running = this.#run(peers);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.cut();
    await this.#running;
  }

  abstract cut(): void;
  /** Ends when the carrier is cut off. */
  protected abstract watch(peer: PeerProcess, from: string | undefined): Promise<void>;

  protected take(event: JsonObject): void {
    assert.notEqual(event['type'], 'lost', JSON.stringify(event));
    if (event['type'] === 'dataChanged') this.seen.push(textOf(event, 'data'));
    if (typeof event['place'] === 'string') this.#place = event['place'];
  }

  async #run(peers: readonly PeerProcess[]): Promise<void> {
    for (let turn = 0; !this.#isStopping; turn++) {
      const peer = peers[turn % peers.length];
      if (peer?.isRunning === true) {
        await this.watch(peer, this.#place);
        this.turns++;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** By a WebSocket. */
export class SocketWanderer extends Wanderer {
  #socket: SocketClient | undefined;

  cut(): void {
    this.#socket?.ws.terminate();
  }

  protected async watch(peer: PeerProcess, from: string | undefined): Promise<void> {
    const socket = new SocketClient(peer.http);
    this.#socket = socket;
    socket.ws.on('open', () => {
      socket.send('watch', { path: '/counted', values: true, from });
    });
    socket.ws.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as JsonObject;
      if (message['watch'] !== undefined) this.take(message);
    });
    await until('the socket to close', () => socket.closeCode !== undefined, carrierLimitMs);
  }
}
