import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Writable } from '../../../src/base/writable.ts';
import { serverId } from '../../../src/model/ids.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemRandom } from '../../../src/adapters/system/random.ts';
import {
  openPeerNetwork,
  type TcpPeerNetwork,
} from '../../../src/adapters/peer-tcp/peer-network.ts';
import type { PeerNetworkOptions } from '../../../src/adapters/peer-tcp/plane.ts';
import type { PeerAddress } from '../../../src/ports/peer-network.ts';
import type { NetworkBed } from './network-recorder.ts';

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Real networks on loopback, on ports that the system picked. */
export class TcpBed implements NetworkBed {
  readonly servers: Writable<PeerAddress>[] = [];
  readonly networks: TcpPeerNetwork[] = [];
  readonly lines: LogLine[] = [];
  readonly #sockets: Socket[] = [];
  readonly #listeners: Server[] = [];

  readonly logger: Logger = {
    log: (level, event, fields = {}) => {
      this.lines.push({ level, event, fields });
    },
  };

  /** `more`: for all, or for each. */
  static async make(
    peers: number,
    more: Partial<PeerNetworkOptions> | ((id: number) => Partial<PeerNetworkOptions>) = {},
  ): Promise<TcpBed> {
    const bed = new TcpBed();
    for (let id = 1; id <= peers; id++) bed.addServer(id);
    bed.addServer(9);
    const deaf = await unusedPort();
    Object.assign(bed.servers.at(-1) ?? {}, { quorumPort: deaf, electionPort: deaf });
    for (let id = 1; id <= peers; id++) {
      await bed.open(id, typeof more === 'function' ? more(id) : more);
    }
    return bed;
  }

  addServer(id: number): void {
    this.servers.push({ id: serverId(id), host: '127.0.0.1', quorumPort: 0, electionPort: 0 });
  }

  /** Opens a peer, on the ports that it had before if it had any. */
  async open(id: number, more: Partial<PeerNetworkOptions> = {}): Promise<TcpPeerNetwork> {
    const network = await openPeerNetwork({
      self: serverId(id),
      servers: this.servers,
      listenHost: '127.0.0.1',
      clock: systemClock,
      random: systemRandom,
      logger: this.logger,
      ...more,
    });
    const server = this.servers.find((one) => one.id === id);
    if (server !== undefined) Object.assign(server, network.addresses());
    this.networks.push(network);
    return network;
  }

  /** Opens another process of a peer, at ports that no other peer dials; it dials those that `servers` says. */
  async openElsewhere(id: number, servers: readonly PeerAddress[]): Promise<TcpPeerNetwork> {
    const elsewhere = servers.map((server) =>
      server.id === id ? { ...server, quorumPort: 0, electionPort: 0 } : server,
    );
    const network = await openPeerNetwork({
      self: serverId(id),
      servers: elsewhere,
      listenHost: '127.0.0.1',
      clock: systemClock,
      random: systemRandom,
      logger: this.logger,
    });
    this.networks.push(network);
    return network;
  }

  /** Listens as no network does, until the bed is closed; gives the port. */
  async listen(onSocket: (socket: Socket) => void, port = 0): Promise<number> {
    const listener = createServer({ noDelay: true }, (socket) => {
      this.#keep(socket);
      onSocket(socket);
    });
    this.#listeners.push(listener);
    await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
    return (listener.address() as AddressInfo).port;
  }

  /** Stands between a port and whoever dials the one that this gives; shows the two sockets of every connection. */
  tap(port: number, onPair: (client: Socket, through: Socket) => void): Promise<number> {
    return this.listen((client) => {
      const through = this.#keep(connect({ host: '127.0.0.1', port, noDelay: true }));
      client.on('close', () => through.end());
      through.on('close', () => client.destroy());
      onPair(client, through);
    });
  }

  /** A socket of nobody in particular. */
  async socketTo(port: number): Promise<Socket> {
    const socket = this.#keep(connect({ host: '127.0.0.1', port }));
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + 15_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`never happened: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    await Promise.all(this.networks.splice(0).map(stopped));
    // Those that the networks made meanwhile.
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    for (const listener of this.#listeners.splice(0)) {
      await new Promise((resolve) => listener.close(resolve));
    }
  }

  #keep(socket: Socket): Socket {
    this.#sockets.push(socket);
    return socket.on('error', () => undefined);
  }
}

const stopping = new WeakMap<TcpPeerNetwork, Promise<void>>();

/** May be asked more than once. */
export function stopped(network: TcpPeerNetwork): Promise<void> {
  const known = stopping.get(network);
  if (known !== undefined) return known;
  const done = new Promise<void>((resolve) => {
    network.stop(resolve);
  });
  stopping.set(network, done);
  return done;
}

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
