import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { loadConfig, type LoadOutcome } from '../../../src/config/load.ts';

function load(flags: Record<string, string>): LoadOutcome {
  return loadConfig({ flags, environment: {} });
}

function complaints(outcome: LoadOutcome): string[] {
  assert.equal(outcome.kind, 'refused');
  return outcome.complaints.map(({ problem }) => problem);
}

describe('how the audit log is kept', () => {
  it('is said by the name of its file alone', () => {
    const outcome = load({ 'audit.file': 'audit.log' });
    assert.ok(outcome.kind === 'loaded');
    assert.deepEqual(outcome.config.audit, {
      file: resolve('audit.log'),
      maxBytes: 64 * 1_048_576,
      keep: 10,
      onFailure: 'warn',
      writesBelow: [],
    });
  });

  it('may be said in all its parts', () => {
    const outcome = load({
      'audit.file': '/var/log/quoll/audit.log',
      'audit.maxBytes': '1000000',
      'audit.keep': '3',
      'audit.onFailure': 'stop',
      'audit.writesBelow': '/app/keys, /',
    });
    assert.ok(outcome.kind === 'loaded');
    assert.deepEqual(outcome.config.audit, {
      file: '/var/log/quoll/audit.log',
      maxBytes: 1_000_000,
      keep: 3,
      onFailure: 'stop',
      writesBelow: ['/app/keys', '/'],
    });
  });

  it('is refused where there is none: whoever says it thinks that there is', () => {
    assert.match(complaints(load({ 'audit.onFailure': 'stop' })).join(), /there is none/);
    assert.match(complaints(load({ 'audit.writesBelow': '/a' })).join(), /there is none/);
  });

  it('is refused where it is nonsense', () => {
    const file = { 'audit.file': 'audit.log' };
    assert.equal(complaints(load({ ...file, 'audit.writesBelow': '/a,b' })).length, 1);
    assert.equal(complaints(load({ ...file, 'audit.onFailure': 'panic' })).length, 1);
    assert.equal(complaints(load({ ...file, 'audit.maxBytes': '10' })).length, 1);
    assert.equal(complaints(load({ ...file, 'audit.keep': '0' })).length, 1);
  });
});
