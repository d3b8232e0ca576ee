import type { Command } from 'commander';
import { childOf, type ZnodePath } from '../../model/path.ts';
import {
  examples,
  jsonBody,
  nodesUrl,
  ringOf,
  withClientOptions,
  writeJson,
  znodePath,
  type ClientOptions,
} from '../client/client-command.ts';
import {
  checkExported,
  exportedZnodes,
  ExportLines,
  type ExportedZnode,
} from '../client/exported-file.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import { documentOf, problemCode } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

const pageZnodes = '200';
/** Requests at a time for what has no list. */
const atOnce = 16;
/** Of one transaction: well below what a peer takes (`limits.opsPerMultiMax`, `limits.requestBytesMax`). */
const opsPerPartMax = 100;
const bytesPerPartMax = 256 * 1_024;
const progressEvery = 1_000;

interface ExportOptions extends ClientOptions {
  readonly ephemerals?: true;
}

export function addExportCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('export <path>'))
    .description('write a znode and everything below it as lines of JSON')
    .option('--ephemerals', 'ephemeral znodes too: import makes persistent ones of them')
    .addHelpText(
      'after',
      `${examples('quoll export /app > app.ndjson', 'quoll import app.ndjson --to /copy')}
A line for each znode with data, ACL, kind and TTL, parents first; the last line has their count and a
checksum. Versions and zxids are not in it, nor what is below /zookeeper, unless that is named. Others
may write meanwhile: each page is as new as it is read. A copy by "backup" stands at one zxid.
`,
    )
    .action(async (typed: string, options: ExportOptions) => {
      await exportTree(znodePath(typed), options, terminal);
    });
}

interface ImportOptions extends ClientOptions {
  readonly to?: string;
  readonly skipExisting?: true;
  readonly overwrite?: true;
}

export function addImportCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('import <file>'))
    .description('create the znodes of an export')
    .option('--to <path>', 'below that, in the place of the path that was exported')
    .option('--skip-existing', 'leave znodes as they are that are there and differ')
    .option('--overwrite', 'set the data and ACL of those')
    .addHelpText(
      'after',
      `${examples('quoll import app.ndjson', 'quoll import app.ndjson --to /restored --overwrite')}
The file is checked first, so that nothing comes of one that is cut off. Znodes come in transactions of
bounded size, parents first. What is there already and equal is passed over: after a break the same
command goes on. What is there and differs ends it, unless an option says what to do.
`,
    )
    .action(async (file: string, options: ImportOptions) => {
      if (options.skipExisting === true && options.overwrite === true) {
        throw new CommandFailed(
          exitCode.usage,
          '--skip-existing and --overwrite exclude each other',
        );
      }
      const { path, count } = await checkExported(file);
      const root = znodePath(options.to ?? path);
      const done = await new Import(options, { root, count }, terminal).run(file);
      if (options.output === 'json') writeJson(terminal, { path: root, ...done });
      else {
        const { created, changed, equal, skipped } = done;
        terminal.write(
          `created ${String(created)}, changed ${String(changed)}, equal ${String(equal)}, skipped ${String(skipped)}\n`,
        );
      }
    });
}

interface Listed {
  readonly name: string;
  readonly data?: string | null;
  readonly encoding?: 'utf8' | 'base64';
  readonly stat?: { readonly ephemeralOwner: string };
}

async function exportTree(
  root: ZnodePath,
  options: ExportOptions,
  terminal: Terminal,
): Promise<void> {
  const ring = ringOf(options);
  const lines = new ExportLines();
  const own = await ring.askForSuccess({
    method: 'GET',
    path: nodesUrl(root),
    headers: { Accept: 'application/json' },
  });
  const zxid = String(own.headers['x-zxid']);
  terminal.write(lines.header({ path: root, zxid, time: new Date().toISOString() }));
  const write = async (listed: readonly Listed[]): Promise<void> => {
    const wanted = listed.filter(
      ({ name, stat }) =>
        !isReserved(root, name) && (options.ephemerals === true || stat?.ephemeralOwner === '0'),
    );
    for (const znode of await inParts(wanted, (each) => whole(ring, root, each))) {
      if (znode !== undefined) terminal.write(lines.znode(znode));
    }
    terminal.progress(`${String(lines.count)} znodes`);
  };
  await write([{ name: '', ...(documentOf(own) as unknown as Omit<Listed, 'name'>) }]);
  let token: string | undefined;
  do {
    const query = { children: true, recursive: true, withData: true, limit: pageZnodes };
    const url = nodesUrl(root, { ...query, continue: token });
    const page = await ring.document({ method: 'GET', path: url });
    await write(Array.isArray(page['znodes']) ? (page['znodes'] as Listed[]) : []);
    token = typeof page['continue'] === 'string' ? page['continue'] : undefined;
  } while (token !== undefined);
  terminal.progress('');
  terminal.write(lines.end());
}

/** With its ACL and kind; undefined when it was deleted meanwhile. */
async function whole(
  ring: PeerRing,
  root: ZnodePath,
  { name, data, encoding }: Listed,
): Promise<ExportedZnode | undefined> {
  if (data === undefined || encoding === undefined) {
    throw new CommandFailed(exitCode.error, `"${joined(root, name)}" may not be read`, {
      hint: 'An export that leaves out what you may not see would be no copy: ask as somebody who may.',
    });
  }
  try {
    const path = joined(root, name);
    const { acl, kind, ttlMs } = await ring.document({
      method: 'GET',
      path: nodesUrl(path, { acl: true }),
    });
    const znode = { path: name === '' ? '' : `/${name}`, data, encoding, kind, acl };
    return (typeof ttlMs === 'number' ? { ...znode, ttlMs } : znode) as ExportedZnode;
  } catch (error) {
    if (problemCode(error) === 'NONODE') return undefined;
    throw error;
  }
}

