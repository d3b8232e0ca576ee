import { readFileSync, statSync } from 'node:fs';
import { isOpenToOthers } from '../../base/file-mode.ts';
import { clientTokenFile } from '../../config/load.ts';
import { isLoopbackHost } from '../../config/config.ts';
import { CommandFailed, exitCode, systemReason } from '../terminal/command-failed.ts';
import { keptLogin } from './kept-logins.ts';

/** A token is never an argument: those are seen by everybody on the machine, and kept by shells. */
export interface ClientTokenOptions {
  readonly tokenFile?: string;
}

/**
 * Gives the token that a command shows: that of the file which is named, else that of a `quoll login` for one of these
 * peers. Throws `CommandFailed` for a file that is of no use, and where it would go over a network in plaintext.
 */
export function clientToken(
  { tokenFile }: ClientTokenOptions,
  bases: readonly URL[],
): string | undefined {
  const file = clientTokenFile(tokenFile);
  const token =
    file === undefined
      ? bases.map(({ origin }) => keptLogin(origin)).find((kept) => kept !== undefined)
      : tokenIn(file);
  if (token !== undefined) checkWay(bases);
  return token;
}

/** Gives a token as it may be sent. Throws `CommandFailed` for what is none; `where` says what held it. */
export function tokenFrom(text: string, where: string): string {
  const token = text.trim();
  if (/^[A-Za-z0-9._~+/=-]+$/.test(token)) return token;
  throw new CommandFailed(exitCode.usage, `There is no token in ${where}`, {
    hint: 'It is one line: quoll_…, as quoll auth token new writes it, or what an issuer signed.',
  });
}

/** Whoever listens on the way would have it. */
export function checkWay(bases: readonly URL[]): void {
  const open = bases.find(
    ({ protocol, hostname }) => protocol === 'http:' && !isLoopbackHost(hostname),
  );
  if (open === undefined) return;
  throw new CommandFailed(exitCode.usage, `The token would go to ${open.origin} in plaintext`, {
    hint: 'Tokens are sent by https:// alone, but for this machine: name the peer by that.',
  });
}

function tokenIn(file: string): string {
  let text: string;
  let isOpen: boolean;
  try {
    text = readFileSync(file, 'utf8');
    isOpen = isOpenToOthers(statSync(file));
  } catch (cause) {
    const reason = systemReason(cause);
    throw new CommandFailed(exitCode.usage, `${file} can't be read (${reason})`, {
      hint: 'It was named by --token-file, or by QUOLL_TOKEN_FILE.',
    });
  }
  if (!isOpen) return tokenFrom(text, file);
  throw new CommandFailed(exitCode.usage, `Others may read the token in ${file}`, {
    hint: `Type: chmod 600 ${file} - and take a new one, if somebody else may have seen it.`,
  });
}
