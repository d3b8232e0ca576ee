import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import {
  durationMs,
  examples,
  jsonBody,
  neededSession,
  ringOf,
  withClientOptions,
  withSessionOption,
  writeJson,
  type ClientOptions,
  type SessionOptions,
} from '../client/client-command.ts';
import { documentOf, problemCode, type RestAsk } from '../client/rest-client.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import type { Terminal } from '../terminal/terminal.ts';

const open = 'export QUOLL_SESSION=$(quoll session open --timeout 60s)';

export function addSessionCommand(program: Command, terminal: Terminal): void {
  const session = withClientOptions(program.command('session'))
    .description('open, keep alive and close a session: what ephemeral znodes live by')
    .addHelpText(
      'after',
      `${examples(
        open,
        'quoll create /workers/w-1 10.0.0.7 --kind ephemeral',
        'quoll session touch',
        'quoll session close',
      )}
A session ends when it was not heard of for its timeout. Whoever knows ID:SECRET speaks for it, at any
peer; in the variable it is safer than on the command line, where others see it.
`,
    );
  withClientOptions(session.command('open'))
    .description('open a session and print ID:SECRET')
    .option('--timeout <duration>', 'it ends when it was not heard of for so long: 30s')
    .addHelpText('after', examples(open))
    .action(async (options: ClientOptions & { timeout?: string }) => {
      const { timeout } = options;
      const ring = ringOf(options);
      const asked = {
        ...(timeout !== undefined && { timeoutMs: durationMs('--timeout', timeout) }),
        ...(ring.mayRepeat && ownNames()),
      };
      const ask = { method: 'POST', path: '/v1/sessions', ...jsonBody(asked) } as const;
      const opened = documentOf(await ring.askForSuccess(ask));
      if (options.output === 'json') writeJson(terminal, opened);
      else terminal.write(`${String(opened['id'])}:${String(opened['secret'])}\n`);
    });
  withSessionOption(withClientOptions(session.command('touch')))
    .description('keep the session alive, and say for how long')
    .addHelpText('after', examples('quoll session touch'))
    .action(async (options: SessionOptions) => {
      const { id, headers } = neededSession(options);
      const ask = { method: 'PUT', path: `/v1/sessions/${id}`, headers } as const;
      const { headers: answered } = await ringOf(options).askForSuccess(ask);
      const expiresInMs = Number(answered['x-session-expires-in']);
      if (options.output === 'json') writeJson(terminal, { id, expiresInMs });
      else {
        terminal.write(`session ${id} ends in ${String(expiresInMs)} ms unless it is heard of\n`);
      }
    });
  withSessionOption(withClientOptions(session.command('close')))
    .description('end the session; its ephemeral znodes go with it')
    .addHelpText('after', examples('quoll session close'))
    .action(async (options: SessionOptions) => {
      const { id, headers } = neededSession(options);
      await close(ringOf(options), { method: 'DELETE', path: `/v1/sessions/${id}`, headers });
      if (options.output === 'json') writeJson(terminal, { id });
      else terminal.write(`session ${id} is closed\n`);
    });
}

/** Gives id and secret that are chosen here: opened again under the same, it is the same session. */
function ownNames(): { readonly id: string; readonly secret: string } {
  const id = randomBytes(8).readBigUInt64BE() & 0x7fff_ffff_ffff_ffffn;
  return { id: String(id === 0n ? 1n : id), secret: randomBytes(16).toString('base64url') };
}

async function close(ring: PeerRing, ask: RestAsk): Promise<void> {
  const first = ring.current;
  try {
    await ring.askForSuccess(ask);
  } catch (error) {
    // A peer before this one may have closed it, and its answer was lost.
    if (ring.current === first || problemCode(error) !== 'SESSIONEXPIRED') throw error;
  }
}
