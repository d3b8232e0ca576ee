import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { Revoked } from '../../../../src/adapters/tls/revoked.ts';
import { readCrl } from '../../../../src/adapters/tls/crl.ts';
import { certificateId } from '../../../../src/tls/certificate-id.ts';
import { Authority, type Issued } from '../../../support/tls/authority.ts';

describe('adapters/tls/revoked', () => {
  const idOf = ({ cert }: Issued) => certificateId(new X509Certificate(cert).raw);

  async function listOf(authority: Authority, revoked: readonly Issued[]) {
    const pem = await authority.crl(revoked);
    return readCrl(Buffer.from(pem.replaceAll(/-----[^-]*-----/g, ''), 'base64'));
  }

  it('knows those that a list names, each by who signed it', async () => {
    const [ours, others] = [await Authority.make('ours'), await Authority.make('others')];
    const [stolen, kept] = [await ours.issue(), await ours.issue()];
    // Of one serial number.
    const [twin, theirs] = [await others.issue(), await others.issue()];
    const revoked = await Revoked.in([
      await listOf(ours, [stolen]),
      await listOf(others, [theirs]),
    ]);
    assert.equal(revoked.has(idOf(stolen)), true);
    assert.equal(revoked.has(idOf(kept)), false);
    assert.equal(revoked.has(idOf(twin)), false);
    assert.equal(revoked.has(idOf(theirs)), true);
    assert.equal(Revoked.none.has(idOf(stolen)), false);
  });

  it('lets others have their turns while it reads a long list', async () => {
    const authority = await Authority.make();
    const one = await authority.issue();
    const list = await listOf(authority, [one]);
    const long = {
      ...list,
      *serials() {
        for (let serial = 0; serial < 20_000; serial++) yield serial.toString(16);
        yield* list.serials();
      },
    };
    let turns = 0;
    const count = (): void => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    const revoked = await Revoked.in([long]);
    clearImmediate(counting);
    assert.ok(turns >= 3);
    assert.equal(revoked.has(idOf(one)), true);
    assert.equal(revoked.has({ ...idOf(one), serial: '4e1f' }), true);
  });
});
