import type { Socket } from 'node:net';
import { ByteReader, MalformedBytes, type ByteWriter } from '../../base/bytes.ts';
import { connectionId, type ConnectionId, type ServerId } from '../../model/ids.ts';
import type { CloseReason, PeerMessage } from '../../model/peer-message.ts';
import type { PeerNetworkHandlers } from '../../ports/peer-network.ts';
import { decodePeerMessage, peerMessageBytesMax, writePeerMessage } from '../../wire/peer-codec.ts';
import type { FramedSocket } from './framed-socket.ts';
import type { PeerTls } from './peer-tls.ts';
import { Doorway, type PeerNetworkOptions } from './plane.ts';

/** In place of a message's kind: the last words of a connection, a reason for the log of the other side. */
const goodbyeTag = 0;
const reasonBytesMax = 1_000;

interface PeerStream {
  readonly id: ConnectionId;
  readonly peer: ServerId;
  readonly socket: FramedSocket;
  isMet: boolean;
}

/** Holds the FIFO streams between learners and leaders, each under an id of its own. */
export class BroadcastPlane {
  readonly #doorway: Doorway;
  readonly #handlers: PeerNetworkHandlers;
  readonly #options: PeerNetworkOptions;
  readonly #connections = new Map<ConnectionId, PeerStream>();
  #lastId = 0;
  #isStopped = false;

  constructor(options: PeerNetworkOptions, handlers: PeerNetworkHandlers, tls?: PeerTls) {
    this.#options = options;
    this.#handlers = handlers;
    this.#doorway = new Doorway('broadcast', options, tls);
  }

  takeIn(raw: Socket): void {
    this.#doorway.takeIn(raw, (socket, { id: peer, start }) => {
      const connection = { id: this.#nextId(), peer, socket, isMet: true };
      this.#connections.set(connection.id, connection);
      this.#listen(connection);
      const address = socket.remoteAddress;
      this.#handlers.onAccepted(connection.id, { id: peer, start, address });
    });
  }

  dial(to: ServerId): ConnectionId {
    const id = this.#nextId();
    if (this.#isStopped) return id;
    const socket = this.#doorway.dial(to, {
      onMet: () => {
        const connection = this.#connections.get(id);
        if (connection === undefined) return;
        connection.isMet = true;
        this.#listen(connection);
        this.#handlers.onConnected(id, to);
      },
      onFailed: (why) => {
        this.#lost(id, why);
      },
    });
    if (socket !== undefined) {
      this.#connections.set(id, { id, peer: to, socket, isMet: false });
    } else {
      this.#options.clock.soon(() => {
        if (!this.#isStopped) {
          this.#handlers.onClosed(id, `peer ${String(to)} is not among the servers`);
        }
      });
    }
    return id;
  }

  send(id: ConnectionId, message: PeerMessage): void {
    const connection = this.#connections.get(id);
    if (connection?.isMet !== true) return;
    connection.socket.send((writer) => {
      writePeerMessage(writer, message);
    });
  }

  flush(): void {
    for (const { socket } of this.#connections.values()) socket.flush();
  }

  queuedBytes(id: ConnectionId): number {
    return this.#connections.get(id)?.socket.queuedBytes ?? 0;
  }

  close(id: ConnectionId, reason: CloseReason): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    this.#connections.delete(id);
    const { socket } = connection;
    if (!connection.isMet || reason.code === 'slow') {
      socket.destroy();
      return;
    }
    socket.send((writer) => {
      writeGoodbye(writer, reason);
    });
    socket.end();
  }

  /** Says goodbye, unless the end is abrupt. */
  stop(done: () => void, isAbrupt: boolean): void {
    this.#isStopped = true;
    for (const { id, socket } of [...this.#connections.values()]) {
      if (isAbrupt) socket.destroy();
      else this.close(id, { code: 'shutdown', detail: 'this peer stops' });
    }
    this.#doorway.whenEmpty(done);
  }

  #nextId(): ConnectionId {
    this.#lastId += 1;
    return connectionId(this.#lastId);
  }

  #listen(connection: PeerStream): void {
    const { id, peer, socket } = connection;
    socket.frameBytesMax = peerMessageBytesMax;
    socket.listener = {
      onFrame: (bytes) => {
        this.#onFrame(connection, bytes);
      },
      onClosed: (why) => {
        if (why.startsWith('malformed')) {
          this.#doorway.complain('peerStreamMalformed', { peer, why });
        }
        this.#lost(id, why);
      },
      onDrained: () => {
        this.#handlers.onDrained(id);
      },
    };
  }

  #onFrame(connection: PeerStream, bytes: Uint8Array): void {
    const { id, peer, socket } = connection;
    const read = readFrame(bytes);
    if ('message' in read) {
      this.#handlers.onMessage(id, read.message);
    } else if ('goodbye' in read) {
      socket.destroy();
      this.#lost(id, read.goodbye);
    } else {
      this.#doorway.complain('peerStreamMalformed', { peer, why: read.malformed });
      this.close(id, { code: 'protocol', detail: read.malformed });
      this.#handlers.onClosed(id, read.malformed);
    }
  }

  #lost(id: ConnectionId, why: string): void {
    if (this.#connections.delete(id)) this.#handlers.onClosed(id, why);
  }
}

type FrameContent =
  { readonly message: PeerMessage } | { readonly goodbye: string } | { readonly malformed: string };

function readFrame(bytes: Uint8Array): FrameContent {
  try {
    if (bytes[0] === goodbyeTag) return { goodbye: readGoodbye(bytes) };
    return { message: decodePeerMessage(bytes) };
  } catch (error) {
    if (error instanceof MalformedBytes) return { malformed: error.message };
    throw error;
  }
}

function writeGoodbye(writer: ByteWriter, reason: CloseReason): void {
  writer.u8(goodbyeTag).text(reason.code).text(reason.detail.slice(0, reasonBytesMax));
}

function readGoodbye(bytes: Uint8Array): string {
  const reader = new ByteReader(bytes);
  reader.u8();
  const code = reader.text();
  const detail = reader.text();
  reader.end();
  return `closed by the other side: ${code}: ${detail}`;
}
