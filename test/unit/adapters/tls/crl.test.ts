import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import {
  makeAuthority,
  revocationList,
  type KeyPair,
} from '../../../../src/adapters/tls/authority.ts';
import { readCrl } from '../../../../src/adapters/tls/crl.ts';
import { plainSerial } from '../../../../src/tls/certificate-id.ts';

const fromMs = Date.UTC(2026, 0, 1);
const untilMs = Date.UTC(2055, 6, 1);

const derOf = (pem: string): Buffer =>
  Buffer.from(pem.replaceAll(/-----[^-]*-----/g, ''), 'base64');

describe('a list of revoked certificates', () => {
  let authority: KeyPair;
  before(async () => {
    authority = await makeAuthority('00112233445566aa', fromMs);
  });

  const listOf = async (...serials: readonly string[]): Promise<Buffer> =>
    derOf(await revocationList(authority, serials, { fromMs, untilMs }));

  it('says whose it is, until when it holds, and whom it names', async () => {
    const serials = ['0a', '80ff', '00c1', '4f'.repeat(16)];
    const list = readCrl(await listOf(...serials));
    assert.equal(list.issuer, 'O=Quoll, CN=Quoll CA 00112233445566aa');
    assert.equal(list.nextUpdateMs, untilMs);
    assert.deepEqual([...list.serials()], serials.map(plainSerial));
    assert.deepEqual([...readCrl(await listOf()).serials()], []);
  });

  it('knows who has signed it', async () => {
    const list = readCrl(await listOf('01'));
    assert.equal(list.isSignedBy(new X509Certificate(authority.cert)), true);
    // Of the same name, with another key.
    const twin = await makeAuthority('00112233445566aa', fromMs);
    assert.equal(list.isSignedBy(new X509Certificate(twin.cert)), false);
    const other = await makeAuthority('ffffffffffffffff', fromMs);
    assert.equal(list.isSignedBy(new X509Certificate(other.cert)), false);
  });

  it('is believed by its signature alone, not by what was changed in it', async () => {
    const der = await listOf('0102030405');
    const at = der.indexOf(Buffer.from('0102030405', 'hex'));
    der[at + 4] = 6;
    const changed = readCrl(der);
    assert.deepEqual([...changed.serials()], ['102030406']);
    assert.equal(changed.isSignedBy(new X509Certificate(authority.cert)), false);
  });

  it('is nothing that only looks like one: no cut and no changed byte does more than throw', async () => {
    const der = await listOf('0102', '0304');
    const read = (bytes: Buffer): void => {
      try {
        const list = readCrl(bytes);
        assert.ok([...list.serials()].length < 1_000);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    };
    for (let end = 0; end < der.length; end++) {
      assert.throws(() => readCrl(der.subarray(0, end)), RangeError);
    }
    for (let at = 0; at < der.length; at++) {
      for (const value of [0x00, 0x30, 0x7f, 0x80, 0x84, 0xff]) {
        const changed = Buffer.from(der);
        changed[at] = value;
        read(changed);
      }
    }
  });
});
