import { Argument, type Command } from 'commander';
import { logLevels } from '../../model/log-level.ts';
import {
  durationMs,
  examples,
  jsonBody,
  peersOf,
  ringOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { documentOf } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface LogLevelOptions extends ClientOptions {
  readonly for?: string;
  readonly slow?: string;
}

export function addLogLevelCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('log-level'))
    .addArgument(new Argument('[level]', 'what is logged from now on').choices(logLevels))
    .description('show what peers log, or set it while they run')
    .option('--slow <duration>', 'log requests that take as long: 200ms; 0 logs none')
    .option('--for <duration>', 'go back by itself after that: 10m, at most 24h')
    .addHelpText(
      'after',
      `${examples('quoll log-level', 'quoll log-level debug --for 10m', 'quoll log-level --slow 100ms --for 1h', 'quoll log-level info')}
Of each peer that is named by --url, and of no other. Without --for it stays until the peer ends; what the
configuration says counts again at its next start. For administrators; while grants are off, from the
machine of a peer, with a certificate, or as the super user. It needs no quorum.
`,
    )
    .action(async (level: string | undefined, options: LogLevelOptions) => {
      const peers = await askAll(level, options);
      if (options.output === 'json') writeJson(terminal, { peers });
      else for (const peer of peers) terminal.write(line(peer));
    });
}

type Answer = Readonly<Record<string, unknown>>;

async function askAll(
  level: string | undefined,
  options: LogLevelOptions,
): Promise<readonly Answer[]> {
  const slowRequestMs = options.slow === undefined ? undefined : slowMs(options.slow);
  const isWish = level !== undefined || slowRequestMs !== undefined;
  if (!isWish && options.for !== undefined) {
    throw new CommandFailed(exitCode.usage, '--for needs a level or --slow', {
      hint: 'As in: quoll log-level debug --for 10m',
    });
  }
  const forMs = options.for === undefined ? undefined : durationMs('--for', options.for);
  const ask = isWish
    ? ({
        method: 'PUT',
        path: '/v1/log-level',
        ...jsonBody({ level, slowRequestMs, forMs }),
      } as const)
    : ({ method: 'GET', path: '/v1/log-level' } as const);
  const answers: Answer[] = [];
  for (const base of peersOf(options)) {
    const ring = ringOf({ ...options, url: base.href });
    answers.push({ peer: base.origin, ...documentOf(await ring.askForSuccess(ask)) });
  }
  return answers;
}

function slowMs(text: string): number {
  return text === '0' ? 0 : durationMs('--slow', text);
}

function line({ peer, level, configured, slowRequestMs, backInMs }: Answer): string {
  const slow =
    typeof slowRequestMs === 'number' && slowRequestMs > 0
      ? `; requests of ${String(slowRequestMs)} ms are slow`
      : '';
  const back =
    typeof backInMs === 'number'
      ? `, for ${String(Math.ceil(backInMs / 1_000))} s more, then ${String(configured)}`
      : '';
  return `${String(peer)} logs ${String(level)}${back}${slow}\n`;
}
