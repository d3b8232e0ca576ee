import { InvalidArgumentError, type Command } from 'commander';
import { DevEnsemble, urlOf } from './dev-ensemble.ts';
import { checkPortsAreFree, planPeers, writeConfigs, type PeerPlan } from './dev-plan.ts';
import { examples } from '../client/client-command.ts';
import { CommandFailed, EndedWith, exitCode } from '../terminal/command-failed.ts';
import { PeerRing } from '../client/peer-ring.ts';
import { onHangUp } from '../terminal/hang-up.ts';
import { readerGoneCode, table, type Terminal } from '../terminal/terminal.ts';

interface DevOptions {
  readonly peers: number;
  readonly data: string;
  readonly basePort: number;
}

export function addDevCommand(program: Command, terminal: Terminal): void {
  program
    .command('dev')
    .description('run an ensemble on this machine, each peer a process of its own')
    .option('--peers <n>', 'how many, 1 to 9', wholeNumber(1, 9), 3)
    .option('--data <dir>', 'where the peers keep their data', './data')
    .option(
      '--base-port <port>',
      'HTTP port of the first peer; the others follow from it; 0: free ports',
      wholeNumber(0, 60_000),
      2180,
    )
    .addHelpText('after', examples('quoll dev', 'quoll dev --peers 5 --data /tmp/five'))
    .action(async (options: DevOptions) => {
      await runDev(options, terminal);
    });
}

async function runDev(options: DevOptions, terminal: Terminal): Promise<void> {
  const plans = await planPeers(options.peers, options.basePort, options.data);
  await checkPortsAreFree(plans);
  writeConfigs(plans, options.data);
  terminal.write(`Starting ${String(plans.length)} peers ...\n`);
  const ensemble = new DevEnsemble(plans, process.argv[1] ?? '', terminal);
  const told = new AbortController();
  const stop = (): void => {
    if (!told.signal.aborted) terminal.write('\nStopping the peers ...\n');
    told.abort();
    void ensemble.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const forgetHangUp = onHangUp(stop);
  const readerGone = new AbortController();
  terminal.onReaderGone(() => {
    readerGone.abort();
    stop();
  });
  try {
    await ensemble.ready();
    if (!told.signal.aborted) await printBanner(plans, ensemble.pids, options, terminal);
    await ensemble.ended();
  } finally {
    await ensemble.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    forgetHangUp();
  }
  if (readerGone.signal.aborted) throw new EndedWith(readerGoneCode);
  if (!told.signal.aborted) {
    throw new CommandFailed(exitCode.error, 'No peer is running any more', {
      hint: 'Start the ensemble again: what was acknowledged is in ' + options.data,
    });
  }
}

async function printBanner(
  plans: readonly PeerPlan[],
  pids: readonly number[],
  options: DevOptions,
  terminal: Terminal,
): Promise<void> {
  const [first = ''] = plans.map(urlOf);
  const last = plans.map(urlOf).at(-1) ?? first;
  const leader = await leaderOf(first);
  const rows = plans.map((plan, index) => [
    `  peer ${String(plan.id)}`,
    urlOf(plan),
    `pid ${String(pids[index])}`,
    plan.id === leader ? 'leads' : '',
  ]);
  terminal.write(`
Quoll is ready: ${String(plans.length)} peer${plans.length === 1 ? '' : 's'}, data in ${options.data}

${table(rows)}
Try, in another window:
  curl -X PUT --data-binary hello '${first}/v1/nodes/greeting?create'
  curl ${last}/v1/nodes/greeting
  curl ${first}/v1/cluster

Kill a peer for fun (kill -9 PID) and ask again. Ctrl-C stops them all.
`);
}

/** Undefined when that cannot be told just now: the banner does without. */
async function leaderOf(url: string): Promise<unknown> {
  try {
    const ring = new PeerRing([new URL(url)]);
    return (await ring.document({ method: 'GET', path: '/v1/cluster' }))['leaderId'];
  } catch {
    return undefined;
  }
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a whole number from ${String(min)} to ${String(max)}.`);
  };
}
