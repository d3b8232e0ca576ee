import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { levelOf, decodeMembership, encodeMembership } from '../../src/model/membership.ts';
import { decodeNotification, encodeNotification } from '../../src/wire/notification-codec.ts';
import { decodePeerMessage, encodePeerMessage } from '../../src/wire/peer-codec.ts';
import { txnCodec } from '../../src/wire/txn-codec.ts';

// Bytes that each release wrote, and what it meant by them: `npm run recorded` adds the next release's.

interface Format {
  readonly decode: (bytes: Uint8Array) => unknown;
  /** What this version makes of the same: at level 1, and of a message that the release knew, the very same bytes. */
  readonly encode: (value: unknown) => Uint8Array;
}

function format<Value>(
  decode: (bytes: Uint8Array) => Value,
  encode: (value: Value) => Uint8Array,
): Format {
  return { decode, encode: (value) => encode(value as Value) };
}

const formats: Readonly<Record<string, Format>> = {
  txn: format(
    (bytes) => txnCodec.decode(bytes),
    (txn) => txnCodec.encode(txn),
  ),
  message: format(decodePeerMessage, encodePeerMessage),
  notification: format(decodeNotification, encodeNotification),
  membership: format(decodeMembership, encodeMembership),
};

function hexed(value: unknown): unknown {
  const text = JSON.stringify(value, (_, each: unknown) =>
    each instanceof Uint8Array ? { hex: Buffer.from(each).toString('hex') } : each,
  );
  return JSON.parse(text);
}

const folder = join(process.cwd(), 'test/recorded');
const releases = readdirSync(folder).filter((name) => name.startsWith('protocol-'));

describe('recorded bytes of the last releases', () => {
  it('are there', () => {
    assert.ok(releases.includes('protocol-5.txt'));
  });

  for (const release of releases) {
    const lines = readFileSync(join(folder, release), 'utf8').trim().split('\n');
    for (const name of Object.keys(formats)) {
      it(`${release.replace('.txt', '')}: each ${name} is read as it was meant, and written as it was`, () => {
        const { decode, encode } = formats[name] ?? assert.fail();
        const recorded = lines.map((line) => line.split(' ')).filter(([kind]) => kind === name);
        assert.ok(recorded.length > 0);
        for (const [, hex = '', ...words] of recorded) {
          const value = decode(Buffer.from(hex, 'hex'));
          assert.deepEqual(hexed(value), JSON.parse(words.join(' ')));
          assert.equal(Buffer.from(encode(value)).toString('hex'), hex);
        }
      });
    }
  }

  it('are all of the first level where they hold a membership', () => {
    const lines = readFileSync(join(folder, 'protocol-5.txt'), 'utf8').split('\n');
    for (const line of lines.filter((each) => each.startsWith('membership '))) {
      const [, hex = ''] = line.split(' ');
      assert.equal(levelOf(decodeMembership(Buffer.from(hex, 'hex'))), 1);
    }
  });
});
