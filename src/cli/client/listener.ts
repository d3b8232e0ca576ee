import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { NoAnswer } from './rest-client.ts';

// Says what listens where a peer was looked for and something else was found.

/** Each try to be answered in another protocol. */
const probeLimitMs = 1_000;

/** What it is, and what to do. */
interface Listener {
  readonly what: string;
  readonly hint: string;
}

const toHttp = 'The HTTP door of a peer is at 2180 unless configured: --url http://HOST:2180';
const grpc: Listener = { what: 'HTTP/2 alone, as a gRPC port does', hint: toHttp };
const zooKeeper: Listener = { what: "ZooKeeper's protocol", hint: toHttp };
const peers: Listener = { what: 'as peers do to one another (2888, 3888)', hint: toHttp };
const ssh: Listener = { what: 'SSH', hint: toHttp };
const tls: Listener = { what: 'TLS', hint: 'Write https:// in place of http://.' };
const noTls: Listener = {
  what: 'no TLS',
  hint: 'Write http:// in place of https://.',
};
const mute: Listener = {
  what: 'no HTTP: it gives no answer',
  hint: toHttp,
};

/** Gives the failure anew, named after what listens there; as it is when nothing does. */
export async function describeListener(failure: NoAnswer): Promise<NoAnswer> {
  const { base, hasConnected } = failure;
  if (!hasConnected) return failure;
  const found = await listenerOf(failure);
  if (found === undefined) return failure;
  const reason = `what listens there speaks ${found.what}`;
  return new NoAnswer(base, {
    message: `No peer answers at ${base.origin}: ${reason}`,
    reason,
    hint: found.hint,
    hasConnected,
    cause: failure,
  });
}

async function listenerOf({ base, said, reason }: NoAnswer): Promise<Listener | undefined> {
  if (base.protocol === 'https:') {
    return /EPROTO|WRONG_VERSION_NUMBER/.test(reason) ? noTls : undefined;
  }
  if (said !== undefined && said.length > 0) return listenerThatSaid(Buffer.from(said));
  const at = { host: base.hostname.replace(/^\[|\]$/g, ''), port: Number(base.port || '80') };
  // Every ZooKeeper answers this one of its words, and so do we.
  const word = await answerTo(at, Buffer.from('srvr'));
  if (word === undefined) return undefined;
  if (/^Zookeeper|^This ZooKeeper|whitelist/i.test(word.toString('latin1'))) return zooKeeper;
  const preface = await answerTo(at, http2Preface);
  if (preface !== undefined && isHttp2Settings(preface)) return grpc;
  return (await speaksTls(at)) ? tls : mute;
}

function listenerThatSaid(said: Buffer): Listener {
  if (isHttp2Settings(said)) return grpc;
  // An alert of TLS 1.x.
  if (said[0] === 0x15 && said[1] === 0x03) return tls;
  // Both directions of a connection between peers begin with it.
  if (said.includes('QUOL')) return peers;
  const [line = ''] = said.toString('latin1').split(/[\r\n]/);
  if (line.startsWith('SSH-')) return ssh;
  const shown = line.replace(/[^ -~]/g, '?').slice(0, 60);
  return { what: `no HTTP: it says "${shown}"`, hint: toHttp };
}

const settingsFrameType = 4;
const http2Preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, settingsFrameType, 0, 0, 0, 0, 0]),
]);

/** What a server of HTTP/2 says first, whatever it is sent: length, type, flags, and stream 0. */
function isHttp2Settings(said: Buffer): boolean {
  return (
    said.length >= 9 &&
    said.readUIntBE(0, 3) % 6 === 0 &&
    said[3] === settingsFrameType &&
    said.readUInt32BE(5) === 0
  );
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** The first bytes of an answer; none when the connection ends without; undefined when there is no connection. */
function answerTo(place: Place, bytes: Uint8Array): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(place);
    let hasConnected = false;
    const end = (answer: Buffer | undefined): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(answer);
    };
    const endWithout = (): void => {
      end(hasConnected ? Buffer.alloc(0) : undefined);
    };
    const limit = setTimeout(endWithout, probeLimitMs);
    socket.once('connect', () => {
      hasConnected = true;
      socket.write(bytes);
    });
    socket.once('data', end);
    socket.on('error', endWithout);
    socket.once('close', endWithout);
  });
}

/** True when a handshake is answered in TLS, be it by a refusal. */
function speaksTls(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    // Nothing is sent that its certificate would have to vouch for.
    const socket = connectTls({ ...place, rejectUnauthorized: false });
    const end = (isTls: boolean): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(isTls);
    };
    const limit = setTimeout(() => {
      end(false);
    }, probeLimitMs);
    socket.once('secureConnect', () => {
      end(true);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end(/^ERR_SSL_.*ALERT/.test(error.code ?? ''));
    });
    socket.once('close', () => {
      end(false);
    });
  });
}
