import type { Command } from 'commander';
import {
  examples,
  peersOf,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { checkWay, tokenFrom } from '../client/client-token.ts';
import { forgetLogin, keepLogin, loginsFile } from '../client/kept-logins.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

type Document = Readonly<Record<string, unknown>>;

/** Who somebody is to the peers: `login`, `logout`, `whoami`. */
export function addAccountCommands(program: Command, terminal: Terminal): void {
  addLogin(program, terminal);
  addLogout(program, terminal);
  addWhoAmI(program, terminal);
}

function addLogin(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('login'))
    .description('keep a token for these peers, to be shown by all commands')
    .addHelpText(
      'after',
      `${examples(
        'quoll login --url https://node01:2180',
        'quoll login --url https://node01:2180 < ci.token',
      )}
The token is asked for, or read from a pipe; never typed as an argument, which everybody on the machine
could see. It is kept in a file that you alone may read, and sent by https:// alone, but for this machine.
`,
    )
    .action(async (options: ClientOptions) => {
      const bases = peersOf(options);
      checkWay(bases);
      const token = tokenFrom(await typedOrPiped(terminal), 'what was given');
      const ring = ringOf(options, token);
      const who = await ring.document({ method: 'GET', path: '/v1/auth' });
      keepLogin(
        bases.map(({ origin }) => origin),
        token,
      );
      if (options.output === 'json') writeJson(terminal, who);
      else terminal.write(`${identitiesIn(who)}\nThe token is kept in ${loginsFile()}.\n`);
    });
}

function addLogout(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('logout'))
    .description('forget the token that is kept for these peers')
    .addHelpText(
      'after',
      `${examples('quoll logout --url https://node01:2180')}
The token itself stays good until it ends or is revoked: quoll auth token revoke NAME.
`,
    )
    .action((options: ClientOptions) => {
      const origins = peersOf(options).map(({ origin }) => origin);
      const wasThere = forgetLogin(origins);
      if (options.output === 'json') writeJson(terminal, { forgotten: wasThere });
      else terminal.write(wasThere ? 'Forgotten.\n' : 'There was none.\n');
    });
}

function addWhoAmI(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('whoami'))
    .description('show who you are to the peers, and which roles you have')
    .addHelpText(
      'after',
      examples('quoll whoami', 'quoll whoami --token-file ci.token', 'quoll whoami -o json'),
    )
    .action(async (options: ClientOptions) => {
      const who = await ringOf(options).document({ method: 'GET', path: '/v1/auth' });
      if (options.output === 'json') writeJson(terminal, who);
      else terminal.write(`${identitiesIn(who)}\n${rolesIn(who)}\n`);
    });
}

async function typedOrPiped(terminal: Terminal): Promise<string> {
  const piped = await terminal.readInput();
  if (piped !== undefined) return Buffer.from(piped).toString('utf8');
  const typed = await terminal.readSecret('Token: ');
  if (typed !== undefined) return typed;
  throw new CommandFailed(exitCode.usage, 'There is no token to keep', {
    hint: 'Pipe it in: quoll login < FILE - or type this at a terminal, which asks for it.',
  });
}

function identitiesIn({ identities }: Document): string {
  return textsIn(identities).join('\n');
}

function rolesIn({ on, roles }: Document): string {
  const granted = textsIn(roles);
  const shown = granted.length === 0 ? 'no roles' : `roles: ${granted.join(', ')}`;
  return on === true ? shown : `${shown} (grants are off: ACLs alone are asked)`;
}

function textsIn(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.filter((each) => typeof each === 'string') : [];
}
