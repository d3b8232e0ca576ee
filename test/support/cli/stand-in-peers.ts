import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runCommand } from '../../../src/cli/run-cli.ts';
import { RecordingTerminal } from './recording-terminal.ts';

/** Answers one request. `body` is what came with it. */
export type Take = (
  request: { readonly method: string; readonly url: string; readonly body: string },
  response: ServerResponse,
) => void;

/** HTTP servers in place of peers, for what a command does with answers that real peers give rarely. */
export class StandInPeers {
  readonly requests: string[] = [];
  readonly urls: string[] = [];
  readonly #servers: Server[] = [];

  /** Of each peer, what answers it; `/v1/cluster` names them all. */
  async start(...takes: readonly Take[]): Promise<void> {
    for (const take of takes) {
      const server = createServer((request, response) => {
        void this.#answer(request, response, take);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      this.#servers.push(server);
      this.urls.push(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    }
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** As a person would run it, at the first of the peers. */
  async quoll(...args: readonly string[]): Promise<RecordingTerminal & { code: number }> {
    const terminal = new RecordingTerminal();
    const unused = {
      startPeer: () => Promise.reject(new Error('not here')),
      inspect: () => Promise.resolve(),
    };
    const [command = '', ...rest] = args;
    const argv = ['node', 'quoll', command, '--url', this.urls[0] ?? '', ...rest];
    return Object.assign(terminal, { code: await runCommand(argv, unused, terminal) });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, take: Take): Promise<void> {
    const { method = '', url = '' } = request;
    if (url === '/v1/cluster') {
      const peers = this.urls.map((each, id) => ({ id, http: new URL(each).host }));
      response.end(JSON.stringify({ peers }));
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.requests.push(`${method} ${url}`);
    take({ method, url, body }, response);
  }
}
