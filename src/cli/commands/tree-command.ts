import type { Command } from 'commander';
import { childOf, type ZnodePath } from '../../model/path.ts';
import {
  consistencyOption,
  countOption,
  examples,
  nodesUrl,
  ringOf,
  withClientOptions,
  writeJson,
  znodePath,
  type ReadCommandOptions,
} from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface Branch {
  readonly name: string;
  /** Undefined when it may not be read. */
  readonly numChildren: number | undefined;
  /** Undefined where the walk did not go on. */
  children?: readonly Branch[];
}

interface TreeOptions extends ReadCommandOptions {
  readonly depth?: number;
  readonly max: number;
}

export function addTreeCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('tree <path>'))
    .description('show a znode with all that is below it')
    .option('-d, --depth <n>', 'go down so many levels', countOption(7))
    .option('--max <n>', 'give up above so many znodes', countOption(7), 10_000)
    .addOption(consistencyOption())
    .addHelpText(
      'after',
      `${examples('quoll tree /', 'quoll tree /app --depth 2', 'quoll tree /app -o json')}
The levels are read one after the other: what changes meanwhile may show in one and not in another.
`,
    )
    .action(async (typed: string, options: TreeOptions) => {
      const path = znodePath(typed);
      const walk = new TreeReading(options);
      const children = await walk.childrenOf(path, 1);
      if (options.output === 'json') {
        writeJson(terminal, { path, children });
        return;
      }
      terminal.write(`${path}\n`);
      print(children, '', terminal);
    });
}

class TreeReading {
  readonly #options: TreeOptions;
  readonly #ring: PeerRing;
  #seen = 0;

  constructor(options: TreeOptions) {
    this.#options = options;
    this.#ring = ringOf(options);
  }

  /** `level` is that of the children: 1 below the path that was asked for. */
  async childrenOf(path: ZnodePath, level: number): Promise<readonly Branch[]> {
    const branches = await this.#list(path, level);
    const { depth = Infinity } = this.#options;
    for (const branch of branches) {
      if (branch.numChildren === 0) branch.children = [];
      else if (level < depth && branch.numChildren !== undefined) {
        branch.children = await this.childrenOf(childOf(path, branch.name), level + 1);
      }
    }
    return branches;
  }

  async #list(path: ZnodePath, level: number): Promise<readonly Branch[]> {
    const { consistency, max } = this.#options;
    const branches: Branch[] = [];
    let token: string | undefined;
    do {
      // The stats come with the data: pages are small, for data may be large.
      const page = await this.#page(path, level, {
        children: true,
        withData: true,
        limit: '100',
        consistency,
        continue: token,
      });
      const znodes = Array.isArray(page['znodes']) ? (page['znodes'] as unknown[]) : [];
      branches.push(...znodes.map(branchOf));
      this.#seen += znodes.length;
      if (this.#seen > max) {
        throw new CommandFailed(exitCode.error, `There are more than ${String(max)} znodes`, {
          hint: 'Look at a part of them, go down less far (--depth), or ask for more (--max).',
        });
      }
      token = typeof page['continue'] === 'string' ? page['continue'] : undefined;
    } while (token !== undefined);
    return branches;
  }

  async #page(
    path: ZnodePath,
    level: number,
    parameters: Parameters<typeof nodesUrl>[1],
  ): Promise<Readonly<Record<string, unknown>>> {
    try {
      const ask = { method: 'GET', path: nodesUrl(path, parameters) } as const;
      return await this.#ring.document(ask);
    } catch (error) {
      const isGone = error instanceof CommandFailed && error.exitCode === exitCode.notFound;
      // Deleted since its parent was read.
      if (isGone && level > 1) return {};
      throw error;
    }
  }
}

function branchOf(child: unknown): Branch {
  const { name, stat } = child as { name: string; stat?: { numChildren: number } };
  return { name, numChildren: stat?.numChildren };
}

function print(branches: readonly Branch[], before: string, terminal: Terminal): void {
  branches.forEach((branch, index) => {
    const isLast = index === branches.length - 1;
    terminal.write(`${before}${isLast ? '└── ' : '├── '}${branch.name}${hiddenOf(branch)}\n`);
    print(branch.children ?? [], `${before}${isLast ? '    ' : '│   '}`, terminal);
  });
}

function hiddenOf({ numChildren, children }: Branch): string {
  if (children !== undefined) return '';
  return numChildren === undefined ? ' (may not be read)' : ` (${String(numChildren)} below)`;
}
