import { InvalidArgumentError, Option, type Command } from 'commander';
import type {
  RecoverReport,
  RestorePoint,
  RestoreReport,
  SurvivorReport,
} from '../../config/copy-tools.ts';
import { parseServerId } from '../../model/ids.ts';
import { countOption, examples, writeJson } from '../client/client-command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withProgress, type LoadCopyTools } from './backup-command.ts';

// Commands that make data directories, each for a peer that does not run.

interface MakingOptions {
  readonly dataDir: string;
  readonly generation: number;
  readonly output: 'text' | 'json';
}

interface RestoreOptions extends MakingOptions {
  readonly serverId: number;
  readonly at?: RestorePoint;
  /** Commander's name for `--without-auth`. */
  readonly withoutAuth?: true;
}

export function addRestoreCommand(program: Command, terminal: Terminal, load: LoadCopyTools): void {
  const command = program
    .command('restore <copy>')
    .description('make the data directory of a peer of a new ensemble out of a copy');
  command
    .requiredOption('--data-dir <dir>', 'the directory to make: empty, or not there yet')
    .requiredOption('--server-id <n>', 'the peer that it is for, 1..255', serverIdOption)
    .option(
      '--at <zxid|time>',
      'of a copy that is followed: 0x10000000a, or 2026-01-31T08:00:00Z',
      pointOption,
    )
    .option('--without-auth', 'leave roles, grants and tokens out')
    .addHelpText(
      'after',
      `${examples(
        'quoll restore monday.quoll --data-dir data/peer-1 --server-id 1',
        'quoll restore /backups/log --at 2026-01-31T08:00:00Z --data-dir data --server-id 1',
      )}
Run it once for each peer, from the same copy, with that peer's own --server-id; then start them. They
find that all were made from the same, and found a new ensemble: another cluster id, zxids and fencing
tokens above all that the copied one ever gave. Sessions and their ephemerals are ended, remembered
idempotency keys are gone, watchers that resume are told "lost". Roles, grants and tokens stay.

A copy that is restored again after its ensemble has served needs --generation 2, then 3 and so on, or
the two would give the same zxids.
`,
    )
    .action(async (from: string, options: RestoreOptions) => {
      const { dataDir, serverId, generation, at, withoutAuth = false } = options;
      const tools = await load();
      const request = { from, dataDir, serverId, generation, at, withoutAuth };
      const report = withProgress(terminal, (progress) => tools.restore(request, progress));
      if (options.output === 'json') writeJson(terminal, { dataDir, serverId, ...report });
      else {
        terminal.write(`${dataDir} is made for server ${String(serverId)}:\n`);
        for (const line of linesOf(report)) terminal.write(`  ${line}\n`);
        terminal.write(
          'Make the directories of the other peers by the same command, each with its --server-id, then start\nall of them. The copied ensemble must not serve any more, or nobody may mix the two up.\n',
        );
      }
    });
  withMakingOptions(command);
}

interface RecoverOptions extends MakingOptions {
  readonly serverId?: number;
  readonly to?: string;
  readonly dryRun?: true;
}

