import assert from 'node:assert/strict';
import { KnownPeers } from '../../../../src/adapters/peer-tcp/known-peers.ts';
import { serverId } from '../../../../src/model/ids.ts';
import { aMember } from '../../../support/model/members.ts';

const lines = [aMember(1), aMember(2), aMember(3)];
const placeOf = (known: KnownPeers, id: number) => known.placeOf(serverId(id))?.host;

describe('the peers that a peer knows', () => {
  it('are where its server lines say, as long as no membership says more', () => {
    const known = new KnownPeers(lines);
    assert.deepEqual([...known.ids], [1, 2, 3]);
    assert.equal(placeOf(known, 2), 'h2');
    assert.ok(!known.has(serverId(4)));
    assert.equal(placeOf(known, 4), undefined);
  });

  it('are where the membership says, and nobody is forgotten', () => {
    const known = new KnownPeers(lines);
    known.know([aMember(2, { host: 'moved' }), aMember(4)], []);
    assert.deepEqual([...known.ids].sort(), [1, 2, 3, 4]);
    assert.equal(placeOf(known, 2), 'moved');
    assert.equal(placeOf(known, 3), 'h3', 'who has left can be told so');
    known.know([aMember(2)], []);
    assert.equal(placeOf(known, 2), 'h2');
    assert.ok(known.has(serverId(4)), 'it may come and hear that it was removed');
  });

  it('may come when they were removed before this peer knew them, and are dialled nowhere', () => {
    const known = new KnownPeers(lines);
    known.know(lines, [serverId(9)]);
    assert.ok(known.has(serverId(9)));
    assert.equal(placeOf(known, 9), undefined);
  });

  it('are not looked for where somebody else is by now, however it is spelled', () => {
    for (const host of ['h3', 'H3', 'h3.']) {
      const known = new KnownPeers(lines);
      known.know([aMember(1), aMember(2), aMember(6, { host })], [serverId(3)]);
      assert.equal(placeOf(known, 3), undefined, host);
      assert.ok(known.has(serverId(3)));
      assert.equal(placeOf(known, 6), host);
    }
  });
});
