import type { Command } from 'commander';
import {
  examples,
  jsonBody,
  ringOf,
  sessionSpokenFor,
  withClientOptions,
  withSessionOption,
  writeJson,
  type SessionOptions,
} from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { neededText } from '../client/input.ts';
import { documentOf } from '../client/rest-client.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface TxnOptions extends SessionOptions {
  readonly idempotencyKey?: string;
}

export function addTxnCommand(program: Command, terminal: Terminal): void {
  withSessionOption(withClientOptions(program.command('txn <file>')))
    .description('run a transaction: all of its ops, or all of its else; - takes what is piped in')
    .option('--idempotency-key <key>', 'sent again with the same key, it runs once')
    .addHelpText(
      'after',
      `${examples('quoll txn move.json', 'quoll txn - < move.json')}
move.json, which moves a value unless somebody changed /config since version 7:
  { "ops": [
      { "op": "check", "path": "/config", "version": 7 },
      { "op": "create", "path": "/config/next", "data": "on" },
      { "op": "delete", "path": "/config/old" } ],
    "else": [
      { "op": "set", "path": "/conflicts", "data": "seen", "create": true } ] }

Ops: create, set, delete, setAcl, check, checkAbsent. The first line printed says which of the two ran.
When an op fails and there is no else, nothing was changed, and the exit code is 1 (3: no such znode,
4: another version). With several peers (--url) and no key of yours, one is chosen at random, so that
it runs once also when it has to be sent to a second peer.
`,
    )
    .action(async (file: string, options: TxnOptions) => {
      const transaction = parsed(file, await textOf(file, terminal));
      const { idempotencyKey } = options;
      const { headers, body } = jsonBody(transaction);
      const answer = await ringOf(options).change({
        method: 'POST',
        path: '/v1/txn',
        headers: {
          ...headers,
          ...sessionSpokenFor(options)?.headers,
          ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
        },
        body,
      });
      const result = documentOf(answer);
      if (options.output === 'json') writeJson(terminal, result);
      else terminal.write(describe(result));
    });
}

function textOf(file: string, terminal: Terminal): Promise<string> {
  return neededText(file, { what: 'transaction', example: 'quoll txn move.json' }, terminal);
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailed(exitCode.usage, `${file} is not JSON: ${reason}`, {
      hint: 'See the example in: quoll txn --help',
      cause,
    });
  }
}

function describe(result: Readonly<Record<string, unknown>>): string {
  const results = Array.isArray(result['results']) ? (result['results'] as unknown[]) : [];
  const lines = results.map((each) => {
    const { op, path } = each as { op: string; path: string };
    return `  ${op} ${path}`;
  });
  return [`${String(result['branch'])} ran, zxid ${String(result['zxid'])}`, ...lines, ''].join(
    '\n',
  );
}
