// The gRPC door as somebody meets it who has nothing of ours: `buf curl` learns by reflection what it offers.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { buf } from '../../support/buf.ts';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';

describe('grpc: buf curl', () => {
  let ensemble: TestEnsemble;

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  after(async () => {
    await ensemble.stop();
  });

  async function curl(...args: readonly string[]): Promise<{ code: number; output: string }> {
    const child = spawn(
      process.execPath,
      [buf, 'curl', '--protocol', 'grpc', '--http2-prior-knowledge', '--reflect', ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const code = await new Promise<number>((resolve) => child.on('close', resolve));
    return { code, output };
  }

  const url = (path = ''): string => `http://${ensemble.peer(1).grpc}${path}`;

  it('lists the services', async () => {
    const { code, output } = await curl('--list-services', url());
    assert.equal(code, 0, output);
    const services = ['Auth', 'Cluster', 'Election', 'Lock', 'Session', 'Watch', 'Znode'];
    assert.deepEqual(output.trim().split('\n'), [
      'grpc.health.v1.Health',
      ...services.map((name) => `quoll.v1.${name}Service`),
    ]);
  });

  it('calls a method', async () => {
    const body = '{"path":"/by-buf","data":"aGVsbG8="}';
    const made = await curl('-d', body, url('/quoll.v1.ZnodeService/Create'));
    assert.equal(made.code, 0, made.output);
    assert.equal((JSON.parse(made.output) as { path: string }).path, '/by-buf');
  });

  it('asks for the health', async () => {
    for (const method of ['Check', 'List']) {
      const health = await curl('-d', '{}', url(`/grpc.health.v1.Health/${method}`));
      assert.equal(health.code, 0, health.output);
      assert.match(health.output, /"status": "SERVING"/);
    }
  });

  it('is told of an error', async () => {
    const missing = await curl('-d', '{"path":"/no"}', url('/quoll.v1.ZnodeService/Get'));
    assert.notEqual(missing.code, 0);
    const error = JSON.parse(missing.output) as { code: string; details: { type: string }[] };
    assert.equal(error.code, 'not_found');
    assert.equal(error.details[0]?.type, 'google.rpc.ErrorInfo');
  });
});
