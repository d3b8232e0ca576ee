import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  ImportRefused,
  type ImportedZooKeeper,
  type ImportZooKeeper,
  type ZooKeeperImport,
} from '../../config/zookeeper-import.ts';
import { parseServerId, serverIdMax } from '../../model/ids.ts';
import { examples, writeJson } from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface Options {
  readonly logDir?: string;
  readonly dataDir?: string;
  readonly serverId?: number;
  readonly withEphemerals?: true;
  readonly check?: true;
  readonly output: 'text' | 'json';
}

export function addImportZooKeeperCommand(
  program: Command,
  terminal: Terminal,
  importZooKeeper: ImportZooKeeper,
): void {
  program
    .command('import-zookeeper <zkdir>')
    .description("make a peer's data directory of a ZooKeeper's")
    .option('--log-dir <dir>', 'where its txn logs are, if its zoo.cfg has a dataLogDir')
    .option('--data-dir <dir>', 'the directory to make: it must be empty, or not there')
    .option(
      '--server-id <n>',
      'of the peer that will use it; else the myid in <zkdir>, or 1',
      serverIdOption,
    )
    .option('--with-ephemerals', 'make ephemeral znodes persistent; else they are left out')
    .option('--check', 'only read, and say what is there')
    .addOption(
      new Option('-o, --output <form>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `${examples(
        'quoll import-zookeeper /var/lib/zookeeper --check',
        'quoll import-zookeeper /var/lib/zookeeper --data-dir /var/lib/quoll --server-id 1',
      )}
<zkdir> is the dataDir of its zoo.cfg. It is only read. Run this once for each peer of the new ensemble, all from
copies of one directory and with the same options: they then found one ensemble. Stop the ZooKeeper first: what it
writes later is not in the copy.
`,
    )
    .action(async (dataDir: string, options: Options) => {
      const request = requestOf(dataDir, options);
      const imported = await run(request, terminal, importZooKeeper);
      if (options.output === 'json') writeJson(terminal, imported);
      else terminal.write(report(imported, request));
    });
}

async function run(
  request: ZooKeeperImport,
  terminal: Terminal,
  importZooKeeper: ImportZooKeeper,
): Promise<ImportedZooKeeper> {
  try {
    return await importZooKeeper(request, (what, count) => {
      terminal.progress(`${what}: ${count.toLocaleString('en')}`);
    });
  } catch (cause) {
    if (!(cause instanceof ImportRefused)) throw cause;
    throw new CommandFailed(exitCode.error, cause.message, { hint: cause.hint, cause });
  } finally {
    terminal.progress('');
  }
}

function requestOf(from: string, options: Options): ZooKeeperImport {
  const { logDir, dataDir, check = false, withEphemerals = false } = options;
  const request = { from: { dataDir: from, logDir }, keepEphemerals: withEphemerals };
  if (check) return { ...request, to: undefined };
  if (dataDir !== undefined) {
    const serverId = options.serverId ?? numberIn(join(from, 'myid')) ?? 1;
    return { ...request, to: { dataDir, serverId } };
  }
  throw new CommandFailed(exitCode.usage, 'It must be said which directory is to be made', {
    hint: 'Name it with --data-dir DIR; or only look, with --check.',
  });
}

/** Undefined where there is no such file: a ZooKeeper that is alone has no number. */
function numberIn(file: string): number | undefined {
  try {
    return parseServerId(readFileSync(file, 'utf8').trim());
  } catch {
    return undefined;
  }
}

function report(imported: ImportedZooKeeper, { to, keepEphemerals }: ZooKeeperImport): string {
  const { znodes, dataBytes, ephemerals, made, warnings } = imported;
  const ephemeralWords = keepEphemerals ? 'made persistent' : 'left out';
  const from = imported.snapshot ?? 'no snapshot';
  const rows: readonly (readonly [string, string])[] = [
    ['znodes', `${String(znodes)}, with ${String(dataBytes)} bytes of data`],
    ['of them', `${String(imported.containers)} containers, ${String(imported.ttls)} with a TTL`],
    ['ephemerals', `${String(ephemerals)}, ${ephemeralWords}: sessions are not taken over`],
    ['quotas', String(imported.quotas)],
    ['read', `${from}, and ${String(imported.txns)} txns logged after it`],
    ['up to', `${imported.zxid}: what that ZooKeeper writes later is not in it`],
    ['new zxids', `from epoch ${String(imported.epoch)} on, above all of the old ones`],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(10)}  ${value}`);
  for (const warning of warnings) lines.push(`warning     ${warning}`);
  if (made === null || to === undefined) lines.push('Nothing was made (--check).');
  else {
    lines.push(
      `${made.dataDir} is ready for server ${String(to.serverId)} of cluster ${made.clusterId}.`,
      'Make one for each other peer from the same files; then start them all with the configuration of the new ensemble.',
    );
  }
  return `${lines.join('\n')}\n`;
}

function serverIdOption(typed: string): number {
  const id = parseServerId(typed);
  if (id !== undefined) return id;
  throw new InvalidArgumentError(`Write a number from 1 to ${String(serverIdMax)}.`);
}
