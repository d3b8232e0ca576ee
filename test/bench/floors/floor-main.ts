// One member of a service that does the least that a work needs, on bare Node: what the platform alone gives.
//   node dist/test/bench/floors/floor-main.js '{"members":3,"folder":"/tmp/x","bytes":100}'   and for those that follow
//   "leaderPort":4711 as well; with an IPC channel, where it tells what `MemberWord` says

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { grpcDoor, httpDoor, juteDoor } from './doors.ts';
import { Follower, Leader, type Rounds } from './rounds.ts';

export interface MemberSpec {
  readonly members: number;
  /** Of its log; it is there. */
  readonly folder: string;
  /** Of the data of all that is read. */
  readonly bytes: number;
  /** Undefined for the one that leads. */
  readonly leaderPort?: number;
}

/** The leader's first: where the others are to go. Then, once all are there: where clients go. */
export type MemberWord =
  | { readonly peerPort: number }
  | { readonly doors: Readonly<Record<'zookeeper' | 'http' | 'grpc', number>> };

const spec = JSON.parse(process.argv[2] ?? '') as MemberSpec;
process.on('disconnect', () => process.exit());
const rounds = spec.leaderPort === undefined ? await lead(spec) : await follow(spec.leaderPort);
const data = Buffer.alloc(spec.bytes, 'x');
tell({
  doors: {
    zookeeper: await portOf(juteDoor(rounds, data)),
    http: await portOf(httpDoor(rounds, data)),
    grpc: await portOf(grpcDoor(rounds, data)),
  },
});

async function lead({ members, folder }: MemberSpec): Promise<Rounds> {
  const leader = await Leader.start(members, folder);
  await new Promise<void>((resolve) => {
    const server = createServer({ noDelay: true }, (socket) => {
      if (leader.follow(socket) === members - 1) resolve();
    });
    void portOf(server).then((peerPort) => {
      tell({ peerPort });
      if (members === 1) resolve();
    });
  });
  return leader;
}

async function follow(leaderPort: number): Promise<Rounds> {
  const socket = connect({ host: '127.0.0.1', port: leaderPort, noDelay: true });
  const follower = await Follower.start(socket, spec.folder);
  socket.on('close', () => process.exit());
  return follower;
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function tell(said: MemberWord): void {
  process.send?.(said);
}
