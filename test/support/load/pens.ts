import { credentials, status, type ServiceError } from '@grpc/grpc-js';
import { Agent as PlainAgent, request } from 'node:http';
import { GrpcClient, richErrorOf, znodes } from '../grpc-client.ts';
import type { PeerProcess } from '../ensemble.ts';
import { SocketClient } from '../socket-client.ts';
import { askHttps, oneConnection, type HttpsAnswer } from '../tls/https-client.ts';
import { JuteSocket, records } from '../zookeeper/jute-frames.ts';
import { opCodes } from '../zookeeper/requests.ts';
import type { JsonObject } from '../contract.ts';

/** Whom a pen writes for, and over what. */
export interface PenTerms {
  /** The authority that is believed; without one it speaks plaintext. */
  readonly ca?: string;
  readonly bearer?: string;
}

/**
 * What became of a create: `there` when the znode is there already. What is refused is said in words. A connection that
 * breaks, and a peer that can't answer now, is thrown.
 */
export type Written = 'written' | 'there' | { readonly refused: string };

/** One connection at one door, by which znodes are created one after the other. */
export interface Pen {
  create(path: string): Promise<Written>;
  close(): void;
}

export type OpenPen = (peer: PeerProcess, terms: PenTerms) => Promise<Pen>;

/** What each znode of a pen holds. */
export const penData = 'x';

/** A peer that can't answer now. */
export class NotNow extends Error {
  /** It says that nothing was done, and that the same may be sent again. */
  readonly isUndone: boolean;

  constructor(words: string, isUndone: boolean) {
    super(words);
    this.isUndone = isUndone;
  }
}

export const doors = ['http', 'websocket', 'grpc', 'zookeeper'] as const;
export type Door = (typeof doors)[number];

/** Gives what opens a pen at each door. */
export const pens: Readonly<Record<Door, OpenPen>> = {
  http: (peer, terms) => Promise.resolve(new HttpPen(peer, terms)),
  async websocket(peer, { ca, bearer }) {
    const socket = await SocketClient.open(urlOf(peer, ca), ca === undefined ? {} : { ca });
    if (bearer !== undefined) {
      const hello = await socket.answer(
        socket.send('hello', { authorization: `Bearer ${bearer}` }),
      );
      if ('error' in hello) return refusing(wordsOf(hello['error'] as JsonObject));
    }
    return {
      async create(path) {
        const answer = await socket.answer(socket.send('create', { path, data: penData }));
        return 'ok' in answer ? 'written' : outcomeOf(answer['error'] as JsonObject);
      },
      close: () => {
        socket.ws.terminate();
      },
    };
  },
  grpc: (peer, { ca, bearer }) => {
    const as =
      ca === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(ca));
    const client = new GrpcClient(peer.grpc, {}, as);
    const metadata: Record<string, string> =
      bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const data = Buffer.from(penData);
    return Promise.resolve({
      async create(path: string): Promise<Written> {
        try {
          await client.call(znodes.Create, { path, data }, { metadata, deadlineMs: answerMs });
          return 'written';
        } catch (error) {
          const { code, details } = error as ServiceError;
          if (code === status.ALREADY_EXISTS) return 'there';
          if (code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED) throw notNow(error);
          return { refused: `${String(code)}: ${details}` };
        }
      },
      close: () => {
        client.close();
      },
    });
  },
  async zookeeper(peer, { ca, bearer }) {
    const socket = await (ca === undefined
      ? JuteSocket.open(peer.zookeeper)
      : JuteSocket.openTls(peer.zookeeper, { ca, host: '127.0.0.1' }));
    await socket.connect();
    if (bearer !== undefined) {
      const { error } = await socket.ask(authXid, opCodes.auth, records.auth('bearer', bearer));
      if (error !== 0) return refusing(`auth: ${String(error)}`);
    }
    let xid = 0;
    return {
      async create(path) {
        const record = records.create(path, Buffer.from(penData));
        const { error } = await socket.ask(++xid, opCodes.create, record);
        if (error === 0) return 'written';
        if (error === nodeExists) return 'there';
        if (error === connectionLoss || error === operationTimeout) throw new Error(String(error));
        return { refused: `error ${String(error)}` };
      },
      close: () => {
        socket.destroy();
      },
    };
  },
};

const authXid = -4;
const connectionLoss = -4;
const operationTimeout = -7;
const nodeExists = -110;
/** Longer than a change of leaders takes. */
const answerMs = 10_000;

class HttpPen implements Pen {
  readonly #base: string;
  readonly #ca: string | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #plain = new PlainAgent({ keepAlive: true, maxSockets: 1 });
  readonly #secure = oneConnection();

  constructor(peer: PeerProcess, { ca, bearer }: PenTerms) {
    this.#base = urlOf(peer, ca);
    this.#ca = ca;
    this.#headers = {
      'if-none-match': '*',
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    };
  }

  async create(path: string): Promise<Written> {
    const { status: answered, body } = await this.#put(`${this.#base}/v1/nodes${path}`);
    return answered === 201 ? 'written' : outcomeOf(JSON.parse(body) as JsonObject);
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #put(url: string): Promise<Pick<HttpsAnswer, 'status' | 'body'>> {
    const options = { method: 'PUT', headers: this.#headers };
    if (this.#ca !== undefined) {
      return askHttps(url, { ...options, agent: this.#secure, ca: this.#ca, body: penData });
    }
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { ...options, agent: this.#plain }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.on('error', reject).on('end', () => {
          resolve({ status: response.statusCode ?? 0, body });
        });
      });
      outgoing.on('error', reject).end(penData);
    });
  }
}

function urlOf({ http }: PeerProcess, ca: string | undefined): string {
  return http.replace(/^https?/, ca === undefined ? 'http' : 'https');
}

/** Of a door that did not even let it in. */
function refusing(refused: string): Pen {
  return { create: () => Promise.resolve({ refused }), close: () => undefined };
}

function outcomeOf(problem: JsonObject): Written {
  const { code, status: answered } = problem;
  if (code === 'NODEEXISTS') return 'there';
  // No leader now, or no answer in time.
  if (answered === 503 || answered === 504) {
    const isUndone = problem['applied'] === 'no' && problem['retryable'] === true;
    throw new NotNow(wordsOf(problem), isUndone);
  }
  return { refused: wordsOf(problem) };
}

/** A connection that breaks says nothing of what became of the call. */
function notNow(error: unknown): NotNow {
  const { details, metadata } = error as ServiceError;
  if (metadata.get('grpc-status-details-bin').length === 0) return new NotNow(details, false);
  const { reason, facts } = richErrorOf(error);
  const isUndone = facts['applied'] === 'no' && facts['retryable'] === 'true';
  return new NotNow(wordsOf({ code: reason, detail: details }), isUndone);
}

function wordsOf({ code, detail }: JsonObject): string {
  return JSON.stringify({ code, detail });
}
