import { Option, type Command } from 'commander';
import { parsePath, type ZnodePath } from '../model/path.ts';
import { clientUrl } from '../config/load.ts';
import { CommandFailed, exitCode } from './command-failed.ts';
import type { Terminal } from './terminal.ts';

// What the commands that talk to a peer share.

export interface ClientOptions {
  readonly url?: string;
  readonly output: 'text' | 'json';
}

export function withClientOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the peer to ask (QUOLL_URL, else http://127.0.0.1:2180)')
    .addOption(
      new Option('-o, --output <form>', 'text for people, json for programs')
        .choices(['text', 'json'])
        .default('text'),
    );
}

export function baseOf(options: ClientOptions): URL {
  const given = options.url ?? clientUrl();
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new CommandFailed(exitCode.usage, `"${given}" is not the URL of a peer`, {
    hint: 'Write http://HOST:PORT, as in http://127.0.0.1:2180',
  });
}

/** As typed, checked before it goes anywhere. */
export function znodePath(typed: string, options: { sequential?: boolean } = {}): ZnodePath {
  const path = parsePath(typed, options);
  if (typeof path === 'string') return path;
  throw new CommandFailed(exitCode.usage, `"${typed}" is not a path: ${path.complaint}`, {
    hint: 'Paths start with / and have no / at their end: /app/config',
  });
}

/** `/v1/nodes/a/b?version=3&create`; parameters that are undefined or false are left out. */
export function nodesUrl(
  path: ZnodePath,
  parameters: Readonly<Record<string, string | boolean | undefined>> = {},
): string {
  const names = path === '/' ? '/' : path.split('/').map(encodeURIComponent).join('/');
  const query = Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? name : `${name}=${encodeURIComponent(value)}`];
  });
  return `/v1/nodes${names}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

export function writeJson(terminal: Terminal, document: unknown): void {
  terminal.write(`${JSON.stringify(document, null, 2)}\n`);
}
