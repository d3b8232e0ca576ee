import assert from 'node:assert/strict';
import { WebSocket, type ClientOptions } from 'ws';
import type { JsonObject } from './contract.ts';
import { until } from './until.ts';

/** A client of `/v1/ws` that keeps all it is sent, in order. */
export class SocketClient {
  readonly ws: WebSocket;
  readonly messages: JsonObject[] = [];
  closeCode: number | undefined;
  /** In place of `101`, when the upgrade is refused. */
  refusal: { readonly status: number; readonly body: string } | undefined;
  #nextId = 1;

  constructor(base: string, options: ClientOptions = {}, target = '/v1/ws') {
    this.ws = new WebSocket(`${base.replace('http', 'ws')}${target}`, options);
    this.ws.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString('utf8')) as JsonObject);
    });
    this.ws.on('close', (code) => {
      this.closeCode = code;
    });
    this.ws.on('error', () => undefined);
    this.ws.on('unexpected-response', (_, response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => {
        this.refusal = { status: response.statusCode ?? 0, body };
        this.ws.terminate();
      });
    });
  }

  static async open(base: string, options: ClientOptions = {}): Promise<SocketClient> {
    const client = new SocketClient(base, options);
    await until('the socket to open', () => {
      assert.equal(client.refusal, undefined);
      return client.ws.readyState === WebSocket.OPEN;
    });
    return client;
  }

  /** The id of the request. */
  send(op: string, fields: object = {}): number {
    const id = this.#nextId++;
    this.ws.send(JSON.stringify({ id, op, ...fields }));
    return id;
  }

  /** The answer to a request, whether `ok` or `error`. */
  async answer(id: number): Promise<JsonObject> {
    return until(`the answer to ${String(id)}`, () => {
      const found = this.messages.find((message) => message['id'] === id);
      if (found === undefined && this.closeCode !== undefined) {
        throw new Error(`closed with ${String(this.closeCode)}`);
      }
      return found;
    });
  }

  async ok(op: string, fields: object = {}): Promise<JsonObject> {
    const answer = await this.answer(this.send(op, fields));
    assert.ok('ok' in answer, `${op}: ${JSON.stringify(answer)}`);
    return answer['ok'] as JsonObject;
  }

  /** The problem, which has this code. */
  async refused(code: string, op: string, fields: object = {}): Promise<JsonObject> {
    const answer = await this.answer(this.send(op, fields));
    const problem = answer['error'] as JsonObject | undefined;
    assert.equal(problem?.['code'], code, `${op}: ${JSON.stringify(answer)}`);
    return problem;
  }

  events(watch: number): readonly JsonObject[] {
    return this.messages.filter((message) => message['watch'] === watch);
  }

  async closed(): Promise<number> {
    return until('the socket to close', () => this.closeCode);
  }

  async close(): Promise<void> {
    this.ws.close();
    await this.closed();
  }
}
