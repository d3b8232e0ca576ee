import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ByteWriter } from '../../../src/base/bytes.ts';
import { chainWords, wordsAt, writeChain, type ChainHash } from '../../../src/model/log-entry.ts';

function chain(of: number): ChainHash {
  return createHash('sha256').update(String(of)).digest('hex').slice(0, 32) as ChainHash;
}

function written(of: number): string {
  const writer = new ByteWriter();
  writeChain(writer, chain(of));
  return Buffer.from(writer.take()).toString('hex');
}

describe('a chain of hashes', () => {
  it('is read once and found again, and what took its place is read anew', () => {
    for (let round = 0; round < 2; round++) {
      // More than places: some stand where others stood.
      for (let of = 0; of < 3_000; of++) {
        assert.equal(written(of), chain(of));
        assert.equal(written(Math.floor(of / 2)), chain(Math.floor(of / 2)));
      }
    }
  });

  it('is found without being read', () => {
    const at = wordsAt(chain(1));
    chainWords[at] = 1;
    assert.equal(chainWords[wordsAt(chain(1))], 1);
    wordsAt(sameplaced(chain(1)));
    assert.notEqual(chainWords[wordsAt(chain(1))], 1);
  });
});

/** Another that is looked for in the same place. */
function sameplaced(one: ChainHash): ChainHash {
  return `${one.slice(0, 31)}${one.endsWith('0') ? '1' : '0'}` as ChainHash;
}
