import { connect, type Socket } from 'node:net';

/**
 * Where attackers come from, and what prepares an attack: they share no address with whoever does nothing wrong. Only Linux has
 * all of 127/8.
 */
export const strangersAddress = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

/** The doors of an ensemble, that of the leader first; each `host:port`. */
export interface Target {
  readonly http: readonly string[];
  readonly grpc: readonly string[];
  readonly zookeeper: readonly string[];
  /** The quorum port of the leader. */
  readonly peer: string;
}

/** Something that a stranger could do to a peer, from loopback and without any right. */
export interface Attack {
  readonly name: string;
  /** What it does, for a person: "800 pipelined GETs of 1 MB as JSON, never read". */
  readonly about: string;
  /** Makes what it needs, before anything is measured. */
  readonly prepare?: (target: Target) => Promise<void>;
  /**
   * Attacks from now on; what this gives ends it. `scale`: 1 as it was seen to do harm, less in tests. Runs in a process
   * of its own.
   */
  readonly begin: (target: Target, scale: number) => Promise<() => void>;
}

export function scaled(count: number, scale: number): number {
  return Math.max(1, Math.round(count * scale));
}

export function first(addresses: readonly string[]): string {
  const [address] = addresses;
  if (address === undefined) throw new Error('a target has a door of each kind');
  return address;
}

/** Begins a connection of a stranger's. */
export function dial(address: string): Socket {
  const at = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, at), Number(address.slice(at + 1))];
  return connect({ host, port, localAddress: strangersAddress });
}

/** Opens a connection on which whatever comes, also a reset, is no news. */
export async function open(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial(address);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** Opens several, a few at a time; those that are refused are left out. */
export async function openMany(address: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let left = count; left > 0; left -= 50) {
    const batch = Array.from({ length: Math.min(left, 50) }, () => open(address));
    for (const result of await Promise.allSettled(batch)) {
      if (result.status === 'fulfilled') sockets.push(result.value);
    }
  }
  return sockets;
}

export function endAll(sockets: readonly Socket[]): () => void {
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

/** Writes the same without end, as fast as it is taken. */
export function flood(socket: Socket, bytes: Buffer): void {
  if (socket.destroyed) return;
  const more = (): void => {
    flood(socket, bytes);
  };
  if (socket.write(bytes)) setImmediate(more);
  else socket.once('drain', more);
}

/** Does something again and again, one after the other, until it is told to stop. */
export function repeatedly(
  workers: number,
  once: (worker: number) => Promise<unknown>,
): () => void {
  let isOver = false;
  const work = async (worker: number): Promise<void> => {
    while (!isOver) {
      await once(worker).catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
    }
  };
  for (let worker = 0; worker < workers; worker++) void work(worker);
  return () => {
    isOver = true;
  };
}
