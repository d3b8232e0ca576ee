import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MalformedBytes } from '../../src/base/bytes.ts';
import type { PeerMessage } from '../../src/model/peer-message.ts';
import { decodeNotification, encodeNotification } from '../../src/wire/notification-codec.ts';
import { decodePeerMessage, encodePeerMessage } from '../../src/wire/peer-codec.ts';
import { decodeTxn, encodeTxn } from '../../src/wire/txn-codec.ts';
import { notifications, peerMessages, txns } from '../support/wire/arbitraries.ts';
import { Prng } from '../sim/prng.ts';

// Bytes from outside give a valid value or `MalformedBytes`, never anything else: scenarios fle-malformed and fuzzed peer
// stream. A value counts as valid when it survives a round trip of its own.

interface Format<Value> {
  readonly name: string;
  readonly encode: (value: Value) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Value;
  readonly samples: readonly Uint8Array[];
}

function format<Value>(
  name: string,
  encode: (value: Value) => Uint8Array,
  decode: (bytes: Uint8Array) => Value,
  values: readonly Value[],
): Format<Value> {
  return { name, encode, decode, samples: values.map(encode) };
}

const seed = Number(process.env['QUOLL_FUZZ_SEED'] ?? Date.now() >>> 0);
const cases = Number(process.env['QUOLL_FUZZ_CASES'] ?? 100_000);

const messages = Object.values(peerMessages) as fc.Arbitrary<PeerMessage>[];
const formats = [
  format('txn', encodeTxn, decodeTxn, fc.sample(txns, { seed, numRuns: 60 })),
  format(
    'peer message',
    encodePeerMessage,
    decodePeerMessage,
    messages.flatMap((arbitrary) => fc.sample(arbitrary, { seed, numRuns: 5 })),
  ),
  format(
    'notification',
    encodeNotification,
    decodeNotification,
    fc.sample(notifications, { seed, numRuns: 30 }),
  ),
] as readonly Format<unknown>[];

type Pick = (below: number) => number;
const damages: readonly ((sample: Uint8Array, pick: Pick) => Uint8Array)[] = [
  function flipBits(sample, pick) {
    const damaged = sample.slice();
    for (let left = 1 + pick(3); left > 0; left--) {
      const at = pick(damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << pick(8));
    }
    return damaged;
  },
  function setByte(sample, pick) {
    const damaged = sample.slice();
    damaged[pick(damaged.length)] = pick(256);
    return damaged;
  },
  function largeLength(sample, pick) {
    const damaged = sample.slice();
    damaged.fill(0xff, pick(damaged.length)).fill(pick(256), pick(damaged.length));
    return damaged;
  },
  function truncate(sample, pick) {
    return sample.slice(0, pick(sample.length));
  },
  function append(sample, pick) {
    return Uint8Array.from([...sample, pick(256)]);
  },
  function garbage(sample, pick) {
    const made = Uint8Array.from({ length: pick(80) }, () => pick(256));
    // Behind a first byte that exists, or nearly all of it would be refused there.
    if (made.length > 0) made[0] = sample[0] ?? 0;
    return made;
  },
];

/** A txn of format 1 is read, and never written: what is written of it is of a later one. */
function asWritten(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('isBare' in value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([field]) => field !== 'isBare'));
}

describe('wire fuzz', () => {
  for (const { name, encode, decode, samples } of formats) {
    it(`${name}: damaged bytes are refused or mean something (seed ${String(seed)})`, () => {
      const random = new Prng(seed);
      const pick = (below: number): number => random.below(below);
      let refused = 0;
      let valid = 0;
      const runs = Math.floor(cases / formats.length);
      for (let run = 0; run < runs; run++) {
        const sample = samples[pick(samples.length)];
        const damage = damages[pick(damages.length)];
        assert.ok(sample !== undefined && damage !== undefined);
        const damaged = damage(sample, pick);
        let value: unknown;
        try {
          value = decode(damaged);
        } catch (error) {
          const hex = Buffer.from(damaged).toString('hex');
          assert.ok(error instanceof MalformedBytes, `${String(error)} from ${hex}`);
          refused += 1;
          continue;
        }
        valid += 1;
        if (valid % 8 === 0) assert.deepEqual(decode(encode(value)), asWritten(value));
      }
      assert.ok(refused > runs / 10, `only ${String(refused)} refused`);
      assert.ok(valid > runs / 100, `only ${String(valid)} valid`);
    }).timeout(20_000 + cases / 10);

    it(`${name}: every truncation and every byte too many is refused`, () => {
      for (const sample of samples) {
        for (let length = 0; length < sample.length; length++) {
          assert.throws(() => decode(sample.subarray(0, length)), MalformedBytes);
        }
        assert.throws(() => decode(Uint8Array.from([...sample, 0])), MalformedBytes);
      }
    }).timeout(20_000);
  }
});
