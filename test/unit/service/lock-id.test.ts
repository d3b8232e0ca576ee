import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { fromBase64Url, toBase64Url } from '../../../src/base/base64url.ts';
import { parseSecret } from '../../../src/wire/credentials.ts';
import { parseLockId } from '../../../src/service/lock-id.ts';

describe('lockIds', () => {
  it("are base64url as Node's own", () => {
    for (let length = 0; length <= 70; length++) {
      const bytes = randomBytes(length);
      const text = toBase64Url(bytes);
      assert.equal(text, bytes.toString('base64url'));
      assert.deepEqual(fromBase64Url(text), new Uint8Array(bytes));
    }
  });

  it('are the secrets that sessions take: a UUID, hex digits, random bytes', () => {
    const taken = [randomUUID(), randomBytes(16).toString('hex'), toBase64Url(randomBytes(16))];
    const refused = [
      '',
      'short',
      `${'A'.repeat(21)}B`,
      `${'A'.repeat(22)}=`,
      'A'.repeat(87),
      'é'.repeat(22),
    ];
    for (const text of [...taken, ...refused]) {
      const secret = parseSecret(text);
      assert.deepEqual(parseLockId(text), secret && new Uint8Array(secret), text);
      assert.equal(secret !== undefined, taken.includes(text), text);
    }
  });
});
