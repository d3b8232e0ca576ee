import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { fourLetterWords, type FourLetterWord } from '../../src/model/four-letter-word.ts';
import { JuteClient } from '../bench/rivals/jute-client.ts';
import { startZooKeeper, type Rival } from '../bench/rivals/servers.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

// The four-letter words beside those of a real ZooKeeper (Debian's package `zookeeper`): of a leader, a follower and a
// server that stands alone, each with a session that watches and owns something. Figures differ, shapes must not.

const allWords = ['4lw.commands.whitelist=*'];

function ask(address: string, word: string): Promise<string> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(word));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('end', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}

const mode = /^Mode: (\w+)$/m;

async function inMode(addresses: readonly string[], wanted: string): Promise<string> {
  return until(`a ${wanted}`, async () => {
    for (const address of addresses) {
      if (mode.exec(await ask(address, 'srvr'))?.[1] === wanted) return address;
    }
    return undefined;
  });
}

/** What is the same on every server: numbers, ids, addresses, dates, versions and directories made equal. */
function shapeOf(answer: string): string {
  return (
    answer
      .replace(/3\.\d+\.\d+-[^\n]+ built on [^\n]+/g, 'VERSION')
      .replace(/\w{3} \w{3} \d\d \d\d:\d\d:\d\d \w{3} \d{4}/g, 'DATE')
      .replace(/0x[0-9a-f]+/g, 'ID')
      // A ping may have come in between.
      .replace(/(?<=lop=)[A-Z]+/g, 'OPERATION')
      .replace(/127\.0\.0\.1:\d+(:\d+)?/g, 'ADDRESS')
      .replace(/(?<=Dir=)\S+/g, 'DIRECTORY')
      .replace(/-?\d+\.\d+/g, 'DECIMAL')
      .replace(/-?\d+/g, 'NUMBER')
  );
}

/** Each shape of a line once: a server has as many sessions as it has, and sets of sessions that may be empty. */
function linesOf(word: FourLetterWord, answer: string): readonly string[] {
  const lines = answer
    .replace(/^0 expire at .*\n/gm, '')
    .replace(/(?<=^Connections dump:\n)[^]*/m, '')
    .split('\n')
    .map(shapeOf);
  const distinct = [...new Set(lines)];
  // Connections come in no order.
  return word === 'cons' || word === 'stat' ? distinct.sort() : distinct;
}

const namesOf = (answer: string, separator: string): readonly string[] =>
  answer
    .trimEnd()
    .split('\n')
    .map((line) => line.split(separator)[0] ?? '')
    .sort();

describe('four-letter words beside those of ZooKeeper', function () {
  this.timeout(120_000);
  const rivals: Rival[] = [];
  const ensembles: TestEnsemble[] = [];
  const clients: JuteClient[] = [];
  /** By the mode of the server: a real one's address, and ours. */
  const pairs = new Map<string, readonly [real: string, ours: string]>();

  before(async () => {
    for (const size of [3, 1]) {
      // One after the other, so that what has started is stopped when the next does not start.
      const rival = await startZooKeeper(size, allWords);
      rivals.push(rival);
      const ensemble = await startEnsemble({ peers: size, zookeeper: true, lines: allWords });
      ensembles.push(ensemble);
      const ours = ensemble.peers.map(({ zookeeper }) => zookeeper);
      for (const wanted of size === 1 ? ['standalone'] : ['leader', 'follower']) {
        pairs.set(wanted, [await inMode(rival.addresses, wanted), await inMode(ours, wanted)]);
      }
    }
    for (const address of [...pairs.values()].flat()) {
      const client = await JuteClient.connect(address);
      clients.push(client);
      await client.create('/mine', 3);
      await client.exists('/nowhere');
    }
  });
  after(async () => {
    for (const client of clients) client.close();
    await Promise.all([...rivals, ...ensembles].map((servers) => servers.stop()));
  });

  // Those of the figures, mntr and envi, have names of their own: see below. A young server has no digests to show.
  const compared = fourLetterWords.filter((word) => !['mntr', 'envi', 'stmk'].includes(word));

  for (const wanted of ['leader', 'follower', 'standalone']) {
    it(`have the same shape of a ${wanted}`, async () => {
      const [real, ours] = pairs.get(wanted) ?? ['', ''];
      const both = async (word: string): Promise<readonly [string, string]> => [
        await ask(real, word),
        await ask(ours, word),
      ];
      for (const word of compared) {
        const [theirs, own] = await both(word);
        assert.deepEqual(linesOf(word, own), linesOf(word, theirs), word);
        assert.equal(own.endsWith('\n'), theirs.endsWith('\n'), word);
      }
      assert.deepEqual(...(await both(`stmk${'\0'.repeat(7)}\x05`)));
      assert.deepEqual(...(await both('gtmk')));

      const [theirMonitor, ownMonitor] = await both('mntr');
      const theirNames = namesOf(theirMonitor, '\t');
      const ownNames = namesOf(ownMonitor, '\t');
      // What the learners were called until 3.5.
      const added = ownNames.filter((name) => !theirNames.includes(name));
      assert.deepEqual(added, wanted === 'leader' ? ['zk_followers'] : []);
      const theirLines = theirMonitor.split('\n').map(shapeOf);
      for (const line of ownMonitor.split('\n').map(shapeOf)) {
        if (!line.startsWith('zk_followers\t')) assert(theirLines.includes(line), line);
      }

      const [theirEnvironment, ownEnvironment] = await both('envi');
      assert.deepEqual(
        namesOf(ownEnvironment, '='),
        [...namesOf(theirEnvironment, '='), 'node.version'].sort(),
      );
    });
  }
});
