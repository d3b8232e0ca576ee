// ZooKeeper's two command lines, Debian's cli_mt (of the C client) and zkCli's ZooKeeperMain, with one script at a real
// ZooKeeper and at an ensemble of three peers: they print the same, but for zxids, times and session ids.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { put } from '../support/client.ts';
import { until } from '../support/until.ts';
import { RealZooKeeper } from '../support/zookeeper/real-zookeeper.ts';
import { Agent, run, type Command } from './zookeeper/programs.ts';

const scriptOf = (name: string): string =>
  readFileSync(
    fileURLToPath(new URL(`../../../test/peers/zookeeper/${name}`, import.meta.url)),
    'utf8',
  );

/** Zxids become their place in the order of their appearance: what is equal or not stays so. */
function normalised(text: string): string {
  const zxids = new Map<string, string>([['0', 'none']]);
  const placeOf = (zxid: string): string => {
    const known = zxids.get(zxid);
    if (known !== undefined) return known;
    const place = `zxid${String(zxids.size)}`;
    zxids.set(zxid, place);
    return place;
  };
  return text
    .replace(/^(.*session id: ).*$/gm, '$1SESSION')
    .replace(/(ephemeralOwner = (?:0x)?)(?!0$)[0-9a-f]+$/gm, '$1SESSION')
    .replace(/([cmp]zxid ?= ?)(?:0x)?([0-9a-f]+)/gi, (_, name: string, zxid: string) => {
      return `${name}${placeOf(zxid)}`;
    })
    .replace(/([cm]time ?= ?)(?!Thu Jan [ 0]1 00:00:00 (?:UTC )?1970).*$/gm, '$1TIME')
    .replace(/^time = [0-9]+ msec\n/gm, '')
    .replace(/127\.0\.0\.1:[0-9]+(?:,127\.0\.0\.1:[0-9]+)*/g, 'ADDRESS');
}

/** Whole lines, each with its end. */
const linesSorted = (lines: string): string => (lines.match(/.*\n/g) ?? []).sort().join('');

/** ZooKeeper keeps a session's ephemerals in no order. */
const sorted = (line: string): string =>
  /^\[\/.*\]$/.test(line) ? `[${line.slice(1, -1).split(', ').sort().join(', ')}]` : line;

function zkCliAt(address: string): Command {
  const jars = ['zookeeper', 'slf4j-nop'].map((name) => `/usr/share/java/${name}.jar`).join(':');
  const main = 'org.apache.zookeeper.ZooKeeperMain';
  return { program: 'java', args: ['-Xmx128m', '-cp', jars, main, '-server', address] };
}

function cliMtAt(address: string): Command {
  const program = '/usr/lib/zookeeper/bin/cli_mt';
  return { program: 'sh', args: ['-c', `exec ${program} "$0" 2>&1`, address] };
}

/** What the terminal shows: the events, which come on a thread of their own, apart from the answers. */
async function zkCli(address: string, script: string): Promise<Record<string, string[]>> {
  const { stdout, stderr, output } = await run(zkCliAt(address), script);
  assert.match(stdout, /SyncConnected/, output);
  // Nor the identities of a connection.
  const identities = /(?:^(?:ip|digest): .*\n)+/gm;
  const shown = normalised(stdout).replace(identities, linesSorted);
  const lines = shown.split('\n').map(sorted);
  const isEvent = (line: string): boolean => line.startsWith('WatchedEvent ');
  const isNoise = (line: string): boolean => line === '' || line === 'WATCHER::';
  return {
    answers: lines.filter((line) => !isEvent(line) && !isNoise(line)),
    events: lines.filter(isEvent),
    refusals: normalised(stderr).split('\n'),
  };
}

