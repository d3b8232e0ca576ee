import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import { auditLine } from '../../../../src/adapters/audit/audit-line.ts';
import { refused } from '../../../../src/model/error-code.ts';
import { serverId } from '../../../../src/model/ids.ts';
import { permission, type Identity } from '../../../../src/model/acl.ts';
import { auditName, type AuditEvent, type DoorName } from '../../../../src/model/audit.ts';
import type { TreeOp } from '../../../../src/model/request.ts';
import { authFailuresPerSecondMax } from '../../../../src/server/local/auth-failures.ts';
import { AuditTrail, auditedOpsMax } from '../../../../src/server/local/audit-trail.ts';
import type { Caller } from '../../../../src/service/call.ts';
import { create, path, remove, requestOf, set, setAcl } from '../../../support/model/requests.ts';
import { Bed, soon } from '../../../support/watch/watch-bed.ts';

const superDigest = 'root:right';
const closed = [{ permissions: permission.all, scheme: 'digest', id: 'nobody:hash' }] as const;
const local = { consistency: 'local', ...soon } as const;

function by(door: DoorName, ...more: Identity[]): Caller {
  return { identities: [{ scheme: 'ip', id: '10.0.0.7' }, ...more], door };
}

/** A peer with a znode that nobody may do anything with, and what it has recorded since. */
async function aPeer(...auditedBelow: string[]) {
  const optionsOf = () => ({ superDigest, auditedBelow: auditedBelow.map(path) });
  const bed = await new Bed(1, { optionsOf }).established();
  const { ensemble } = bed;
  const { service } = bed.leader.server;
  await bed.write(service, { ...create('/closed'), acl: closed });
  ensemble.audited.length = 0;
  const write = (caller: Caller, ...ops: TreeOp[]) =>
    ensemble.settle(service.write(requestOf(...ops), caller, soon).catch(() => undefined));
  return {
    ensemble,
    service,
    write,
    settle: (promise: Promise<unknown>) => ensemble.settle(promise.catch(() => undefined)),
    recorded: () => ensemble.audited.splice(0).map(line),
  };
}

function line({ event, who, door, op, path: at, code, zxid, detail, times }: AuditEvent): string {
  const words = [event, who.map(auditName).join('+'), door, op, at, code, detail, times];
  return [...words, zxid && 'zxid'].filter((word) => word !== undefined).join(' ');
}

