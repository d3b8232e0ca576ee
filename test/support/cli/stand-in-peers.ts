import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCommand } from '../../../src/cli/run-cli.ts';
import { RecordingTerminal } from './recording-terminal.ts';

export interface TakenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers one request. */
export type Take = (request: TakenRequest, response: ServerResponse) => void;

/** HTTP servers in place of peers, for what a command does with answers that real peers give rarely. */
export class StandInPeers {
  readonly requests: string[] = [];
  readonly urls: string[] = [];
  readonly #servers: Server[] = [];

  /** Starts a peer for each of what answers them; `/v1/cluster` names them all. */
  async start(...takes: readonly Take[]): Promise<void> {
    for (const take of takes) {
      await this.startOne((request, response) => {
        if (request.url === '/v1/cluster') {
          const peers = this.urls.map((each, id) => ({ id, http: new URL(each).host }));
          response.end(JSON.stringify({ peers }));
          return;
        }
        this.requests.push(`${request.method} ${request.url}`);
        take(request, response);
      });
    }
  }

  /** Starts a peer that is answered for in all, `/v1/cluster` included; keeps no `requests`. */
  async startOne(take: Take): Promise<void> {
    const server = createServer((request, response) => {
      void requestOf(request).then((taken) => {
        take(taken, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    this.urls.push(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** The same, with all of the peers to turn to. */
  quollAlong(...args: readonly string[]): Promise<RecordingTerminal & { code: number }> {
    return this.#run(undefined, this.urls.join(','), args);
  }

  /** As a person would run it, at the first of the peers. */
  quoll(...args: readonly string[]): Promise<RecordingTerminal & { code: number }> {
    return this.quollReading(undefined, ...args);
  }

  /** The same, with something piped into it. */
  quollReading(
    input: string | undefined,
    ...args: readonly string[]
  ): Promise<RecordingTerminal & { code: number }> {
    return this.#run(input, this.urls[0] ?? '', args);
  }

  async #run(
    input: string | undefined,
    at: string,
    args: readonly string[],
  ): Promise<RecordingTerminal & { code: number }> {
    const terminal = new RecordingTerminal(input);
    const unused = {
      startPeer: () => Promise.reject(new Error('not here')),
      inspect: () => Promise.resolve(),
      keyTools: () => Promise.reject(new Error('not here')),
      copyTools: () => Promise.reject(new Error('not here')),
      importZooKeeper: () => Promise.reject(new Error('not here')),
    };
    // What follows `--` is another's command line.
    const end = args.includes('--') ? args.indexOf('--') : args.length;
    const url = ['--url', at];
    const argv = ['node', 'quoll', ...args.slice(0, end), ...url, ...args.slice(end)];
    return Object.assign(terminal, { code: await runCommand(argv, unused, terminal) });
  }
}

async function requestOf(request: IncomingMessage): Promise<TakenRequest> {
  const { method = '', url = '', headers } = request;
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return { method, url, headers, body };
}
