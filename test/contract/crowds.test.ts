import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  connect as connectHttp2,
  type ClientHttp2Session,
  type ClientHttp2Stream,
} from 'node:http2';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import type { AnswerSink } from '../bench/steady/conversation.ts';
import { GrpcConversation } from '../bench/steady/grpc-conversation.ts';
import { bool, bytes, frame, int32, int64, text } from '../support/zookeeper/jute-frames.ts';
import { until } from '../support/until.ts';

/** Where the crowd comes from. Only Linux has all of 127/8. */
const crowdsAddress = '127.0.0.2';
const crowdSize = 192;
/** Of whoever is light: too few for anything else. */
const asks = 40;

/** A connection that asks for one small thing when it is told to. */
interface Asker {
  ask(): void;
  end(): void;
}

type Peer = ReturnType<Ensemble['peer']>;
type Door = (peer: Peer, from: string, answered: () => void) => Asker;

function dial(address: string, from: string): Socket {
  const { hostname: host, port } = new URL(`http://${address}`);
  return connect({ host, port: Number(port), localAddress: from }).on('error', () => undefined);
}

/** Each answer comes in one piece: they are small. */
function asker(socket: Socket, request: Buffer | string, answered: () => void): Asker {
  socket.on('data', answered);
  return {
    ask: () => socket.write(request),
    end: () => socket.destroy(),
  };
}

const getOf = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

const connectRequest = frame(
  ...[int32(0), int64(0n), int32(30_000), int64(0n), bytes(Buffer.alloc(16))],
  bool(false),
);

/** Asks for each on a connection of its own, which is open by then. */
function each(one: () => Asker): Asker {
  const askers = Array.from({ length: asks }, one);
  let asked = 0;
  return {
    ask() {
      askers[asked++]?.ask();
    },
    end() {
      for (const opened of askers) opened.end();
    },
  };
}

function openWebSocket(peer: Peer, from: string): WebSocket {
  const url = `${peer.url.replace('http', 'ws')}/v1/ws`;
  return new WebSocket(url, { localAddress: from }).on('error', () => undefined);
}

function openHttp2(peer: Peer, from: string): ClientHttp2Session {
  return connectHttp2(`http://${peer.grpc}`, {
    createConnection: () => dial(peer.grpc, from),
  }).on('error', () => undefined);
}

function grpcCall(session: ClientHttp2Session, method: string): ClientHttp2Stream {
  const headers = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request({ ...headers, ':path': `/quoll.v1.${method}` });
  return stream.on('error', () => undefined);
}

const grpcMessage = (...message: readonly number[]): Buffer =>
  Buffer.from([0, 0, 0, 0, message.length, ...message]);

/** `id` 1, `open`. */
const openSession = grpcMessage(0x08, 1, 0x22, 0);

/** What is begun ahead of the rest of a crowd. */
const urgent: Readonly<Record<string, Door>> = {
  probe: (peer, from, answered) =>
    asker(dial(new URL(peer.url).host, from), getOf('/readyz'), answered),
  poll: (peer, from, answered) =>
    asker(dial(new URL(peer.url).host, from), getOf('/v1/locks/none/1'), answered),
  hello: (peer, from, answered) =>
    each(() => {
      const ws = openWebSocket(peer, from).on('message', answered);
      return {
        ask: () => {
          ws.send('{"id":1,"op":"hello","openSession":{}}');
        },
        end: () => {
          ws.terminate();
        },
      };
    }),
  connect: (peer, from, answered) =>
    each(() => asker(dial(peer.zookeeper, from), connectRequest, answered)),
  session: (peer, from, answered) =>
    each(() => {
      const session = openHttp2(peer, from);
      return {
        ask() {
          grpcCall(session, 'SessionService/Session').once('data', answered).write(openSession);
        },
        end: () => {
          session.destroy();
        },
      };
    }),
};

