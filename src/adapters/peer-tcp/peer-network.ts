import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ConnectionId, ServerId } from '../../model/ids.ts';
import type { CloseReason, Notification, PeerMessage } from '../../model/peer-message.ts';
import type { PeerAddress, PeerNetwork, PeerNetworkHandlers } from '../../ports/peer-network.ts';
import { BroadcastPlane } from './broadcast-plane.ts';
import { ElectionPlane } from './election-plane.ts';
import type { Plane } from './handshake.ts';
import { KnownPeers } from './known-peers.ts';
import { PeerTls } from './peer-tls.ts';
import { startId, strangersMax, type PeerNetworkOptions } from './plane.ts';

/** Where a peer really listens: what port 0 became. */
export interface ListenAddresses {
  readonly quorumPort: number;
  readonly electionPort: number;
}

/** Says that a port can't be listened on; the cause says why. */
export class PeerPortUnusable extends Error {
  readonly plane: Plane;
  readonly port: number;

  constructor(plane: Plane, port: number, cause: unknown) {
    super(`the ${plane} port ${String(port)} can't be listened on`, { cause });
    this.name = 'PeerPortUnusable';
    this.plane = plane;
    this.port = port;
  }
}

/**
 * Opens both ports of a peer. Rejects with `PeerPortUnusable` when one can't be had, and with `PeerKeysUnusable` when no
 * other peer would believe its keys. Peers that dial before `start` wait.
 */
export async function openPeerNetwork(options: PeerNetworkOptions): Promise<TcpPeerNetwork> {
  const own = options.servers.find((server) => server.id === options.self);
  const tls = options.security && new PeerTls(options.security, options.self, options.clock);
  const broadcast = new Entrance('broadcast', options);
  const election = new Entrance('election', options);
  try {
    await broadcast.open(own?.quorumPort ?? 0);
    await election.open(own?.electionPort ?? 0);
  } catch (error) {
    broadcast.close(() => undefined);
    election.close(() => undefined);
    tls?.stop();
    throw error;
  }
  return new TcpPeerNetwork(options, { broadcast, election }, tls);
}

/** A `PeerNetwork` that can also end as a crash would end it. */
export interface AbortablePeerNetwork extends PeerNetwork {
  /** Closes every connection at once, without what still waits to be sent. In place of `stop`. */
  abort(done: () => void): void;
}

/**
 * The `PeerNetwork` port over TCP, one listener per plane. Peers are authenticated, by certificate where TLS is spoken;
 * otherwise by the secret that they share, and nothing is encrypted.
 */
export class TcpPeerNetwork implements AbortablePeerNetwork {
  readonly #options: PeerNetworkOptions;
  readonly #entrances: { readonly broadcast: Entrance; readonly election: Entrance };
  readonly #tls: PeerTls | undefined;
  readonly #known: KnownPeers;
  #planes: { readonly broadcast: BroadcastPlane; readonly election: ElectionPlane } | undefined;

  constructor(
    options: PeerNetworkOptions,
    entrances: { readonly broadcast: Entrance; readonly election: Entrance },
    tls?: PeerTls,
  ) {
    this.#known = options.known ?? new KnownPeers(options.servers);
    // One for both planes.
    const start = options.start ?? startId(options.random);
    this.#options = { ...options, start, known: this.#known };
    this.#entrances = entrances;
    this.#tls = tls;
  }

  addresses(): ListenAddresses {
    const { broadcast, election } = this.#entrances;
    return { quorumPort: broadcast.port, electionPort: election.port };
  }

  start(handlers: PeerNetworkHandlers): void {
    const broadcast = new BroadcastPlane(this.#options, handlers, this.#tls);
    const election = new ElectionPlane(this.#options, handlers, this.#tls);
    this.#planes = { broadcast, election };
    this.#entrances.broadcast.admit((socket) => {
      broadcast.takeIn(socket);
    });
    this.#entrances.election.admit((socket) => {
      election.takeIn(socket);
    });
  }

  know(peers: readonly PeerAddress[], welcome: readonly ServerId[]): void {
    this.#known.know(peers, welcome);
    this.#planes?.election.link();
  }

  notify(to: ServerId, notification: Notification): void {
    this.#started().election.notify(to, notification);
  }

  dial(to: ServerId): ConnectionId {
    return this.#started().broadcast.dial(to);
  }

  send(connection: ConnectionId, message: PeerMessage): void {
    this.#started().broadcast.send(connection, message);
  }

  flush(): void {
    this.#started().broadcast.flush();
  }

  queuedBytes(connection: ConnectionId): number {
    return this.#started().broadcast.queuedBytes(connection);
  }

  close(connection: ConnectionId, reason: CloseReason): void {
    this.#started().broadcast.close(connection, reason);
  }

  stop(done: () => void): void {
    this.#end(false, done);
  }

  abort(done: () => void): void {
    this.#end(true, done);
  }

  #end(isAbrupt: boolean, done: () => void): void {
    this.#tls?.stop();
    const steps: ((next: () => void) => void)[] = [];
    const { broadcast, election } = this.#entrances;
    steps.push((next) => {
      broadcast.close(next);
    });
    steps.push((next) => {
      election.close(next);
    });
    const planes = this.#planes;
    if (planes !== undefined) {
      steps.push((next) => {
        planes.broadcast.stop(next, isAbrupt);
      });
      steps.push((next) => {
        planes.election.stop(next);
      });
    }
    let left = steps.length;
    for (const step of steps) {
      step(() => {
        left -= 1;
        // In a turn of its own, as every callback.
        if (left === 0) this.#options.clock.soon(done);
      });
    }
  }

  #started(): { readonly broadcast: BroadcastPlane; readonly election: ElectionPlane } {
    if (this.#planes === undefined) throw new Error('the peer network was not started');
    return this.#planes;
  }
}

/** A listener, which keeps those who come before anybody looks after them. */
class Entrance {
  readonly #plane: Plane;
  readonly #options: PeerNetworkOptions;
  readonly #server: Server;
  readonly #early = new Set<Socket>();
  #admit: ((socket: Socket) => void) | undefined;

  constructor(plane: Plane, options: PeerNetworkOptions) {
    this.#plane = plane;
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#onConnection(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async open(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error): void => {
        reject(new PeerPortUnusable(this.#plane, port, error));
      };
      this.#server.once('error', refuse);
      this.#server.listen({ host: this.#options.listenHost, port }, () => {
        this.#server.off('error', refuse);
        resolve();
      });
    });
    // Such as too many open files: the next one may be taken again.
    this.#server.on('error', (error) => {
      this.#options.logger.log('warn', 'peerListenFailed', { why: error.message });
    });
  }

  admit(admit: (socket: Socket) => void): void {
    this.#admit = admit;
    for (const socket of this.#early) admit(socket);
    this.#early.clear();
  }

  close(done: () => void): void {
    for (const socket of this.#early) socket.destroy();
    this.#admit = (socket) => {
      socket.destroy();
    };
    this.#server.close(() => {
      done();
    });
  }

  #onConnection(socket: Socket): void {
    // A socket that fails closes, too; whoever looks after it hears of that.
    socket.on('error', () => undefined);
    if (this.#admit !== undefined) {
      this.#admit(socket);
      return;
    }
    if (this.#early.size >= strangersMax) {
      socket.destroy();
      return;
    }
    this.#early.add(socket);
    socket.on('close', () => this.#early.delete(socket));
  }
}
