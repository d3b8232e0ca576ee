import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { PeerProcess } from '../ensemble.ts';

const connections = 20;
const everyMs = 20;

export interface FloodOptions {
  readonly ca: string;
  /** The address on loopback that it comes from. */
  readonly from: string;
  readonly perSecond: number;
}

/**
 * Shows wrong tokens at a peer's HTTP door, so many a second, over a few connections, without regard for answers. Who is
 * cut comes again.
 */
export class BearerFlood {
  /** What went out to a socket that took it. */
  sent = 0;
  /** How often it was answered with which status. */
  readonly statuses = new Map<number, number>();
  readonly #peer: PeerProcess;
  readonly #options: FloodOptions;
  readonly #sockets: TLSSocket[] = [];
  readonly #timer: NodeJS.Timeout;
  #isStopped = false;
  #guess = 0;
  #due = 0;

  constructor(peer: PeerProcess, options: FloodOptions) {
    this.#peer = peer;
    this.#options = options;
    for (let index = 0; index < connections; index++) this.#open(index);
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#due += ((now - last) / 1_000) * options.perSecond;
      last = now;
      this.#send();
    }, everyMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(index: number): void {
    const { hostname, port } = new URL(this.#peer.http);
    const { ca, from } = this.#options;
    const below = connectPlain({ host: hostname, port: Number(port), localAddress: from });
    const socket = connect({ socket: below, host: hostname, ca });
    below.on('error', () => undefined);
    this.#sockets[index] = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        const key = Number(status);
        this.statuses.set(key, (this.statuses.get(key) ?? 0) + 1);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!this.#isStopped) this.#open(index);
    });
  }

  #send(): void {
    for (; this.#due >= 1; this.#due--) {
      const guess = this.#guess++;
      const socket = this.#sockets[guess % connections];
      if (socket === undefined || socket.writableLength > 65_536) continue;
      const token = `quoll_guess${String(guess)}`;
      socket.write(
        `GET /v1/auth HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      this.sent++;
    }
  }
}
