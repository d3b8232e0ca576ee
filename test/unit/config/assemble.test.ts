import assert from 'node:assert/strict';
import { loadConfig } from '../../../src/config/load.ts';

function load(flags: Readonly<Record<string, string>>) {
  return loadConfig({ file: undefined, flags, environment: {} });
}

function loaded(flags: Readonly<Record<string, string>>) {
  const outcome = load(flags);
  if (outcome.kind === 'refused') assert.fail(JSON.stringify(outcome.complaints));
  return outcome.config;
}

function refused(flags: Readonly<Record<string, string>>): string {
  const outcome = load(flags);
  assert.equal(outcome.kind, 'refused', JSON.stringify(flags));
  return outcome.complaints.map(({ problem, fix }) => `${problem} ${fix}`).join('\n');
}

describe('settings of what a peer tells of itself', () => {
  it('has requests that take a second logged, and no collector', () => {
    const { log, telemetry } = loaded({});
    assert.equal(log.slowRequestMs, 1_000);
    assert.equal(telemetry, undefined);
    assert.equal(loaded({ 'log.slowRequestMs': '0' }).log.slowRequestMs, 0);
  });

  it('knows where a collector takes traces', () => {
    const endpoint = 'telemetry.endpoint';
    const of = (url: string) => loaded({ [endpoint]: url }).telemetry;
    assert.deepEqual(of('http://127.0.0.1:4318'), {
      endpoint: 'http://127.0.0.1:4318/v1/traces',
      samplePerMille: 10,
    });
    assert.equal(of('https://ops.example/otlp?a=b')?.endpoint, 'https://ops.example/otlp?a=b');
    for (const wrong of ['ops.example:4318', 'grpc://ops.example', 'http://u:p@ops.example']) {
      assert.match(refused({ [endpoint]: wrong }), /without a user/);
    }
  });

  it('takes no share of requests for nobody', () => {
    const samplePerMille = 'telemetry.samplePerMille';
    assert.match(refused({ [samplePerMille]: '5' }), /nobody takes the traces/);
    const both = { 'telemetry.endpoint': 'http://127.0.0.1:4318', [samplePerMille]: '1000' };
    assert.equal(loaded(both).telemetry?.samplePerMille, 1_000);
  });
});
