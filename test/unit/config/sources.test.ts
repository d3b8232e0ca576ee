import assert from 'node:assert/strict';
import { loadConfig, type LoadOutcome } from '../../../src/config/load.ts';

describe('the environment of a peer', () => {
  const load = (environment: Readonly<Record<string, string>>, flags = {}): LoadOutcome =>
    loadConfig({ environment, flags });
  const said = ({ notices }: LoadOutcome): readonly string[] =>
    notices.map(({ level, where, text }) => `${level} ${where}: ${text}`);

  it('says nothing by a variable that is empty', () => {
    const names = ['BOOTSTRAP', 'QUOTA_ENFORCE', 'HTTP_PORT', 'ADVERTISE', 'CONFIG', 'LOG_LEVEL'];
    const outcome = load(Object.fromEntries(names.map((name) => [`QUOLL_${name}`, ''])));
    assert.equal(outcome.kind, 'loaded');
    assert.deepEqual(outcome.config, load({}).kind === 'loaded' ? outcome.config : undefined);
    assert.deepEqual([outcome.config.bootstrap, outcome.config.quota.enforce], [false, false]);
    assert.deepEqual(said(outcome), []);
    assert.deepEqual(said(load({ QUOLL_SERVERS: '' })), [
      'warn QUOLL_SERVERS: is empty, and so as if it were not set',
    ]);
  });

  it("is not read for what Kubernetes says of services whose names begin as ours'", () => {
    const environment = {
      QUOLL_SERVICE_HOST: '10.96.0.7',
      QUOLL_SERVICE_PORT: '2180',
      QUOLL_SERVICE_PORT_HTTP: '2180',
      QUOLL_PORT: 'tcp://10.96.0.7:2180',
      QUOLL_PORT_2180_TCP: 'tcp://10.96.0.7:2180',
      QUOLL_PORT_2180_TCP_PROTO: 'tcp',
      QUOLL_PORT_2180_TCP_PORT: '2180',
      QUOLL_PORT_2180_TCP_ADDR: '10.96.0.7',
      QUOLL_SERVER_SERVICE_HOST: '10.96.0.8',
      QUOLL_SERVERS_PORT: 'tcp://10.96.0.8:2888',
      QUOLL_HTTP_PORT: 'tcp://10.96.0.7:2180',
      QUOLL_GRPC_PORT: 'udp://10.96.0.7:2182',
    };
    const outcome = load(environment);
    assert.ok(outcome.kind === 'loaded' && outcome.config.http?.port === 2180);
    assert.deepEqual(
      outcome.notices.map(({ level, where }) => `${level} ${where}`),
      ['debug QUOLL_HTTP_PORT', 'debug QUOLL_GRPC_PORT'],
    );
  });

  it('may be wrong where a flag says it right', () => {
    const outcome = load({ QUOLL_HTTP_PORT: 'many' }, { 'http.port': '1' });
    assert.ok(outcome.kind === 'loaded' && outcome.config.http?.port === 1);
    assert.deepEqual(said(outcome), [
      'warn QUOLL_HTTP_PORT: QUOLL_HTTP_PORT is "many"; --http-port counts instead',
    ]);
    assert.equal(load({ QUOLL_HTTP_PORT: 'many' }).kind, 'refused');
  });
});