describe('what is recorded of what was asked', () => {
  it('is every read and write that was refused for want of rights', async () => {
    const { service, write, settle, recorded } = await aPeer();
    const caller = by('http', { scheme: 'digest', id: 'ann:secretHash' });
    for (const read of ['data', 'acl', 'names'] as const) {
      await settle(service.read({ read, path: path('/closed') }, caller, local));
    }
    await settle(service.read({ read: 'stat', path: path('/closed') }, caller, local));
    await write(caller, set('/closed', 'value'));
    await write(caller, create('/mine'), remove('/mine'), create('/closed/below'));
    const asked = 'ip:10.0.0.7+digest:ann http';
    assert.deepEqual(recorded(), [
      `refused ${asked} read data /closed noAuth`,
      `refused ${asked} read acl /closed noAuth`,
      `refused ${asked} read names /closed noAuth`,
      `refused ${asked} set /closed noAuth`,
      `refused ${asked} create /closed/below noAuth`,
    ]);
  });

  it('is a change too of which nobody was told what came of it', () => {
    const events: AuditEvent[] = [];
    const record = (event: AuditEvent): void => void events.push(event);
    const trail = new AuditTrail({ record }, [path('/held')]);
    const request = requestOf(setAcl('/a', closed), create('/held/x'), create('/elsewhere'));
    const untold = refused('timeout', 'no answer in time');
    trail.wrote(by('http'), request, untold);
    trail.wroteQueue(by('http'), 'enter', path('/held/lock'), untold);
    assert.deepEqual(
      events.map(({ event, op, path: at, code }) => [event, op, at, code]),
      [
        ['acl', 'setAcl', '/a', 'timeout'],
        ['write', 'create', '/held/x', 'timeout'],
        ['write', 'enter', '/held/lock', 'timeout'],
      ],
    );
    assert.match(auditLine(events[0] ?? assert.fail(), serverId(1), 0), /"verdict":"unknown"/);
  });

  it('is whose branch of a transaction was refused', async () => {
    const { ensemble, service, recorded } = await aPeer();
    const request = {
      kind: 'multi',
      single: false,
      ops: [set('/gone', '')],
      orElse: [create('/mine'), set('/closed', '')],
    } as const;
    await ensemble.settle(service.write(request, by('grpc'), soon).catch(() => undefined));
    assert.deepEqual(recorded(), ['refused ip:10.0.0.7 grpc set /closed noAuth']);
  });

  it('is a watch, and a look at a queue, that was refused', async () => {
    const { service, write, settle, recorded } = await aPeer();
    const caller = by('websocket');
    await write(by('http'), create('/locks'), create('/locks/a', { acl: closed }));
    const outlet = service.openOutlet(caller, { send: () => true });
    const read = new Promise<void>((resolve) => {
      outlet.readWatched(1, { read: 'data', path: path('/closed') }, local, () => {
        resolve();
      });
    });
    await settle(read);
    const queue = path('/locks/a');
    await settle(service.locks.view(queue, caller, 5_000));
    await settle(service.locks.check(queue, { epoch: 1, counter: 1 }, caller, 5_000));
    const wanted = { queue, mode: 'exclusive', tryOnly: false } as const;
    await settle(service.locks.acquire(wanted, caller, { waitMs: 0, ...soon }).result);
    service.locks.observe(queue, caller, { send: () => true, refused: () => undefined });
    assert.deepEqual(recorded(), [
      'refused ip:10.0.0.7 websocket read data /closed noAuth',
      'refused ip:10.0.0.7 websocket viewQueue /locks/a noAuth',
      'refused ip:10.0.0.7 websocket checkLock /locks/a noAuth',
      'refused ip:10.0.0.7 websocket acquireLock /locks/a noAuth',
      'refused ip:10.0.0.7 websocket observe /locks/a noAuth',
    ]);
  });

  it('is what was done in a queue below what somebody wants to know of', async () => {
    const { service, settle, recorded } = await aPeer('/elections');
    const queue = path('/elections/a');
    const caller = by('http');
    const lockId = '00'.repeat(16);
    const wanted = { queue, lockId, mode: 'exclusive', tryOnly: false } as const;
    await settle(service.locks.acquire(wanted, caller, { waitMs: 0, ...soon }).result);
    await settle(service.locks.proclaim(queue, lockId, caller, { data: utf8('here'), ...soon }));
    await settle(service.locks.release(queue, lockId, caller, soon));
    // It is gone already.
    await settle(service.locks.release(queue, lockId, caller, soon));
    assert.deepEqual(recorded(), [
      'write ip:10.0.0.7 http acquireLock /elections/a zxid',
      'write ip:10.0.0.7 http proclaim /elections/a zxid',
      'write ip:10.0.0.7 http releaseLock /elections/a zxid',
    ]);
  });

  it('is a change of an ACL, with the rights and without what proves anybody', async () => {
    const { write, recorded } = await aPeer();
    await write(by('zookeeper'), create('/a'));
    assert.deepEqual(recorded(), []);
    const acl = [
      { permissions: permission.read | permission.admin, scheme: 'digest', id: 'ann:secretHash' },
      { permissions: permission.all, scheme: 'ip', id: '10.0.0.0/8' },
    ];
    await write(by('zookeeper'), setAcl('/a', acl));
    assert.deepEqual(recorded(), [
      'acl ip:10.0.0.7 zookeeper setAcl /a digest:ann:ra, ip:10.0.0.0/8:cdrwa zxid',
    ]);
  });

  it("is what an operator sets, and what is the administrators'", async () => {
    const { write, recorded } = await aPeer();
    const root = by('http', { scheme: 'digest', id: superDigest });
    await write(root, create('/zookeeper/quota/a', { parents: true }));
    const [quota, ...more] = recorded();
    assert.equal(
      quota,
      'configuration ip:10.0.0.7+digest:root http create /zookeeper/quota/a zxid',
    );
    assert.deepEqual(more, []);
  });

  it('is a write below a path that was named, and no other', async () => {
    const { write, recorded } = await aPeer('/app/keys');
    await write(by('http'), create('/app'), create('/app/keys'), create('/app/keys2'));
    await write(by('http'), create('/app/keys/n-', { sequential: true, data: 'value' }));
    await write(by('http'), set('/app', ''), set('/app/keys', 'value'));
    await write(by('http'), remove('/app', { recursive: true }));
    assert.deepEqual(recorded(), [
      'write ip:10.0.0.7 http create /app/keys zxid',
      'write ip:10.0.0.7 http create /app/keys/n-0000000000 zxid',
      'write ip:10.0.0.7 http set /app/keys zxid',
      'write ip:10.0.0.7 http delete /app zxid',
    ]);
  });

  it('is a part of a very long transaction, and how many more there were', async () => {
    const { write, recorded } = await aPeer('/');
    const ops = Array.from({ length: auditedOpsMax + 5 }, (_, each) => create(`/n${String(each)}`));
    await write(by('http'), ...ops);
    const lines = recorded();
    assert.equal(lines.length, auditedOpsMax + 1);
    assert.equal(lines.at(-1), 'write ip:10.0.0.7 http multi 5 zxid');
  });

  it('is a write once, however often it is sent under its key', async () => {
    const { ensemble, service, recorded } = await aPeer('/');
    for (let times = 0; times < 3; times++) {
      const options = { ...soon, idempotencyKey: 'once' };
      await ensemble.settle(service.write(requestOf(create('/a')), by('http'), options));
    }
    assert.equal(recorded().length, 1);
  });
});

