import assert from 'node:assert/strict';
import { utf8 } from '../../../src/base/bytes.ts';
import {
  authLimits,
  authPlaceOf,
  authRoot,
  complaintOfName,
  encodeAuthDocument,
  isComplaint,
  isKeptPath,
  isReservedPath,
  parseAuthSwitch,
  parseGrant,
  parsePrincipal,
  parseRole,
} from '../../../src/model/auth.ts';
import { path } from '../../support/model/requests.ts';

const json = (document: unknown): Uint8Array => utf8(JSON.stringify(document));

function complaint(parsed: object): string {
  assert(isComplaint(parsed), JSON.stringify(parsed));
  return parsed.complaint;
}

describe('documents of grants', () => {
  it('are read as they were written', () => {
    const role = { rules: [{ prefix: path('/app'), verbs: ['read', 'watch'] as const }] };
    assert.deepEqual(parseRole(encodeAuthDocument(role)), role);
    const grant = { principals: ['x509:CN=ops', 'digest:ann:aGFzaA=='], roles: ['reader'] };
    assert.deepEqual(parseGrant(encodeAuthDocument(grant)), grant);
    assert.deepEqual(parseAuthSwitch(encodeAuthDocument({ on: true })), { on: true });
    assert.deepEqual(parseAuthSwitch(new Uint8Array(0)), { on: false });
  });

  const rule = (more: object): object => ({ rules: [{ prefix: '/a', verbs: ['read'], ...more }] });
  const refusedRoles: readonly (readonly [unknown, RegExp])[] = [
    [[], /no JSON object/],
    [{}, /"rules" must be a list/],
    [{ rules: [], more: 1 }, /has no "more"/],
    [{ rules: ['x'] }, /a rule is an object/],
    [rule({ prefix: 'a' }), /must start with "\/"/],
    [rule({ prefix: 7 }), /must be the path/],
    [rule({ prefix: '/a'.repeat(65) }), /up to 64 names/],
    [rule({ prefix: `/${'a'.repeat(2_560)}` }), /2560 bytes/],
    [rule({ prefix: '/a'.repeat(20_000) }), /up to 64 names/],
    [rule({ prefix: '/zookeeper' }), /administrators alone/],
    [rule({ prefix: '/zookeeper/quota/a' }), /administrators alone/],
    [rule({ verbs: [] }), /"verbs" must be a list/],
    [rule({ verbs: ['fly'] }), /"fly" is no verb/],
    [rule({ deny: true }), /no "deny"/],
    [
      { rules: Array(authLimits.rulesPerRoleMax + 1).fill({ prefix: '/', verbs: ['read'] }) },
      /up to 100/,
    ],
  ];
  for (const [document, why] of refusedRoles) {
    it(`refuse the role ${JSON.stringify(document).slice(0, 60)}`, () => {
      assert.match(complaint(parseRole(json(document))), why);
    });
  }

  const refusedGrants: readonly (readonly [unknown, RegExp])[] = [
    [{ principals: ['x509:CN=a'] }, /"roles" must be a list/],
    [{ principals: 'x509:CN=a', roles: [] }, /"principals" must be a list/],
    [{ principals: ['ann'], roles: [] }, /a principal is scheme:id/],
    [{ principals: ['super:'], roles: [] }, /a principal is scheme:id/],
    [{ principals: ['x509:'], roles: [] }, /has an id behind its scheme/],
    [{ principals: ['world:all'], roles: [] }, /world:anyone/],
    [{ principals: ['world:anyone'], roles: ['admin'] }, /not for world:anyone/],
    [{ principals: [], roles: ['a/b'] }, /a name has 1 to 64/],
  ];
  for (const [document, why] of refusedGrants) {
    it(`refuse the grant ${JSON.stringify(document)}`, () => {
      assert.match(complaint(parseGrant(json(document))), why);
    });
  }

  it('refuse what is no JSON, no UTF-8, nothing, or too much', () => {
    assert.match(complaint(parseRole(utf8('{'))), /not JSON/);
    assert.match(complaint(parseRole(Uint8Array.of(0xff))), /not JSON/);
    assert.match(complaint(parseRole(null)), /bytes of JSON/);
    const long = new Uint8Array(authLimits.documentBytesMax + 1);
    assert.match(complaint(parseRole(long)), /bytes of JSON/);
    assert.match(complaint(parseAuthSwitch(json({ on: 1 }))), /true or false/);
  });

  it('name a principal by its scheme and an id that may have colons', () => {
    assert.deepEqual(parsePrincipal('digest:ann:aGFzaA=='), {
      scheme: 'digest',
      id: 'ann:aGFzaA==',
    });
    assert.deepEqual(parsePrincipal('ip:2001:db8::/32'), { scheme: 'ip', id: '2001:db8::/32' });
  });

  it('have names that are safe in a path and on a command line', () => {
    for (const name of ['reader', 'team-a.readers', '_1']) {
      assert.equal(complaintOfName(name), undefined);
    }
    for (const name of ['', '.', '-x', 'a b', 'ä', 'a'.repeat(65)]) assert(complaintOfName(name));
  });

  it('stand below one path, which is the ensemble’s own', () => {
    assert.deepEqual(authPlaceOf(authRoot), { kind: 'switch', name: '' });
    assert.deepEqual(authPlaceOf(path(`${authRoot}/roles/a`)), { kind: 'roles', name: 'a' });
    assert.deepEqual(authPlaceOf(path(`${authRoot}/grants/a`)), { kind: 'grants', name: 'a' });
    assert.deepEqual(authPlaceOf(path(`${authRoot}/tokens/a`)), { kind: 'tokens', name: 'a' });
    assert.equal(authPlaceOf(path(`${authRoot}/roles`)), undefined);
    assert(isKeptPath(authRoot) && isKeptPath(path('/zookeeper/quoll')));
    assert(!isKeptPath(path('/zookeeper/quollx')) && !isKeptPath(path('/zookeeper')));
    assert(isReservedPath(path('/zookeeper')) && isReservedPath(path('/zookeeper/quota')));
    assert(!isReservedPath(path('/zookeepers')) && !isReservedPath(path('/')));
  });
});