const doors: Readonly<Record<string, Door>> = {
  http(peer, from, answered) {
    const request = getOf('/v1/nodes/?stat&consistency=local');
    return asker(dial(new URL(peer.url).host, from), request, answered);
  },
  zookeeper(peer, from, answered) {
    const socket = dial(peer.zookeeper, from);
    let isConnected = false;
    socket.write(connectRequest);
    return asker(socket, frame(int32(1), int32(3), text('/'), bool(false)), () => {
      if (isConnected) answered();
      isConnected = true;
    });
  },
  // HTTP/2 of Node's takes a client longer than a server, and answers would be counted that lie read by nobody.
  grpc(peer, from, answered) {
    const topic = { kind: 'get', address: peer.grpc, name: '', data: Buffer.alloc(0) } as const;
    const conversation = new GrpcConversation(topic, 'grpc');
    const { opening } = conversation;
    const socket = dial(peer.grpc, from);
    const sink: AnswerSink = {
      answered(request) {
        if (request >= opening.length) answered();
      },
      failed(why) {
        throw new Error(why);
      },
      say: (said) => socket.write(said),
    };
    let rest = Buffer.alloc(0);
    socket.on('data', (come: Buffer) => {
      const unread = Buffer.concat([rest, come]);
      rest = unread.subarray(conversation.take(unread, sink));
    });
    socket.write(Buffer.concat(opening));
    return {
      ask: () => socket.write(conversation.requests(1)),
      end: () => socket.destroy(),
    };
  },
};

/** Asks for one thing now and then, and counts what a crowd is answered while it waits. */
class Patient {
  readonly #asker: Asker;
  #asked = 0;
  #isWaiting = false;
  #answeredBefore = 0;
  #answeredMeanwhile = 0;

  constructor(
    door: Door,
    peer: Peer,
    { from, answered }: { from: string; answered: () => number },
  ) {
    this.#asker = door(peer, from, () => {
      this.#answeredMeanwhile += answered() - this.#answeredBefore;
      this.#isWaiting = false;
    });
  }

  get isDone(): boolean {
    return this.#asked === asks && !this.#isWaiting;
  }

  /** For each that it asked for. */
  get answeredMeanwhile(): number {
    return this.#answeredMeanwhile / this.#asked;
  }

  /** A crowd was answered so often. */
  look(answered: number): void {
    if (this.#isWaiting || this.#asked === asks || answered < 1_000 + 100 * this.#asked) return;
    this.#isWaiting = true;
    this.#asked++;
    this.#answeredBefore = answered;
    this.#asker.ask();
  }

  end(): void {
    this.#asker.end();
  }
}

interface AnsweredMeanwhile {
  readonly light: number;
  readonly urgent: Readonly<Record<string, number>>;
}

/**
 * How many answers a crowd has, which asks for all it can get, while others wait for one: who is light, and what is urgent
 * of its own.
 */
async function answeredMeanwhile(peer: Peer, door: Door): Promise<AnsweredMeanwhile> {
  let answers = 0;
  let isOver = false;
  const answered = (): number => answers;
  const light = new Patient(door, peer, { from: '127.0.0.1', answered });
  const own = Object.entries(urgent).map(
    ([name, one]) => [name, new Patient(one, peer, { from: crowdsAddress, answered })] as const,
  );
  const patients = [light, ...own.map(([, patient]) => patient)];
  const crowd = Array.from({ length: crowdSize }, () => {
    const one = door(peer, crowdsAddress, () => {
      answers++;
      for (const patient of patients) patient.look(answers);
      if (!isOver) one.ask();
    });
    return one;
  });
  for (const one of crowd) one.ask();
  await until('all are answered', () => patients.every(({ isDone }) => isDone));
  isOver = true;
  for (const one of [...crowd, ...patients]) one.end();
  return {
    light: light.answeredMeanwhile,
    urgent: Object.fromEntries(own.map(([name, one]) => [name, one.answeredMeanwhile])),
  };
}

async function metric(ensemble: Ensemble, name: string): Promise<number> {
  const shown = await (await fetch(`${ensemble.peer(1).url}/metrics`)).text();
  return Number(new RegExp(`^quoll_${name} (\\d+)`, 'm').exec(shown)?.[1]);
}