export function addRecoverCommand(program: Command, terminal: Terminal, load: LoadCopyTools): void {
  const command = program
    .command('recover')
    .description('begin anew with the data of the one peer that is left of a lost majority');
  command
    .requiredOption('--data-dir <dir>', 'of the peer that is left; it must not run')
    .option(
      '--server-id <n>',
      'the peer that the result is for; else that of the directory',
      serverIdOption,
    )
    .option('--to <dir>', 'make that directory, and leave --data-dir as it is')
    .option('--dry-run', 'only tell what may be lost')
    .addOption(new Option('--yes', 'said where this was asked once').hideHelp())
    .addHelpText(
      'after',
      `${examples(
        'quoll recover --data-dir data/peer-2 --dry-run',
        'quoll recover --data-dir data/peer-2',
        'quoll recover --data-dir data/peer-2.before-recovery --to for-peer-1 --server-id 1',
      )}
As long as a majority can come back, let it: nothing is lost then. This is for when it can't. It says what
may be lost: what the others had acknowledged and this peer had not heard of is gone. The result is a directory as quoll
restore makes it, in place of --data-dir, which is kept beside it; from that one, make those of the
other peers too (third example), and start them together.
`,
    )
    .action(async (options: RecoverOptions) => {
      const { dataDir, serverId, to, generation } = options;
      const tools = await load();
      const isDry = options.dryRun === true;
      if (isDry || options.output === 'text') tell(tools.survivor(dataDir), options, terminal);
      if (isDry) return;
      const request = { dataDir, serverId, to, generation };
      const report = withProgress(terminal, (progress) => tools.recover(request, progress));
      if (options.output === 'json') writeJson(terminal, report);
      else for (const line of recoveredLines(report)) terminal.write(`${line}\n`);
    });
  withMakingOptions(command);
}

function withMakingOptions(command: Command): void {
  command
    .option('--generation <n>', 'the how-manieth ensemble made of this', countOption(3), 1)
    .option('-o, --output <form>', 'text for people, json for programs', 'text');
}

function tell(report: SurvivorReport, { output }: MakingOptions, terminal: Terminal): void {
  if (output === 'json') {
    writeJson(terminal, report);
    return;
  }
  const { serverId, voters, lastZxid, committedZxid, lastTime, clusterId } = report;
  const epochs = `${String(report.acceptedEpoch)}, current ${String(report.currentEpoch)}`;
  const others = voters.filter((id) => id !== serverId).join(', ');
  terminal.write(
    `This is server ${String(serverId)} of the ensemble ${clusterId} (voters ${voters.join(', ')}).\n` +
      `Its log ends at ${lastZxid}, of ${lastTime}; epochs: accepted ${epochs}.\n` +
      `All of that is kept: also what comes after ${committedZxid}, which it does not know to be committed.\n` +
      `Lost is what servers ${others} had acknowledged without it: writes after ${lastZxid}, or of a later epoch.\n` +
      'Compare with the other directories that can still be read (quoll inspect DIR), and take the furthest.\n',
  );
}

function recoveredLines(report: RecoverReport): readonly string[] {
  const { dataDir, keptAside } = report;
  return [
    `${dataDir} is made anew:`,
    ...linesOf(report).map((line) => `  ${line}`),
    ...(keptAside === undefined
      ? []
      : [
          `The former directory is ${keptAside}. For each other peer of the new ensemble:`,
          `  quoll recover --data-dir ${keptAside} --to DIR --server-id N`,
        ]),
  ];
}

function linesOf(report: RestoreReport): readonly string[] {
  return [
    `state      that of ${report.zxid}, ${report.time}: znodes ${String(report.znodes)}`,
    `ended      sessions ${String(report.sessionsEnded)}, with ephemeral znodes ${String(report.ephemeralsRemoved)}`,
    `ensemble   ${report.clusterId}, from copy ${report.seed.slice(0, 16)}, begins after epoch ${String(report.epoch)}`,
  ];
}

function serverIdOption(typed: string): number {
  const id = parseServerId(typed);
  if (id !== undefined) return id;
  throw new InvalidArgumentError('Write the number of its server line, 1..255.');
}

const largestZxid = 2n ** 63n;

function pointOption(typed: string): RestorePoint {
  if (/^(0x[0-9a-f]{1,16}|[1-9]\d{0,18})$/i.test(typed) && BigInt(typed) < largestZxid) {
    return { by: 'zxid', zxid: `0x${BigInt(typed).toString(16)}` };
  }
  const timeMs = /^\d{4}-\d\d-\d\d/.test(typed) ? Date.parse(typed) : NaN;
  if (!Number.isNaN(timeMs)) return { by: 'time', timeMs };
  throw new InvalidArgumentError('Write a zxid (0x10000000a) or a time (2026-01-31T08:00:00Z).');
}
