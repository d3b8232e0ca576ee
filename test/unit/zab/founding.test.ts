import assert from 'node:assert/strict';
import { serverId, type Nonce, type ServerId } from '../../../src/model/ids.ts';
import type { Membership, Voter } from '../../../src/model/membership.ts';
import type { Notification } from '../../../src/model/peer-message.ts';
import { zeroZxid } from '../../../src/model/zxid.ts';
import { Founding } from '../../../src/zab/founding.ts';
import { defaultZabLimits, defaultZabTimers, type ZabOptions } from '../../../src/zab/options.ts';
import { chainOf, voters } from '../../support/zab/logs.ts';

const configuredVoters = [1, 2, 3].map(serverId);

function options(self: number, bootstrap = false): ZabOptions {
  return {
    self: serverId(self),
    nonce: `n${String(self)}` as Nonce,
    role: 'participant',
    configuredVoters,
    bootstrap,
    timers: defaultZabTimers,
    limits: defaultZabLimits,
    election: 'fast',
    fraction: () => 0,
    chain: (before, zxid) => chainOf(before, zxid, ''),
    sha256: (bytes) => new Uint8Array(32).fill(bytes.length),
  };
}

function says(nonce: string, more: Partial<Notification>): Notification {
  const from: ServerId = serverId(Number(nonce.charAt(1)));
  const vote = { leader: from, zxid: zeroZxid, peerEpoch: 0 };
  const common = { clusterId: '', state: 'looking', round: 1, vote, votes: false } as const;
  return { from, nonce: nonce as Nonce, ...common, ...more };
}

function sees(nonce: string, ...view: readonly string[]): Notification {
  return says(nonce, { emptyVoters: voters(...view).voters });
}

function nonces(list: readonly Voter[] | undefined): string | undefined {
  return list?.map(({ nonce }) => nonce).join(' ');
}

