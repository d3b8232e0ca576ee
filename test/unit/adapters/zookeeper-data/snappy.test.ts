import assert from 'node:assert/strict';
import {
  decompress,
  MalformedSnappy,
  unsnappied,
} from '../../../../src/adapters/zookeeper-data/snappy.ts';

const head = '82534e41505059000000000100000001';

async function* pieces(hex: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(hex, 'hex');
  for (let at = 0; at < bytes.length; at += size) {
    yield await Promise.resolve(bytes.subarray(at, at + size));
  }
}

async function read(hex: string, size: number): Promise<string> {
  const blocks: Buffer[] = [];
  for await (const block of unsnappied(pieces(hex, size))) blocks.push(block);
  return Buffer.concat(blocks).toString();
}

describe('a snappy stream', () => {
  it('holds literals, and copies that may overlap what they make', () => {
    // "abc" as it is, then nine bytes from three back.
    assert.equal(decompress(Buffer.from('0c08616263' + '1503', 'hex')).toString(), 'abcabcabcabc');
    // The same with an offset of two bytes, and of four.
    assert.equal(
      decompress(Buffer.from('0c08616263' + '220300', 'hex')).toString(),
      'abcabcabcabc',
    );
    assert.equal(
      decompress(Buffer.from('0c08616263' + '2303000000', 'hex')).toString(),
      'abcabcabcabc',
    );
    const long = '78'.repeat(70);
    assert.equal(decompress(Buffer.from(`46f045${long}`, 'hex')).toString(), 'x'.repeat(70));
  });

  it('is read block by block, in whichever pieces it comes', async () => {
    for (const size of [1, 3, 7, 100]) {
      assert.equal(await read(`${head}00000005030861626300000003010064`, size), 'abcd');
    }
  });

  it('is refused where it is something else, is cut off, or points beside itself', async () => {
    await assert.rejects(read('1f8b0800000000000003', 4), MalformedSnappy);
    await assert.rejects(read(`${head}000000050308`, 4), MalformedSnappy);
    for (const block of [
      '0c0861',
      '0c08616263',
      '021505',
      '0c086162631500',
      '02086162630000',
      'ffffffffff',
    ]) {
      assert.throws(() => decompress(Buffer.from(block, 'hex')), MalformedSnappy, block);
    }
  });
});
