import type { Command } from 'commander';
import type { PeerConfig } from '../../config/config.ts';
import { isWildcardHost } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import {
  examples,
  peersOf,
  withClientOptions,
  writeJson,
  type ClientOptions,
} from '../client/client-command.ts';
import { tlsTo } from '../client/client-tls.ts';
import { EndedWith, exitCode } from '../terminal/command-failed.ts';
import { table, type Terminal } from '../terminal/terminal.ts';
import {
  checkClock,
  checkDescriptors,
  checkDisk,
  checkNode,
  checkPort,
  checkReach,
  type Check,
} from './checks.ts';

interface CheckOptions extends ClientOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

export function addCheckCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('check'))
    .description('measure what a peer would have here: disk, network, clock, limits')
    .option('--config <file>', 'of the peer: zoo.cfg, or .yaml (QUOLL_CONFIG)')
    .option('--data-dir <dir>', 'of the peer, in place of what the file says')
    .addHelpText(
      'after',
      `${examples(
        'quoll check --config zoo.cfg',
        'quoll check --data-dir /var/lib/quoll',
        'quoll check --config zoo.cfg --url http://node02:2180,http://node03:2180',
      )}
No peer has to run, and one that runs is not disturbed: a folder is made where the data are, written to for
a moment and removed. The ports of the other servers of the file are connected to and left at once. Clocks
are compared with the peers of --url, when it is typed. Ends with 1 when something is bad: a peer would not
start or not serve here; warnings end with 0.
`,
    )
    .action(async (options: CheckOptions) => {
      const checks = await allChecks(options);
      if (options.output === 'json') writeJson(terminal, { checks });
      else terminal.write(described(checks));
      if (checks.some(({ verdict }) => verdict === 'bad')) throw new EndedWith(exitCode.error);
    });
}

async function allChecks(options: CheckOptions): Promise<readonly Check[]> {
  const flags = options.dataDir === undefined ? {} : { dataDir: options.dataDir };
  const outcome = loadConfig({ file: options.config, flags });
  const ofConfig =
    outcome.kind === 'loaded'
      ? [...checkDisk(outcome.config.dataDir), ...(await checkNetwork(outcome.config))]
      : outcome.complaints.map(({ where, problem, fix }): Check => {
          return { what: `configuration, ${where}`, verdict: 'bad', found: problem, fix };
        });
  return [checkNode(), ...checkDescriptors(), ...ofConfig, ...(await checkClocks(options))];
}

/** One after the other: each is timed. */
async function checkNetwork(config: PeerConfig): Promise<readonly Check[]> {
  const { serverId, servers, peer } = config;
  const checks: Check[] = [];
  for (const name of ['http', 'grpc', 'zookeeper'] as const) {
    const door = config[name];
    if (door !== undefined && door.port !== 0) checks.push(await checkPort(`${name} port`, door));
  }
  if (servers.length === 1) return checks;
  for (const { id, host, quorumPort, electionPort } of servers) {
    for (const [name, port] of [
      ['quorum port', quorumPort],
      ['election port', electionPort],
    ] as const) {
      if (id === serverId) checks.push(await checkPort(name, { host: peer.host, port }));
      else if (!isWildcardHost(host)) {
        checks.push(await checkReach(`${name} of server ${String(id)},`, { host, port }));
      }
    }
  }
  return checks;
}

async function checkClocks(options: CheckOptions): Promise<readonly Check[]> {
  if (options.url === undefined) return [];
  const bases = peersOf(options);
  const tls = tlsTo(bases, options);
  return Promise.all(bases.map((base) => checkClock(base, tls)));
}

function described(checks: readonly Check[]): string {
  const rows = checks.map(({ verdict, what, found }) => [verdict, what, found]);
  const fixes = checks.filter(({ fix }) => fix !== '').map(({ what, fix }) => `${what}: ${fix}\n`);
  const toDo = fixes.length === 0 ? '' : `\nTo do:\n${fixes.join('')}`;
  return `${table([['VERDICT', 'WHAT', 'FOUND'], ...rows])}${toDo}`;
}
