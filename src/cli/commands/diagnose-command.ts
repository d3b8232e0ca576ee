import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import {
  examples,
  peersOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { tlsTo } from '../client/client-tls.ts';
import { clientToken } from '../client/client-token.ts';
import { CommandFailed, exitCode, systemReason } from '../terminal/command-failed.ts';
import { table, type Terminal } from '../terminal/terminal.ts';
import { configPart, logPart, machinePart, peerParts, type DiagnosisPart } from './diagnosis.ts';
import { logLinesMax } from './shown-log.ts';

interface DiagnoseOptions extends ClientOptions {
  readonly config?: string;
  readonly log?: string;
  readonly paths?: true;
}

export function addDiagnoseCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('diagnose'))
    .argument('<file>', 'where the archive goes: a new file, best NAME.ndjson.gz')
    .description('write one archive for a bug report, without data, names of znodes or secrets')
    .option('--config <file>', 'of a peer: what it says is added, secrets left out')
    .option('--log <file>', `of a peer: its last ${String(logLinesMax)} lines are added`)
    .option('--paths', 'leave texts in lines of the log, and with them paths of znodes')
    .addHelpText(
      'after',
      `${examples(
        'quoll diagnose report.ndjson.gz',
        'quoll diagnose report.ndjson.gz --config zoo.cfg --log quoll.log',
        'gunzip -c report.ndjson.gz | jq .          look at it before it goes anywhere',
      )}
Asks the peers of --url, and those that they know of, for /readyz, /v1/cluster, /v1/info, /v1/members and
/metrics; adds versions of programs and the kind of this machine. One JSON object a line. Peers that do not
answer are named in it: it is written all the same. Host names and addresses of peers are in it. No data, no
path of a znode, no token, no secret, no content of a file that the configuration names. Of the log, without
--paths, only numbers and the program's own words; journald gives it by journalctl -o cat. The file is readable for you alone (mode 600).
`,
    )
    .action(async (file: string, options: DiagnoseOptions) => {
      await diagnose(file, options, terminal);
    });
}

async function diagnose(file: string, options: DiagnoseOptions, terminal: Terminal): Promise<void> {
  const isForPeople = options.output === 'text';
  if (isForPeople) terminal.write(intention(file, options));
  const parts = await allParts(options);
  const bytes = gzipSync(parts.map((part) => `${JSON.stringify(part)}\n`).join(''));
  write(file, bytes);
  const contents = parts.map(describe);
  if (isForPeople) terminal.write(written(file, bytes.length, contents));
  else writeJson(terminal, { file, bytes: bytes.length, parts: contents });
}

async function allParts(options: DiagnoseOptions): Promise<readonly DiagnosisPart[]> {
  const shown = { paths: options.paths === true };
  // What was typed wrong is said before anybody is asked.
  const log = options.log === undefined ? [] : [logPart(options.log, shown)];
  const config = options.config === undefined ? [] : [configPart(options.config, shown)];
  const bases = peersOf(options);
  const tls = tlsTo(bases, options);
  const peers = await peerParts({ bases, tls, token: clientToken(options, bases) });
  return [machinePart(), ...config, ...peers, ...log];
}

function intention(file: string, { config, log, paths }: DiagnoseOptions): string {
  const lines = [
    `${file} is going to hold:`,
    '  versions of programs, kind and memory of this machine',
    '  of each peer that answers: state, members, limits, figures; with names and addresses of peers',
  ];
  if (config !== undefined) lines.push(`  what ${config} says, without secrets`);
  if (log !== undefined) {
    const what = paths === true ? 'WITH paths of znodes and other texts' : 'numbers and own words';
    lines.push(`  the last ${String(logLinesMax)} lines of ${log}: ${what}`);
  }
  return `${lines.join('\n')}\n\n`;
}

interface Described {
  readonly part: string;
  readonly peer: string;
  readonly found: string;
}

function describe(part: DiagnosisPart): Described {
  const { failed, status, lines, leftOut, refusedAt } = part;
  const isLog = Array.isArray(lines);
  const found =
    typeof failed === 'string'
      ? failed
      : typeof status === 'number'
        ? String(status)
        : isLog
          ? `${String(lines.length)} lines, ${String(leftOut)} left out`
          : Array.isArray(refusedAt)
            ? `${String(refusedAt.length)} mistakes: quoll check --config FILE says which`
            : 'in it';
  return { part: part.part, peer: part.peer ?? '', found };
}

function written(file: string, bytes: number, contents: readonly Described[]): string {
  const rows = contents.map(({ part, peer, found }) => [part, peer, found]);
  return (
    table([['PART', 'PEER', 'FOUND'], ...rows]) +
    `\nWrote ${file}: ${String(bytes)} bytes. Look at it before you send it: gunzip -c ${file}\n`
  );
}

/** A file that is there is somebody's. */
function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const reason = systemReason(cause);
    throw new CommandFailed(exitCode.usage, `${file} can't be written (${reason})`, {
      hint: reason === 'EEXIST' ? 'Name a file that is not there yet.' : '',
      cause,
    });
  }
}
