import { Option, type Command } from 'commander';
import { parsePath } from '../../model/path.ts';
import {
  countOption,
  durationMs,
  examples,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { CommandFailed, EndedWith, exitCode } from '../terminal/command-failed.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import { Place, type Grant } from '../client/place.ts';
import { describeHolders } from '../client/queue-holders.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { codeOfSignal, StartedCommand } from './started-command.ts';

// `quoll lock` and `quoll elect`: hold a place while a command runs.

interface HoldOptions extends ClientOptions {
  readonly wait?: string;
  readonly ttl: string;
  readonly killAfter: string;
}

interface LockOptions extends HoldOptions {
  readonly mode: string;
  readonly permits?: number;
}

interface ElectOptions extends HoldOptions {
  readonly data?: string;
}

/** What the two commands call things. */
interface Words {
  /** `the lock backup` */
  readonly thing: string;
  readonly got: string;
}

const common = `
The command gets QUOLL_FENCING_TOKEN in its environment, a number that is larger for every later holder,
and its exit code becomes ours. When the place is lost, because no peer could be reached in time, the
command is told to stop (SIGTERM, then SIGKILL), and the exit code is 6. A command that is paused or cut
off can still act for a while: hand the token to what it writes to, and let that refuse smaller ones.
Without a command the place is held until Ctrl-C. Whoever has to wait is told, on stderr, for whom.

SIGTERM, SIGINT and SIGHUP go to the command, and without a terminal to all that it started. Should quoll
itself be killed (SIGKILL), a guard beside it stops the command in the same way, and the place is free
after the ttl. Only what kills the guard too, or a command that left its process group, can outlive it.
`;

export function addLockCommand(program: Command, terminal: Terminal): void {
  withHoldOptions(program.command('lock <name> [command...]'))
    .description('run a command while holding a lock')
    .addOption(
      new Option(
        '--mode <mode>',
        'exclusive: one holder; read: with other readers, not with a writer',
      )
        .choices(['exclusive', 'read', 'write', 'semaphore'])
        .default('exclusive'),
    )
    .option('--permits <n>', 'with --mode semaphore: how many hold it at a time', countOption(6))
    .addHelpText(
      'after',
      `${examples(
        'quoll lock backup -- ./backup.sh --full',
        'quoll lock backup --wait 0s -- ./backup.sh       (only if it is free; else exit code 6)',
        'quoll lock pool --mode semaphore --permits 3 -- ./job.sh',
      )}${common}`,
    )
    .action(async (name: string, command: readonly string[], options: LockOptions) => {
      const { mode, permits } = options;
      if ((mode === 'semaphore') !== (permits !== undefined)) {
        throw new CommandFailed(exitCode.usage, '--permits and --mode semaphore go together', {
          hint: 'Write --mode semaphore --permits 3, or neither.',
        });
      }
      const request = { mode, ...(permits !== undefined && { permits }) };
      const words = { thing: `the lock ${name}`, got: 'is held' };
      await hold({ root: 'locks', name, request, words }, { command, options, terminal });
    });
}

export function addElectCommand(program: Command, terminal: Terminal): void {
  withHoldOptions(program.command('elect <name> [command...]'))
    .description('stand for election, and run a command while leading')
    .option(
      '--data <text>',
      'what the leader has to say to those who look: its address, for instance',
    )
    .addHelpText(
      'after',
      `${examples(
        'quoll elect scheduler --data 10.0.0.7:8080 -- ./scheduler.sh',
        'quoll elect scheduler --wait 1m -- ./scheduler.sh',
      )}${common}`,
    )
    .action(async (name: string, command: readonly string[], options: ElectOptions) => {
      const { data } = options;
      const request = data === undefined ? {} : { data };
      const words = { thing: `the leadership of ${name}`, got: 'is ours' };
      await hold({ root: 'elections', name, request, words }, { command, options, terminal });
    });
}

function withHoldOptions(command: Command): Command {
  return withClientOptions(command)
    .option('--wait <duration>', 'give up after so long; 0s does not wait (default: for ever)')
    .option('--ttl <duration>', 'it is free again so long after we were last heard of', '15s')
    .option(
      '--kill-after <duration>',
      'how long a command may take to stop when it is lost',
      '10s',
    );
}

interface Wanted {
  readonly root: 'locks' | 'elections';
  readonly name: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly words: Words;
}

interface HoldParts {
  readonly command: readonly string[];
  readonly options: HoldOptions;
  readonly terminal: Terminal;
}

async function hold(wanted: Wanted, parts: HoldParts): Promise<void> {
  const { options, terminal } = parts;
  const { thing } = wanted.words;
  const ttlMs = durationMs('--ttl', options.ttl);
  const waitMs = options.wait === undefined ? Infinity : durationMs('--wait', options.wait);
  durationMs('--kill-after', options.killAfter);
  const ring = ringOf(options);
  const route = `/v1/${wanted.root}/${segment(wanted)}`;
  const waiting = new Waiting(ring, route, parts);
  const place = new Place(ring, {
    route,
    request: { ...wanted.request, ttlMs },
    queued: (ahead) => waiting.queued(thing, ahead),
  });
  const untilMs = performance.now() + waitMs;
  await ring.learn();
  const signals = new Signals(terminal);
  try {
    const grant = await place.acquire(untilMs, signals.told);
    if (grant === undefined) {
      throw new CommandFailed(exitCode.notHeld, `${capital(thing)} was not got in time`, {
        hint: `${await waiting.whose()} Wait for longer: --wait 5m`,
      });
    }
    await new Holding(place, grant, signals).during(wanted, parts);
  } catch (error) {
    if (signals.first === undefined || !signals.told.aborted) throw error;
    throw new EndedWith(codeOfSignal(signals.first));
  } finally {
    signals.off();
    await place.release().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      terminal.writeError(
        `quoll: ${thing} was not given back (${reason}); it is free in ${options.ttl} at the latest\n`,
      );
    });
  }
}

