import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as elapsed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PeerProcess, TestEnsemble } from '../support/ensemble.ts';
import { coresFromNowOn } from '../support/processor-time.ts';
import type { Attack, Target } from './attack.ts';
import { GoodClient, type Seen } from './good-client.ts';
import { Observation, type Observed } from './observation.ts';

export interface AttackReport {
  readonly name: string;
  readonly about: string;
  readonly without: Seen;
  readonly during: Seen;
  readonly observed: Observed;
  /** Cores that the attackers used on average. */
  readonly attackersCores: number;
  /** Resident megabytes of the peer that has most, once the attack was over for the time of recovery. */
  readonly megabytesLater: number;
}

export interface RunOptions {
  readonly scale: number;
  /** Of the good client alone, and of it beside the attack. */
  readonly quietMs: number;
  readonly attackMs: number;
  /** Between the end of the attack and the last look at the memory. */
  readonly recoveryMs: number;
  /** The attackers take their share of the processors, and not only what everybody else leaves. */
  readonly attackersShare: boolean;
}

const program = fileURLToPath(new URL('./attacker-main.js', import.meta.url));

/** Runs one attack on an ensemble beside a good client, and says what that saw. */
export async function runAttack(
  ensemble: TestEnsemble,
  attack: Attack,
  { scale, quietMs, attackMs, recoveryMs, attackersShare }: RunOptions,
): Promise<AttackReport> {
  const target = await targetOf(ensemble);
  const attacker = new Attacker(attack.name, target, { scale, attackersShare });
  try {
    await attacker.said('prepared');
    const onlooker = await Observation.start(ensemble);
    const quiet = await GoodClient.start(target.http);
    await elapsed(quietMs);
    const without = await quiet.stop();
    await onlooker.stop();
    const observation = await Observation.start(ensemble);
    const client = await GoodClient.start(target.http);
    const attackersCores = coresFromNowOn([attacker.pid]);
    attacker.go();
    await attacker.said('attacking');
    await elapsed(attackMs);
    const during = await client.stop();
    const attackersUsed = attackersCores();
    await attacker.end();
    const observed = await observation.stop();
    const megabytesLater = await Observation.megabytesAfter(ensemble, recoveryMs);
    const { name, about } = attack;
    return {
      name,
      about,
      without,
      during,
      observed,
      attackersCores: attackersUsed,
      megabytesLater,
    };
  } finally {
    await attacker.end();
  }
}

/** The doors of an ensemble whose leader is known; followers come after it. */
export async function targetOf(ensemble: TestEnsemble): Promise<Target> {
  const leader = await ensemble.leader();
  const peers = [leader, ...ensemble.peers.filter((peer) => peer !== leader && peer.isRunning)];
  return {
    http: peers.map(({ http }) => new URL(http).host),
    grpc: peers.map(({ grpc }) => grpc),
    zookeeper: peers.map(({ zookeeper }) => zookeeper),
    peer: quorumAddress(leader),
  };
}

function quorumAddress({ id, configText }: PeerProcess): string {
  const line = new RegExp(`^server\\.${String(id)}=([^:]+):(\\d+):`, 'm').exec(configText);
  if (line === null) throw new Error(`peer ${String(id)} has no server line`);
  return `${String(line[1])}:${String(line[2])}`;
}

/** What every thread of the attackers takes as its priority: the lowest, so that they have what nobody else wants. */
const yielding = ['nice', '-n', '19'];

/**
 * An attack in a process of its own: it begins with `go`. Attackers are elsewhere as a rule and use no processor of the
 * ensemble's, so that this one yields to whoever wants one here, unless it is to have its share.
 */
export class Attacker {
  readonly #child: ChildProcess;
  #output = '';
  readonly #whenSaid = new Set<() => void>();

  constructor(
    name: string,
    target: Target,
    { scale, attackersShare }: Pick<RunOptions, 'scale' | 'attackersShare'>,
  ) {
    const [command = '', ...args] = [
      ...(attackersShare ? [] : yielding),
      process.execPath,
      program,
      ...[name, String(scale), JSON.stringify(target)],
    ];
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
      for (const look of [...this.#whenSaid]) look();
    });
    this.#child.on('exit', () => {
      for (const look of [...this.#whenSaid]) look();
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the attacker does not run');
    return pid;
  }

  said(word: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#output.includes(`${word}\n`)) resolve();
        else if (this.#child.exitCode !== null) reject(new Error(`the attacker ended: ${word}`));
        else return;
        this.#whenSaid.delete(look);
      };
      this.#whenSaid.add(look);
      look();
    });
  }

  go(): void {
    this.#child.stdin?.write('go\n');
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}
