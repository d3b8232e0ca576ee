import type { Socket } from 'node:net';
import { frame, int32 } from '../../support/zookeeper/jute-frames.ts';

const op = { getData: 4, closeSession: -11 } as const;
const lengthBytes = 4;
const statBytes = 68;
const replyHeadBytes = 4 + 8 + 4;
/** Of the answer that begins a session: version, timeout, id, password. */
const connectedBytes = 4 + 4 + 8 + 4 + 16;

/** What was found in the bytes that came: an answer, ready-made, to each request, and the frames of those that write. */
export interface Taken {
  readonly answers: Buffer[];
  readonly writes: Buffer[];
}

/** ZooKeeper's protocol for a server that knows nothing: where frames end, and a success for each. */
export class JuteTaker {
  readonly #socket: Socket;
  readonly #data: Buffer;
  readonly #templates = new Map<number, Buffer>();
  #isOpen = false;

  /** `data`: what every znode has. */
  constructor(socket: Socket, data: Buffer) {
    this.#socket = socket;
    this.#data = data;
  }

  /** Gives how many of the bytes were used. */
  take(bytes: Buffer, { answers, writes }: Taken): number {
    let at = 0;
    while (bytes.length - at >= lengthBytes) {
      const end = at + lengthBytes + bytes.readInt32BE(at);
      if (end > bytes.length) break;
      if (this.#isOpen) {
        const code = bytes.readInt32BE(at + 8);
        if (code === op.closeSession) this.#socket.end();
        else answers.push(this.#answer(bytes.readInt32BE(at + 4), code));
        if (code !== op.getData) writes.push(bytes.subarray(at, end));
      } else answers.push(frame(Buffer.alloc(connectedBytes)));
      this.#isOpen = true;
      at = end;
    }
    return at;
  }

  #answer(xid: number, code: number): Buffer {
    let template = this.#templates.get(code);
    if (template === undefined) {
      const { length } = this.#data;
      const data = code === op.getData ? Buffer.concat([int32(length), this.#data]) : Buffer.of();
      template = frame(Buffer.alloc(replyHeadBytes), data, Buffer.alloc(statBytes));
      this.#templates.set(code, template);
    }
    const answer = Buffer.allocUnsafe(template.length);
    template.copy(answer);
    answer.writeInt32BE(xid, lengthBytes);
    return answer;
  }
}