/** One command after the other: the answer to a last one, the same for all, ends each. */
async function cliMt(address: string, script: string): Promise<string> {
  const agent = new Agent('cli_mt', cliMtAt(address));
  try {
    await agent.says(/^Got a new session id/);
    agent.takeAll();
    let transcript = '';
    for (const [index, line] of script.trimEnd().split('\n').entries()) {
      const end = `/end-of-${String(index)}`;
      agent.tell(line);
      // Asynchronous as the others are: what it calls at once, exists above all, comes past them inside the client.
      await agent.asks(`sync ${end}`, new RegExp(`^\\tname = ${end}$`));
      assert.ok(agent.hasSaid(new RegExp(`^\\[${end}\\]: rc = 0$`)));
      const children = /(?:^\t\S+\n)+/gm;
      const said = normalised(agent.takeAll()).replace(children, linesSorted);
      transcript += `> ${line}\n${said}`;
    }
    return transcript;
  } finally {
    await agent.end();
  }
}

describe("ZooKeeper's command lines say at Quoll what they say at ZooKeeper", function () {
  this.timeout(180_000);
  let real: RealZooKeeper | undefined;
  let ensemble: TestEnsemble;
  let addresses: readonly string[];

  before(async () => {
    // One after the other, so that what has started is stopped when the next does not start.
    ensemble = await startEnsemble({ peers: 3, zookeeper: true });
    real = await RealZooKeeper.start(['extendedTypesEnabled=true']);
    addresses = [real.address, ensemble.peers.map(({ zookeeper }) => zookeeper).join(',')];
  });

  after(async () => {
    await Promise.all([real?.stop(), ensemble.stop()]);
  });

  it('zkCli', async () => {
    const script = scriptOf('zkcli.txt');
    const [theirs, ours] = await Promise.all(addresses.map((address) => zkCli(address, script)));
    assert.deepEqual(ours, theirs);
    assert.ok((theirs?.['answers']?.length ?? 0) > 100);
  });

  it('zkCli shows the ensemble, which one ZooKeeper alone has none of', async () => {
    const [, ours = ''] = addresses;
    const { answers = [] } = await zkCli(ours, 'config\nquit\n');
    const servers = answers.filter((line) =>
      /^server\.[123]=ADDRESS:[0-9]+:participant/.test(line),
    );
    assert.equal(servers.length, 3, answers.join('\n'));
  });

  it('cli_mt', async () => {
    const script = scriptOf('cli_mt.txt');
    const [theirs = '', ours] = await Promise.all(
      addresses.map((address) => cliMt(address, script)),
    );
    assert.equal(ours, theirs);
    assert.match(theirs, /CHANGED_EVENT/);
  });

  it('both keep their sessions and watches when the peer under them is killed', async () => {
    const [, ours = ''] = addresses;
    const zk = new Agent('zkCli', zkCliAt(ours));
    const c = new Agent('cli_mt', cliMtAt(ours));
    try {
      await zk.says(/^WatchedEvent state:SyncConnected type:None/);
      const greeting = await c.says(/^Got a new session id: /);
      const session = greeting.replace(/^.*: 0x/, '');
      zk.tell('create /kept-zk 1');
      zk.tell('create -e /kept-zk-ephemeral');
      await c.asks('create /kept-c', /^\tname = \/kept-c$/);
      await c.asks('create +e /kept-c-ephemeral', /^\tname = \/kept-c-ephemeral$/);
      for (const round of [0, 1, 2]) {
        await zk.asks('get -w /kept-zk', /^[01]$/);
        // Its get always watches.
        await c.asks('get /kept-c', /^ value_len = /);
        const peer = round === 0 ? await ensemble.leader() : ensemble.peer(round);
        await peer.end('SIGKILL');
        for (const path of ['/kept-zk', '/kept-c']) {
          await until(`${path} to be written`, async () => {
            const other = ensemble.peers.find(({ isRunning }) => isRunning);
            return other !== undefined && (await put(other, path, '1')).ok;
          });
        }
        await zk.says(/^WatchedEvent .* type:NodeDataChanged path:\/kept-zk$/);
        await c.says(/^Watcher CHANGED_EVENT state = CONNECTED_STATE for path \/kept-c$/);
        peer.start();
        await ensemble.ready();
      }
      zk.takeAll();
      await zk.asks('getEphemerals /kept', /^\[\/kept-zk-ephemeral\]$/);
      c.takeAll();
      c.tell('set /kept-c-ephemeral x');
      assert.equal(await c.says(/ephemeralOwner/), `\tephemeralOwner = ${session}`);
    } finally {
      await Promise.all([zk.end(), c.end()]);
    }
  });
});
