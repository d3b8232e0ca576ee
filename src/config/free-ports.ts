import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

// Ports for a configuration that a program writes itself.

const host = '127.0.0.1';
/**
 * Below the range from which operating systems take ports for outgoing connections: none of those may sit on a port
 * while the peer that it belongs to is down. And above the last in it that `fetch` and browsers refuse to ask, 10080.
 */
export const lowestFreePort = 10_081;
const highest = 32_000;
const triesMax = 10_000;

/** Finds ports that are free on loopback, all different. Held all at once, and free again when this resolves. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  try {
    for (let tries = 0; held.size < count; tries++) {
      if (tries >= triesMax) throw new Error(`there are no ${String(count)} free ports on ${host}`);
      const port = randomInt(lowestFreePort, highest);
      const server = held.has(port) ? undefined : await listen(port).catch(() => undefined);
      if (server !== undefined) held.set(port, server);
    }
    return [...held.keys()];
  } finally {
    await Promise.all([...held.values()].map(close));
  }
}

export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port).catch(() => undefined);
  if (server === undefined) return false;
  await close(server);
  return true;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
