import assert from 'node:assert/strict';
import {
  isInIpRange,
  isInIpRanges,
  isWiderThanPrivate,
  parseIp,
  parseIpRange,
} from '../../../src/model/ip-range.ts';

describe('ip ranges', () => {
  const cases: [address: string, range: string, isIn: boolean][] = [
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.0/31', false],
    ['10.1.2.3', '10.1.2.2/31', true],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::ffff:0a01:0203', '10.1.2.3', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['::1', '::1', true],
    ['::1', '0.0.0.0/0', false],
    ['10.1.2.3', '::/0', false],
    ['::1', '::/0', true],
    ['10.1.2.3', '::ffff:10.0.0.0/104', true],
    ['fe80::1%eth0', 'fe80::/10', true],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1/128', true],
  ];
  for (const [address, range, isIn] of cases) {
    it(`${address} is ${isIn ? '' : 'not '}in ${range}`, () => {
      const parsedAddress = parseIp(address);
      const parsedRange = parseIpRange(range);
      assert(parsedAddress && parsedRange);
      assert.equal(isInIpRange(parsedAddress, parsedRange), isIn);
    });
  }
  for (const text of [
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '::/129',
    '1::2::3',
    'host',
    ':1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '10.0.0.0/08',
  ]) {
    it(`"${text}" is no range`, () => {
      assert.equal(parseIpRange(text), undefined);
    });
  }

  it('hold an address of several, as a socket tells it', () => {
    const isIn = isInIpRanges(['10.0.0.0/8', '2001:db8::/64', '192.0.2.1']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7', '192.0.2.1']) {
      assert.equal(isIn(address), true, address);
    }
    for (const address of ['11.0.0.1', '2001:db8:1::7', '192.0.2.2', '', 'localhost']) {
      assert.equal(isIn(address), false, address);
    }
    assert.equal(isInIpRanges([])('10.0.0.1'), false);
  });

  for (const range of ['0.0.0.0/0', '128.0.0.0/1', '10.0.0.0/7', '::/0', '2000::/3']) {
    it(`${range} has strangers in it`, () => {
      assert.ok(isWiderThanPrivate(range));
    });
  }
  for (const range of ['10.0.0.7', '10.0.0.0/8', '::ffff:10.0.0.0/104', 'fc00::/7', '::1']) {
    it(`${range} may be all one's own`, () => {
      assert.ok(!isWiderThanPrivate(range));
    });
  }
});
