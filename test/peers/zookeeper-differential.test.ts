import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromUtf8 } from '../../src/base/bytes.ts';
import { permission, type Acl, type Identity } from '../../src/model/acl.ts';
import type { TreeOp } from '../../src/model/request.ts';
import { Prng } from '../sim/prng.ts';
import { freePorts } from '../../src/config/free-ports.ts';
import { until } from '../support/until.ts';
import { orderOfChecks, preparedTree } from '../support/state/order-of-checks.ts';
import {
  check,
  create,
  multi,
  path,
  remove,
  set,
  setAcl,
  single,
} from '../support/model/requests.ts';
import { bytes, Leader } from '../support/state/leader.ts';

// The state machine beside a real ZooKeeper: the same ops to both, and the same said by both. Debian's packages
// `zookeeper` and `python3-kazoo`; the server is one of our own on loopback, with data that goes with it.

const jar = '/usr/share/java/zookeeper.jar';
const python = '/usr/bin/python3';
const steps = 'test/peers/zookeeper-steps.py';

type Step =
  | { readonly by: 'nobody' | 'alice'; readonly ops: readonly TreeOp[]; readonly single: boolean }
  | { readonly get: string }
  | { readonly acl: string };

interface Told {
  readonly code?: string;
  readonly failed?: number;
  readonly data?: string;
  readonly version?: number;
  readonly acl?: Acl;
}

function digestOf(name: string): string {
  const hash = createHash('sha1').update(`${name}:secret`).digest('base64');
  return `${name}:${hash}`;
}

const alice: Identity = { scheme: 'digest', id: digestOf('alice') };

const codes: Record<string, string> = {
  NoNodeError: 'noNode',
  NoAuthError: 'noAuth',
  BadVersionError: 'badVersion',
  NotEmptyError: 'notEmpty',
  NodeExistsError: 'nodeExists',
  InvalidACLError: 'invalidAcl',
  BadArgumentsError: 'badArguments',
  QuotaExceededError: 'quotaExceeded',
};

class RealZooKeeper {
  readonly #folder: string;
  readonly #server: ChildProcess;
  readonly #port: number;
  #log = '';