/** Says for whom we wait, again when that has changed. */
class Waiting {
  readonly #ring: PeerRing;
  readonly #route: string;
  readonly #terminal: Terminal;
  #said = '';

  constructor(ring: PeerRing, route: string, { terminal }: HoldParts) {
    this.#ring = ring;
    this.#route = route;
    this.#terminal = terminal;
  }

  async queued(thing: string, ahead: number | undefined): Promise<void> {
    const whose = await this.whose();
    if (whose === this.#said) return;
    this.#said = whose;
    const place = ahead === undefined ? '' : ` (${String(ahead)} ahead)`;
    this.#terminal.writeError(`quoll: waiting for ${thing}${place}. ${whose}\n`);
  }

  async whose(): Promise<string> {
    const holders = await describeHolders(this.#ring, this.#route);
    return holders === undefined ? 'Somebody else has it.' : `Held by ${holders}.`;
  }
}

/** A granted place, from the grant to the end of the command. */
class Holding {
  readonly #place: Place;
  readonly #grant: Grant;
  readonly #signals: Signals;

  constructor(place: Place, grant: Grant, signals: Signals) {
    this.#place = place;
    this.#grant = grant;
    this.#signals = signals;
  }

  async during({ name, words }: Wanted, { command, options, terminal }: HoldParts): Promise<void> {
    const { fencingToken, document } = this.#grant;
    const [program, ...args] = command;
    if (program === undefined) {
      if (options.output === 'json') writeJson(terminal, document);
      else {
        terminal.write(
          `${words.thing} ${words.got}, fencing token ${fencingToken}; Ctrl-C gives it back\n`,
        );
      }
      throw this.#lost(words, await this.#place.keep(this.#grant, this.#signals.told));
    }
    // A signal that came with the grant: nothing is begun any more.
    this.#signals.told.throwIfAborted();
    const killAfterMs = durationMs('--kill-after', options.killAfter);
    const environment = { QUOLL_FENCING_TOKEN: fencingToken, QUOLL_LOCK: name };
    const started = new StartedCommand(program, args, { environment, killAfterMs });
    this.#signals.forwardTo(started);
    const lost = await this.#lostBefore(started.ended);
    if (lost === undefined) throw new EndedWith(await started.ended);
    const failure = this.#lost(words, lost);
    terminal.writeError(`quoll: ${failure.message}: stopping the command\n`);
    await started.stop(killAfterMs);
    throw failure;
  }

  /** Why the place was lost before the command has ended; undefined when it was not. */
  async #lostBefore(ended: Promise<unknown>): Promise<string | undefined> {
    const over = new AbortController();
    const lost = this.#place
      .keep(this.#grant, over.signal)
      .catch((error: unknown) => String(error));
    try {
      return await Promise.race([lost, ended.then(() => undefined)]);
    } finally {
      over.abort();
    }
  }

  #lost({ thing }: Words, reason: string): CommandFailed {
    return new CommandFailed(exitCode.notHeld, `${capital(thing)} is lost (${reason})`, {
      hint: 'Another may have it now. What was written since should have carried the fencing token.',
    });
  }
}

/** What would end this process ends the waiting; once there is a command, it is that which is told. */
class Signals {
  readonly #names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  readonly #abort = new AbortController();
  readonly #listener = (signal: NodeJS.Signals): void => {
    this.first ??= signal;
    if (this.#command === undefined) this.#abort.abort();
    // The terminal has told the command of its Ctrl-C already.
    else if (signal !== 'SIGINT' || !this.#command.sharesTerminal) this.#command.tell(signal);
  };
  #command: StartedCommand | undefined;
  first: NodeJS.Signals | undefined;

  constructor(terminal: Terminal) {
    for (const name of this.#names) process.on(name, this.#listener);
    terminal.onReaderGone(() => {
      // A command that still writes is told by its own write.
      if (this.#command === undefined) this.#listener('SIGPIPE');
    });
  }

  get told(): AbortSignal {
    return this.#abort.signal;
  }

  forwardTo(command: StartedCommand): void {
    this.#command = command;
  }

  off(): void {
    for (const name of this.#names) process.off(name, this.#listener);
  }
}

function segment({ root, name }: Wanted): string {
  const path = parsePath(`/${root}/${name}`);
  if (typeof path === 'string' && !name.includes('/')) return encodeURIComponent(name);
  throw new CommandFailed(exitCode.usage, `"${name}" is not a name`, {
    hint: 'Take letters, digits, "-" and "_", without any /.',
  });
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
