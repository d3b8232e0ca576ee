import { Command, CommanderError } from 'commander';
import { programVersion } from '../config/version.ts';
import { CommandFailed, EndedWith, exitCode } from './terminal/command-failed.ts';
import { addDevCommand } from './dev/dev-command.ts';
import { addElectCommand, addLockCommand } from './commands/hold-command.ts';
import { addInspectCommand, addSecretCommand, type Inspect } from './commands/offline-commands.ts';
import { addServerCommand, type StartPeer } from './commands/server-command.ts';
import { addSessionCommand } from './commands/session-command.ts';
import { addStatusCommand } from './commands/status-command.ts';
import { processTerminal, type Terminal } from './terminal/terminal.ts';
import { addTreeCommand } from './commands/tree-command.ts';
import { addTxnCommand } from './commands/txn-command.ts';
import { addWatchCommand } from './commands/watch-command.ts';
import { addZnodeCommands } from './commands/znode-commands.ts';

/** What the command line does not know how to build. */
export interface CliParts {
  readonly startPeer: StartPeer;
  readonly inspect: Inspect;
}

const guide = `
Begin here:
  quoll dev                                   three peers on this machine
  quoll create /greeting "hello"              in another window
  quoll get /greeting
  quoll status

The same with curl:
  curl -X PUT --data-binary hello 'http://127.0.0.1:2180/v1/nodes/greeting?create'
  curl http://127.0.0.1:2180/v1/nodes/greeting

Exit codes: 0 done, 1 refused or failed, 2 usage or configuration, 3 no such znode, 4 another version,
5 no peer or no quorum, 6 a lock was not got in time, or lost. lock and elect end as their command does.
`;

/** Runs one command; sets the exit code and lets the process end by itself. */
export async function runCli(
  argv: readonly string[],
  parts: CliParts,
  terminal: Terminal = processTerminal(),
): Promise<void> {
  process.exitCode = await runCommand(argv, parts, terminal);
}

/** Resolves with the exit code once the command is through: for `server` and `dev`, when they were told to stop. */
export async function runCommand(
  argv: readonly string[],
  parts: CliParts,
  terminal: Terminal,
): Promise<number> {
  const program = createProgram(parts, terminal);
  try {
    await program.parseAsync(argv);
    return exitCode.ok;
  } catch (error) {
    // Commander has said it already: usage and help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    if (error instanceof EndedWith) return error.exitCode;
    return explain(error, argv, terminal);
  }
}

function createProgram(parts: CliParts, terminal: Terminal): Command {
  const program = new Command('quoll')
    .description('A coordination service for anyone who can type curl.')
    .version(programVersion())
    // Without this, `set --version 3` would ask for the program's.
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (content) => {
        terminal.write(content);
      },
      writeErr: (content) => {
        terminal.writeError(content);
      },
    })
    .addHelpText('after', guide);
  addDevCommand(program, terminal);
  addServerCommand(program, terminal, parts.startPeer);
  addZnodeCommands(program, terminal);
  addTreeCommand(program, terminal);
  addWatchCommand(program, terminal);
  addLockCommand(program, terminal);
  addElectCommand(program, terminal);
  addTxnCommand(program, terminal);
  addSessionCommand(program, terminal);
  addStatusCommand(program, terminal);
  addInspectCommand(program, terminal, parts.inspect);
  addSecretCommand(program, terminal);
  return program;
}

/** One line of what went wrong, then what to do; never a stack for a thing that happens. */
function explain(error: unknown, argv: readonly string[], terminal: Terminal): number {
  if (!(error instanceof CommandFailed)) {
    const reason = error instanceof Error ? error.message : String(error);
    terminal.writeError(`quoll: ${reason}\n`);
    return exitCode.error;
  }
  const wantsJson = argv.some(
    (word, index) => /^(-o|--output)$/.test(word) && argv[index + 1] === 'json',
  );
  if (wantsJson && error.problem !== undefined) {
    terminal.writeError(`${JSON.stringify(error.problem)}\n`);
  } else {
    terminal.writeError(`quoll: ${error.message}\n`);
    for (const line of error.hint.split('\n').filter((part) => part !== '')) {
      terminal.writeError(`  ${line}\n`);
    }
  }
  return error.exitCode;
}
