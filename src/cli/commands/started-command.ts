import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { environmentWith } from '../../config/load.ts';
import { CommandFailed } from '../terminal/command-failed.ts';

// The command that `quoll lock` and `quoll elect` run: what they started ends with them.

/** Ends a command whose starter is gone: it reads until that is so. `$1` is whom to kill, `$2` seconds until SIGKILL. */
const guardScript = `
read -r _
kill -s TERM -- "$1" || exit 0
while [ "$2" -gt 0 ] && kill -s 0 -- "$1"; do sleep 1; set -- "$1" $(($2 - 1)); done
kill -s KILL -- "$1"`;

/**
 * A command that runs. Away from a terminal it has a process group of its own, so that what it has started in turn is
 * told with it; at one it stays in ours, or it could not read from it. A guard beside it, which waits for our end,
 * stops it should we be killed (SIGKILL) and can not do so ourselves.
 */
export class StartedCommand {
  readonly #child: ChildProcess;
  readonly #guard: ChildProcess | undefined;
  /**
   * As a shell has it: 128 and the signal's number when one ended it; rejects with 127 or 126 when it could not be run.
   */
  readonly ended: Promise<number>;
  /** It is told of a terminal's Ctrl-C by that itself. */
  readonly sharesTerminal: boolean;

  constructor(
    program: string,
    args: readonly string[],
    more: { readonly environment: Record<string, string>; readonly killAfterMs: number },
  ) {
    this.sharesTerminal = process.platform === 'win32' || [0, 1, 2].some((fd) => isatty(fd));
    this.#child = spawn(program, args, {
      stdio: 'inherit',
      env: environmentWith(more.environment),
      detached: !this.sharesTerminal,
    });
    this.#guard = this.#startGuard(more.killAfterMs);
    this.ended = endOf(this.#child, program).finally(() => this.#guard?.kill('SIGKILL'));
    // Whoever waits for it hears of it; until then it is nobody's rejection.
    this.ended.catch(() => undefined);
  }

  tell(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return;
    }
    try {
      process.kill(this.sharesTerminal ? pid : -pid, signal);
    } catch {
      // It ended in this moment.
    }
  }

  /** Tells it to stop, and kills it when it does not; resolves once it has ended. */
  async stop(killAfterMs: number): Promise<void> {
    this.tell('SIGTERM');
    const kill = setTimeout(() => {
      this.tell('SIGKILL');
    }, killAfterMs);
    await this.ended;
    clearTimeout(kill);
  }

  #startGuard(killAfterMs: number): ChildProcess | undefined {
    const { pid } = this.#child;
    if (pid === undefined || process.platform === 'win32') return undefined;
    const whom = String(this.sharesTerminal ? pid : -pid);
    const seconds = String(Math.ceil(killAfterMs / 1_000));
    const guard = spawn('sh', ['-c', guardScript, 'quoll-guard', whom, seconds], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    // Without a shell there is no guard.
    guard.on('error', () => undefined);
    guard.stdin.on('error', () => undefined);
    guard.unref();
    return guard;
  }
}

function endOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      resolve(code ?? codeOfSignal(signal ?? 'SIGKILL'));
    });
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'ENOENT' ? 127 : 126;
      reject(new CommandFailed(code, `${program} cannot be run: ${cause.message}`, { cause }));
    });
  });
}

export function codeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
