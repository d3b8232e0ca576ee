import type { Command } from 'commander';
import {
  examples,
  jsonBody,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import { documentOf } from '../client/rest-client.ts';
import type { Terminal } from '../terminal/terminal.ts';

type Document = Readonly<Record<string, unknown>>;

export function addUpgradeCommand(program: Command, terminal: Terminal): void {
  const upgrade = withClientOptions(program.command('upgrade'))
    .description('show whether an upgrade of the ensemble is finished, or finish it')
    .addHelpText(
      'after',
      `${examples('quoll upgrade', 'quoll upgrade finish')}
Servers are upgraded one at a time, and the version before can be gone back to until it is finished:
the ensemble writes nothing before that the version before can't read. Finishing needs every server to
be there and to run this version. Ends with 1 while that is not so.
`,
    )
    .action(async (options: ClientOptions) => {
      const ring = ringOf(options);
      const cluster = await ring.document({ method: 'GET', path: '/v1/cluster' });
      if (!isUnfinished(cluster)) {
        say(terminal, options, cluster);
        return;
      }
      const shown = await raise(ring, { dryRun: true });
      if (options.output === 'json') writeJson(terminal, shown);
      else {
        terminal.write(
          `${inWords(cluster)}. All servers are there and know it, and nobody can go back then: quoll upgrade finish\n`,
        );
      }
    });
  withClientOptions(upgrade.command('finish'))
    .description('let the ensemble write what the version before can not read: for good')
    .addHelpText(
      'after',
      `${examples('quoll upgrade finish')}
Refused while a server is not there or of an earlier version, with its number. For administrators; while
grants are off, from the machine of a peer, with a certificate, or as the super user.
`,
    )
    .action(async (options: ClientOptions) => {
      say(terminal, options, await raise(ringOf(options), {}));
    });
}

async function raise(ring: PeerRing, asked: object): Promise<Document> {
  const ask = { method: 'POST', path: '/v1/cluster/level', ...jsonBody(asked) } as const;
  return documentOf(await ring.askForSuccess(ask));
}

function say(terminal: Terminal, options: ClientOptions, shown: Document): void {
  const { level, newestLevel } = shown;
  if (options.output === 'json') writeJson(terminal, { level, newestLevel });
  else terminal.write(`${inWords(shown)}\n`);
}

/** A peer of before there were levels says nothing of them. */
function isUnfinished({ level, newestLevel }: Document): boolean {
  return typeof level === 'number' && typeof newestLevel === 'number' && level < newestLevel;
}

function inWords({ level, newestLevel }: Document): string {
  if (typeof level !== 'number') return 'the peer that was asked is of an earlier version';
  return level === newestLevel
    ? `the ensemble is at level ${String(level)}, the newest that the peer that was asked knows`
    : `the ensemble is at level ${String(level)}, and could be at ${String(newestLevel)}`;
}
