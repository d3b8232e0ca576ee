// What a check of grants costs, off and on, beside the whole read it is part of, and what it costs to know a token that a
// request shows. Numbers, not assertions.
//   npx tsc && node dist/test/bench/grants-main.js [millionsOfChecks=2]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JwtAuthenticator } from '../../src/adapters/auth/jwt-authenticator.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemHash } from '../../src/adapters/system/hash.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { toHex } from '../../src/base/hex.ts';
import { defaultLimits } from '../../src/model/limits.ts';
import type { Identity } from '../../src/model/acl.ts';
import { zxid } from '../../src/model/zxid.ts';
import { StateMachine } from '../../src/state/state-machine.ts';
import { Tokens } from '../../src/state/access/tokens.ts';
import { Issuer } from '../support/identity/issuer.ts';
import { newTokenText } from '../support/identity/static-tokens.ts';
import { grantOp, grantsOn, roleOp, superuser } from '../support/model/grants.ts';
import { create, path, single } from '../support/model/requests.ts';
import { sha256 } from '../support/state/leader.ts';

const checks = Number(process.argv[2] ?? '2') * 1_000_000;
const bySuper = { identities: [superuser] };
const at = path('/app/jobs/of/some/depth');
let counter = 0;

function write(machine: StateMachine, request: Parameters<StateMachine['prepare']>[0]): void {
  const next = zxid(1, ++counter);
  const prepared = machine.prepare(request, bySuper, { zxid: next, wallMs: 1_000 });
  if (prepared.kind === 'txn') machine.apply(next, prepared.txn);
}

/** Of `roles` roles, each of ten rules, all of them granted to who asks. */
function aMachine(roles: number): StateMachine {
  const machine = new StateMachine({ limits: defaultLimits, sha256 });
  write(machine, single(create(at, { parents: true, data: 'x'.repeat(100) })));
  if (roles === 0) return machine;
  const names = Array.from({ length: roles }, (_, index) => `r${String(index)}`);
  const rulesOf = (name: string): [string, readonly ['read']][] =>
    Array.from({ length: 10 }, (_, index) => [`/app/${name}/${String(index)}`, ['read']]);
  const made = names.map((name) => roleOp(name, Object.fromEntries(rulesOf(name))));
  const last = roleOp('last', { '/app/jobs': ['read'] });
  write(machine, grantsOn(...made, last, grantOp('all', ['x509:CN=ann'], [...names, 'last'])));
  return machine;
}

const kept: readonly Identity[] = [
  { scheme: 'ip', id: '10.1.2.3' },
  { scheme: 'x509', id: 'CN=ann' },
];

function measure(what: string, each: () => unknown): void {
  for (let warm = 0; warm < checks / 10; warm++) each();
  const startedAt = process.cpuUsage().user;
  for (let index = 0; index < checks; index++) each();
  const ns = ((process.cpuUsage().user - startedAt) * 1_000) / checks;
  process.stdout.write(`${what.padEnd(60)} ${ns.toFixed(0).padStart(6)} ns\n`);
}

for (const roles of [0, 1, 90]) {
  const machine = aMachine(roles);
  const asked = roles === 0 ? 'off' : `${String(roles * 10)} rules`;
  const { grants } = machine;
  measure(`check, ${asked}, a connection's identities`, () => grants.may('read', at, kept));
  measure(`check, ${asked}, identities of a request alone`, () =>
    grants.may('read', at, [...kept]),
  );
  measure(`read of data, ${asked}`, () => machine.read({ read: 'data', path: at }, kept));
}

/** As each request that shows one costs it: its hash, and a look for that. */
function measureStaticTokens(count: number): void {
  const tokens = new Tokens();
  const texts = Array.from({ length: count }, newTokenText);
  const hashOf = (text: string): string => toHex(systemHash.sha256(utf8(text)));
  texts.forEach((text, index) => {
    tokens.changed(`t${String(index)}`, utf8(JSON.stringify({ sha256: hashOf(text) })));
  });
  const [shown = ''] = texts;
  measure(`static token, one of ${String(count)}`, () => tokens.find(hashOf(shown)));
}

/** One that was judged before, as all but the first request with it find it; and one that nobody has seen. */
async function measureSignedTokens(algorithm: string): Promise<void> {
  const issuer = await Issuer.open();
  const folder = mkdtempSync(join(tmpdir(), 'quoll-bench-jwt-'));
  await issuer.addKey(algorithm, algorithm);
  const jwksFile = join(folder, 'keys.json');
  writeFileSync(jwksFile, JSON.stringify(issuer.keys));
  const claims = { audience: ['quoll'], groupsClaim: 'groups', name: 'house' };
  const settings = {
    ...claims,
    issuer: issuer.url,
    jwksUrl: undefined,
    jwksFile,
    algorithms: ['ES256', 'RS256', 'EdDSA'] as const,
  };
  const logger = { log: () => undefined };
  const jwt = new JwtAuthenticator({ settings, dataDir: folder, clock: systemClock, logger });
  const judged = (token: string): Promise<void> =>
    new Promise((resolve, reject) => {
      jwt.signedToken(token, '10.0.0.1', (outcome) => {
        if ('failed' in outcome) reject(new Error(outcome.failed));
        else resolve();
      });
    });
  const sign = (subject: string) => issuer.sign({ key: algorithm, subject, groups: ['team-a'] });
  const known = await sign('known');
  await judged(known);
  measure(`JWT (${algorithm}), known`, () => {
    jwt.signedToken(known, '10.0.0.1', () => undefined);
  });
  const count = 2_000;
  const unseen = await Promise.all(Array.from({ length: count }, (_, at) => sign(String(at))));
  const before = process.cpuUsage();
  for (const token of unseen) await judged(token);
  const { user, system } = process.cpuUsage(before);
  const ns = ((user + system) * 1_000) / count;
  const what = `JWT (${algorithm}), not seen before`;
  process.stdout.write(`${what.padEnd(60)} ${ns.toFixed(0).padStart(6)} ns\n`);
  jwt.stop();
  await issuer.down();
  rmSync(folder, { recursive: true });
}

for (const count of [1, 10_000]) measureStaticTokens(count);
for (const algorithm of ['ES256', 'RS256', 'EdDSA']) await measureSignedTokens(algorithm);
