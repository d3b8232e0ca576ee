import { Agent, get, request } from 'node:http';
import { strangersAddress } from './attack.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 128, localAddress: strangersAddress });

interface Sent {
  readonly body?: string | Buffer | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** One HTTP request of an attacker, or of what prepares one. */
export function ask(
  address: string,
  method: string,
  path: string,
  { body, headers = {} }: Sent = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `http://${address}${path}`,
      { method, agent, headers, timeout: 60_000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Asks for JSON and throws it away. */
export function download(address: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { Accept: 'application/json' };
    get(`http://${address}${path}`, { agent, headers }, (response) => {
      response.resume().on('end', resolve).on('error', reject);
    }).on('error', reject);
  });
}

export function askJson(address: string, path: string, document: unknown): Promise<Answered> {
  const headers = { 'Content-Type': 'application/json' };
  return ask(address, 'POST', path, { body: JSON.stringify(document), headers });
}

/** Creates a znode unless it is there. */
export async function create(
  address: string,
  path: string,
  data: Buffer | string = '',
): Promise<void> {
  const { status, text } = await ask(address, 'PUT', `/v1/nodes${path}?create&parents`, {
    body: data,
  });
  if (status >= 300 && !text.includes('nodeExists')) throw new Error(`${path}: ${text}`);
}

/** The znode of nearly a megabyte that many attacks ask for: bytes that JSON makes a third larger. */
export async function createBig(address: string): Promise<void> {
  await create(address, '/big', Buffer.alloc(990_000, 0xff));
}

/** Creates children, a thousand in a txn; those that are there already are left as they are. */
export async function createChildren(
  address: string,
  parent: string,
  names: readonly string[],
): Promise<void> {
  await create(address, parent);
  const perTxn = Math.max(1, Math.min(1_000, Math.floor(400_000 / ((names[0]?.length ?? 1) + 60))));
  for (let from = 0; from < names.length; from += perTxn) {
    const ops = names
      .slice(from, from + perTxn)
      .map((name) => ({ op: 'create', path: `${parent}/${name}`, data: '' }));
    const { status, text } = await askJson(address, '/v1/txn', { ops });
    if (status >= 300 && !text.includes('nodeExists')) throw new Error(text.slice(0, 300));
  }
}
