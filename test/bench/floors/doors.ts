import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { JuteTaker, type Taken } from '../steady/jute-taker.ts';
import type { Rounds } from './rounds.ts';

// What Node alone takes to speak each protocol: answers are ready-made, and wait for the disk or the majority that the
// request needs.

/** Answers to what came in one piece leave in one. Reads are local. */
export function juteDoor(rounds: Rounds, data: Buffer): Server {
  return createServer({ noDelay: true }, (socket) => {
    const taker = new JuteTaker(socket, data);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const taken: Taken = { answers: [], writes: [] };
      rest = bytes.subarray(taker.take(bytes, taken));
      const { answers, writes } = taken;
      const [only] = answers;
      if (only === undefined) return;
      const whole = answers.length === 1 ? only : Buffer.concat(answers);
      if (writes.length === 0) socket.write(whole);
      else rounds.write(writes, () => void socket.write(whole));
    });
  });
}

export function httpDoor(rounds: Rounds, data: Buffer): Server {
  // As text, for Node sends that together with the head, and bytes behind it.
  const readBody = data.toString('latin1');
  const writtenBody = '{}';
  const headOf = (body: string): string[] => ['Content-Length', String(body.length)];
  const [readHead, writtenHead] = [headOf(readBody), headOf(writtenBody)];
  const answer = (response: ServerResponse, head: string[], body: string): void => {
    response.sendDate = false;
    response.writeHead(200, head);
    response.end(body, 'latin1');
  };
  const server = createHttpServer((request: IncomingMessage, response) => {
    if (request.method === 'GET') {
      rounds.confirm(() => {
        answer(response, readHead, readBody);
      });
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      rounds.write(parts, () => {
        answer(response, writtenHead, writtenBody);
      });
    });
  });
  // Without a timer for each connection and answer.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  return server;
}

const grpcHead = { ':status': 200, 'content-type': 'application/grpc+proto' } as const;
const grpcDone = { 'grpc-status': '0' } as const;

export function grpcDoor(rounds: Rounds, data: Buffer): Server {
  const [read, written] = [grpcMessage(data), grpcMessage(Buffer.alloc(0))];
  const server = createHttp2Server();
  server.on('connection', (socket: Socket) => socket.setNoDelay(true));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const parts: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      if (headers[':path']?.endsWith('/Get') === true) {
        rounds.confirm(() => {
          answerGrpc(stream, read);
        });
      } else {
        rounds.write(parts, () => {
          answerGrpc(stream, written);
        });
      }
    });
  });
  return server;
}

function answerGrpc(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed) return;
  stream.respond(grpcHead, { waitForTrailers: true });
  stream.on('wantTrailers', () => {
    stream.sendTrailers(grpcDone);
  });
  stream.end(message);
}

function grpcMessage(content: Buffer): Buffer {
  const message = Buffer.alloc(5 + content.length);
  message.writeUInt32BE(content.length, 1);
  content.copy(message, 5);
  return message;
}
