// Who somebody is, as other people's programs prove it, unchanged: curl with a token, kazoo by certificate, SASL and token, the
// Java client by SASL, gRPC for Python by metadata.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestEnsemble } from '../support/ensemble.ts';
import { program } from '../support/program.ts';
import type { TestKeys } from '../support/tls/keys.ts';
import { startSecureEnsemble } from '../support/tls/secure-ensemble.ts';
import { passes, Programs, run, type Finished } from './zookeeper/programs.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('identities, as other programs prove them', function () {
  this.timeout(180_000);
  let keys: TestKeys;
  let folder: string;
  let ensemble: TestEnsemble;
  let ci: string;

  const key = (name: string) => keys.at('keys', name);
  const at = (name: string) => join(folder, name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-identities-'));
    writeFileSync(at('users'), 'ann:secret\n', { mode: 0o600 });
    const lines = ['quoll.tls.clientAuth=want', `quoll.auth.saslUsersFile=${at('users')}`];
    ({ keys, ensemble } = await startSecureEnsemble(lines));
    ci = at('ci.token');
    const url = ensemble.peers.map(({ http }) => http).join(',');
    const own = ['--url', url, '--cacert', key('ca.pem')];
    const quoll = (...args: readonly string[]): Promise<Finished> =>
      run({ program: process.execPath, args: [program, ...args, ...own] });
    const begun = await quoll('auth', 'init', 'ip:127.0.0.1');
    assert.equal(begun.status, 0, begun.output);
    const made = await run({
      program: process.execPath,
      args: [
        ...[program, 'auth', 'token', 'new', 'ci', '--group', 'builders', '--out', ci],
        ...own,
      ],
    });
    assert.equal(made.status, 0, made.output);
  });

  after(async () => {
    await ensemble.stop();
    keys.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const curl = (...args: readonly string[]): Promise<Finished> =>
    run({ program: 'curl', args: ['-sS', '--cacert', key('ca.pem'), '--max-time', '20', ...args] });

  it('curl with a token in a header file, at every peer', async () => {
    writeFileSync(at('header'), `Authorization: Bearer ${readFileSync(ci, 'utf8').trim()}\n`);
    for (const { http } of ensemble.peers) {
      const { stdout } = await curl('-H', `@${at('header')}`, `${http}/v1/auth`);
      assert.match(stdout, /"token:ci","group:builders"/);
    }
    const { http } = ensemble.peer(1);
    const own = ['--cert', key('admin.pem'), '--key', key('admin.key')];
    assert.match((await curl(...own, `${http}/v1/auth`)).stdout, /"x509:CN=admin,O=Quoll"/);
    const wrong = await curl('-H', 'Authorization: Bearer quoll_x', '-i', `${http}/v1/auth`);
    assert.match(wrong.stdout, /^HTTP\/1\.1 401 /);
  });

  it('kazoo by certificate, by SASL and by a token', async () => {
    const hosts = ensemble.peers.map(({ zookeeper }) => zookeeper).join(',');
    const files = [key('ca.pem'), key('admin.pem'), key('admin.key'), ci];
    await passes(new Programs(folder).kazoo('kazoo_identities', hosts, ...files));
  });

  it('zkCli by SASL, as its JAAS file has it', async () => {
    writeFileSync(
      at('jaas.conf'),
      'Client { org.apache.zookeeper.server.auth.DigestLoginModule required username="ann" password="secret"; };\n',
    );
    const own = at('own.pem');
    const parts = ['admin.pem', 'admin.key'].map((name) => readFileSync(key(name), 'utf8'));
    writeFileSync(own, parts.join(''));
    const { zookeeper } = ensemble.peer(1);
    const command = Programs.zkCliOverTls(zookeeper, { ca: key('ca.pem'), own });
    const jaas = `-Djava.security.auth.login.config=${at('jaas.conf')}`;
    const { output } = await run(
      { ...command, args: [jaas, ...command.args] },
      'create /by-jaas hello sasl:ann:cdrwa\nget /by-jaas\nwhoami\nquit\n',
    );
    assert.match(output, /^Created \/by-jaas$/m);
    assert.match(output, /^hello$/m);
    assert.match(output, /sasl: ann/);
  });

  it('gRPC for Python with a token in its metadata', async () => {
    const script = `
import sys
sys.path.insert(0, ${JSON.stringify(join(root, 'clients/python'))})
import grpc
from quoll.v1 import znode_pb2, znode_pb2_grpc
target, ca, token = sys.argv[1:4]
channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(open(ca, "rb").read()))
znodes = znode_pb2_grpc.ZnodeServiceStub(channel)
as_ci = [("authorization", "Bearer " + open(token).read().strip())]
print(znodes.Get(znode_pb2.GetRequest(path="/of-ci"), metadata=as_ci).data.decode())
try:
    znodes.Get(znode_pb2.GetRequest(path="/of-ci"))
except grpc.RpcError as error:
    print(error.code().name)
`;
    const { http, grpc } = ensemble.peer(2);
    const created = await curl(
      ...[
        '-X',
        'PUT',
        '-d',
        'hello',
        '-H',
        'X-Acl: token:ci:cdrwa',
        `${http}/v1/nodes/of-ci?create`,
      ],
    );
    assert.equal(created.status, 0, created.output);
    const args = ['-c', script, grpc, key('ca.pem'), ci];
    const { stdout, output } = await run({ program: '/usr/bin/python3', args });
    assert.equal(stdout, 'hello\nPERMISSION_DENIED\n', output);
  });
});
