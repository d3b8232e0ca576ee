import { credentials, type ServiceError } from '@grpc/grpc-js';
import assert from 'node:assert/strict';
import type { DoorPeer } from '../tls/door-peer.ts';
import { askHttps } from '../tls/https-client.ts';
import { GrpcClient, znodes } from '../grpc-client.ts';
import { SocketClient } from '../socket-client.ts';
import { JuteSocket, records } from '../zookeeper/jute-frames.ts';
import { opCodes } from '../zookeeper/requests.ts';
import type { JsonObject } from '../contract.ts';

/** By what somebody proves who it is. */
export interface Evidence {
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly bearer?: string;
}

/** What became of a read, by the code of the catalogue. */
export type ReadOutcome = 'read' | 'noAuth' | 'authFailed' | 'throttled' | 'closed';

export interface Asker {
  readonly door: string;
  /** On a connection of its own. */
  read(path: string, evidence: Evidence): Promise<ReadOutcome>;
}

const ofGrpc: Readonly<Record<number, ReadOutcome>> = {
  7: 'noAuth',
  8: 'throttled',
  16: 'authFailed',
};
const ofZooKeeper: Readonly<Record<number, ReadOutcome>> = { 0: 'read', [-102]: 'noAuth' };
const authXid = -4;

/** Gives one asker for each door of a peer that speaks TLS. */
export function askersOf(peer: DoorPeer, ca: string): readonly Asker[] {
  const url = `https://127.0.0.1:${String(peer.ports.http)}`;
  const headersOf = ({ bearer }: Evidence): Record<string, string> =>
    bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  return [
    {
      door: 'http',
      async read(path, evidence) {
        const headers = headersOf(evidence);
        const { status, body } = await askHttps(`${url}/v1/nodes${path}`, {
          ca,
          headers,
          ...evidence.certificate,
        });
        return status === 200 ? 'read' : outcomeOf(JSON.parse(body) as JsonObject);
      },
    },
    {
      door: 'websocket',
      async read(path, evidence) {
        const socket = await SocketClient.open(url, { ca, ...evidence.certificate });
        try {
          if (evidence.bearer !== undefined) {
            const { authorization } = headersOf(evidence);
            const greeted = await socket.answer(socket.send('hello', { authorization }));
            if ('error' in greeted) return outcomeOf(greeted['error'] as JsonObject);
          }
          const answer = await socket.answer(socket.send('get', { path }));
          return 'ok' in answer ? 'read' : outcomeOf(answer['error'] as JsonObject);
        } finally {
          socket.ws.terminate();
        }
      },
    },
    {
      door: 'grpc',
      async read(path, evidence) {
        const { certificate } = evidence;
        const shown = [certificate?.key, certificate?.cert].map((pem) =>
          pem === undefined ? null : Buffer.from(pem),
        );
        const [key = null, cert = null] = shown;
        const target = `127.0.0.1:${String(peer.ports.grpc)}`;
        const client = new GrpcClient(
          target,
          {},
          credentials.createSsl(Buffer.from(ca), key, cert),
        );
        try {
          await client.call(znodes.Get, { path }, { metadata: headersOf(evidence) });
          return 'read';
        } catch (error) {
          return ofGrpc[(error as ServiceError).code] ?? assert.fail(String(error));
        } finally {
          client.close();
        }
      },
    },
    {
      door: 'zookeeper',
      async read(path, evidence) {
        const address = `127.0.0.1:${String(peer.ports.zookeeper)}`;
        const socket = await JuteSocket.openTls(address, { ca, ...evidence.certificate });
        try {
          await socket.connect();
          if (evidence.bearer !== undefined) {
            const proof = records.auth('bearer', evidence.bearer);
            const { error } = await socket.ask(authXid, opCodes.auth, proof);
            if (error !== 0) return 'authFailed';
          }
          const { error } = await socket.ask(1, opCodes.getData, records.read(path));
          return ofZooKeeper[error] ?? assert.fail(`error ${String(error)}`);
        } finally {
          socket.destroy();
        }
      },
    },
  ];
}

/** A znode that one identity may read and change, and nobody else. */
export async function createFor(
  { url, ca }: { readonly url: string; readonly ca: string },
  path: string,
  identity: { readonly scheme: string; readonly id: string },
): Promise<void> {
  const acl = [{ ...identity, permissions: 'cdrwa' }];
  const ops = [{ op: 'create', path, data: 'x', acl }];
  const { status, body } = await askHttps(`${url}/v1/txn`, {
    ca,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ops }),
  });
  assert.equal(status, 200, body);
}

const ofProblems: Readonly<Record<string, ReadOutcome>> = {
  NOAUTH: 'noAuth',
  AUTHFAILED: 'authFailed',
  THROTTLED: 'throttled',
};

function outcomeOf(problem: JsonObject): ReadOutcome {
  return ofProblems[problem['code'] as string] ?? assert.fail(JSON.stringify(problem));
}
