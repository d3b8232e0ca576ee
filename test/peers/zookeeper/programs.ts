import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/until.ts';

// The programs of this folder's sources: each is a client of ZooKeeper as Debian or npm ships it, and takes the ensemble's
// addresses as an argument.

const sources = fileURLToPath(new URL('../../../../test/peers/zookeeper/', import.meta.url));
const jars = [
  ...['curator-recipes', 'curator-framework', 'curator-client', 'guava', 'slf4j-api', 'slf4j-nop'],
  ...['zookeeper', 'zookeeper-jute'],
  ...['lock', 'election', 'queue'].map((recipe) => `zookeeper-recipes-${recipe}`),
].map((name) => `/usr/share/java/${name}.jar`);

/** What ZooKeeper's client speaks TLS by. */
const nettyJars = [
  ...['common', 'buffer', 'handler', 'transport', 'resolver', 'codec'],
  ...['transport-native-epoll', 'transport-native-unix-common'],
].map((name) => `/usr/share/java/netty-${name}.jar`);

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface Finished {
  readonly status: number | null;
  /** Both streams, as they came. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
}

function start({ program, args }: Command): ChildProcessByStdio<Writable, Readable, Readable> {
  const child = spawn(program, args, {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  return child;
}

/** Runs it to its end, for at most two minutes; a stuck program is killed and shows what it said. */
export async function run(command: Command, input = ''): Promise<Finished> {
  const child = start(command);
  let output = '';
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: string) => {
    output += text;
    stdout += text;
  });
  child.stderr.on('data', (text: string) => {
    output += text;
    stderr += text;
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), 120_000);
  // It may end without having read it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  await once(child, 'close');
  clearTimeout(limit);
  return { status: child.exitCode, output, stdout, stderr };
}

/** A program of named cases: all of them passed. */
export async function passes(command: Command): Promise<void> {
  const { status, output } = await run(command);
  assert.equal(status, 0, output);
  assert.match(output, /^all [0-9]+ passed$/m);
}

export class Programs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Compiles what needs it, into the folder; without a cache Go's library is compiled too. */
  async build(): Promise<void> {
    const filesOf = (kind: string): string[] =>
      readdirSync(join(sources, kind)).map((name) => join(sources, kind, name));
    const environment = [
      'GO111MODULE=off',
      'GOPATH=/usr/share/gocode',
      `GOCACHE=${process.env['GOCACHE'] ?? join(this.#folder, 'cache')}`,
    ];
    const go = ['go', 'build', '-o', join(this.#folder, 'go-client'), ...filesOf('go')];
    const compilers: Command[] = [
      { program: 'javac', args: ['-cp', jars.join(':'), '-d', this.#folder, ...filesOf('java')] },
      { program: 'env', args: [...environment, ...go] },
    ];
    for (const compiler of compilers) {
      const { status, output } = await run(compiler);
      assert.equal(status, 0, output);
    }
  }

  kazoo(script: string, ...hosts: readonly string[]): Command {
    return { program: '/usr/bin/python3', args: [join(sources, `${script}.py`), ...hosts] };
  }

  /** zkCli, over TLS: `own` holds a certificate and its key. */
  static zkCliOverTls(host: string, { ca, own }: { readonly ca: string; readonly own: string }) {
    const settings = {
      'client.secure': 'true',
      clientCnxnSocket: 'org.apache.zookeeper.ClientCnxnSocketNetty',
      'ssl.trustStore.location': ca,
      'ssl.trustStore.type': 'PEM',
      'ssl.keyStore.location': own,
      'ssl.keyStore.type': 'PEM',
    };
    const flags = Object.entries(settings).map(([name, value]) => `-Dzookeeper.${name}=${value}`);
    const main = ['org.apache.zookeeper.ZooKeeperMain', '-server', host];
    const args = ['-Xmx128m', '-cp', [...jars, ...nettyJars].join(':'), ...flags, ...main];
    return { program: 'java', args };
  }

  java(main: string, hosts: string): Command {
    const classes = [this.#folder, ...jars].join(':');
    return { program: 'java', args: ['-Xmx256m', '-cp', classes, main, hosts] };
  }

  go(kind: 'cases' | 'agent', hosts: string): Command {
    return { program: join(this.#folder, 'go-client'), args: [kind, hosts] };
  }

  node(kind: 'cases' | 'agent', hosts: string): Command {
    return { program: process.execPath, args: [join(sources, 'node-client.mjs'), kind, hosts] };
  }
}

/** A client that does what it is told, a line at a time, and says what came of it. */
export class Agent {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #said = '';
  #log = '';

  constructor(name: string, command: Command) {
    this.name = name;
    this.#child = start(command);
    this.#child.stdout.on('data', (text: string) => {
      this.#said += text;
    });
    this.#child.stderr.on('data', (text: string) => {
      this.#log += text;
    });
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** The first line of what it said, if it is there already; and is forgotten. */
  hasSaid(line: RegExp): string | undefined {
    const lines = this.#said.split('\n');
    const index = lines.findIndex((each, at) => at < lines.length - 1 && line.test(each));
    if (index < 0) return undefined;
    const [found] = lines.splice(index, 1);
    this.#said = lines.join('\n');
    return found;
  }

  /** What it said and nobody asked for yet; it is forgotten. */
  takeAll(): string {
    const said = this.#said;
    this.#said = '';
    return said;
  }

  async says(line: RegExp): Promise<string> {
    return until(
      `${this.name} to say ${String(line)}`,
      () => {
        const { exitCode, signalCode } = this.#child;
        const found = this.hasSaid(line);
        if (found === undefined && (exitCode !== null || signalCode !== null)) {
          throw new Error(`${this.name} has ended:\n${this.#said}\n${this.#log}`);
        }
        return found;
      },
      60_000,
    );
  }

  /** Tells it, and waits for the answer. */
  async asks(line: string, answer: RegExp): Promise<string> {
    this.tell(line);
    return this.says(answer);
  }

  /** Its session, as 1 to 16 hex digits. */
  async session(): Promise<string> {
    return (await this.asks('session', /^session /)).slice('session '.length);
  }

  async end(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
