import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { checkKeys } from '../../../../src/adapters/tls/check-keys.ts';
import { readKeys } from '../../../../src/adapters/tls/read-keys.ts';
import { revokeKeys } from '../../../../src/adapters/tls/revoke-keys.ts';
import type { KeyPurpose } from '../../../../src/model/tls-keys.ts';
import { TestKeys } from '../../../support/tls/keys.ts';

describe('revoking keys', () => {
  let keys: TestKeys;
  beforeEach(async () => {
    keys = new TestKeys();
    await keys.make({ peers: 2, clients: ['shop'] });
  });
  afterEach(() => {
    keys.remove();
  });

  const revoke = async (...names: readonly string[]): Promise<string> => {
    const outcome = await revokeKeys(keys.at('keys'), names, Date.now());
    if (outcome.kind === 'refused') return outcome.problem;
    assert.equal(outcome.crlFile, keys.at('keys/ca.crl'));
    return `${outcome.subjects.join('; ')}: ${String(outcome.inAll)}`;
  };
  const purpose: KeyPurpose = { peer: undefined, hosts: [], roles: ['client'] };
  const isRevoked = async (name: string, nowMs = Date.now()): Promise<boolean> => {
    const files = { ...keys.files(name), crlFile: keys.at('keys/ca.crl') };
    const problems = checkKeys(files, await readKeys(files), purpose, nowMs);
    assert.ok(problems.every(({ problem }) => /is revoked/.test(problem)));
    return problems.length > 0;
  };

  it('adds to what was revoked before, each once, for as long as the authority holds', async () => {
    assert.equal(await revoke('peer-2'), 'O=Quoll, CN=peer-2: 1');
    assert.equal(
      await revoke('shop', keys.at('keys/peer-2.pem')),
      'O=Quoll, CN=shop; O=Quoll, CN=peer-2: 2',
    );
    assert.deepEqual(
      await Promise.all(['peer-1', 'peer-2', 'shop', 'admin'].map((name) => isRevoked(name))),
      [false, true, true, false],
    );
  });

  it('leaves those alone that are made in their place', async () => {
    await revoke('peer-2');
    await keys.make({ isRenewal: true });
    assert.equal(await isRevoked('peer-2'), false);
  });

  it('refuses what the authority has not made, and leaves the list as it is', async () => {
    await revoke('peer-2');
    const before = readFileSync(keys.at('keys/ca.crl'), 'utf8');
    await keys.make({ directory: keys.at('other') });
    assert.match(await revoke(keys.at('other/peer-1.pem')), /not a certificate that the authority/);
    assert.match(await revoke('ca'), /not a certificate that the authority/);
    assert.match(await revoke('nobody'), /nobody\.pem holds no certificate/);
    writeFileSync(keys.at('keys/odd.pem'), 'x');
    assert.match(await revoke('shop', 'odd'), /odd\.pem holds no certificate/);
    assert.equal(readFileSync(keys.at('keys/ca.crl'), 'utf8'), before);
  });

  it('needs the authority', async () => {
    const outcome = await revokeKeys(keys.at('nowhere'), ['peer-1'], Date.now());
    assert.equal(outcome.kind, 'refused');
  });
});
