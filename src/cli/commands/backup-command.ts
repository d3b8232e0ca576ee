import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type {
  CopiedTree,
  CopyProgress,
  CopyReceiver,
  CopyReport,
  CopyTools,
  FollowedCopy,
} from '../../config/copy-tools.ts';
import { download } from '../client/download.ts';
import {
  durationMs,
  examples,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import { problemCode } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Loaded when one of the commands is run. */
export type LoadCopyTools = () => Promise<CopyTools>;

const progressEveryMs = 200;
/** After something that may heal. */
const retryMs = 1_000;

interface BackupOptions extends ClientOptions {
  readonly follow?: string;
  readonly every: string;
  readonly once?: true;
}

export function addBackupCommand(program: Command, terminal: Terminal, load: LoadCopyTools): void {
  const command = withClientOptions(program.command('backup [file]'))
    .description('take a copy of everything, while the ensemble serves')
    .option('--follow <dir>', 'a copy, and then the log as it grows: restores to any zxid or time')
    .option('--every <duration>', 'how often the log is asked for', '10s')
    .option('--once', 'with --follow: up to now, then end; for a timer or cron')
    .addHelpText(
      'after',
      `${examples(
        'quoll backup /backups/monday.quoll',
        'quoll backup verify /backups/monday.quoll',
        'quoll backup --follow /backups/log --url http://node1:2180,http://node2:2180',
        'quoll restore /backups/monday.quoll --data-dir data --server-id 1',
      )}
FILE has its name once all of it is there and checked; until then it is FILE.part. A copy stands at one
zxid. It holds all znodes with their ACLs, sessions, and the hashes of tokens: keep it as safe as the
data. It takes an administrator; while grants are off, whoever asks from the machine of the peer, has
a certificate, or is the super user.
`,
    )
    .action(async (file: string | undefined, options: BackupOptions) => {
      const tools = await load();
      if (options.follow !== undefined && file === undefined) {
        await follow(tools.follow(options.follow), options, terminal);
      } else if (file !== undefined && options.follow === undefined) {
        const taking = new Taking(ringOf(options), terminal);
        const report = await taking.take('/v1/backup', tools.receive(file));
        if (report !== undefined) show(report, options, { terminal, file });
      } else {
        throw new CommandFailed(exitCode.usage, 'Name a file, or a directory with --follow', {
          hint: 'quoll backup FILE, or quoll backup --follow DIR',
        });
      }
    });
  addVerify(command, terminal, load);
}

function addVerify(command: Command, terminal: Terminal, load: LoadCopyTools): void {
  command
    .command('verify <file>')
    .description('check every byte of a copy, and tell what is in it; needs no peer')
    .option('-o, --output <form>', 'text for people, json for programs', 'text')
    .addHelpText('after', examples('quoll backup verify monday.quoll'))
    .action(async (file: string, options: Pick<ClientOptions, 'output'>) => {
      const tools = await load();
      const report = withProgress(terminal, (progress) => tools.verify(file, progress));
      show(report, options, { terminal, file });
    });
}

/** Takes copies from a peer, and shows how far it is. */
class Taking {
  readonly ring: PeerRing;
  readonly #terminal: Terminal;

  constructor(ring: PeerRing, terminal: Terminal) {
    this.ring = ring;
    this.#terminal = terminal;
  }

  async take(path: string, into: CopyReceiver): Promise<CopyReport | undefined> {
    let shownAtMs = 0;
    try {
      await download(this.ring, path, (bytes) => {
        into.write(bytes);
        const now = performance.now();
        if (now - shownAtMs < progressEveryMs) return;
        shownAtMs = now;
        this.#terminal.progress(progressOf(into));
      });
      return into.finish();
    } catch (error) {
      into.abandon();
      throw error;
    } finally {
      this.#terminal.progress('');
    }
  }
}

/** Shows how far a command is that reads and makes files. */
export function withProgress<Value>(
  terminal: Terminal,
  run: (progress: CopyProgress) => Value,
): Value {
  let shownAtMs = 0;
  try {
    return run((at) => {
      const now = performance.now();
      if (now - shownAtMs < progressEveryMs) return;
      shownAtMs = now;
      terminal.progress(`${at.what}: ${progressOf(at)}`);
    });
  } finally {
    terminal.progress('');
  }
}

function progressOf({
  bytes,
  bytesExpected,
}: {
  readonly bytes: number;
  readonly bytesExpected?: number | undefined;
}): string {
  const part =
    bytesExpected === undefined || bytesExpected === 0
      ? ''
      : `, ${String(Math.min(100, Math.floor((100 * bytes) / bytesExpected)))} %`;
  return `${sizeOf(bytes)}${part}`;
}

async function follow(
  copy: FollowedCopy,
  options: BackupOptions,
  terminal: Terminal,
): Promise<void> {
  const everyMs = durationMs('--every', options.every);
  const taking = new Taking(ringOf(options), terminal);
  const tell = (report: CopyReport, what: string): void => {
    if (options.output === 'json') terminal.write(`${JSON.stringify(report)}\n`);
    else terminal.write(`${what} up to ${report.zxid}: ${sizeOf(report.bytes)}\n`);
  };
  for (;;) {
    try {
      await takeNext(taking, copy, tell);
      if (options.once === true) return;
    } catch (error) {
      if (!mayHeal(error) || options.once === true) throw error;
      terminal.writeError(`quoll: ${error.message}; going on\n`);
      taking.ring.turn();
      await delay(retryMs);
      continue;
    }
    await delay(everyMs);
  }
}

/** The log from where the copy ends; a new state where there is none, or no log reaches back so far. */
async function takeNext(
  taking: Taking,
  copy: FollowedCopy,
  tell: (report: CopyReport, what: string) => void,
): Promise<void> {
  const isFirst = copy.after === undefined;
  if (copy.after !== undefined) {
    try {
      const path = `/v1/backup?after=${copy.after}`;
      const report = await taking.take(path, copy.receive('log'));
      if (report !== undefined) tell(report, 'the log');
      return;
    } catch (error) {
      if (problemCode(error) !== 'COMPACTED') throw error;
    }
  }
  const report = await taking.take('/v1/backup', copy.receive('state'));
  if (report !== undefined) tell(report, isFirst ? 'a state' : 'a new state');
}

function mayHeal(error: unknown): error is CommandFailed {
  return error instanceof CommandFailed && error.exitCode === exitCode.unavailable;
}

function show(
  report: CopyReport & Partial<CopiedTree>,
  { output }: Pick<ClientOptions, 'output'>,
  { terminal, file }: { readonly terminal: Terminal; readonly file: string },
): void {
  if (output === 'json') writeJson(terminal, { file, ...report });
  else for (const line of linesOf(report, file)) terminal.write(`${line}\n`);
}

function linesOf(report: CopyReport & Partial<CopiedTree>, file: string): readonly string[] {
  const { kind, zxid, after, entries, clusterId, epoch, voters, serverId, program, bytes } = report;
  const what = kind === 'state' ? `everything at ${zxid}` : `the log after ${after}, up to ${zxid}`;
  const rows: [string, string][] = [
    ['file', `${file}, ${sizeOf(bytes)}, whole and as it was written`],
    ['holds', `${what} (${String(entries)} entries of the log)`],
    ['ensemble', `${clusterId}, epoch ${String(epoch)}, voters ${voters.join(', ')}`],
    [
      'taken',
      `${new Date(report.takenAtMs).toISOString()} from server ${String(serverId)}, version ${program}`,
    ],
  ];
  if (report.znodes !== undefined) {
    const { znodes, ephemerals = 0, sessions = 0, digest = '' } = report;
    rows.push([
      'tree',
      `znodes ${String(znodes)}, ephemeral ${String(ephemerals)}, sessions ${String(sessions)}, digest ${digest}`,
    ]);
  }
  return rows.map(([name, value]) => `${name.padEnd(8)}  ${value}`);
}

export function sizeOf(bytes: number): string {
  if (bytes < 1_024) return `${String(bytes)} B`;
  const kib = bytes / 1_024;
  return kib < 1_024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1_024).toFixed(1)} MiB`;
}
