import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../src/config/free-ports.ts';
import { program } from '../support/program.ts';
import { until } from '../support/until.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

type Message = Readonly<Record<string, string>>;

/** Peers as systemd starts them, and what they tell it. */
class Supervisor {
  readonly folder = mkdtempSync(join(tmpdir(), 'quoll-systemd-'));
  readonly messages: Message[] = [];
  readonly #socket = join(this.folder, 'notify');
  readonly #children: ChildProcess[] = [];

  async listen(): Promise<void> {
    const script = at('test/peers/shipping/notify-listener.py');
    const listener = spawn('/usr/bin/python3', [script, this.#socket]);
    this.#children.push(listener);
    let rest = '';
    listener.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.messages.push(...lines.map((line) => JSON.parse(line) as Message));
    });
    await until('the listener', () => this.told('listening'));
  }

  start(flags: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const doors = ['--http-port', '0', '--grpc-port', 'off', '--zookeeper-port', 'off'];
    const child = spawn(process.execPath, [program, 'server', ...doors, ...flags], {
      cwd: this.folder,
      env: { ...process.env, NOTIFY_SOCKET: this.#socket, ...environment },
      // As a service has it: without a terminal that could hang up.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#children.push(child);
    return child;
  }

  told(name: string, value?: string): boolean {
    return this.messages.some(
      (message) => name in message && (value === undefined || message[name] === value),
    );
  }

  count(name: string): number {
    return this.messages.filter((message) => name in message).length;
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('under systemd', function () {
  this.timeout(120_000);
  let supervisor: Supervisor;

  beforeEach(async () => {
    supervisor = new Supervisor();
    await supervisor.listen();
  });
  afterEach(() => {
    supervisor.end();
  });

  it('a peer tells that it starts, is ready, serves, lives, reloads and stops', async () => {
    const peer = supervisor.start([], { WATCHDOG_USEC: '900000' });
    await until('serving', () => supervisor.told('STATUS', 'serving, leader'));
    await until('signs of life', () => supervisor.count('WATCHDOG') > 2);
    peer.kill('SIGHUP');
    await until('reloading', () => supervisor.told('RELOADING', '1'));
    await until('ready again', () => supervisor.count('READY') === 2);
    peer.kill('SIGTERM');
    assert.deepEqual(await once(peer, 'exit'), [0, null]);
    await until('the stop', () => supervisor.told('STOPPING', '1'));
    const kinds = supervisor.messages.map((message) => Object.keys(message).join(' '));
    const first = (kind: string): number => kinds.indexOf(kind);
    const order = ['EXTEND_TIMEOUT_USEC STATUS', 'READY', 'STATUS', 'RELOADING MONOTONIC_USEC'];
    assert.ok(!order.map(first).includes(-1), kinds.join(', '));
    assert.deepEqual(
      order.map(first),
      order.map(first).toSorted((a, b) => a - b),
    );
    assert.ok(kinds.lastIndexOf('READY') > first('RELOADING MONOTONIC_USEC'));
    assert.ok(first('STOPPING') > kinds.lastIndexOf('READY'));
  });

  it('is ready without a quorum, and says what it waits for', async () => {
    const [own, elections, others, alsoOthers] = await freePorts(4);
    const servers = `1=127.0.0.1:${String(own)}:${String(elections)},2=127.0.0.1:${String(others)}:${String(alsoOthers)}`;
    supervisor.start(['--server-id', '1', '--servers', servers]);
    await until('ready', () => supervisor.told('READY', '1'));
    const isWaiting = ({ STATUS = '' }: Message): boolean => /^not serving: .*2/.test(STATUS);
    await until('the missing voter', () => supervisor.messages.some(isWaiting));
  });

  it('gives no sign of life while its event loop stands still', async () => {
    const lively = new Supervisor();
    try {
      await lively.listen();
      const environment = { WATCHDOG_USEC: '300000' };
      const peer = supervisor.start([], environment);
      await until('signs of life', () => supervisor.count('WATCHDOG') > 2);
      peer.kill('SIGSTOP');
      lively.start([], environment);
      await until('the signs of another', () => lively.count('WATCHDOG') > 2);
      // Whatever was on its way has arrived.
      const before = supervisor.count('WATCHDOG');
      const others = lively.count('WATCHDOG');
      await until('more of them', () => lively.count('WATCHDOG') > others + 10);
      assert.equal(supervisor.count('WATCHDOG'), before);
    } finally {
      lively.end();
    }
  });
});

describe('the unit for systemd', function () {
  this.timeout(120_000);
  let folder: string;
  let unit: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-unit-'));
    unit = join(folder, 'quoll.service');
    // The program need not be installed here.
    const text = readFileSync(at('deploy/systemd/quoll.service'), 'utf8');
    writeFileSync(unit, text.replace(/^ExecStart=quoll /m, 'ExecStart=/bin/true '));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is one that systemd understands', () => {
    const { status, stdout, stderr } = run('systemd-analyze', 'verify', unit);
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  });

  it('leaves little open to whoever gets into it', () => {
    const offline = ['--offline=true', '--no-pager'];
    // In tenths: what it needs comes to 1.4 of 10.
    const { status, stdout } = run(
      'systemd-analyze',
      'security',
      ...offline,
      '--threshold=15',
      unit,
    );
    assert.equal(status, 0, stdout);
  });

  it('forbids no system call that a peer makes', async () => {
    const trace = join(folder, 'trace');
    const flags = ['server', '--http-port', '0', '--zookeeper-port', '0', '--grpc-port', '0'];
    const strace = spawn('strace', ['-f', '-c', '-o', trace, process.execPath, program, ...flags], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let log = '';
    strace.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
    try {
      const doors = (): RegExpExecArray | undefined =>
        /"http":"[^"]*:(\d+)"/.exec(log) ?? undefined;
      const [, port = ''] = await until('the doors', doors);
      await until('a write', async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/v1/nodes/a?create`, { method: 'PUT' });
        return answer.ok;
      });
    } finally {
      // strace itself lets signals pass by, and ends with what it looks at.
      const { pid = 0 } = strace;
      const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
      process.kill(Number(children.split(' ')[0]), 'SIGTERM');
      await once(strace, 'exit');
    }
    const made = [...readFileSync(trace, 'utf8').matchAll(/^ +\d.* (\w+)$/gm)].map(
      ([, name]) => name ?? '',
    );
    assert.ok(made.includes('fdatasync') || made.includes('fsync'), made.join(' '));
    const allowed = allowedCalls(readFileSync(unit, 'utf8'));
    // SQLite makes this one as root alone, which the peer of the unit is not.
    const others = ['total', ...(process.getuid?.() === 0 ? ['fchown'] : [])];
    assert.deepEqual(
      made.filter((name) => !others.includes(name) && !allowed.has(name)),
      [],
    );
  });
});

/** Gives the system calls that the unit's filters leave. */
function allowedCalls(text: string): ReadonlySet<string> {
  const sets = new Map<string, string[]>();
  let inSet: string[] = [];
  for (const line of run('systemd-analyze', 'syscall-filter').stdout.split('\n')) {
    const word = line.trim();
    if (/^@/.test(line)) sets.set(word, (inSet = []));
    else if (word !== '' && !word.startsWith('#')) inSet.push(word);
  }
  const callsOf = (name: string): string[] => sets.get(name)?.flatMap(callsOf) ?? [name];
  const allowed = new Set<string>();
  for (const [, filter = ''] of text.matchAll(/^SystemCallFilter=(.*)$/gm)) {
    const calls = filter.replace(/^~/, '').split(' ').flatMap(callsOf);
    for (const call of calls) {
      if (filter.startsWith('~')) allowed.delete(call);
      else allowed.add(call);
    }
  }
  return allowed;
}

function run(
  command: string,
  ...args: readonly string[]
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}
