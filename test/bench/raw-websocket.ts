import { connect, type Socket } from 'node:net';

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** WebSocket by hand: a client light enough that thousands of them fit beside what they measure. */
export class RawWebSocket {
  readonly #socket: Socket;
  readonly #onText: (text: Buffer) => void;
  readonly #onEnd: (why: string) => void;
  #rest: Buffer = Buffer.alloc(0);
  #isUpgraded = false;

  /** Sends `first` right behind the upgrade. */
  constructor(
    address: string,
    target: string,
    first: string,
    hear: { readonly text: (text: Buffer) => void; readonly end: (why: string) => void },
  ) {
    this.#onText = hear.text;
    this.#onEnd = hear.end;
    const [host = '', port = ''] = address.split(':');
    this.#socket = connect({ host, port: Number(port), noDelay: true });
    this.#socket.on('error', (error) => {
      hear.end(error.message);
    });
    this.#socket.on('close', () => {
      hear.end('the connection is closed');
    });
    this.#socket.on('data', (chunk) => {
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      if (!this.#isUpgraded) this.#upgrade(first);
      if (this.#isUpgraded) this.#takeFrames();
    });
    this.#socket.write(
      [
        ...[`GET ${target} HTTP/1.1`, `Host: ${address}`, 'Connection: Upgrade'],
        ...['Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
        ...['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', '', ''],
      ].join('\r\n'),
    );
  }

  #upgrade(first: string): void {
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#rest.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101 ')) {
      this.#onEnd(head);
      this.#socket.destroy();
      return;
    }
    this.#rest = this.#rest.subarray(end + 4);
    this.#isUpgraded = true;
    this.#send(opcodes.text, Buffer.from(first));
  }

  #takeFrames(): void {
    while (this.#rest.length >= 4) {
      const short = (this.#rest[1] ?? 0) & 0x7f;
      if (short === 127) throw new Error('a frame of 64 KiB or more');
      const begin = short === 126 ? 4 : 2;
      const end = begin + (short === 126 ? this.#rest.readUInt16BE(2) : short);
      if (this.#rest.length < end) return;
      const opcode = (this.#rest[0] ?? 0) & 0x0f;
      const content = this.#rest.subarray(begin, end);
      this.#rest = this.#rest.subarray(end);
      if (opcode === opcodes.text) this.#onText(content);
      else if (opcode === opcodes.ping) this.#send(opcodes.pong, content);
      else if (opcode === opcodes.close) this.#onEnd(`closed: ${content.toString('latin1', 2)}`);
    }
  }

  /** Masked with zeros, which leaves the content as it is. */
  #send(opcode: number, content: Buffer): void {
    const { length } = content;
    if (length > 125) throw new Error('too long for a short frame');
    const head = Buffer.from([0x80 | opcode, 0x80 | length, 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([head, content]));
  }
}
