import assert from 'node:assert/strict';
import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { serverId } from '../../../src/model/ids.ts';
import { isHost, mistakeInMember } from '../../../src/model/member-address.ts';
import type { Member } from '../../../src/model/membership.ts';

const sound: Member = {
  id: serverId(4),
  role: 'participant',
  host: 'db4.example',
  quorumPort: 2888,
  electionPort: 3888,
};

describe('what a member may be', () => {
  it('is at a name or an address, without brackets and without a port', () => {
    for (const host of [
      ...['db4', 'db4.example.', '_srv', '4', '127.0.0.1', '::', '::1', 'fe80::1%eth0'],
      ...['2001:db8::8', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::ffff:10.0.0.1', 'a'.repeat(253)],
    ]) {
      assert.ok(isHost(host), host);
    }
    for (const host of [
      ...['', ' ', 'a b', '-x', '.x', 'h:1', '[::1]', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9'],
      ...['12345::', '::1.2.3', '::1.2.3.256', '::1.2.3.4.', 'fe80::1%', 'a%b', 'a/b', 'a,b', 'é'],
      'a'.repeat(254),
    ]) {
      assert.ok(!isHost(host), host);
    }
  });

  it('has the addresses of IPv6 that Node has', () => {
    const piece = fc.constantFrom(':', '::', '0', 'ff', '1234', '12345', '1.2.3.4', '.', 'g');
    const text = fc.oneof(
      fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join('')),
      fc.ipV6(),
    );
    fc.assert(
      fc.property(text, (host) => {
        fc.pre(host.includes(':'));
        assert.equal(isHost(host), isIPv6(host), host);
      }),
      { numRuns: 2_000 },
    );
  });

  for (const [what, wrong, said] of [
    ['number of 0', { id: serverId(0) }, /number from 1 to 255, and not 0/],
    ['number that nobody has', { id: serverId(256) }, /from 1 to 255/],
    ['number with a fraction', { id: serverId(1.5) }, /from 1 to 255/],
    ['host with a space', { host: 'db 4' }, /host of server 4 .* and not "db 4"/],
    ['host in brackets', { host: '[::1]' }, /without brackets/],
    ['host of any length', { host: 'x'.repeat(5_000) }, /at most 253 characters, and not "x{80}"/],
    ['quorum port of 0', { quorumPort: 0 }, /from 1 to 65535, and not 0/],
    ['election port too high', { electionPort: 65_536 }, /from 1 to 65535, and not 65536/],
    ['one port for both', { electionPort: 2888 }, /need a port each/],
    ['client address without port', { client: 'db4' }, /HOST:PORT or a port/],
    ['client port too high', { client: '70000' }, /HOST:PORT or a port/],
    ['client address without brackets', { client: '::1:2181' }, /in brackets/],
  ] as const) {
    it(`is not one with a ${what}`, () => {
      assert.match(mistakeInMember({ ...sound, ...wrong }) ?? 'taken', said);
    });
  }

  it('has clients at a port, at an address and a port, or nowhere', () => {
    for (const client of ['', '2181', '0', 'db4:2181', '0.0.0.0:2181', '[::1]:2181']) {
      assert.equal(mistakeInMember({ ...sound, client }), undefined, client);
    }
  });
});
