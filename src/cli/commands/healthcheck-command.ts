import type { Command } from 'commander';
import {
  durationMs,
  examples,
  peersOf,
  withClientOptions,
  type ClientOptions,
} from '../client/client-command.ts';
import { tlsTo } from '../client/client-tls.ts';
import { askPeer } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface HealthcheckOptions extends ClientOptions {
  readonly live?: true;
  readonly timeout: string;
}

/** For those who supervise a peer from beside it (a container's HEALTHCHECK, an exec probe), where there is no curl. */
export function addHealthcheckCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('healthcheck'))
    .description('ask one peer whether it serves, by its exit code')
    .option('--live', 'only whether its process works (/livez), not whether it serves (/readyz)')
    .option('--timeout <duration>', 'how long an answer is waited for', '3s')
    .addHelpText(
      'after',
      `${examples('quoll healthcheck', 'quoll healthcheck --live --url https://node01:2180')}
Asks the first peer that is named, and no other. Ends with 0 and prints what it said, ok, when it is well;
else with 1. Shows no token: probes are answered to anybody.
`,
    )
    .action(async (options: HealthcheckOptions) => {
      terminal.write(await wordOf(options));
    });
}

async function wordOf(options: HealthcheckOptions): Promise<string> {
  const patienceMs = durationMs('--timeout', options.timeout);
  const [base] = peersOf(options);
  if (base === undefined) throw new Error('no peer was named');
  const path = options.live === true ? '/livez' : '/readyz';
  const tls = tlsTo([base], options);
  const answer = await askPeer(base, { method: 'GET', path, patienceMs }, tls).catch(
    (cause: unknown) => {
      throw unhealthy(cause instanceof Error ? cause.message : String(cause), cause);
    },
  );
  const said = answer.body.toString('utf8');
  if (answer.status === 200) return said;
  throw unhealthy(`${base.origin}${path} answers ${String(answer.status)}: ${reasonIn(said)}`);
}

/** A container's runtime knows 0 and 1. */
function unhealthy(message: string, cause?: unknown): CommandFailed {
  return new CommandFailed(exitCode.error, message, { cause });
}

/** Gives the detail of a problem document, or what else was said. */
function reasonIn(said: string): string {
  try {
    const { detail } = JSON.parse(said) as { readonly detail?: unknown };
    if (typeof detail === 'string') return detail;
  } catch {
    // Not a peer's answer: shown as it is.
  }
  return said.trim().slice(0, 200);
}
