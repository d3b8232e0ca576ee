import { fstatSync } from 'node:fs';
import { exitCode } from './command-failed.ts';
import { ReaderWatch } from './reader-watch.ts';

/** Where a command reads and writes: the process's own streams, or a test's. */
export interface Terminal {
  /** A person looks at what is written. */
  readonly isInteractive: boolean;
  write(content: string | Uint8Array): void;
  writeError(content: string): void;
  /** Shows how far a long command is, to a person alone: each text takes the place of the one before, '' clears it. */
  progress(text: string): void;
  /**
   * Undefined when nothing is piped in: at a terminal, and from `/dev/null`. Whoever `asked` for it, with `-`, is given
   * whatever comes until it ends, be it nothing.
   */
  readInput(how?: 'asked'): Promise<Uint8Array | undefined>;
  /** Asks a person for what nobody is to see; undefined when nobody is there to be asked. */
  readSecret(prompt: string): Promise<string | undefined>;
  /**
   * Says what happens when nobody reads any more what is written (`| head -1`). A write that nobody takes ends the
   * process, as SIGPIPE ends any other program; a command that is silent for long says `end` to end also before it
   * writes. Whoever has something to give back first is called, once; with `goOn` nothing happens.
   */
  onReaderGone(then: 'end' | 'goOn' | (() => void)): void;
}

/** As a shell has it for what SIGPIPE ends. */
export const readerGoneCode = 141;

/** 128 and the number of SIGINT. */
const interruptedCode = 130;

export function processTerminal(): Terminal {
  const end = (): void => process.exit(readerGoneCode);
  let whenReaderGone: (() => void) | undefined = end;
  let watch: ReaderWatch | undefined;
  const readerGone = (): void => {
    watch?.stop();
    const then = whenReaderGone;
    whenReaderGone = undefined;
    then?.();
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') readerGone();
    else endUnwritten(error);
  });
  // Nobody can be told that nobody can be told.
  process.stderr.on('error', () => undefined);
  return {
    isInteractive: process.stdout.isTTY,
    write: (content) => {
      process.stdout.write(content);
    },
    writeError: (content) => {
      process.stderr.write(content);
    },
    progress: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
    },
    readInput: async (how) => (how === 'asked' || isPipedIn() ? await inputBytes() : undefined),
    readSecret: async (prompt) => (process.stdin.isTTY ? await typedUnseen(prompt) : undefined),
    onReaderGone: (then) => {
      if (then === 'goOn') whenReaderGone = undefined;
      else {
        whenReaderGone = then === 'end' ? end : then;
        watch ??= new ReaderWatch(readerGone);
      }
    },
  };
}

/** A full disk below `> file`, for instance: what was asked for was not delivered. */
function endUnwritten(error: Error): never {
  process.stderr.write(`quoll: the output can't be written: ${error.message}\n`);
  process.exit(exitCode.error);
}

/** `/dev/null` and a terminal are devices: whoever forgot an argument has piped nothing in. */
function isPipedIn(): boolean {
  try {
    return !fstatSync(0).isCharacterDevice();
  } catch {
    // Closed.
    return false;
  }
}

/** As a shell asks for a password: nothing of it is shown, and Ctrl-C ends the command. */
async function typedUnseen(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  let typed = '';
  try {
    for await (const chunk of stdin) {
      for (const letter of String(chunk)) {
        if (letter === '\r' || letter === '\n' || letter === '\u0004') return typed;
        if (letter === '\u0003') process.exit(interruptedCode);
        typed = letter === '\u007f' || letter === '\b' ? typed.slice(0, -1) : typed + letter;
      }
    }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}

async function inputBytes(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Lays out a table, columns padded to their widest cell. The first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}
