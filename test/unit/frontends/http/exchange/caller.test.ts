import assert from 'node:assert/strict';
import { parseSessionIdDecimal } from '../../../../../src/model/ids.ts';
import { callerOf, credentialFor } from '../../../../../src/frontends/http/exchange/caller.ts';
import { Problem } from '../../../../../src/frontends/http/exchange/problem.ts';
import { addressIdentity, formatSecret, parseSecret } from '../../../../../src/wire/credentials.ts';

const secret = 'AAECAwQFBgcICQoLDA0ODw';
const stranger = { identities: [{ scheme: 'ip', id: '::1' }] };
const session = parseSessionIdDecimal('255') ?? assert.fail();

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error.code;
  }
  return 'passes';
}

describe('rest callers', () => {
  it('knows a caller by its address', () => {
    assert.equal(callerOf({}, stranger), stranger);
    assert.deepEqual(addressIdentity('10.0.0.1'), { scheme: 'ip', id: '10.0.0.1' });
    assert.deepEqual(addressIdentity('::ffff:10.0.0.1'), { scheme: 'ip', id: '10.0.0.1' });
    assert.deepEqual(addressIdentity('::1'), { scheme: 'ip', id: '::1' });
  });

  it('takes Basic for the digest identity that ZooKeeper makes of it', () => {
    const authorization = `Basic ${Buffer.from('super:admin').toString('base64')}`;
    // ZooKeeper's DigestAuthenticationProvider.generateDigest("super:admin").
    const digest = { scheme: 'digest', id: 'super:xQJmxLMiHGwaqBvst5y6rkB6HQs=' };
    assert.deepEqual(callerOf({ authorization }, stranger).identities[1], digest);
    assert.equal(
      codeOf(() => callerOf({ authorization: 'Basic !!' }, stranger)),
      'authFailed',
    );
    assert.equal(
      codeOf(() => callerOf({ authorization: 'Basic' }, stranger)),
      'authFailed',
    );
    assert.equal(
      codeOf(() => callerOf({ authorization: 'Negotiate x' }, stranger)),
      'authFailed',
    );
  });

  it('takes a session from either form, and not from both', () => {
    const headers = { 'x-session-id': '255', 'x-session-secret': secret };
    const { credential } = callerOf(headers, stranger);
    assert.equal(credential?.session, session);
    assert.equal(formatSecret(credential.secret), secret);
    const authorization = `session 255:${secret}`;
    assert.deepEqual(callerOf({ authorization }, stranger).credential, credential);
    assert.equal(
      codeOf(() => callerOf({ ...headers, authorization }, stranger)),
      'badArguments',
    );
    assert.equal(
      codeOf(() => callerOf({ 'x-session-id': '255' }, stranger)),
      'badArguments',
    );
    assert.equal(
      codeOf(() => callerOf({ 'x-session-secret': secret }, stranger)),
      'badArguments',
    );
    assert.equal(
      codeOf(() => callerOf({ authorization: 'Session 255' }, stranger)),
      'authFailed',
    );
  });

  it('reads ids and secrets in one spelling only', () => {
    for (const id of ['0', '-1', '0255', '0xff', '9223372036854775808', 'x', '']) {
      const headers = { 'x-session-id': id, 'x-session-secret': secret };
      assert.equal(
        codeOf(() => callerOf(headers, stranger)),
        'badArguments',
        id,
      );
    }
    const cases = [
      '',
      'short',
      `${secret}==`,
      `${secret.slice(0, -1)}x`,
      secret.replace('A', '+'),
      'A'.repeat(87),
    ];
    for (const text of cases) assert.equal(parseSecret(text), undefined, text);
    assert.equal(parseSecret(secret)?.length, 16);
    assert.equal(parseSecret('A'.repeat(86))?.length, 64);
  });

  it('wants the secret of the session that the URL names, and of no other', () => {
    assert.deepEqual(credentialFor(session, { 'x-session-secret': secret }).session, session);
    assert.equal(
      codeOf(() => credentialFor(session, {})),
      'authFailed',
    );
    assert.equal(
      codeOf(() => credentialFor(session, { 'x-session-secret': 'nope' })),
      'authFailed',
    );
    const other = { 'x-session-id': '256', 'x-session-secret': secret };
    assert.equal(
      codeOf(() => credentialFor(session, other)),
      'badArguments',
    );
    assert.equal(credentialFor(session, { ...other, 'x-session-id': '255' }).session, session);
  });
});
