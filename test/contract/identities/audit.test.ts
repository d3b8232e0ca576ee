// What is recorded of who somebody is: the same at every door.

import assert from 'node:assert/strict';
import { auditName } from '../../../src/model/audit.ts';
import { askersOf, createFor, type Asker } from '../../support/identity/askers.ts';
import { newTokenText, StaticTokens, superDigest } from '../../support/identity/static-tokens.ts';
import { Authority, TestSecurity, type Issued } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { until } from '../../support/until.ts';

describe('the audit log has', () => {
  let peer: DoorPeer;
  let askers: readonly Asker[];
  let tokens: StaticTokens;
  let certificate: Issued;

  before(async () => {
    const authority = await Authority.make();
    const security = new TestSecurity(await authority.keys(), 'want');
    peer = await DoorPeer.open(security, { superDigest });
    const at = { url: `https://127.0.0.1:${String(peer.ports.http)}`, ca: authority.ca };
    tokens = new StaticTokens(at);
    certificate = await authority.issue({ purposes: ['client'] });
    askers = askersOf(peer, authority.ca);
    await createFor(at, '/closed', { scheme: 'token', id: 'nobody' });
  });

  after(() => peer.close());

  const recorded = (door: string): string[] =>
    peer.audited
      .filter((record) => record.door === door)
      .map(({ event, who, code = 'done' }) => {
        const names = who
          .filter(({ scheme }) => scheme !== 'ip')
          .map((each) => auditName(each).replace(/^x509:.*/, 'x509'));
        return [event, names.join('+'), code].join(' ');
      });

  it('whom a token proves, and what it does not open', async () => {
    const bearer = await tokens.make('ci', { groups: ['builders'] });
    peer.audited.length = 0;
    for (const asker of askers) {
      const { door } = asker;
      assert.equal(await asker.read('/closed', { bearer }), 'noAuth');
      await until(`the refusal at ${door}`, () => recorded(door).length === 2);
      const who = 'token:ci+group:builders';
      assert.deepEqual(
        recorded(door),
        [`authenticated ${who} done`, `refused ${who} noAuth`],
        door,
      );
    }
    assert.ok(!JSON.stringify(peer.audited).includes(bearer));
  });

  it('tokens that nobody knows', async () => {
    for (const asker of askers) {
      const { door } = asker;
      peer.audited.length = 0;
      const bearer = newTokenText();
      await asker.read('/closed', { bearer });
      const [first, ...more] = recorded(door);
      assert.match(first ?? '', /^authFailed  (authFailed|throttled)$/, door);
      assert.deepEqual(more, [], door);
      assert.ok(!JSON.stringify(peer.audited).includes(bearer));
    }
  });

  it('whom a certificate proves', async () => {
    peer.audited.length = 0;
    for (const asker of askers) {
      const { door } = asker;
      assert.equal(await asker.read('/closed', { certificate }), 'noAuth');
      await until(`the refusal at ${door}`, () => recorded(door).length === 2);
      assert.deepEqual(recorded(door), ['authenticated x509 done', 'refused x509 noAuth'], door);
    }
  });
});
