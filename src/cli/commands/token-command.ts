import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import {
  durationMs,
  examples,
  jsonBody,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { wholeList } from '../client/auth-list.ts';
import { problemCode } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { table, type Terminal } from '../terminal/terminal.ts';

const tokenBytes = 32;
const dayMs = 86_400_000;

/** Static tokens: `token new`, `token list`, `token revoke`. */
export function addTokenCommands(above: Command, terminal: Terminal): void {
  const command = above
    .command('token')
    .description('make, list and revoke tokens for programs')
    .addHelpText(
      'after',
      examples(
        'quoll auth token new ci --group builders --expires 90d --out ci.token',
        'quoll auth token list',
        'quoll auth token revoke ci',
      ),
    );
  addNew(command, terminal);
  addList(command, terminal);
  addRevoke(command, terminal);
}

interface NewOptions extends ClientOptions {
  readonly group?: readonly string[];
  readonly expires?: string;
  readonly out: string;
}

function addNew(command: Command, terminal: Terminal): void {
  withClientOptions(command.command('new <name>'))
    .description('make a token, into a file that you alone may read')
    .option('--group <name>', 'a group that it is of; may be said again', andAnother)
    .option('--expires <when>', 'how long it is good for: 90d, 12h; without it until it is revoked')
    .requiredOption('--out <file>', 'the file for it, which must not be there yet')
    .addHelpText(
      'after',
      `${examples(
        'quoll auth token new ci --group builders --expires 90d --out ci.token',
        'quoll get /app --token-file ci.token',
        'curl -H "Authorization: Bearer $(cat ci.token)" https://node01:2180/v1/nodes/app',
      )}
Its text is made here and stands in that file alone: the ensemble keeps a hash of it. Whoever has the text
is token:NAME, and group:GROUP; what that may do, quoll auth grant says.
`,
    )
    .action(async (name: string, options: NewOptions) => {
      const { group: groups = [], expires, out } = options;
      const ring = ringOf(options);
      const path = `/v1/auth/tokens/${encodeURIComponent(name)}`;
      const isThere = await ring.askForSuccess({ method: 'GET', path }).then(
        () => true,
        (error: unknown) => {
          if (problemCode(error) === 'NONODE') return false;
          throw error;
        },
      );
      if (isThere) {
        throw new CommandFailed(exitCode.error, `There is a token "${name}" already`, {
          hint: `Take another name, or revoke that one first: quoll auth token revoke ${name}`,
        });
      }
      const notAfter = expires === undefined ? null : Date.now() + lifetimeMs(expires);
      const token = `quoll_${randomBytes(tokenBytes).toString('base64url')}`;
      const sha256 = createHash('sha256').update(token).digest('hex');
      // Ahead of the ensemble: a token that nobody has is of no use.
      writeToken(out, token);
      const document = { sha256, groups, notAfter };
      await ring.askForSuccess({ method: 'PUT', path, ...jsonBody(document) });
      if (options.output === 'json') writeJson(terminal, { name, groups, notAfter, file: out });
      else terminal.write(`${out}  the token "${name}", ${endOf(notAfter)}\n`);
    });
}

function addList(command: Command, terminal: Terminal): void {
  withClientOptions(command.command('list'))
    .description('show the tokens that there are: their names, never their texts')
    .addHelpText('after', examples('quoll auth token list', 'quoll auth token list -o json'))
    .action(async (options: ClientOptions) => {
      const all = await wholeList(ringOf(options), 'tokens');
      if (options.output === 'json') {
        const shown = all.map(({ name, groups, notAfter }) => ({ name, groups, notAfter }));
        writeJson(terminal, { tokens: shown });
        return;
      }
      const rows = all.map(({ name, groups, notAfter }) => [
        String(name),
        (groups as readonly string[]).join(',') || '-',
        endOf(notAfter as number | null),
      ]);
      terminal.write(table([['TOKEN', 'GROUPS', 'END'], ...rows]));
    });
}

function addRevoke(command: Command, terminal: Terminal): void {
  withClientOptions(command.command('revoke <name>'))
    .description('have a token be of no use from now on; what it keeps open ends')
    .addHelpText('after', examples('quoll auth token revoke ci'))
    .action(async (name: string, options: ClientOptions) => {
      const path = `/v1/auth/tokens/${encodeURIComponent(name)}`;
      await ringOf(options).askForSuccess({ method: 'DELETE', path });
      if (options.output === 'json') writeJson(terminal, { revoked: name });
      else terminal.write(`revoked ${name}\n`);
    });
}

function andAnother(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** As a duration, with days besides. */
function lifetimeMs(typed: string): number {
  const [, days] = /^([1-9]\d{0,4})d$/.exec(typed) ?? [];
  return days === undefined ? durationMs('--expires', typed) : Number(days) * dayMs;
}

function writeToken(file: string, token: string): void {
  try {
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CommandFailed(exitCode.error, `${file} can't be made (${code})`, {
      hint: 'Name a file that is not there yet: --out FILE',
      cause,
    });
  }
}

function endOf(notAfter: number | null): string {
  return notAfter === null ? 'until it is revoked' : `until ${new Date(notAfter).toISOString()}`;
}
