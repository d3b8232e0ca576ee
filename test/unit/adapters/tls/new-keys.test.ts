import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { viewOf } from '../../../../src/adapters/tls/certificate.ts';
import { writeNewKeys } from '../../../../src/adapters/tls/new-keys.ts';
import type { NewKeys, NewKeysRequest } from '../../../../src/model/tls-keys.ts';

const dayMs = 86_400_000;

describe('new keys', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-keys-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (...names: string[]): string => join(folder, ...names);
  const certificate = (...names: string[]): X509Certificate =>
    new X509Certificate(readFileSync(at(...names)));
  const asked = (more: Partial<NewKeysRequest> = {}): NewKeysRequest => ({
    directory: at('keys'),
    authority: undefined,
    hosts: ['node01.example', '10.0.0.1'],
    peers: 2,
    clients: [],
    clusterId: undefined,
    isRenewal: false,
    days: 365,
    ...more,
  });
  const made = async (more: Partial<NewKeysRequest> = {}, nowMs = Date.now()): Promise<NewKeys> => {
    const outcome = await writeNewKeys(asked(more), nowMs);
    if (outcome.kind === 'refused') assert.fail(outcome.problem);
    return outcome;
  };
  const refusal = async (more: Partial<NewKeysRequest>): Promise<string> => {
    const outcome = await writeNewKeys(asked(more), Date.now());
    assert.equal(outcome.kind, 'refused');
    assert.notEqual(outcome.fix, '');
    return outcome.problem;
  };

  it('are an authority, a pair for each peer and one for the administrator', async () => {
    const { isNewAuthority, certFiles } = await made();
    assert.equal(isNewAuthority, true);
    assert.deepEqual(readdirSync(at('keys')).sort(), [
      ...['admin.key', 'admin.pem', 'ca.key', 'ca.pem'],
      ...['peer-1.key', 'peer-1.pem', 'peer-2.key', 'peer-2.pem'],
    ]);
    assert.deepEqual(certFiles, [
      at('keys/peer-1.pem'),
      at('keys/peer-2.pem'),
      at('keys/admin.pem'),
    ]);
    const authority = certificate('keys/ca.pem');
    for (const name of ['ca', 'peer-1', 'peer-2', 'admin']) {
      assert.equal(statSync(at('keys', `${name}.key`)).mode & 0o777, 0o600);
      const pair = certificate('keys', `${name}.pem`);
      assert.ok(pair.checkPrivateKey(createPrivateKey(readFileSync(at('keys', `${name}.key`)))));
      assert.ok(pair.checkIssued(authority) && pair.verify(authority.publicKey));
      assert.equal(pair.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    }
  });

  it('name the peer, and all hosts, for both ends of a connection', async () => {
    const { clusterId } = await made();
    assert.match(clusterId, /^[0-9a-f]{16}$/);
    const { subject, hosts, peer, purposes, isAuthority } = viewOf(certificate('keys/peer-2.pem'));
    assert.equal(subject, 'O=Quoll, CN=peer-2');
    assert.deepEqual(peer, { clusterId, id: 2 });
    assert.deepEqual(purposes, ['server', 'client']);
    assert.equal(isAuthority, false);
    assert.deepEqual(hosts, [...['node01.example', '10.0.0.1', 'localhost', '127.0.0.1', '::1']]);
    assert.ok(certificate('keys/peer-1.pem').checkIP('::1') !== undefined);
    assert.deepEqual(viewOf(certificate('keys/admin.pem')).purposes, ['client']);
    assert.equal(viewOf(certificate('keys/admin.pem')).subject, 'O=Quoll, CN=admin');
    assert.equal(viewOf(certificate('keys/ca.pem')).isAuthority, true);
  });

  it('hold for as long as was asked, the authority for ten years', async () => {
    const nowMs = Date.UTC(2026, 0, 1);
    await made({ days: 90 }, nowMs);
    const days = (name: string): number =>
      (viewOf(certificate('keys', name)).notAfterMs - nowMs) / dayMs;
    assert.equal(days('peer-1.pem'), 90);
    assert.equal(days('admin.pem'), 90);
    assert.equal(Math.round(days('ca.pem') / 365.25), 10);
    assert.ok(viewOf(certificate('keys/peer-1.pem')).notBeforeMs < nowMs);
  });

  it('are of the ensemble that was named', async () => {
    assert.equal((await made({ clusterId: '0123456789abcdef' })).clusterId, '0123456789abcdef');
    assert.equal((await made({ peers: 3 })).clusterId, '0123456789abcdef');
    assert.match(await refusal({ peers: 4, clusterId: 'f'.repeat(16) }), /of the ensemble 0123/);
  });

  it('are added for more peers and clients, and none is overwritten', async () => {
    await made();
    const before = readFileSync(at('keys/peer-1.pem'), 'utf8');
    assert.match(await refusal({}), /there already/);
    const { isNewAuthority, certFiles } = await made({ peers: 3, clients: ['shop'] });
    assert.equal(isNewAuthority, false);
    assert.deepEqual(certFiles, [at('keys/peer-3.pem'), at('keys/shop.pem')]);
    assert.equal(readFileSync(at('keys/peer-1.pem'), 'utf8'), before);
    writeFileSync(at('keys/peer-4.key'), '');
    assert.match(await refusal({ peers: 4 }), /peer-4\.key is there/);
  });

  it('are renewed in place, with the names that they had', async () => {
    await made();
    const before = certificate('keys/peer-2.pem');
    const authority = readFileSync(at('keys/ca.pem'), 'utf8');
    writeFileSync(at('keys/strange.pem'), readFileSync(at('keys/ca.pem')));
    const { certFiles } = await made({ isRenewal: true, hosts: [], peers: 0 });
    assert.deepEqual(
      certFiles.toSorted(),
      ['admin.pem', 'peer-1.pem', 'peer-2.pem'].map((name) => at('keys', name)),
    );
    assert.equal(readFileSync(at('keys/ca.pem'), 'utf8'), authority);
    const after = certificate('keys/peer-2.pem');
    assert.notEqual(after.serialNumber, before.serialNumber);
    assert.deepEqual(viewOf(after).hosts, viewOf(before).hosts);
    assert.deepEqual(viewOf(after).peer, viewOf(before).peer);
    assert.ok(after.checkPrivateKey(createPrivateKey(readFileSync(at('keys/peer-2.key')))));
    assert.equal(statSync(at('keys/peer-2.key')).mode & 0o777, 0o600);
    assert.deepEqual(
      readdirSync(at('keys')).filter((name) => name.endsWith('.new')),
      [],
    );
  });

  it('may be made by an authority that lies elsewhere', async () => {
    const { clusterId } = await made();
    const second = await made({ directory: at('more'), authority: at('keys'), peers: 3 });
    assert.equal(second.clusterId, clusterId);
    assert.equal(readFileSync(at('more/ca.pem'), 'utf8'), readFileSync(at('keys/ca.pem'), 'utf8'));
    assert.ok(certificate('more/peer-3.pem').checkIssued(certificate('keys/ca.pem')));
    assert.equal(readdirSync(at('more')).includes('ca.key'), false);
    assert.match(await refusal({ directory: at('x'), authority: at('none') }), /no authority in/);
    await made({ directory: at('other') });
    assert.match(
      await refusal({ directory: at('other'), authority: at('keys'), peers: 3 }),
      /is that of another authority/,
    );
  });

  it('are refused, with nothing written, when names or half of the authority are missing', async () => {
    assert.match(await refusal({ hosts: [] }), /by which names/);
    assert.throws(() => readdirSync(at('keys')), /ENOENT/);
    await made();
    rmSync(at('keys/ca.key'));
    assert.match(await refusal({ peers: 3 }), /ca\.key is missing/);
    writeFileSync(at('keys/ca.key'), 'broken');
    assert.match(await refusal({ peers: 3 }), /broken/);
    writeFileSync(at('keys/ca.key'), readFileSync(at('keys/peer-1.key')));
    assert.match(await refusal({ peers: 3 }), /not certificate and key of an authority/);
  });
});
