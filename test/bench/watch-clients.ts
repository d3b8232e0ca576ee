import { JuteClient } from './rivals/jute-client.ts';
import { bytesField, fieldsOf, intField } from './rivals/proto-bytes.ts';
import { RawGrpc } from './rivals/raw-grpc.ts';
import { RawWebSocket } from './raw-websocket.ts';
import type { Protocol } from './services.ts';
import type { WatchersSpec } from './watchers.ts';

/** Whom the watchers tell what they are sent: each by its number, with the message, where there is one, as it came. */
export interface Hearing {
  message(watcher: number, message: Uint8Array | undefined): void;
  failed(why: string): void;
}

/** HTTP/2 connections that all the watchers of one protocol share. */
export const grpcConnections = 50;
const openAtOnce = 100;

type Opening = (spec: WatchersSpec, hearing: Hearing) => Promise<void>;

const openings: Record<Protocol, Opening> = {
  http: openSockets,
  grpc: openGrpc,
  etcd: openEtcd,
  zookeeper: openZooKeeper,
};

/** Resolves when every watch is there. */
export function openWatches(spec: WatchersSpec, hearing: Hearing): Promise<void> {
  return openings[spec.protocol](spec, hearing);
}

async function openSockets(
  { address, watchers, path }: WatchersSpec,
  hearing: Hearing,
): Promise<void> {
  const request = JSON.stringify({ id: 1, op: 'watch', path, values: true, encoding: 'utf8' });
  await inParallel(watchers, async (watcher) => {
    await new Promise<void>((resolve) => {
      new RawWebSocket(address, '/v1/ws', request, {
        text(text) {
          hearing.message(watcher, text);
          if (text.includes('"type":"synced"')) resolve();
          else if (text.includes('"error"')) hearing.failed(text.toString());
        },
        end(why) {
          hearing.failed(why);
        },
      });
    });
  });
}

async function openGrpc({ address, watchers, path }: WatchersSpec, hearing: Hearing) {
  const connections = connectionsTo(address, watchers);
  const request = Buffer.concat([bytesField(1, path), intField(5, 1)]);
  await inParallel(watchers, async (watcher) => {
    await new Promise<void>((resolve) => {
      let isOpen = false;
      const onMessage = (message: Uint8Array): void => {
        if (isOpen) {
          hearing.message(watcher, message);
          return;
        }
        isOpen = true;
        // `synced`, the first that comes.
        if (message[0] === ((3 << 3) | 2)) resolve();
        else hearing.failed(Buffer.from(message).toString());
      };
      connections[watcher % connections.length]?.stream('/quoll.v1.WatchService/Watch', request, {
        ends: true,
        onMessage,
      });
    });
  });
}

/** As etcd's own clients do: one stream per connection, which all its watches share. */
async function openEtcd(
  { address, watchers, path }: WatchersSpec,
  hearing: Hearing,
): Promise<void> {
  const connections = connectionsTo(address, watchers);
  const request = bytesField(1, bytesField(1, path));
  await inParallel(connections.length, async (index) => {
    const own = Math.ceil((watchers - index) / connections.length);
    await new Promise<void>((resolve) => {
      let created = 0;
      const onMessage = (message: Uint8Array): void => {
        // The watch's id and whether this is the answer to its creation.
        const fields = fieldsOf(message);
        const id = Number(fields.get(2) ?? 0);
        if (fields.get(3) === undefined) {
          hearing.message(index + id * connections.length, message);
        } else if (++created === own) resolve();
        else stream?.write(request);
      };
      const method = '/etcdserverpb.Watch/Watch';
      const stream = connections[index]?.stream(method, request, { ends: false, onMessage });
    });
  });
}

/** A session each; their events say only that something has changed. */
async function openZooKeeper(
  { address, watchers, path }: WatchersSpec,
  hearing: Hearing,
): Promise<void> {
  await inParallel(watchers, async (watcher) => {
    const client = await JuteClient.connect(address);
    client.onEvent = () => {
      hearing.message(watcher, undefined);
    };
    await client.addWatch(path);
  });
}

function connectionsTo(address: string, watchers: number): RawGrpc[] {
  const count = Math.min(grpcConnections, watchers);
  return Array.from({ length: count }, () => new RawGrpc(address));
}

async function inParallel(count: number, open: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await open(next++);
  };
  await Promise.all(Array.from({ length: Math.min(openAtOnce, count) }, work));
}
