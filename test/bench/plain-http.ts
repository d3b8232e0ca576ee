import { Agent, request } from 'node:http';

/** One keep-alive connection of node:http, one request at a time. */
export class PlainHttp {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  /** Any other status than these fails. */
  ask(method: string, target: string, body: string, expected: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = body.startsWith('{') ? { 'Content-Type': 'application/json' } : {};
      const sent = request(`http://${this.#address}${target}`, {
        method,
        agent: this.#agent,
        headers,
      });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        const status = answer.statusCode ?? 0;
        let text = '';
        answer.setEncoding('utf8').on('data', (more: string) => (text += more));
        answer.on('error', reject);
        answer.on('end', () => {
          if (expected.includes(status)) resolve();
          else reject(new Error(`${method} ${target}: ${String(status)} ${text}`));
        });
      });
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
