import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { certificateId, plainSerial } from '../../../src/tls/certificate-id.ts';
import { Authority } from '../../support/tls/authority.ts';

describe('tls/certificate-id', () => {
  it('is who signed it, and its serial number', async () => {
    const authority = await Authority.make('ids');
    const [one, other] = [await authority.issue(), await authority.issue()];
    const own = new X509Certificate(authority.ca);
    const { issuer, serial } = certificateId(new X509Certificate(one.cert).raw);
    assert.equal(serial, plainSerial(new X509Certificate(one.cert).serialNumber));
    // It signed itself.
    assert.equal(issuer, certificateId(own.raw).issuer);
    assert.match(Buffer.from(issuer, 'hex').toString('latin1'), /ids$/);
    assert.notEqual(serial, certificateId(new X509Certificate(other.cert).raw).serial);
  });

  it('has no zeros before its number', () => {
    assert.deepEqual(['00A1', '0', '000', 'ff'].map(plainSerial), ['a1', '0', '0', 'ff']);
  });
});
