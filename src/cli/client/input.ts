import { readFileSync } from 'node:fs';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

// What a command is given to send: as an argument, in a file, or piped in.

export interface InputOptions {
  readonly file?: string;
}

/**
 * Gives the bytes of the argument, of `--file`, or with `-` for either of the two what is piped in, be it nothing;
 * undefined when neither was given.
 */
export async function givenBytes(
  argument: string | undefined,
  { file }: InputOptions,
  terminal: Terminal,
): Promise<Uint8Array | undefined> {
  if (argument !== undefined && file !== undefined) {
    throw new CommandFailed(exitCode.usage, 'There are data twice: an argument and --file', {
      hint: 'Leave one of them away.',
    });
  }
  if (argument === '-' || file === '-') return askedInput(terminal);
  if (argument !== undefined) return Buffer.from(argument);
  return file === undefined ? undefined : fileBytes(file);
}

/** The same, and without a word what is piped in, but never nothing: a forgotten argument is not empty data. */
export async function neededBytes(
  argument: string | undefined,
  options: InputOptions & { readonly example: string },
  terminal: Terminal,
): Promise<Uint8Array> {
  const given = await givenBytes(argument, options, terminal);
  if (given !== undefined) return given;
  const piped = await terminal.readInput();
  if (piped !== undefined && piped.length > 0) return piped;
  const { example } = options;
  throw new CommandFailed(exitCode.usage, 'There is no data to set; nothing was changed', {
    hint:
      `Give it as an argument: ${example} "colour=blue"\n` +
      `To make it empty say so:  ${example} ""\n` +
      `To take what is piped in: ${example} -      or name a file: --file FILE`,
  });
}

/** Gives the text of a file, or with `-` what is piped in: something, in any case. */
export async function neededText(
  file: string,
  options: { readonly what: string; readonly example: string },
  terminal: Terminal,
): Promise<string> {
  const bytes = file === '-' ? await askedInput(terminal) : fileBytes(file);
  if (bytes.length > 0) return Buffer.from(bytes).toString('utf8');
  const { what, example } = options;
  throw new CommandFailed(exitCode.usage, `There is no ${what} in ${file}`, {
    hint: `Pipe it in, or name a file that has one: ${example}`,
  });
}

async function askedInput(terminal: Terminal): Promise<Uint8Array> {
  const input = await terminal.readInput('asked');
  if (input !== undefined) return input;
  throw new CommandFailed(exitCode.usage, 'Nothing is piped in', {
    hint: 'With - the data come from a pipe: echo hello | quoll set /greeting -',
  });
}

function fileBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailed(exitCode.usage, `${file} can't be read: ${reason}`, { cause });
  }
}
