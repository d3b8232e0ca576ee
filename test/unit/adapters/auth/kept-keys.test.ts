import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptKeys } from '../../../../src/adapters/auth/kept-keys.ts';

const issuer = 'https://issuer.example';
const keysOf = (kid: string) => ({ keys: [{ kty: 'EC', kid }] });

describe('kept keys', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-kept-keys-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('are written once there is a place for them, the newest alone', async () => {
    const directory = join(folder, 'data');
    const kept = new KeptKeys(join(directory, 'issuer-keys.json'), issuer);
    await kept.write(keysOf('first'));
    await kept.write(keysOf('second'));
    assert.ok(!existsSync(directory), 'whoever keeps the data makes its directory');

    mkdirSync(directory);
    await kept.hasPlace();
    assert.deepEqual(await kept.read(), keysOf('second'));

    await kept.write(keysOf('third'));
    assert.deepEqual(await kept.read(), keysOf('third'));
    assert.deepEqual(readdirSync(directory), ['issuer-keys.json']);
  });

  it('of another issuer are none', async () => {
    const file = join(folder, 'issuer-keys.json');
    const kept = new KeptKeys(file, issuer);
    await kept.hasPlace();
    await kept.write(keysOf('theirs'));
    assert.equal(await new KeptKeys(file, 'https://other.example').read(), undefined);
  });
});
