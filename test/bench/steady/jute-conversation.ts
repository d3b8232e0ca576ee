import type { AnswerSink, Conversation, Topic } from './conversation.ts';
import { frame, int32, text } from '../../support/zookeeper/jute-frames.ts';

const op = { create: 1, getData: 4, setData: 5, closeSession: -11 } as const;
const nodeExists = -110;
/** Ephemerals would be as many as a session may have within seconds. */
const persistentSequential = 2;
const lengthBytes = 4;
const xidAt = lengthBytes;
const errorAt = lengthBytes + 12;
const sessionTimeoutMs = 30_000;

/** ZooKeeper's protocol: a session, and a znode of its own. The xid is the number of the request. */
export class JuteConversation implements Conversation {
  readonly opening: readonly Buffer[];
  readonly closing: Buffer;
  readonly #request: Buffer;
  #sent: number;
  #answered = 0;

  constructor({ kind, name, data }: Topic) {
    const path = text(`/${name}`);
    const dataField = Buffer.concat([int32(data.length), data]);
    const acl = Buffer.concat([int32(1), int32(31), text('world'), text('anyone')]);
    const create = (at: Buffer, flags: number): Buffer =>
      frame(int32(1), int32(op.create), at, dataField, acl, int32(flags));
    const password = Buffer.concat([int32(16), Buffer.alloc(16)]);
    this.opening = [
      frame(int32(0), Buffer.alloc(8), int32(sessionTimeoutMs), Buffer.alloc(8), password),
      create(path, 0),
    ];
    this.closing = frame(int32(0), int32(op.closeSession));
    this.#sent = this.opening.length;
    this.#request = {
      get: frame(int32(0), int32(op.getData), path, Buffer.from([0])),
      set: frame(int32(0), int32(op.setData), path, dataField, int32(-1)),
      create: create(text(`/${name}/e-`), persistentSequential),
    }[kind];
  }

  requests(count: number): Buffer {
    const request = this.#request;
    const bytes = Buffer.allocUnsafe(request.length * count);
    for (let at = 0; at < bytes.length; at += request.length) {
      request.copy(bytes, at);
      bytes.writeInt32BE(this.#sent++, at + xidAt);
    }
    return bytes;
  }

  take(bytes: Buffer, sink: AnswerSink): number {
    let at = 0;
    while (bytes.length - at >= lengthBytes) {
      const end = at + lengthBytes + bytes.readInt32BE(at);
      if (end > bytes.length) break;
      const request = this.#answered++;
      if (request > 0) this.#look(bytes, at, { request, sink });
      sink.answered(request);
      at = end;
    }
    return at;
  }

  #look(
    bytes: Buffer,
    at: number,
    { request, sink }: { readonly request: number; readonly sink: AnswerSink },
  ): void {
    const error = bytes.readInt32BE(at + errorAt);
    if (error !== 0 && (request >= this.opening.length || error !== nodeExists)) {
      sink.failed(`request ${String(request)}: error ${String(error)}`);
    }
    const xid = bytes.readInt32BE(at + xidAt);
    if (xid !== request && request >= this.opening.length) {
      sink.failed(`request ${String(request)} was answered as ${String(xid)}`);
    }
  }
}
