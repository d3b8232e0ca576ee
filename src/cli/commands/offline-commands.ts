import type { Command } from 'commander';
import type { InspectRequest } from '../../config/inspect-request.ts';
import { writeNewSecret } from '../../config/secret.ts';
import { examples } from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

// Commands that need no peer that runs.

export type Inspect = (request: InspectRequest, print: (line: string) => void) => Promise<void>;

export function addInspectCommand(program: Command, terminal: Terminal, inspect: Inspect): void {
  program
    .command('inspect <dir>')
    .description('show what a data directory holds; its peer must not be running')
    .option('--log', 'every entry of the log')
    .option('--znodes', 'every znode')
    .addHelpText('after', examples('quoll inspect data/peer-1', 'quoll inspect data/peer-1 --log'))
    .action(async (dataDir: string, options: { log?: boolean; znodes?: boolean }) => {
      const { log: showLog = false, znodes: showZnodes = false } = options;
      await inspect({ dataDir, showLog, showZnodes }, (line) => {
        terminal.write(`${line}\n`);
      });
    });
}

export function addSecretCommand(program: Command, terminal: Terminal): void {
  program
    .command('secret')
    .description('the secret by which peers know each other')
    .command('new <file>')
    .description('write a new secret, readable by you alone; copy it to every peer')
    .addHelpText('after', examples('quoll secret new quoll.secret'))
    .action((file: string) => {
      try {
        writeNewSecret(file);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new CommandFailed(exitCode.error, `${file} was not written: ${reason}`, {
          hint: 'A secret is never overwritten: name a new file.',
          cause,
        });
      }
      terminal.write(
        `${file} holds a new secret. Copy it to every peer (mode 0600), and name it in each\n` +
          `configuration: peer: { secretFile: ${file} }, or quoll.peer.secretFile=${file} in a zoo.cfg.\n`,
      );
    });
}
