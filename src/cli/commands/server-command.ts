import { Option, type Command } from 'commander';
import { describeComplaints } from '../../config/complaint.ts';
import type { PeerConfig } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import type { StartedPeer } from '../../config/started-peer.ts';
import { flagOf, settingKeys, settings } from '../../config/settings.ts';
import { supervision } from '../../config/supervision.ts';
import { examples } from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { onHangUp } from '../terminal/hang-up.ts';
import type { Terminal } from '../terminal/terminal.ts';

export type StartPeer = (config: PeerConfig) => Promise<StartedPeer>;

/** An orderly stop that takes longer than this leaves something open: the process ends all the same. */
const lingerMs = 5_000;

export function addServerCommand(program: Command, terminal: Terminal, start: StartPeer): void {
  const command = program
    .command('server')
    .description('run one peer in the foreground')
    .option('--config <file>', 'zoo.cfg, or .yaml (QUOLL_CONFIG)')
    .option('--servers <list>', 'the ensemble: 1=host:2888:3888,2=host:2888:3888,...');
  const keyOfAttribute = new Map<string, string>([['servers', 'servers']]);
  for (const key of settingKeys) {
    // A bare `--bootstrap` is enough.
    const value = key === 'bootstrap' ? '[yes]' : '<value>';
    const option = new Option(`--${flagOf(key)} ${value}`, settings[key].about);
    if (key.startsWith('limits.')) option.hideHelp();
    keyOfAttribute.set(option.attributeName(), key);
    command.addOption(option);
  }
  command
    .addHelpText(
      'after',
      `${examples(
        'quoll server',
        'quoll server --config zoo.cfg',
        'quoll server --data-dir /var/lib/quoll --http-port 8080 --grpc-port off',
      )}
Every flag may also stand in the file (http: { port: 8080 }, or quoll.http.port=8080 in a zoo.cfg)
or in the environment (QUOLL_HTTP_PORT=8080); flags win, then the environment. Each limit of
GET /v1/info is a flag too, as --limits-data-bytes-max.
`,
    )
    .action(async (options: Readonly<Record<string, string | true | undefined>>) => {
      // A peer outlives whoever reads its log.
      terminal.onReaderGone('goOn');
      const { config: file, ...rest } = options;
      const flags = Object.fromEntries(
        Object.entries(rest).map(([attribute, value]) => [
          keyOfAttribute.get(attribute) ?? attribute,
          value === true ? 'true' : value,
        ]),
      );
      const config = configFrom(typeof file === 'string' ? file : undefined, flags, terminal);
      await serve(config, start);
    });
}

function configFrom(
  file: string | undefined,
  flags: Readonly<Record<string, string | undefined>>,
  terminal: Terminal,
): PeerConfig {
  const outcome = loadConfig({ file, flags });
  const isDebugging = outcome.kind === 'loaded' && outcome.config.log.level === 'debug';
  for (const { level, where, text } of outcome.notices) {
    if (level === 'warn' || isDebugging) {
      terminal.writeError(`quoll: ${level}: ${where}: ${text}\n`);
    }
  }
  if (outcome.kind === 'loaded') return outcome.config;
  throw new CommandFailed(exitCode.usage, describeComplaints(outcome.complaints));
}

async function serve(config: PeerConfig, start: StartPeer): Promise<void> {
  // Until it has started, there is nothing to be read anew.
  const onRenew = { call: (): void => undefined };
  const renew = (): void => {
    onRenew.call();
  };
  // What supervises it may say so where there is nothing to read: that is no reason to stop.
  const canRenew = config.tls !== undefined || supervision() !== undefined;
  const told = toldToStop(canRenew ? renew : undefined);
  const starting = start(config).catch((cause: unknown) => {
    endSoon(exitCode.error);
    throw cause;
  });
  const peer = await Promise.race([starting, told]);
  // Told to stop while it still recovers its data: it has promised nothing yet, and a crash here is no harm either.
  if (peer === undefined) process.exit(exitCode.ok);
  onRenew.call = () => {
    void peer.renewKeys();
  };
  await told;
  await peer.stop();
  endSoon(exitCode.ok);
}

function endSoon(code: number): void {
  setTimeout(() => process.exit(code), lingerMs).unref();
}

/** Resolves at the first signal, or when the process that started us as its own is gone; a second signal ends at once. */
function toldToStop(renew: (() => void) | undefined): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (): void => {
      if (isStopping) process.exit(exitCode.error);
      isStopping = true;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    onHangUp(() => {
      isStopping = true;
      resolve();
    }, renew);
    process.once('disconnect', () => {
      resolve();
    });
    process.channel?.unref();
  });
}
