import assert from 'node:assert/strict';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import { PeerCommands } from '../support/cli/peer-commands.ts';

describe('quoll auth at real peers', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let commands: PeerCommands;
  const quoll = (code: number, ...args: readonly string[]): Promise<string> =>
    commands.ran(code, ...args);
  const wrong = async (code: number, ...args: readonly string[]): Promise<string> => {
    const run = commands.start(args);
    assert.equal(await run.ends(), code, run.output + run.errors);
    return run.errors;
  };
  const auth = (...args: readonly string[]): Promise<string> => quoll(0, 'auth', ...args);

  before(async () => {
    ensemble = await startEnsemble({ grpc: { port: 'off' } });
    commands = new PeerCommands(ensemble);
  });
  after(async () => {
    await commands.end();
    await ensemble.stop();
  });

  it('says who one is, switches grants on, and takes roles and grants', async () => {
    assert.match(await auth('show'), /grants\s+off.*you are\s+ip:127\.0\.0\.1\nyour roles\s+none/s);
    await quoll(0, 'create', '/app', 'here');
    assert.match(await wrong(2, 'auth', 'init'), /Name who is to be the first administrator/);
    assert.match(await wrong(1, 'auth', 'role', 'list'), /super user's while grants are off/);
    assert.match(await auth('init', 'ip:127.0.0.1'), /grants are on/);
    await auth('role', 'set', 'reader', '/app:read,watch', '/odd:name:all');
    assert.equal(
      await auth('role', 'show', 'reader'),
      'reader\n  /app  read,watch\n  /odd:name  read,write,create,delete,admin,lock,watch\n',
    );
    await auth('grant', 'set', 'team-a', 'reader', 'group:team-a', 'x509:CN=ann,O=acme');
    assert.equal(
      await auth('grant', 'list'),
      'admins: admin\n  ip:127.0.0.1\nteam-a: reader\n  group:team-a\n  x509:CN=ann,O=acme\n',
    );
  });

  it('refuses in its own words what is no rule, no principal, no name', async () => {
    assert.match(await wrong(2, 'auth', 'role', 'set', 'a', '/app'), /is no rule/);
    assert.match(await wrong(2, 'auth', 'role', 'set', 'a', '/app:fly'), /"fly" is no verb/);
    assert.match(await wrong(2, 'auth', 'role', 'set', 'a', 'app:read'), /must start with/);
    assert.match(await wrong(2, 'auth', 'init', 'ann'), /a principal is scheme:id/);
    assert.match(await wrong(2, 'auth', 'grant', 'set', 'a', 'r', 'ann'), /a principal is/);
    assert.match(await wrong(2, 'auth', 'role', 'set', 'a b', '/app:read'), /a name has/);
  });

  it('is told what it may not: nobody may do what was not granted', async () => {
    await auth('grant', 'set', 'machine', 'reader', 'ip:127.0.0.1');
    assert.match(await wrong(2, 'auth', 'grant', 'delete', 'admins'), /Nobody would have/);
    await auth('grant', 'set', 'admins', 'admin', 'x509:CN=ops');
    assert.match(await auth('show'), /grants\s+on.*your roles\s+reader\n {2}\/app {2}read,watch/s);
    assert.equal(await quoll(0, 'get', '/app'), 'here');
    assert.match(await wrong(1, 'set', '/app', 'x'), /the verb "write" on "\/app"/);
    assert.match(await wrong(1, 'auth', 'role', 'list'), /ask an administrator/);
    assert.match(await wrong(1, 'auth', 'off'), /ask an administrator/);
    const shown = JSON.parse(await auth('show', '-o', 'json')) as { readonly on: boolean };
    assert.equal(shown.on, true);
  });
});