describe('Founding', () => {
  const all = ['n1', 'n2', 'n3'] as const;

  it('waits until every voter is heard and says that it sees the very same voters', () => {
    const founding = new Founding(options(1), 0);
    founding.hear(sees('n2', ...all), 1);
    assert.equal(founding.agreed(1), undefined);
    assert.deepEqual(founding.missing(1), [3]);
    founding.hear(sees('n3', 'n2', 'n3'), 2);
    assert.equal(founding.agreed(2), undefined);
    founding.hear(sees('n3', ...all), 3);
    assert.equal(nonces(founding.agreed(3)?.voters), 'n1 n2 n3');
  });

  it('gives the ensemble the id that was drawn for it, or else draws one', () => {
    const clusterId = '00112233445566aa';
    for (const given of [undefined, clusterId]) {
      const founding = new Founding({ ...options(1), clusterId: given }, 0);
      for (const nonce of ['n2', 'n3']) founding.hear(sees(nonce, ...all), 1);
      const founded = founding.agreed(1);
      assert.match(founded?.clusterId ?? '', /^[0-9a-f]{16}$/);
      assert.equal(founded?.clusterId === clusterId, given === clusterId);
    }
  });

  it('joins no ensemble of another id than its own', () => {
    const clusterId = '00112233445566aa';
    const founding = new Founding({ ...options(1), clusterId }, 0);
    const { voters: founders } = voters(...all);
    const founded = (id: string): Notification =>
      says('n2', { clusterId: id, founded: { clusterId: id, voters: founders } });
    assert.equal(founding.hear(founded('ffffffffffffffff'), 1), undefined);
    assert.equal(founding.hear(founded(clusterId), 1)?.clusterId, clusterId);
  });

  it('agrees on no voter that lost its data meanwhile', () => {
    const founding = new Founding(options(1), 0);
    founding.hear(sees('n2', ...all), 1);
    founding.hear(sees("n3'", 'n1', 'n2', "n3'"), 1);
    assert.equal(founding.agreed(1), undefined);
    founding.hear(sees('n2', 'n1', 'n2', "n3'"), 2);
    assert.equal(nonces(founding.agreed(2)?.voters), "n1 n2 n3'");
  });

  it('forgets who fell silent', () => {
    const founding = new Founding(options(1), 0);
    founding.hear(sees('n2', ...all), 0);
    founding.hear(sees('n3', ...all), 200);
    assert.equal(founding.agreed(301), undefined);
    assert.deepEqual(founding.missing(301), [2]);
  });

  it('never founds beside a voter that belongs to an ensemble, not even when told to', () => {
    for (const bootstrap of [false, true]) {
      const founding = new Founding(options(1, bootstrap), 0);
      founding.hear(sees('n2', 'n1', 'n2'), 200);
      founding.hear(says('n3', { clusterId: 'c' }), 200);
      assert.equal(founding.agreed(200), undefined);
      assert.deepEqual([founding.occupied(200), founding.missing(200)], [[3], []]);
    }
  });

  it('joins an ensemble that was founded with this very identity, and none that was with a former one', () => {
    const founding = new Founding(options(1), 0);
    const founded: Membership = voters(...all);
    assert.deepEqual(founding.hear(says('n2', { founded }), 0), founded);
    const former: Membership = voters("n1'", 'n2', 'n3');
    assert.equal(founding.hear(says('n2', { founded: former }), 0), undefined);
  });

  it('with --bootstrap, founds with a majority after a while, and leaves the other seats empty', () => {
    const founding = new Founding(options(1, true), 0);
    assert.equal(founding.agreed(500), undefined, 'one of three is no majority');
    founding.hear(sees('n2', 'n1', 'n2'), 50);
    assert.equal(founding.agreed(99), undefined);
    assert.equal(nonces(founding.agreed(100)?.voters), 'n1 n2 ');
  });

  describe('with data that were made of a copy', () => {
    const seed = { hash: 'aa'.repeat(32), clusterId: 'aa'.repeat(8) };
    const seeded = (self: number, bootstrap = false): ZabOptions => ({
      ...options(self, bootstrap),
      seed,
    });
    const from = (hash: string, nonce: string, ...view: readonly string[]): Notification => ({
      ...sees(nonce, ...view),
      seed: hash,
    });

    it('founds the ensemble that the copy names, with peers of that very copy', () => {
      const founding = new Founding(seeded(1), 0);
      for (const nonce of ['n2', 'n3']) founding.hear(from(seed.hash, nonce, ...all), 1);
      assert.equal(founding.agreed(1)?.clusterId, seed.clusterId);
    });

    it('founds nothing with a peer of another copy, or of none, and says who that is', () => {
      const founding = new Founding(seeded(1), 0);
      founding.hear(from('bb', 'n2', ...all), 1);
      founding.hear(sees('n3', ...all), 1);
      assert.equal(founding.agreed(1), undefined);
      assert.deepEqual(founding.ofAnotherSeed(1), [
        { id: 2, seed: 'bb' },
        { id: 3, seed: undefined },
      ]);
      assert.deepEqual(founding.missing(1), []);
    });

    it('founds nothing when it is empty and another is not', () => {
      const founding = new Founding(options(1), 0);
      founding.hear(sees('n2', ...all), 1);
      founding.hear(from(seed.hash, 'n3', ...all), 1);
      assert.equal(founding.agreed(1), undefined);
      assert.deepEqual(founding.ofAnotherSeed(1), [{ id: 3, seed: seed.hash }]);
    });

    it('with --bootstrap, founds with a majority of one copy, and leaves the seats of others empty', () => {
      const founding = new Founding(seeded(1, true), 0);
      founding.hear(from(seed.hash, 'n2', 'n1', 'n2'), 50);
      founding.hear(sees('n3', 'n3'), 50);
      assert.equal(nonces(founding.agreed(100)?.voters), 'n1 n2 ');
    });

    it('joins no other ensemble than the one of its copy', () => {
      const founding = new Founding(seeded(1), 0);
      const founded = (clusterId: string): Notification =>
        says('n2', { clusterId, founded: { ...voters(...all), clusterId } });
      assert.equal(founding.hear(founded('ffffffffffffffff'), 1), undefined);
      assert.equal(founding.hear(founded(seed.clusterId), 1)?.clusterId, seed.clusterId);
    });
  });
});
