import type { Command } from 'commander';
import {
  examples,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { endpointOf, type Endpoint } from '../copy/endpoint.ts';
import { FollowedCopy, type Followed } from '../copy/followed-copy.ts';
import { SubtreeCopy, type CopyCounts, type CopyListener } from '../copy/subtree-copy.ts';
import { CommandFailed, EndedWith, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface CopyCommandOptions extends ClientOptions {
  readonly fromAuth?: string;
  readonly toAuth?: string;
  readonly follow?: true;
  readonly verify?: true;
  readonly compare?: true;
  /** False for --no-delete. */
  readonly delete: boolean;
}

/** Differences are counted, and so many of them kept for the document at the end. */
const keptMax = 10_000;

export function addCopyCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('copy <from> <to>'))
    .description('make a subtree of one ensemble equal to one of another: ZooKeeper or Quoll')
    .option('--from-auth <file>', 'who to be in a ZooKeeper that is read: digest:USER:PASSWORD')
    .option('--to-auth <file>', 'who to be in one that is written')
    .option('--follow', 'go on with all that changes, until it is stopped (Ctrl-C)')
    .option('--verify', 'compare all afterwards, and say each difference')
    .option('--compare', 'only compare: nothing is changed')
    .option('--no-delete', 'leave what only the target has')
    .addHelpText(
      'after',
      `${examples(
        'quoll copy zookeeper://zk1:2181/ http://node01:2180/ --verify',
        'quoll copy zookeeper://zk1:2181,zk2:2181/app http://node01:2180/app --follow',
        'quoll copy http://node01:2180/app zookeeper://zk1:2181/app --compare',
      )}
Data and ACLs are copied, and what the source does not have is removed from the target. Not copied: ephemeral
znodes, whose clients make them again; /zookeeper; stats and the counters of sequences, which no client can
set. Containers and TTL znodes become persistent, for no protocol tells which they are: import-zookeeper keeps
all that. What was cut off is gone on with by the same command. Exit code 1: something differs, or could not
be copied. Where TLS is spoken: https://, or zookeeper+tls://, with --cacert, --cert and --key.
`,
    )
    .action(async (from: string, to: string, options: CopyCommandOptions) => {
      await new CopyCommand(terminal, options).run(from, to);
    });
}

/** One run of the command. */
class CopyCommand {
  readonly #terminal: Terminal;
  readonly #options: CopyCommandOptions;
  /** Why, by path. */
  readonly #failed = new Map<string, string>();
  readonly #differences: { readonly path: string; readonly what: string }[] = [];
  #differing = 0;

  constructor(terminal: Terminal, options: CopyCommandOptions) {
    this.#terminal = terminal;
    this.#options = options;
  }

  async run(from: string, to: string): Promise<void> {
    const { fromAuth, toAuth } = this.#options;
    const source = this.#endpoint(from, fromAuth);
    const target = this.#endpoint(to, toAuth);
    try {
      await this.#copy(source, target);
    } finally {
      this.#terminal.progress('');
      await Promise.all([source.side.close(), target.side.close()]);
    }
  }

  async #copy(source: Endpoint, target: Endpoint): Promise<void> {
    const { follow, verify, compare } = this.#options;
    if ((await source.side.read(source.root)) === 'absent') {
      throw new CommandFailed(exitCode.notFound, `There is no ${source.root} to copy`, {
        hint: 'Nothing was changed. Look at the path of the source.',
      });
    }
    const keepExtra = !this.#options.delete;
    const places = { from: source, to: target, keepExtra };
    const copy = new SubtreeCopy({ ...places, compareOnly: compare ?? false }, this.#listener());
    if (follow === true && compare !== true) await this.#follow(copy, source);
    else await copy.all();
    let compared: CopyCounts | undefined = compare === true ? copy.counts : undefined;
    if (verify === true && compare !== true) {
      const comparison = new SubtreeCopy({ ...places, compareOnly: true }, this.#listener());
      await comparison.all();
      compared = comparison.counts;
    }
    this.#report(copy.counts, compared);
    if (this.#failed.size > 0 || this.#differing > 0) throw new EndedWith(exitCode.error);
  }

  async #follow(copy: SubtreeCopy, source: Endpoint): Promise<void> {
    const stops = new AbortController();
    const stop = (): void => {
      stops.abort();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    try {
      const followed = new FollowedCopy(copy, source, (at) => {
        this.#tell(at);
      });
      await followed.run(stops.signal);
    } finally {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    }
  }

  #tell({ followed, waiting, lagMs }: Followed): void {
    if (this.#options.output === 'json') {
      this.#terminal.write(`${JSON.stringify({ followed, waiting, lagMs: Math.round(lagMs) })}\n`);
      return;
    }
    const state = waiting === 0 ? 'in step' : `${String(waiting)} changes wait`;
    const line = `${state}: ${String(followed)} changes followed, ${lagOf(lagMs)}`;
    if (this.#terminal.isInteractive) this.#terminal.progress(line);
    else this.#terminal.write(`${line}\n`);
  }

  #endpoint(typed: string, authFile: string | undefined): Endpoint {
    return endpointOf(typed, {
      options: this.#options,
      authFile,
      warn: (what) => {
        this.#terminal.writeError(`quoll: ${what}\n`);
      },
    });
  }

  #listener(): CopyListener {
    const isText = this.#options.output === 'text';
    return {
      progress: (counts) => {
        if (counts.seen % 100 !== 0) return;
        this.#terminal.progress(`${String(counts.seen)} znodes: ${summary(counts)}`);
      },
      differs: (path, what) => {
        this.#differing++;
        if (this.#differences.length < keptMax) this.#differences.push({ path, what });
        if (isText) this.#terminal.write(`${path}: ${what}\n`);
      },
      failed: (path, why) => {
        if (why === undefined) {
          this.#failed.delete(path);
          return;
        }
        if (isText && this.#failed.get(path) !== why) {
          this.#terminal.writeError(`quoll: ${path}: ${why}\n`);
        }
        this.#failed.set(path, why);
      },
    };
  }

  #report(counts: CopyCounts, compared: CopyCounts | undefined): void {
    if (this.#options.output === 'json') {
      const differences = compared === undefined ? null : this.#differences;
      const failed = [...this.#failed].map(([path, why]) => ({ path, why }));
      writeJson(this.#terminal, { ...counts, failed, differences });
      return;
    }
    const isOnlyCompared = compared === counts;
    if (!isOnlyCompared) {
      const { size } = this.#failed;
      const problems = size === 0 ? '' : `; ${String(size)} could not be copied`;
      this.#terminal.write(`${String(counts.seen)} znodes: ${summary(counts)}${problems}\n`);
    }
    if (compared === undefined) return;
    const found =
      this.#differing === 0 ? 'no difference' : `${String(this.#differing)} differences`;
    this.#terminal.write(`${String(compared.seen)} znodes compared: ${found}\n`);
  }
}

function summary({ created, changed, removed, ephemeral }: CopyCounts): string {
  return (
    `${String(created)} created, ${String(changed)} changed, ${String(removed)} removed, ` +
    `${String(ephemeral)} ephemeral left out`
  );
}

function lagOf(lagMs: number): string {
  return `${lagMs < 1 ? '<1' : String(Math.round(lagMs))} ms behind`;
}
