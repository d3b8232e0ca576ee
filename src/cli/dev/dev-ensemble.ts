import { spawn, type ChildProcess } from 'node:child_process';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { environmentWithoutSettings } from '../../config/load.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { PeerPlan } from './dev-plan.ts';
import { askPeer } from '../client/rest-client.ts';
import type { Terminal } from '../terminal/terminal.ts';

const startLimitMs = 60_000;
const stopLimitMs = 10_000;
const pollMs = 50;

interface DevPeer {
  readonly plan: PeerPlan;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  hasEnded: boolean;
}

/** The peers of `quoll dev`: one child process each. Restarts nothing: watching a peer die is what it is for. */
export class DevEnsemble {
  readonly #peers: readonly DevPeer[];
  readonly #terminal: Terminal;
  #isStopping = false;

  /** `program` is the script that understands `server --config FILE`. */
  constructor(plans: readonly PeerPlan[], program: string, terminal: Terminal) {
    this.#terminal = terminal;
    this.#peers = plans.map((plan) => this.#start(plan, program));
  }

  get pids(): readonly number[] {
    return this.#peers.map(({ child }) => child.pid ?? 0);
  }

  /**
   * Resolves once every peer serves and knows a leader. Rejects when one ends before, or none of this happens in a
   * minute.
   */
  async ready(): Promise<void> {
    const giveUpAtMs = Date.now() + startLimitMs;
    for (const peer of this.#peers) {
      while (!(await isReady(peer.plan))) {
        if (this.#isStopping) return;
        const dead = this.#peers.find(({ hasEnded }) => hasEnded);
        if (dead !== undefined) {
          throw new CommandFailed(exitCode.error, `Peer ${String(dead.plan.id)} did not start`, {
            hint: 'What it said stands above.',
          });
        }
        if (Date.now() > giveUpAtMs) {
          throw new CommandFailed(
            exitCode.unavailable,
            `Peer ${String(peer.plan.id)} is not ready`,
            {
              hint: `See why: curl -i ${urlOf(peer.plan)}/readyz`,
            },
          );
        }
        await delay(pollMs);
      }
    }
  }

  /** Resolves once no peer runs any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#peers.map(({ ended }) => ended));
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = this.#peers.filter(({ hasEnded }) => !hasEnded);
    for (const { child } of running) child.kill('SIGTERM');
    const limit = setTimeout(() => {
      for (const { plan, child, hasEnded } of running) {
        if (!hasEnded) {
          this.#terminal.writeError(`peer ${String(plan.id)} does not stop; killing it\n`);
          child.kill('SIGKILL');
        }
      }
    }, stopLimitMs);
    await this.ended();
    clearTimeout(limit);
  }

  #start(plan: PeerPlan, program: string): DevPeer {
    const child = spawn(process.execPath, [program, 'server', '--config', plan.configFile], {
      // A group of its own: Ctrl-C reaches us alone, and we stop the peers in order. The channel tells a peer when we are
      // gone without having done so.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: environmentWithoutSettings(),
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) {
        createInterface({ input: stream }).on('line', (line) => {
          this.#terminal.write(`peer ${String(plan.id)} | ${line}\n`);
        });
      }
    }
    const ended = new Promise<void>((resolve) => {
      child.on('error', (cause) => {
        this.#terminal.writeError(`peer ${String(plan.id)}: ${cause.message}\n`);
      });
      child.once('close', (code, signal) => {
        peer.hasEnded = true;
        if (!this.#isStopping) this.#sayEnd(plan, program, signal ?? `exit code ${String(code)}`);
        resolve();
      });
    });
    const peer: DevPeer = { plan, child, ended, hasEnded: false };
    return peer;
  }

  #sayEnd(plan: PeerPlan, program: string, how: string): void {
    const script = relative(process.cwd(), program);
    this.#terminal.write(
      `peer ${String(plan.id)} has ended (${how}). Start it again, in another window, with:\n` +
        `  node ${script} server --config ${plan.configFile}\n`,
    );
  }
}

export function urlOf(plan: PeerPlan): string {
  return `http://127.0.0.1:${String(plan.ports.http)}`;
}

async function isReady(plan: PeerPlan): Promise<boolean> {
  try {
    const answer = await askPeer(new URL(urlOf(plan)), { method: 'GET', path: '/readyz' });
    return answer.status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}