describe('what is recorded of wrong proofs', () => {
  it("is each guess at the super user's password, and each that was not looked at", async () => {
    const { ensemble, service, recorded } = await aPeer();
    const read = (digest: string) => {
      const caller = by('grpc', { scheme: 'digest', id: digest });
      const asked = service.read({ read: 'data', path: path('/closed') }, caller, local);
      return ensemble.settle(asked.catch(() => undefined));
    };
    for (let each = 0; each <= authFailuresPerSecondMax; each++) await read(`root:${String(each)}`);
    const lines = recorded();
    const guess = 'authFailed ip:10.0.0.7+digest:root grpc prove';
    const guessed = lines.filter((each) => each === `${guess} authFailed as super`);
    assert.equal(guessed.length, authFailuresPerSecondMax);
    assert.equal(lines.at(-1), `${guess} throttled as super`);
  });

  it('is a wrong secret of a session, whatever it was shown for', async () => {
    const { ensemble, service, settle, recorded } = await aPeer();
    const secret = utf8('0123456789abcdef');
    const opening = { timeoutMs: 10_000, secret, requestTimeoutMs: 5_000 };
    const { session } = await ensemble.settle(service.sessions.open(opening));
    const wrong = { session, secret: utf8('wrong') };
    const asker = by('websocket');
    await settle(service.sessions.touch(wrong, 5_000, asker));
    await settle(service.sessions.attach(wrong, 5_000, asker));
    await settle(service.sessions.close(wrong, 5_000, { asker }));
    const query = { read: 'stat', path: path('/') } as const;
    await settle(service.read(query, { ...asker, credential: wrong }, local));
    const guess = 'authFailed ip:10.0.0.7 websocket prove authFailed as session';
    assert.deepEqual(recorded(), [guess, guess, guess, guess]);
  });
});

describe('what is recorded of who has proved himself', () => {
  it('is all that he is by then, and nothing of who has only guessed', async () => {
    const { service, recorded } = await aPeer();
    service.introduced(by('http', { scheme: 'digest', id: 'ann:secretHash' }));
    service.introduced(by('grpc', { scheme: 'digest', id: superDigest }));
    service.introduced(by('http', { scheme: 'digest', id: 'root:guess' }));
    assert.deepEqual(recorded(), [
      'authenticated ip:10.0.0.7+digest:ann http prove',
      'authenticated ip:10.0.0.7+digest:root+super grpc prove',
      'authFailed ip:10.0.0.7+digest:root http prove authFailed as super',
    ]);
  });
});

describe('what is recorded of grants', () => {
  it('is each change of them, and each that was refused', async () => {
    const { ensemble, service, recorded } = await aPeer();
    const { auth } = service;
    const asking = (caller: Caller) => ({ caller, timeoutMs: 5_000 });
    const ann = by('http', { scheme: 'x509', id: 'CN=ann' });
    const role = { rules: [{ prefix: path('/app'), verbs: ['read'] as const }] };
    await ensemble.settle(auth.init([], asking(ann)));
    await ensemble.settle(auth.put('roles', 'reader', role, asking(ann)));
    const stranger = asking(by('grpc'));
    await ensemble.settle(auth.put('roles', 'mine', role, stranger).catch(() => undefined));
    await ensemble.settle(auth.delete('roles', 'reader', asking(ann)));
    const lines = recorded();
    const who = 'auth ip:10.0.0.7+x509:CN=ann http';
    const kept = lines.filter((each) => / (put|set|create|delete) |^refused/.test(each));
    assert.ok(
      kept.some(
        (each) => each.startsWith(who) && each.includes('/zookeeper/quoll/auth/roles/reader'),
      ),
      kept.join('\n'),
    );
    assert.ok(
      kept.some((each) => each.startsWith(`${who} delete`)),
      kept.join('\n'),
    );
    assert.equal(
      lines.filter((each) => each.startsWith('refused ip:10.0.0.7 grpc')).length,
      1,
      lines.join('\n'),
    );
  });
});
