import { Command, CommanderError } from 'commander';
import { programVersion } from '../config/version.ts';
import type { ImportZooKeeper } from '../config/zookeeper-import.ts';
import { CommandFailed, EndedWith, exitCode } from './terminal/command-failed.ts';
import { withClientOptions } from './client/client-command.ts';
import { addAuditCommand } from './commands/audit-command.ts';
import { addAccountCommands } from './commands/account-command.ts';
import { addAuthCommand } from './commands/auth-command.ts';
import { addCheckCommand } from './commands/check-command.ts';
import { addBackupCommand, type LoadCopyTools } from './commands/backup-command.ts';
import { addCopyCommand } from './commands/copy-command.ts';
import { addDeleteCommand } from './commands/delete-command.ts';
import { addDevCommand } from './dev/dev-command.ts';
import { addDiagnoseCommand } from './commands/diagnose-command.ts';
import { addExportCommand, addImportCommand } from './commands/export-command.ts';
import { addHealthcheckCommand } from './commands/healthcheck-command.ts';
import { addElectCommand, addLockCommand } from './commands/hold-command.ts';
import { addInspectCommand, addSecretCommand, type Inspect } from './commands/offline-commands.ts';
import { inOurWords } from './other-words.ts';
import { addMemberCommand } from './commands/member-command.ts';
import { addRecoverCommand, addRestoreCommand } from './commands/restore-command.ts';
import { addLeaderCommand } from './commands/leader-command.ts';
import { addLogLevelCommand } from './commands/log-level-command.ts';
import { addServerCommand, type StartPeer } from './commands/server-command.ts';
import { addImportZooKeeperCommand } from './commands/import-zookeeper-command.ts';
import { addSessionCommand } from './commands/session-command.ts';
import { addStatusCommand } from './commands/status-command.ts';
import { addTlsCommand, type LoadKeyTools } from './commands/tls-command.ts';
import { processTerminal, type Terminal } from './terminal/terminal.ts';
import { addTreeCommand } from './commands/tree-command.ts';
import { addTxnCommand } from './commands/txn-command.ts';
import { addUpgradeCommand } from './commands/upgrade-command.ts';
import { addWatchCommand } from './commands/watch-command.ts';
import { addZnodeCommands } from './commands/znode-commands.ts';

/** What the command line does not know how to build. */
export interface CliParts {
  readonly startPeer: StartPeer;
  readonly inspect: Inspect;
  readonly keyTools: LoadKeyTools;
  readonly copyTools: LoadCopyTools;
  readonly importZooKeeper: ImportZooKeeper;
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

--url and -o may stand anywhere. --url, or the variable QUOLL_URL, takes several peers, with commas: any
command goes on at the next when one is gone. Words of zkCli, etcdctl and consul work (put, rm, rmr,
mkdir, cat) or say what to type here (acl, member, mv).

Exit codes: 0 done, 1 refused or failed, 2 usage or configuration (whoever finds it out), 3 no such znode,
4 another version, 5 no peer or no quorum, 6 a lock was not got in time, or lost. In a pipe, 141 when its
reader has gone. lock and elect end as their command does: 128 and the signal's number when one ended it,
126 and 127 when it can't be run.
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
    const typed = inOurWords(argv.slice(2));
    await program.parseAsync([...argv.slice(0, 2), ...typed]);
    return exitCode.ok;
  } catch (error) {
    // Commander has said it already: usage and help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    if (error instanceof EndedWith) return error.exitCode;
    return explain(error, argv, terminal);
  }
}

function createProgram(parts: CliParts, terminal: Terminal): Command {
  const program = withClientOptions(new Command('quoll'))
    .description('A coordination service for anyone who can type curl.')
    .version(programVersion())
    // Without this, `set --version 3` would ask for the program's.
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('See quoll --help, and quoll COMMAND --help.')
    .configureOutput({
      writeOut: (content) => {
        terminal.write(content);
      },
      writeErr: (content) => {
        terminal.writeError(content);
      },
    })
    .hook('preAction', handDownOptions)
    .addHelpText('after', guide);
  addDevCommand(program, terminal);
  addServerCommand(program, terminal, parts.startPeer);
  addZnodeCommands(program, terminal);
  addDeleteCommand(program, terminal);
  addTreeCommand(program, terminal);
  addWatchCommand(program, terminal);
  addLockCommand(program, terminal);
  addElectCommand(program, terminal);
  addTxnCommand(program, terminal);
  addSessionCommand(program, terminal);
  addAuthCommand(program, terminal);
  addStatusCommand(program, terminal);
  addHealthcheckCommand(program, terminal);
  addLeaderCommand(program, terminal);
  addUpgradeCommand(program, terminal);
  addMemberCommand(program, terminal);
  addAccountCommands(program, terminal);
  addBackupCommand(program, terminal, parts.copyTools);
  addRestoreCommand(program, terminal, parts.copyTools);
  addRecoverCommand(program, terminal, parts.copyTools);
  addExportCommand(program, terminal);
  addImportCommand(program, terminal);
  addInspectCommand(program, terminal, parts.inspect);
  addSecretCommand(program, terminal);
  addImportZooKeeperCommand(program, terminal, parts.importZooKeeper);
  addCopyCommand(program, terminal);
  addCheckCommand(program, terminal);
  addDiagnoseCommand(program, terminal);
  addLogLevelCommand(program, terminal);
  addAuditCommand(program, terminal);
  addTlsCommand(program, terminal, parts.keyTools);
  return program;
}

/** Gives a command what was typed ahead of it: `quoll --url URL get /a`. */
function handDownOptions(_: Command, command: Command): void {
  for (let above = command.parent; above !== null; above = above.parent) {
    for (const option of above.options) {
      const name = option.attributeName();
      if (above.getOptionValueSource(name) !== 'cli') continue;
      if (!command.options.some((own) => own.attributeName() === name)) {
        throw new CommandFailed(
          exitCode.usage,
          `quoll ${command.name()} takes no ${option.long ?? option.flags}`,
        );
      }
      if (command.getOptionValueSource(name) !== 'cli') {
        command.setOptionValueWithSource(name, above.getOptionValue(name), 'cli');
      }
    }
  }
}

function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const typed = end === -1 ? argv : argv.slice(0, end);
  return typed.some(
    (word, index) =>
      /^(-o=?|--output=)json$/.test(word) ||
      (/^(-o|--output)$/.test(word) && typed[index + 1] === 'json'),
  );
}

/** One line of what went wrong, then what to do; never a stack for a thing that happens. */
function explain(error: unknown, argv: readonly string[], terminal: Terminal): number {
  if (!(error instanceof CommandFailed)) {
    const reason = error instanceof Error ? error.message : String(error);
    terminal.writeError(`quoll: ${reason}\n`);
    return exitCode.error;
  }
  const wantsJson = asksForJson(argv);
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
