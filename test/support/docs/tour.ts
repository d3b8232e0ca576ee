import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../until.ts';

// Documents that are run as they stand. A block whose fence says `console tour` holds commands (`$ …`) and what they
// print; in that, `…` stands for anything within a line, and a line of `…` alone for any further lines.

/** A command, and the lines that it prints. */
interface Step {
  readonly command: string;
  readonly shown: readonly string[];
}

/** Gives the steps of a document, in their order. */
export function tourOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```console tour\n([^]*?)^```$/gm)].map(
    ([, block = '']) => block,
  );
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...shown] = part.trimEnd().split('\n');
        return { command, shown };
      }),
  );
}

/** Gives the blocks of a document whose fence says `sh`: commands that show nothing of what they print. */
export function shellBlocksOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
}

export function patternOf(shown: readonly string[]): RegExp {
  const lines = shown.map((line) =>
    line === '…'
      ? '[^]*'
      : line
          .split('…')
          .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*'),
  );
  return new RegExp(`^${lines.join('\n')}$`);
}

/** One bash for the whole tour, as a reader has it. */
export class Shell {
  readonly #bash: ChildProcess;
  #output = '';
  #commands = 0;

  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.#bash = spawn('bash', ['--norc', '--noprofile'], {
      cwd: folder,
      env: environment,
      stdio: 'pipe',
    });
    for (const stream of [this.#bash.stdout, this.#bash.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  async run(command: string): Promise<string> {
    const end = `--end of command ${String(++this.#commands)}--`;
    this.#output = '';
    this.#bash.stdin?.write(`${command}\nprintf '\\n%s\\n' '${end}'\n`);
    await until(`the end of: ${command}`, () => this.#output.includes(`\n${end}\n`), 60_000);
    return this.#output.slice(0, this.#output.indexOf(`\n${end}\n`)).trimEnd();
  }

  async end(): Promise<void> {
    if (this.#bash.exitCode !== null || this.#bash.signalCode !== null) return;
    const ended = once(this.#bash, 'exit');
    // Whatever it is at: a command that hangs must not keep the peers alive.
    this.#bash.kill('SIGKILL');
    await ended;
  }
}
