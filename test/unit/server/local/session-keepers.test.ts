import assert from 'node:assert/strict';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { superIdentities, type Identity } from '../../../../src/model/acl.ts';
import { mayKeep, proofOfSession } from '../../../../src/server/local/session-keepers.ts';

describe('who may keep a session', () => {
  const secretHash = systemHash.sha256(new Uint8Array([1, 2, 3]));
  const here: Identity = { scheme: 'ip', id: '127.0.0.1' };
  const token: Identity = { scheme: 'token', id: 'ci' };
  const certificate: Identity = { scheme: 'x509', id: 'CN=ci' };
  const group: Identity = { scheme: 'group', id: 'builders' };
  const begunBy = (...identities: Identity[]) => proofOfSession(secretHash, identities, systemHash);
  const isKept = (proof: Uint8Array, ...identities: Identity[]) =>
    mayKeep(proof, identities, systemHash);

  it('is whoever is one of those that began it', () => {
    const proof = begunBy(here, token, certificate, group);
    assert.ok(isKept(proof, token));
    assert.ok(isKept(proof, here, certificate));
    assert.ok(isKept(proof, ...superIdentities));
  });

  it('is not who has its address, a group of his, or nothing', () => {
    const proof = begunBy(here, token, group);
    assert.ok(!isKept(proof, here, group));
    assert.ok(!isKept(proof, { scheme: 'token', id: 'c' }, { scheme: 'x509', id: 'ci' }));
    assert.ok(!isKept(proof));
  });

  it('is everybody when nobody began it', () => {
    assert.deepEqual(begunBy(here, group), secretHash);
    assert.ok(isKept(begunBy(here), here));
    assert.ok(isKept(secretHash));
  });

  it('is marked for so many identities and no more', () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ scheme: 'x509', id: String(n) }));
    const proof = begunBy(...many);
    assert.equal(proof.length, 32 + 16 * 16);
    assert.ok(isKept(proof, { scheme: 'x509', id: '15' }));
    assert.ok(!isKept(proof, { scheme: 'x509', id: '16' }));
  });
});
