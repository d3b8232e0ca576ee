import { connect, type Socket } from 'node:net';

/** A connection on which a test says byte for byte what it wants. */
export class RawConnection {
  readonly socket: Socket;
  #received = '';
  #isClosed = false;
  readonly #closed: Promise<void>;

  constructor(base: string) {
    const { hostname, port } = new URL(base);
    this.socket = connect({ host: hostname, port: Number(port), allowHalfOpen: false });
    this.socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
    });
    // A reset is one of the ways in which a connection ends here.
    this.socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
  }

  /** Each character is one byte. */
  write(bytes: string): this {
    this.socket.write(Buffer.from(bytes, 'latin1'));
    return this;
  }

  get received(): string {
    return this.#received;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Everything received, once the other side has closed. */
  async closed(): Promise<string> {
    await this.#closed;
    return this.#received;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** The statuses of the answers in what was received, in order. */
export function statusesIn(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map(([, status]) => Number(status));
}
