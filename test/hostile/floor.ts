import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as elapsed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { GoodClient, type Seen } from './good-client.ts';
import { Attacker, type RunOptions } from './run-attack.ts';

/** What this machine gives a client beside a flood when nothing is done for it but to answer. */
export interface Floor {
  readonly without: Seen;
  readonly during: Seen;
}

const program = fileURLToPath(new URL('./floor-main.js', import.meta.url));
const flood = 'http-downloads';
const servers = 3;

/**
 * Runs `http-downloads` on three plain servers of Node's that have the answers ready: no agreement, no disk and none of
 * our code. What a client sees beside that is what as many busy processes cost on this machine; what it sees of an ensemble
 * beside an attack is to be held against it.
 */
export async function measureFloor({
  quietMs,
  attackMs,
  attackersShare,
}: Pick<RunOptions, 'quietMs' | 'attackMs' | 'attackersShare'>): Promise<Floor> {
  const bare = Array.from({ length: servers }, () => new BareServer());
  try {
    const http = await Promise.all(bare.map((server) => server.address()));
    const target = { http, grpc: [], zookeeper: [], peer: '' };
    const attacker = new Attacker(flood, target, { scale: 1, attackersShare });
    try {
      await attacker.said('prepared');
      const quiet = await GoodClient.start(http);
      await elapsed(quietMs);
      const without = await quiet.stop();
      const client = await GoodClient.start(http);
      attacker.go();
      await attacker.said('attacking');
      await elapsed(attackMs);
      return { without, during: await client.stop() };
    } finally {
      await attacker.end();
    }
  } finally {
    for (const server of bare) server.stop();
  }
}

class BareServer {
  readonly #child: ChildProcess = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

  address(): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = '';
      this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const port = /^listening (\d+)\n/.exec(said)?.[1];
        if (port !== undefined) resolve(`127.0.0.1:${port}`);
      });
      this.#child.once('exit', () => {
        reject(new Error('a bare server ended'));
      });
    });
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
