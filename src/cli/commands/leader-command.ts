import type { Command } from 'commander';
import {
  examples,
  jsonBody,
  peerNumber,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { documentOf } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

export function addLeaderCommand(program: Command, terminal: Terminal): void {
  const leader = withClientOptions(program.command('leader'))
    .description('show who leads, or have another peer lead')
    .addHelpText(
      'after',
      `${examples('quoll leader', 'quoll leader move', 'quoll leader move 2')}
Ends with 5 when nobody leads.
`,
    )
    .action(async (options: ClientOptions) => {
      const cluster = await ringOf(options).document({ method: 'GET', path: '/v1/cluster' });
      const { leaderId, epoch } = cluster;
      if (typeof leaderId !== 'number') {
        throw new CommandFailed(exitCode.unavailable, 'Nobody leads now', {
          hint: 'What each peer says of itself: quoll status',
        });
      }
      if (options.output === 'json') writeJson(terminal, { leaderId, epoch });
      else terminal.write(`peer ${String(leaderId)} leads, epoch ${String(epoch)}\n`);
    });
  withClientOptions(leader.command('move'))
    .argument('[id]', 'the number of the peer that is to lead; else the one that is furthest')
    .description('have another voter lead: requests wait for some milliseconds, none is refused')
    .addHelpText(
      'after',
      `${examples('quoll leader move', 'quoll leader move 2')}
A peer that is told to stop does this by itself. For administrators; while grants are off, from the
machine of a peer, with a certificate, or as the super user.
`,
    )
    .action(async (id: string | undefined, options: ClientOptions) => {
      const asked =
        id === undefined ? {} : { id: peerNumber(id, { called: 'peer', shownBy: 'quoll status' }) };
      const ask = { method: 'POST', path: '/v1/cluster/leader', ...jsonBody(asked) } as const;
      const moved = documentOf(await ringOf(options).askForSuccess(ask));
      const { fromId, leaderId, epoch, tookMs } = moved;
      if (options.output === 'json') writeJson(terminal, moved);
      else {
        terminal.write(
          `peer ${String(leaderId)} leads in place of peer ${String(fromId)}, epoch ${String(epoch)}, after ${String(tookMs)} ms\n`,
        );
      }
    });
}
