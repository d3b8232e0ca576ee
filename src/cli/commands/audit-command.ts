import { Option, type Command } from 'commander';
import { parseDurationMs } from '../../base/duration.ts';
import { auditKinds, type AuditRecord } from '../../model/audit.ts';
import { examples, znodePath } from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { auditLines } from './audit-files.ts';

interface AuditOptions {
  readonly since?: number;
  readonly who?: string;
  readonly path?: string;
  readonly event?: readonly string[];
  readonly follow?: true;
  readonly output: 'table' | 'text' | 'json';
}

const kinds = Object.keys(auditKinds);
const kindsOfHelp = Object.entries(auditKinds)
  .map(([kind, meaning]) => `  ${kind.padEnd(14)} ${meaning}`)
  .join('\n');

export function addAuditCommand(program: Command, terminal: Terminal): void {
  program
    .command('audit <file>')
    .description('read the audit log of a peer: who was refused what, and who changed rights')
    .option('--since <time>', 'from then on: 1h, 30m, 7d, or 2030-01-31T12:00:00Z', sinceOption)
    .option('--who <name>', 'of this identity (digest:ann), its id alone (ann), or this address')
    .option('--path <path>', 'about this znode, and those below it')
    .option('--event <kinds>', 'of these kinds alone, with commas; see below', eventOption)
    .option('--follow', 'go on with what is recorded from now on, until Ctrl-C')
    .addOption(
      new Option('-o, --output <form>', 'table for people, json (a record a line) for programs')
        .choices(['table', 'json', 'text'])
        .default('table'),
    )
    .addHelpText(
      'after',
      `${examples(
        'quoll audit /var/log/quoll/audit.log --since 1h',
        'quoll audit audit.log --event refused,authFailed --follow',
        'quoll audit audit.log --path /app/keys -o json | jq .who',
      )}
The older files beside it (FILE.1, FILE.2 …) are read first. It is kept by a peer whose configuration has
audit.file, and readable by the user that the peer runs as. Who is named by a digest alone has said that
name; whether the password was his, the verdict shows.

Events:
${kindsOfHelp}
`,
    )
    .action(async (file: string, options: AuditOptions) => {
      if (options.path !== undefined) znodePath(options.path);
      terminal.onReaderGone('end');
      const strange = await show(file, options, terminal);
      if (strange === 0) return;
      const lines =
        strange === 1 ? 'a line is no record' : `${String(strange)} lines are no records`;
      terminal.writeError(`quoll: ${lines}, as after a crash, and left out\n`);
    });
}

/** Gives how many lines could not be read. */
async function show(file: string, options: AuditOptions, terminal: Terminal): Promise<number> {
  const isJson = options.output === 'json';
  let strange = 0;
  let shown = 0;
  try {
    for await (const line of auditLines(file, options.follow === true)) {
      const record = recordIn(line);
      if (record === undefined) strange += line === '' ? 0 : 1;
      else if (isWanted(record, options)) {
        if (shown++ === 0 && !isJson) terminal.write(heading);
        terminal.write(isJson ? `${line}\n` : rowOf(record));
      }
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return strange;
}

function unreadable(file: string, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  return new CommandFailed(exitCode.error, `${file} can't be read: ${message}`, {
    hint: 'Name the file that audit.file of the peer names, as the user that the peer runs as.',
    cause,
  });
}

function recordIn(line: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(line) as Partial<AuditRecord> | null;
    const isOne =
      typeof record?.time === 'string' &&
      typeof record.event === 'string' &&
      Array.isArray(record.who);
    return isOne ? (record as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

function isWanted(record: AuditRecord, { since, who, path, event }: AuditOptions): boolean {
  if (since !== undefined && Date.parse(record.time) < since) return false;
  if (event !== undefined && !event.includes(record.event)) return false;
  if (path !== undefined && !isAtOrBelow(record.path, path)) return false;
  return who === undefined || record.from === who || record.who.some((name) => isNamed(name, who));
}

function isAtOrBelow(path: string | undefined, top: string): boolean {
  if (path === undefined) return false;
  return path === top || path.startsWith(top === '/' ? top : `${top}/`);
}

function isNamed(name: string, wanted: string): boolean {
  return name === wanted || name.slice(name.indexOf(':') + 1) === wanted;
}

/** What is shown grows as it is read, so columns have a width of their own. */
const columns = [
  { title: 'TIME', width: 24 },
  { title: 'EVENT', width: 13 },
  { title: 'VERDICT', width: 10 },
  { title: 'FROM', width: 15 },
  { title: 'DOOR', width: 9 },
  { title: 'OPERATION', width: 12 },
  { title: 'PATH', width: 24 },
  { title: 'WHO', width: 16 },
  { title: 'MORE', width: 0 },
] as const;

const heading = line(columns.map(({ title }) => title));

function rowOf(record: AuditRecord): string {
  const { time, event, verdict, code, from, door, op, path, who, detail, zxid, times } = record;
  const more = [detail, zxid, times === undefined ? undefined : `${String(times)} times`];
  return line([
    time,
    event,
    verdict === 'unknown' ? `${verdict} (${code ?? ''})` : (code ?? verdict),
    from ?? '-',
    door ?? '-',
    op,
    path ?? '-',
    who.length === 0 ? '-' : who.join(','),
    more.filter((each) => each !== undefined).join(', '),
  ]);
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, index) => plain(cell).padEnd(columns[index]?.width ?? 0));
  return `${padded.join('  ').trimEnd()}\n`;
}

/** A name of a znode may hold what a terminal obeys, or what turns a line around. */
function plain(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sinceOption(typed: string): number {
  const ago = parseDurationMs(typed);
  if (ago !== undefined) return Date.now() - ago;
  const at = /^\d{4}-\d\d-\d\d/.test(typed) ? Date.parse(typed) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new CommandFailed(exitCode.usage, `"${typed}" is no time (--since)`, {
    hint: 'Say how long ago, as 1h, 30m or 7d, or since when, as 2030-01-31T12:00:00Z',
  });
}

function eventOption(typed: string): readonly string[] {
  const events = typed.split(',').map((each) => each.trim());
  const strange = events.find((each) => !kinds.includes(each));
  if (strange === undefined) return events;
  throw new CommandFailed(exitCode.usage, `there is no event "${strange}" (--event)`, {
    hint: `They are ${kinds.join(', ')}.`,
  });
}