function isReserved(root: ZnodePath, name: string): boolean {
  return root === '/' && (name === 'zookeeper' || name.startsWith('zookeeper/'));
}

function joined(root: ZnodePath, name: string): ZnodePath {
  return name === '' ? root : childOf(root, name);
}

/** Runs so many at a time; gives the answers in order. */
async function inParts<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    answers.push(...(await Promise.all(items.slice(at, at + atOnce).map(ask))));
  }
  return answers;
}

/** What is made of a znode that is to be imported: ops of a transaction, or nothing. */
interface Step {
  readonly ops: readonly object[];
  readonly counts: 'created' | 'changed' | 'equal' | 'skipped';
}

/** Imports in parts, each a transaction. */
class Import {
  readonly #options: ImportOptions;
  readonly #ring: PeerRing;
  readonly #root: ZnodePath;
  readonly #total: number;
  readonly #terminal: Terminal;
  readonly #done = { created: 0, changed: 0, equal: 0, skipped: 0 };
  #seen = 0;

  constructor(
    options: ImportOptions,
    of: { readonly root: ZnodePath; readonly count: number },
    terminal: Terminal,
  ) {
    this.#options = options;
    this.#ring = ringOf(options);
    this.#root = of.root;
    this.#total = of.count;
    this.#terminal = terminal;
  }

  async run(file: string): Promise<Readonly<Record<Step['counts'], number>>> {
    let part: ExportedZnode[] = [];
    let bytes = 0;
    for await (const znode of exportedZnodes(file)) {
      const size = sizeOf(znode);
      if (part.length >= opsPerPartMax || (part.length > 0 && bytes + size > bytesPerPartMax)) {
        await this.#import(part);
        part = [];
        bytes = 0;
      }
      part.push(znode);
      bytes += size;
    }
    if (part.length > 0) await this.#import(part);
    this.#terminal.progress('');
    return this.#done;
  }

  /** All at once where none is there yet; else each as it is found. */
  async #import(part: readonly ExportedZnode[]): Promise<void> {
    const created = part.map((znode): Step => ({ ops: [this.#create(znode)], counts: 'created' }));
    try {
      await this.#send(created);
    } catch (error) {
      if (problemCode(error) !== 'NODEEXISTS') throw error;
      await this.#send(await inParts(part, (znode) => this.#step(znode)));
    }
    this.#seen += part.length;
    if (this.#seen % progressEvery < part.length) {
      this.#terminal.progress(`${String(this.#seen)} of ${String(this.#total)} znodes`);
    }
  }

  async #send(steps: readonly Step[]): Promise<void> {
    const ops = steps.flatMap((step) => step.ops);
    if (ops.length > 0) {
      await this.#ring.change({ method: 'POST', path: '/v1/txn', ...jsonBody({ ops }) });
    }
    for (const { counts } of steps) this.#done[counts]++;
  }

  #create({ path, data, encoding, kind, ttlMs, acl }: ExportedZnode): object {
    const isRoot = path === '';
    return {
      op: 'create',
      path: this.#place(path),
      data,
      encoding,
      acl,
      // Its session is not here.
      kind: kind === 'ephemeral' ? 'persistent' : kind,
      ...(ttlMs !== undefined && { ttlMs }),
      ...(isRoot && { parents: true }),
    };
  }

  async #step(znode: ExportedZnode): Promise<Step> {
    const path = this.#place(znode.path);
    const found = await this.#found(path);
    if (found === undefined) return { ops: [this.#create(znode)], counts: 'created' };
    const hasData = sameData(found, znode);
    const hasAcl = JSON.stringify(found.acl) === JSON.stringify(znode.acl);
    if (hasData && hasAcl) return { ops: [], counts: 'equal' };
    if (this.#options.skipExisting === true) return { ops: [], counts: 'skipped' };
    if (this.#options.overwrite !== true) {
      throw new CommandFailed(exitCode.error, `"${path}" is there already, and differs`, {
        hint: 'Say what is to become of such znodes: --skip-existing or --overwrite. What was done so far stays.',
      });
    }
    const { data, encoding, acl } = znode;
    const ops = [
      ...(hasData ? [] : [{ op: 'set', path, data, encoding }]),
      ...(hasAcl ? [] : [{ op: 'setAcl', path, acl }]),
    ];
    return { ops, counts: 'changed' };
  }

  async #found(
    path: ZnodePath,
  ): Promise<Pick<ExportedZnode, 'data' | 'encoding' | 'acl'> | undefined> {
    try {
      const headers = { Accept: 'application/json' };
      const { data, encoding } = await this.#ring.document({
        method: 'GET',
        path: nodesUrl(path),
        headers,
      });
      const { acl } = await this.#ring.document({
        method: 'GET',
        path: nodesUrl(path, { acl: true }),
      });
      return { data, encoding, acl } as Pick<ExportedZnode, 'data' | 'encoding' | 'acl'>;
    } catch (error) {
      if (problemCode(error) === 'NONODE') return undefined;
      throw error;
    }
  }

  #place(path: string): ZnodePath {
    return path === '' ? this.#root : childOf(this.#root, path.slice(1));
  }
}

type WithData = Pick<ExportedZnode, 'data' | 'encoding'>;

function sameData(left: WithData, right: WithData): boolean {
  if (left.data === null || right.data === null) return left.data === right.data;
  return Buffer.from(left.data, left.encoding).equals(Buffer.from(right.data, right.encoding));
}

function sizeOf({ path, data, acl }: ExportedZnode): number {
  return path.length + (data?.length ?? 0) + 80 * (1 + acl.length);
}
