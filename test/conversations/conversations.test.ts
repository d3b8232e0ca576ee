import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchEnsemble } from './bench-ensemble.ts';
import { wantedMembers } from './wanted-members.ts';

/**
 * Golden scripts: `test/conversations/*.txt` hold blocks of commands, a line `----`, and the trace they must give. Comments
 * begin with `#`. With REWRITE=1 the traces are written anew, for a review of the diff.
 */
const folder = join(process.cwd(), 'test/conversations');

function ids(words: readonly string[]): number[] {
  return words.map((word) => {
    const id = Number(word);
    assert.ok(Number.isInteger(id) && id > 0, `"${word}" is not a server id`);
    return id;
  });
}

type Command = (bench: BenchEnsemble, words: readonly string[]) => void;

const each =
  (run: (bench: BenchEnsemble, id: number) => void): Command =>
  (bench, words) => {
    for (const id of ids(words)) run(bench, id);
  };

const commands: Readonly<Record<string, Command>> = {
  founded: (bench, [level]) => {
    bench.founded(level === undefined ? undefined : Number(level));
  },
  speak: (bench, words) => {
    const [newest = 0, ...speakers] = ids(words);
    for (const id of speakers) bench.speak(id, newest);
  },
  raise: (bench, words) => {
    const [level = 0, ...alsoKnown] = ids(words);
    bench.raise(level, alsoKnown);
  },
  start: each((bench, id) => {
    bench.start(id);
  }),
  crash: each((bench, id) => {
    bench.crash(id);
  }),
  configured: (bench, words) => {
    const [id = 0, ...voters] = ids(words);
    bench.configured(id, voters);
  },
  'forget-commits': each((bench, id) => {
    bench.forgetCommits(id);
  }),
  'lose-tail': (bench, words) => {
    const [id = 0, count = 0] = ids(words);
    bench.loseTail(id, count);
  },
  wipe: each((bench, id) => {
    bench.wipe(id);
  }),
  disconnect: each((bench, id) => {
    bench.disconnect(id);
  }),
  reconnect: each((bench, id) => {
    bench.reconnect(id);
  }),
  silence: each((bench, id) => {
    bench.silence(id);
  }),
  stall: (bench, words) => {
    const [id = 0, count = 0] = ids(words);
    bench.stall(id, count);
  },
  'hold-disk': each((bench, id) => {
    bench.holdDisk(id);
  }),
  'hold-disk-after': (bench, words) => {
    const [id = 0, writes = 0] = ids(words);
    bench.holdDiskAfter(id, writes);
  },
  'release-disk': each((bench, id) => {
    bench.releaseDisk(id);
  }),
  'hold-applying': each((bench, id) => {
    bench.holdApplying(id);
  }),
  'release-applying': each((bench, id) => {
    bench.releaseApplying(id);
  }),
  flood: (bench, words) => {
    bench.flood(Number(words[0]));
  },
  compact: each((bench, id) => {
    bench.compact(id);
  }),
  force: (bench, words) => {
    const [id = 0, leader = 0] = ids(words);
    assert.ok(bench.force(id, leader), `server ${String(id)} is not LOOKING`);
  },
  'hand-over': (bench, words) => {
    bench.handOver(words[0] === undefined ? undefined : Number(words[0]));
  },
  change: (bench, words) => {
    bench.change(wantedMembers(words));
  },
  propose: (bench, words) => {
    bench.propose(words);
  },
  barrier: each((bench, id) => {
    bench.barrier(id, 'barrier');
  }),
  sync: each((bench, id) => {
    bench.barrier(id, 'sync');
  }),
  'tick-alone': (bench, words) => {
    const [id = 0, count = 0] = ids(words);
    bench.tickAlone(id, count);
  },
  deliver: (bench, words) => {
    const [from = 0, to = 0] = ids(words);
    bench.deliver(from, to);
  },
  tick: (bench, words) => {
    bench.tick(Number(words[0]));
  },
  stabilize: (bench) => {
    bench.stabilize();
  },
  show: (bench) => {
    bench.show();
  },
  quiet: (bench) => {
    bench.trace.length = 0;
  },
};

function ensemble(words: readonly string[]): BenchEnsemble {
  const forced = words.includes('forced');
  const kinds = { participants: [], observers: [], strangers: [] } as Record<string, string[]>;
  let kind = 'participants';
  for (const word of words) {
    if (word in kinds) kind = word;
    else if (word !== 'forced') kinds[kind]?.push(word);
  }
  const { participants = [], observers = [], strangers = [] } = kinds;
  return new BenchEnsemble({
    participants: ids(participants),
    observers: ids(observers),
    strangers: ids(strangers),
    forced,
  });
}

/** Runs the commands of a script and gives it back with the traces that they gave. */
function play(text: string): string {
  let bench: BenchEnsemble | undefined;
  const written: string[] = [];
  let skipping = false;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const [name = ''] = words;
    if (line === '' || line.startsWith('#')) {
      skipping = false;
      written.push(line);
    } else if (skipping) {
      continue;
    } else if (line === '----') {
      written.push(line, ...(bench?.trace.splice(0) ?? []));
      skipping = true;
    } else {
      written.push(line);
      if (name === 'ensemble') bench = ensemble(words.slice(1));
      else {
        const command = commands[name];
        assert.ok(command !== undefined, `unknown command "${name}"`);
        assert.ok(bench !== undefined, 'a script begins with "ensemble"');
        command(bench, words.slice(1));
      }
    }
  }
  return written.join('\n');
}

describe('golden scripts', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));

  it('are there', () => {
    assert.ok(files.length >= 10, `${String(files.length)} scripts in ${folder}`);
  });

  for (const file of files) {
    it(file.replace('.txt', '').replaceAll('-', ' '), () => {
      const path = join(folder, file);
      const expected = readFileSync(path, 'utf8');
      const actual = play(expected);
      if (process.env['REWRITE'] === '1') writeFileSync(path, actual);
      else assert.equal(actual, expected);
    });
  }
});
