import type { Command } from 'commander';
import type { ZnodePath } from '../../model/path.ts';
import {
  examples,
  nodesUrl,
  ringOf,
  versionText,
  withClientOptions,
  writeJson,
  znodePath,
  type ClientOptions,
} from '../client/client-command.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import { problemCode } from '../client/rest-client.ts';
import { TreeRemoval } from '../client/tree-removal.ts';
import { EndedWith } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface DeleteOptions extends ClientOptions {
  readonly version?: string;
  readonly recursive?: boolean;
}

/** As a shell has it for what Ctrl-C ends. */
const interruptedCode = 130;

export function addDeleteCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('delete <path>'))
    .description('delete a znode')
    .option('--version <n>', 'only if this is its version now (exit code 4 if not)', versionText)
    .option('-r, --recursive', 'with everything below it, however much that is')
    .addHelpText(
      'after',
      `${examples('quoll delete /app/config', 'quoll delete /app --recursive')}
Up to 10,000 znodes (limits.recursiveDeleteMax) go with --recursive at once, or not at all. A larger tree
is walked and goes in parts, children before their parents: others can see it half gone, and a znode
that is there has its parent. Ctrl-C ends between two parts (exit code 130); the same command goes on.
`,
    )
    .action(async (typed: string, options: DeleteOptions) => {
      const path = znodePath(typed);
      const deleted = await remove(path, options, terminal);
      if (options.output === 'json') writeJson(terminal, { path, deleted });
      else terminal.write(`deleted ${String(deleted)}\n`);
    });
}

async function remove(
  path: ZnodePath,
  options: DeleteOptions,
  terminal: Terminal,
): Promise<number> {
  const ring = ringOf(options);
  const { version, recursive = false } = options;
  try {
    const url = nodesUrl(path, { version, recursive });
    const answer = await ring.change({ method: 'DELETE', path: url });
    return Number(answer.headers['x-deleted']);
  } catch (error) {
    if (!recursive || problemCode(error) !== 'TOOLARGE') throw error;
  }
  return removeInParts(ring, { path, version }, terminal);
}

async function removeInParts(
  ring: PeerRing,
  top: { readonly path: ZnodePath; readonly version: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const told = new AbortController();
  const stop = (): void => {
    told.abort();
  };
  const removal = new TreeRemoval(ring, top, {
    signal: told.signal,
    removed: (count) => {
      terminal.progress(`deleted ${String(count)} ...`);
    },
  });
  terminal.onReaderGone(stop);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  let isThrough = false;
  try {
    isThrough = await removal.run();
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    terminal.progress('');
    if (!isThrough) {
      terminal.writeError(
        `quoll: deleted ${String(removal.count)} below ${top.path} so far; the same command goes on\n`,
      );
    }
  }
  if (!isThrough) throw new EndedWith(interruptedCode);
  return removal.count;
}
