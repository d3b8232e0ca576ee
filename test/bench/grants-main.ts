// What a check of grants costs, off and on, beside the whole read it is part of. Numbers, not assertions.
//   npx tsc && node dist/test/bench/grants-main.js [millionsOfChecks=2]

import { defaultLimits } from '../../src/model/limits.ts';
import type { Identity } from '../../src/model/acl.ts';
import { zxid } from '../../src/model/zxid.ts';
import { StateMachine } from '../../src/state/state-machine.ts';
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
