import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { zeroChain, type EntryKind } from '../../../../src/model/log-entry.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { systemRandom } from '../../../../src/adapters/system/random.ts';

describe('system hash', () => {
  it('is SHA-256', () => {
    const digest = systemHash.sha256(new TextEncoder().encode('abc'));
    assert.equal(
      Buffer.from(digest).toString('hex'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  // Written out once more, as the format says it: before, zxid, kind, payload. Epoch 7 is 000007, and the counter's 40
  // bits are 0200000009.
  const kindHex = { txn: '00', epochStart: '01', membership: '02' } as const satisfies Record<
    EntryKind,
    string
  >;
  function chainByTheBook(before: string, kind: EntryKind, payload: Uint8Array): string {
    const head = Buffer.from(`${before}0000070200000009${kindHex[kind]}`, 'hex');
    return createHash('sha256').update(head).update(payload).digest('hex').slice(0, 32);
  }

  for (const kind of ['txn', 'epochStart', 'membership'] as const) {
    it(`chains a ${kind} of any size`, () => {
      const before = systemHash.chain(zeroChain, zxid(1, 1), 'txn', new Uint8Array(0));
      for (const length of [0, 1, 200, 16_384, 16_385, 100_000]) {
        const payload = new Uint8Array(length).fill(length % 251);
        const chain = systemHash.chain(before, zxid(7, 0x2_0000_0009), kind, payload);
        assert.equal(chain, chainByTheBook(before, kind, payload), String(length));
        assert.match(chain, /^[0-9a-f]{32}$/);
      }
    });
  }

  it('has nothing left over from a longer payload', () => {
    const first = systemHash.chain(zeroChain, zxid(1, 1), 'txn', Uint8Array.of(1));
    systemHash.chain(zeroChain, zxid(1, 1), 'txn', new Uint8Array(500).fill(9));
    assert.equal(systemHash.chain(zeroChain, zxid(1, 1), 'txn', Uint8Array.of(1)), first);
  });
});

describe('system random', () => {
  it('gives the bytes asked for, and never the same', () => {
    const bytes = systemRandom.bytes(16);
    assert.equal(bytes.length, 16);
    assert.equal(bytes.constructor, Uint8Array);
    assert.notDeepEqual(systemRandom.bytes(16), bytes);
  });

  it('gives fractions in [0, 1)', () => {
    const fractions = Array.from({ length: 1_000 }, () => systemRandom.fraction());
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
    assert.ok(new Set(fractions).size > 990);
  });
});

describe('system clock', () => {
  it('runs forward, by the wall too', () => {
    const before = systemClock.now();
    assert.ok(systemClock.now() >= before);
    assert.ok(Number.isInteger(systemClock.wall()));
    assert.ok(systemClock.wall() > Date.UTC(2020, 0));
  });

  it('calls once after, repeatedly every, and soon in a turn of its own', async () => {
    const happened: string[] = [];
    await new Promise<void>((resolve) => {
      const ticking = systemClock.every(1, () => {
        happened.push('every');
        if (happened.filter((what) => what === 'every').length < 3) return;
        ticking.cancel();
        ticking.cancel();
        resolve();
      });
      // Nothing but referenced timers would keep this process from ending here; mocha's own do.
      systemClock.soon(() => happened.push('soon'));
      happened.push('now');
    });
    assert.deepEqual(happened.slice(0, 2), ['now', 'soon']);
    assert.equal(happened.filter((what) => what === 'every').length, 3);
  });

  it('never calls what was cancelled', async () => {
    let called = false;
    const cancelled = systemClock.after(1, () => (called = true));
    cancelled.cancel();
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
    assert.equal(called, false);
  });
});