describe('many connections of one address with a request each', () => {
  let weighed: Ensemble;
  let passedOn: Ensemble;

  before(async function () {
    if (process.platform !== 'linux') this.skip();
    weighed = await startEnsemble({ peers: 1 });
    passedOn = await startEnsemble({ peers: 1, proxies: ['127.0.0.2/31'] });
  });

  after(async () => {
    await weighed.stop();
    await passedOn.stop();
  });

  for (const [name, door] of Object.entries(doors)) {
    it(`go behind who asks for little and what is urgent, unless they are a proxy's: ${name}`, async () => {
      const behind = await answeredMeanwhile(passedOn.peer(1), door);
      const ahead = await answeredMeanwhile(weighed.peer(1), door);
      const seen = JSON.stringify({ behind, ahead });
      assert.ok(ahead.light < behind.light / 2, seen);
      for (const [what, meanwhile] of Object.entries(ahead.urgent)) {
        const unweighed = Math.max(behind.light, behind.urgent[what] ?? 0);
        assert.ok(meanwhile < (unweighed * 2) / 3, `${what}: ${seen}`);
      }
    });
  }

  it('are told of in the figures', async () => {
    await until(
      'they are told of',
      async () => (await metric(weighed, 'requests_stood_back_total')) > 0,
    );
    assert.equal(await metric(passedOn, 'requests_stood_back_total'), 0);
    await until('nobody asks for much any more', async () => {
      return (await metric(weighed, 'demanding_addresses')) === 0;
    });
  });
});

/** Each does one thing of its kind, and resolves once that is answered. */
const weighedToo: Readonly<Record<string, (peer: Peer, from: string) => () => Promise<void>>> = {
  'the beginnings of sessions': (peer, from) => async () => {
    const socket = dial(peer.zookeeper, from);
    socket.write(connectRequest);
    await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    socket.destroy();
  },
  'upgrades to WebSocket': (peer, from) => async () => {
    const ws = openWebSocket(peer, from);
    await Promise.race([once(ws, 'open'), once(ws, 'close')]);
    ws.terminate();
  },
  'messages on a stream of a session'(peer, from) {
    const session = openHttp2(peer, from);
    const stream = grpcCall(session, 'SessionService/Session');
    stream.write(openSession);
    return async () => {
      await once(stream, 'data');
      // Asks whether the root is there.
      stream.write(grpcMessage(0x08, 1, 0x62, 3, 0x0a, 1, 0x2f));
    };
  },
};

describe('who asks for much is known', () => {
  let ensemble: Ensemble;

  before(async function () {
    if (process.platform !== 'linux') this.skip();
    ensemble = await startEnsemble({ peers: 1 });
  });

  after(async () => {
    await ensemble.stop();
  });

  for (const [name, worker] of Object.entries(weighedToo)) {
    it(`by ${name}`, async () => {
      let isOver = false;
      const work = async (one: () => Promise<void>): Promise<void> => {
        while (!isOver) await one();
      };
      const workers = Array.from({ length: 16 }, () =>
        work(worker(ensemble.peer(1), crowdsAddress)),
      );
      const demanding = (): Promise<number> => metric(ensemble, 'demanding_addresses');
      await until('its address is one', async () => (await demanding()) > 0);
      isOver = true;
      await Promise.all(workers);
      await until('it is one no more', async () => (await demanding()) === 0);
    });
  }
});

describe('a range of proxies', () => {
  it('that strangers are in is warned of as the peer starts, with what to do', async () => {
    const lines: string[] = [];
    const ensemble = await startEnsemble({
      peers: 1,
      proxies: ['10.0.0.0/8', '0.0.0.0/0', '::/0'],
      log: { level: 'warn', write: (line) => lines.push(line) },
    });
    await ensemble.stop();
    const told = lines
      .map((line) => JSON.parse(line) as { event: string; range?: string; fix?: string })
      .filter(({ event }) => event === 'proxiesTooWide');
    assert.deepEqual(
      told.map(({ range }) => range),
      ['0.0.0.0/0', '::/0'],
    );
    assert.match(told[0]?.fix ?? '', /Name the proxies/);
  });
});
