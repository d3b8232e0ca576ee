import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { JuteClient } from '../../support/zookeeper/jute-client.ts';
import { openAcl, type MultiItem, type WriteOp } from '../../support/zookeeper/requests.ts';

// Every op code that creates, with every flag: what is answered, what is there then, and what of it a server removes when
// its only child has gone. A container shows in nothing else.

const ops = ['create', 'create2', 'createContainer', 'createTtl'] as const;
const flagsOfAll = [0, 1, 2, 3, 4, 5, 6, 7, -1];
const ttlsMs = [10_000_000, 0, -1];
const ttlFlags = new Set([5, 6]);

/** What was made at a server, a line for each create. */
export async function madeAt(address: string): Promise<readonly string[]> {
  const client = await JuteClient.connect(address);
  const all: { readonly text: string; readonly paths: readonly string[] }[] = [];
  await make(client, { op: 'create', path: '/creates', data: '', acl: openAcl, flags: 0 });
  for (const create of creates()) {
    const at = `/creates/${String(all.length)}`;
    await make(client, { op: 'create', path: at, data: '', acl: openAcl, flags: 0 });
    const answer = await answerTo(client, at, create);
    const { body } = await client.ask({ op: 'getChildren', path: at, watch: false });
    const paths = (body.children ?? []).map((name) => `${at}/${name}`);
    const text = `${JSON.stringify(create)}: ${answer}, ${paths.join()}`;
    for (const path of paths) {
      const child = `${path}/child`;
      await client.ask({ op: 'create', path: child, data: '', acl: openAcl, flags: 0 });
      await client.ask({ op: 'delete', path: child, version: -1 });
    }
    all.push({ text, paths });
  }
  // Of one round the order is chance: what went with the first container that is waited for is gone with the second.
  await oneRoundOfReaping(client, '/last');
  await oneRoundOfReaping(client, '/after');
  const lines: string[] = [];
  for (const { text, paths } of all) {
    const there = await Promise.all(paths.map((path) => exists(client, path)));
    lines.push(`${text}, ${there.join()}`);
  }
  await client.close();
  return lines;
}

interface Create {
  readonly op: (typeof ops)[number];
  readonly flags: number;
  readonly ttlMs: number | undefined;
  readonly inMulti: boolean;
}

function* creates(): Generator<Create> {
  for (const inMulti of [false, true]) {
    for (const op of ops) {
      for (const flags of flagsOfAll) {
        for (const ttlMs of op === 'createTtl' ? ttlsMs : [undefined]) {
          // The end of a real ZooKeeper, which can't apply its own txn.
          const isFatal = !inMulti && ttlMs === -1 && !ttlFlags.has(flags);
          if (!isFatal) yield { op, flags, ttlMs, inMulti };
        }
      }
    }
  }
}

async function answerTo(client: JuteClient, at: string, create: Create): Promise<string> {
  const { inMulti, ...rest } = create;
  const op = { ...rest, path: `${at}/n`, data: '', acl: openAcl } as WriteOp;
  const { err, body } = await client.ask(inMulti ? { op: 'multi', ops: [op] } : op);
  const shown = (item: MultiItem): unknown => [
    item.type,
    item.headerErr,
    item.err,
    item.body?.path,
  ];
  return JSON.stringify([err, body.path, 'stat' in body, body.results?.map(shown)]);
}

/** Both servers look for all empty containers at a time. */
async function oneRoundOfReaping(client: JuteClient, path: string): Promise<void> {
  await make(client, { op: 'createContainer', path, data: '', acl: openAcl, flags: 4 });
  await make(client, { op: 'create', path: `${path}/child`, data: '', acl: openAcl, flags: 0 });
  await make(client, { op: 'delete', path: `${path}/child`, version: -1 });
  await until('the container to be reaped', async () => !(await exists(client, path)), 30_000);
}

async function make(client: JuteClient, op: WriteOp): Promise<void> {
  assert.equal((await client.ask(op)).err, 0, op.path ?? '');
}

async function exists(client: JuteClient, path: string): Promise<boolean> {
  return (await client.ask({ op: 'exists', path, watch: false })).err === 0;
}
