import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
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

/** Asks what a kubelet asks. */
const probe: Door = (peer, from, answered) =>
  asker(dial(new URL(peer.url).host, from), getOf('/readyz'), answered);

const doors: Readonly<Record<string, Door>> = {
  http(peer, from, answered) {
    const request = getOf('/v1/nodes/?stat&consistency=local');
    return asker(dial(new URL(peer.url).host, from), request, answered);
  },
  zookeeper(peer, from, answered) {
    const socket = dial(peer.zookeeper, from);
    const begin = [int32(0), int64(0n), int32(30_000), int64(0n), bytes(Buffer.alloc(16))];
    let isConnected = false;
    socket.write(frame(...begin, bool(false)));
    return asker(socket, frame(int32(1), int32(3), text('/'), bool(false)), () => {
      if (isConnected) answered();
      isConnected = true;
    });
  },
  grpc(peer, from, answered) {
    const session = connectHttp2(`http://${peer.grpc}`, {
      createConnection: () => dial(peer.grpc, from),
    });
    session.on('error', () => undefined);
    return {
      ask() {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/quoll.v1.ZnodeService/Exists',
          'content-type': 'application/grpc',
          te: 'trailers',
        });
        stream.on('error', () => undefined).resume();
        stream.on('close', answered);
        stream.end(Buffer.from([0, 0, 0, 0, 3, 0x0a, 1, 0x2f]));
      },
      end: () => {
        session.destroy();
      },
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

/** How many answers a crowd has, which asks for all it can get, while others wait for one: who is light, and a probe of its own. */
async function answeredMeanwhile(
  peer: Peer,
  door: Door,
): Promise<{ readonly light: number; readonly probe: number }> {
  let answers = 0;
  let isOver = false;
  const answered = (): number => answers;
  const light = new Patient(door, peer, { from: '127.0.0.1', answered });
  const probing = new Patient(probe, peer, { from: crowdsAddress, answered });
  const crowd = Array.from({ length: crowdSize }, () => {
    const one = door(peer, crowdsAddress, () => {
      answers++;
      light.look(answers);
      probing.look(answers);
      if (!isOver) one.ask();
    });
    return one;
  });
  for (const one of crowd) one.ask();
  await until('all are answered', () => light.isDone && probing.isDone);
  isOver = true;
  for (const one of [...crowd, light, probing]) one.end();
  return { light: light.answeredMeanwhile, probe: probing.answeredMeanwhile };
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
      assert.ok(ahead.probe < behind.light / 2, seen);
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