  private constructor(port: number, flags: readonly string[]) {
    this.#port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'quoll-zookeeper-'));
    const config = join(this.#folder, 'zoo.cfg');
    const lines = [
      'tickTime=2000',
      `dataDir=${join(this.#folder, 'data')}`,
      `clientPort=${String(port)}`,
      'clientPortAddress=127.0.0.1',
      'admin.enableServer=false',
      '',
    ];
    writeFileSync(config, lines.join('\n'));
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    const superDigest = `-Dzookeeper.DigestAuthenticationProvider.superDigest=${digestOf('super')}`;
    this.#server = spawn('java', ['-Xmx256m', superDigest, ...flags, '-cp', jar, main, config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#server.stdout, this.#server.stderr]) {
      stream?.on(
        'data',
        (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-4_000)),
      );
    }
  }

  static async start(flags: readonly string[] = []): Promise<RealZooKeeper> {
    const [port] = await freePorts(1);
    assert(port !== undefined);
    const server = new RealZooKeeper(port, flags);
    await until('ZooKeeper to listen', () => server.#listens(), 60_000).catch(
      async (error: unknown) => {
        await server.stop();
        throw new Error(`ZooKeeper did not start\n${server.#log}`, { cause: error });
      },
    );
    return server;
  }

  run(all: readonly Step[]): readonly Told[] {
    const input = JSON.stringify(
      all.map((step) => ('ops' in step ? { ...step, ops: step.ops.map(plain) } : step)),
    );
    const { status, stdout, stderr } = spawnSync(
      python,
      [steps, `127.0.0.1:${String(this.#port)}`],
      {
        input,
        encoding: 'utf8',
        timeout: 150_000,
        maxBuffer: 64 * 1_048_576,
      },
    );
    assert.equal(status, 0, `${stderr}\n${this.#log}`);
    return JSON.parse(stdout) as Told[];
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#server;
    if (exitCode === null && signalCode === null) {
      this.#server.kill('SIGKILL');
      await once(this.#server, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #listens(): Promise<boolean> {
    const { exitCode } = this.#server;
    if (exitCode !== null) throw new Error(`it has ended with ${String(exitCode)}`);
    return new Promise((resolve) => {
      const socket = connect(this.#port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
  }
}

/** As the script wants it. */
function plain(op: TreeOp): unknown {
  const { path } = op;
  switch (op.op) {
    case 'create':
      return { op: op.op, path, data: fromUtf8(op.data ?? new Uint8Array()), acl: op.acl };
    case 'set':
      return {
        op: op.op,
        path,
        data: fromUtf8(op.data ?? new Uint8Array()),
        version: op.expected.version,
      };
    case 'delete':
    case 'check':
      return { op: op.op, path, version: op.expected.version };
    case 'setAcl':
      return { op: op.op, path, acl: op.acl, version: op.aversion };
    default:
      throw new Error(`ZooKeeper has no ${op.op}`);
  }
}

function ours(leader: Leader, step: Step): Told {
  if ('get' in step) {
    return { data: leader.data(step.get) ?? '', version: leader.stat(step.get)?.version ?? -1 };
  }
  if ('acl' in step) {
    const query = { read: 'acl', path: path(step.acl) } as const;
    const result = leader.machine.read(query, [{ scheme: 'super', id: '' }]);
    return 'acl' in result ? { acl: result.acl } : {};
  }
  const identities = step.by === 'alice' ? [alice] : [];
  const [only] = step.ops;
  assert(only);
  const prepared = leader.prepare(step.single ? single(only) : multi(step.ops), { identities });
  if (prepared.kind !== 'refused') {
    leader.commit();
    return { code: 'ok' };
  }
  // ZooKeeper has one code for both.
  const code = prepared.code === 'noParent' ? 'noNode' : prepared.code;
  return { code, ...(step.single ? {} : { failed: prepared.failedIndex ?? -1 }) };
}

/** ZooKeeper's answer in our words. */
function theirs(told: Told): Told {
  const { code } = told;
  return code === undefined || code === 'ok' ? told : { ...told, code: codes[code] ?? code };
}

function compare(zooKeeper: RealZooKeeper, all: readonly Step[], enforceQuota = false): void {
  const leader = new Leader({}, { enforceQuota });
  const told = zooKeeper.run(all);
  assert.equal(told.length, all.length);
  for (const [index, step] of all.entries()) {
    const what = `step ${String(index)}: ${JSON.stringify('ops' in step ? { ...step, ops: step.ops.map(plain) } : step)}`;
    assert.deepEqual(ours(leader, step), theirs(told[index] ?? {}), what);
  }
}

const by = (who: 'nobody' | 'alice', ...ops: TreeOp[]): Step => ({ by: who, ops, single: true });
const together = (who: 'nobody' | 'alice', ...ops: TreeOp[]): Step => ({
  by: who,
  ops,
  single: false,
});

describe('beside a real ZooKeeper', function () {
  this.timeout(180_000);
  let zooKeeper: RealZooKeeper;

  before(function () {
    const hasKazoo = spawnSync(python, ['-c', 'import kazoo']).status === 0;
    assert(existsSync(jar) && hasKazoo, 'sudo apt-get install -y zookeeper python3-kazoo');
  });

  beforeEach(async () => {
    zooKeeper = await RealZooKeeper.start();
  });

  afterEach(async () => {
    await zooKeeper.stop();
  });

  it('the same error wins when two things are wrong, alone and in a multi', () => {
    const inZooKeeper = orderOfChecks
      .map(([, op]) => op)
      .filter((op) => op.op !== 'create' || op.kind !== 'ttl');
    const all: Step[] = preparedTree.map((op) => by('nobody', op));
    for (const op of inZooKeeper) {
      if (op.op !== 'check') all.push(by('nobody', op));
      if (op.op === 'setAcl') continue;
      all.push(together('nobody', op, set('/free', 'x')));
      all.push(together('nobody', set('/free', 'x'), create('/free/a'), op));
    }
    compare(zooKeeper, all);
  });

  it('permissions let the same callers do the same', () => {
    const all: Step[] = [by('nobody', create('/p')), by('nobody', create('/free'))];
    let made = 0;
    const world = { scheme: 'world', id: 'anyone' };
    for (const bits of [1, 2, 4, 8, 16]
      .map((bit) => permission.all - bit)
      .concat([1, 2, 4, 8, 16])) {
      for (const who of [
        world,
        alice,
        { scheme: 'auth', id: '' },
        { scheme: 'ip', id: '127.0.0.0/8' },
      ]) {
        const acl: Acl = [{ permissions: bits, ...who }];
        const at = `/p/n${String(++made)}`;
        // The open ACL until the child is there.
        all.push(
          by('alice', create(at)),
          by('alice', create(`${at}/c`)),
          by('alice', setAcl(at, acl)),
        );
        // Addresses are no part of this: both sides see the same loopback, or none.
        for (const caller of who.scheme === 'ip' ? [] : (['nobody', 'alice'] as const)) {
          all.push(
            by(caller, set(at, 'x')),
            by(caller, create(`${at}/${caller}`)),
            together(caller, check(at), set('/free', 'x')),
            by(caller, remove(`${at}/${caller}`)),
            by(caller, remove(`${at}/c`)),
            by(caller, setAcl(at, acl)),
          );
        }
      }
    }
    compare(zooKeeper, all);
  });

  it('ACLs of any form are taken, kept and refused the same', () => {
    const world = { scheme: 'world', id: 'anyone' };
    const acls: Acl[] = [0, 31, 32, 33, 255, -1, 2 ** 31 - 1, -(2 ** 31)].map((bits) => [
      { permissions: bits, ...world },
    ]);
    const forms = {
      world: ['x'],
      auth: ['x', 'a:b'],
      digest: ['a:b', 'a:b:c', 'a', ':', ':b', 'a:', 'a:b:', 'a:b::', '::b', 'a:b\nc'],
      ip: ['1.2.3.4', '1.2.3.4/8', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/-1', '1.2.3'],
      super: ['x'],
      kerberos: ['x'],
      WORLD: ['anyone'],
    };
    for (const [scheme, ids] of Object.entries(forms)) {
      for (const id of ids) acls.push([{ permissions: 31, scheme, id }]);
    }
    const all31 = (scheme: string, id: string): Acl[number] => ({ permissions: 31, scheme, id });
    const own = { permissions: 31, ...alice };
    const auth = all31('auth', 'a');
    acls.push([all31('world', 'anyone'), all31('world', 'anyone')]);
    acls.push([auth, own], [own, auth], [own, own], [auth, all31('auth', 'b')]);
    acls.push([auth, { ...auth, permissions: 1 }], [own, all31('digest', 'a')]);
    const all: Step[] = [];
    for (const [index, acl] of acls.entries()) {
      const at = `/acl${String(index)}`;
      all.push(by('nobody', create(`${at}n`, { acl })), by('alice', create(at)));
      all.push(by('alice', setAcl(at, acl)), { acl: at });
      all.push(by('nobody', set(at, 'x')), by('alice', set(at, 'x')));
    }
    compare(zooKeeper, all);
  });

  it('quotas refuse the same, where they are enforced', async () => {
    const enforcing = await RealZooKeeper.start(['-Dzookeeper.enforceQuota=true']);
    try {
      const random = new Prng(11);
      const paths = ['/a', '/a/b', '/a/b/c', '/a/d', '/a/e', '/x'];
      const all: Step[] = [by('nobody', create('/a')), by('nobody', create('/a/b'))];
      for (const [of, limits] of [
        ['/a', 'count=-1,bytes=-1=;byteHardLimit=20;countHardLimit=3'],
        ['/a/b', 'count=1,bytes=1=;byteHardLimit=12'],
        ['/x', 'count=0,bytes=0'],
      ] as const) {
        const at = `/zookeeper/quota${of}`;
        all.push(by('nobody', create(at)));
        all.push(by('nobody', create(`${at}/zookeeper_limits`, { data: bytes(limits) })));
        all.push(by('nobody', create(`${at}/zookeeper_stats`, { data: bytes('') })));
      }
      for (let turn = 0; turn < 600; turn++) {
        const at = random.pick(paths);
        const text = 'x'.repeat(random.below(15));
        const version = random.below(3) - 1;
        const op = random.pick([
          create(at, { data: bytes(text) }),
          set(at, text),
          set(at, text, { expected: { version } }),
          remove(at),
        ]);
        all.push(random.below(4) === 0 ? together('nobody', check('/'), op) : by('nobody', op));
        if (turn % 10 === 0) all.push({ get: '/zookeeper/quota/a/zookeeper_stats' });
      }
      compare(enforcing, all, true);
    } finally {
      await enforcing.stop();
    }
  });

  it('quotas count the same', () => {
    const random = new Prng(7);
    const paths = ['/a', '/a/b', '/a/b/c', '/a/bc', '/x', '/x/y', '/x/y/z'];
    const quotas = ['/a', '/a/b', '/x', '/x/y/z'];
    const text = (): string => 'x'.repeat(random.below(20));
    const all: Step[] = [];
    const isSet = new Set<string>();
    const quotaPath = (of: string, name: string): string =>
      `/zookeeper/quota${of}/zookeeper_${name}`;
    const change = (): TreeOp => {
      const at = random.pick(paths);
      const dice = random.below(10);
      if (dice < 5) return create(at, { data: bytes(text()) });
      return dice < 8 ? set(at, text()) : remove(at);
    };
    for (let turn = 0; turn < 400; turn++) {
      const dice = random.below(20);
      const of = random.pick(quotas);
      if (dice === 0 && !isSet.has(of)) {
        isSet.add(of);
        for (let end = of.indexOf('/', 1); end > 0; end = of.indexOf('/', end + 1)) {
          all.push(by('nobody', create(`/zookeeper/quota${of.slice(0, end)}`)));
        }
        all.push(by('nobody', create(`/zookeeper/quota${of}`)));
        all.push(
          by('nobody', create(quotaPath(of, 'limits'), { data: bytes('count=5,bytes=-1') })),
        );
        all.push(by('nobody', create(quotaPath(of, 'stats'), { data: bytes('count=0,bytes=0') })));
      } else if (dice === 1 && isSet.delete(of)) {
        all.push(
          by('nobody', remove(quotaPath(of, 'limits'))),
          by('nobody', remove(quotaPath(of, 'stats'))),
        );
      } else if (dice < 6) all.push(together('nobody', change(), change(), change()));
      else all.push(by('nobody', change()));
      for (const counted of isSet) all.push({ get: quotaPath(counted, 'stats') });
    }
    compare(zooKeeper, all);
  });
});
