import { Agent, request } from 'node:http';
import type { PeerProcess } from '../ensemble.ts';
import { GrpcClient, znodes } from '../grpc-client.ts';
import { JuteClient, connectionLoss } from '../zookeeper/jute-client.ts';
import { openAcl } from '../zookeeper/requests.ts';

/** Below which they write. */
export const parent = '/rolling';
const nodeExists = -110;

/** What became of a write: `lost` with the connection, so that it is sent again at another peer. */
type Fate = 'done' | 'lost' | { readonly refused: string };

/** A client's connection to one peer. */
interface Connection {
  create(path: string): Promise<Fate>;
  close(): void;
}

type Door = (peer: PeerProcess) => Promise<Connection>;

const doors: Readonly<Record<string, Door>> = { rest, grpc, zookeeper };

function rest(peer: PeerProcess): Promise<Connection> {
  const agent = new Agent({ keepAlive: true });
  const create = (path: string): Promise<Fate> =>
    new Promise((resolve) => {
      const sent = request(
        `${peer.http}/v1/nodes${path}?create`,
        { method: 'PUT', agent },
        (answer) => {
          let body = '';
          answer.on('data', (chunk) => (body += String(chunk)));
          answer.on('end', () => {
            const isDone = answer.statusCode === 200 || answer.statusCode === 201;
            resolve(isDone ? 'done' : { refused: body });
          });
        },
      );
      sent.on('error', () => {
        resolve('lost');
      });
      sent.end('x');
    });
  return Promise.resolve({
    create,
    close: () => {
      agent.destroy();
    },
  });
}

function grpc(peer: PeerProcess): Promise<Connection> {
  const client = new GrpcClient(peer.grpc);
  const create = async (path: string): Promise<Fate> => {
    try {
      await client.call(znodes.Create, { path });
      return 'done';
    } catch (error) {
      const { code, details } = error as { readonly code?: number; readonly details?: string };
      if (code === 6) return 'done';
      // The library's own words for a connection that is gone; the door's name a code.
      const isLost = code === 14 && /connect|GOAWAY|RST_STREAM|dropped|closed/i.test(details ?? '');
      return isLost ? 'lost' : { refused: `${String(code)} ${String(details)}` };
    }
  };
  return Promise.resolve({
    create,
    close: () => {
      client.close();
    },
  });
}

async function zookeeper(peer: PeerProcess): Promise<Connection> {
  const client = await JuteClient.connect(peer.zookeeper);
  return {
    async create(path) {
      const data = Buffer.from('x');
      const { err } = await client.ask({ op: 'create', path, data, acl: openAcl, flags: 0 });
      if (err === 0 || err === nodeExists) return 'done';
      return err === connectionLoss ? 'lost' : { refused: String(err) };
    },
    close: () => {
      client.destroy();
    },
  };
}

/** Of every door, one at each peer. */
export function writersAt(peers: readonly PeerProcess[]): readonly DoorWriter[] {
  return Object.entries(doors).flatMap(([name, door]) =>
    peers.map((_, index) => new DoorWriter(`${name}${String(index)}`, door, peers, index)),
  );
}

/** Writes without a pause, at one peer for as long as that has doors, and notes what was acknowledged. */
export class DoorWriter {
  readonly acknowledged: string[] = [];
  readonly refused: string[] = [];
  readonly #name: string;
  readonly #door: Door;
  readonly #peers: readonly PeerProcess[];
  #turn: number;
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(name: string, door: Door, peers: readonly PeerProcess[], first: number) {
    this.#name = name;
    this.#door = door;
    this.#peers = peers;
    this.#turn = first;
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    for (let next = 0; !this.#isOver;) {
      const peer = this.#peers[this.#turn % this.#peers.length];
      const connection = peer?.isRunning === true ? await this.#open(peer) : undefined;
      if (connection !== undefined) next = await this.#write(connection, next);
      connection?.close();
      this.#turn++;
      // Lets the end of a process be noticed, should all be without doors for a moment.
      await new Promise(setImmediate);
    }
  }

  async #open(peer: PeerProcess): Promise<Connection | undefined> {
    try {
      return await this.#door(peer);
    } catch {
      return undefined;
    }
  }

  /** Until the connection is lost. Gives the number of the write that is to be sent again. */
  async #write(connection: Connection, first: number): Promise<number> {
    for (let next = first; ; next++) {
      if (this.#isOver) return next;
      const name = `${this.#name}-${String(next)}`;
      const fate = await connection.create(`${parent}/${name}`);
      if (fate === 'lost') return next;
      if (fate !== 'done') {
        this.refused.push(`${name}: ${fate.refused}`);
        continue;
      }
      this.acknowledged.push(name);
    }
  }
}
