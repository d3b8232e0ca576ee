import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import type { MultiRequest } from '../../../../src/model/request.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import { SimulatedEnsemble, type Member } from '../../../support/simulated-ensemble.ts';
import { create, single } from '../../../support/model/requests.ts';

const soon = { timeoutMs: 5_000 };
const secret = utf8('a secret of 16 b');

async function started(): Promise<{ ensemble: SimulatedEnsemble; here: Member; there: Member }> {
  const ensemble = new SimulatedEnsemble(3);
  await ensemble.until(() => ensemble.followers.length === 2);
  const [here, there] = ensemble.followers;
  assert.ok(here && there);
  return { ensemble, here, there };
}

async function opened(
  ensemble: SimulatedEnsemble,
  { server }: Member,
): Promise<{
  session: Awaited<ReturnType<typeof server.service.sessions.open>>['session'];
  secret: Uint8Array;
}> {
  const { session } = await ensemble.settle(
    server.service.sessions.open({ timeoutMs: 10_000, secret, requestTimeoutMs: 5_000 }),
  );
  return { session, secret };
}

async function codeOf(ensemble: SimulatedEnsemble, asking: Promise<unknown>): Promise<string> {
  return ensemble.settle(
    asking.then(
      () => 'done',
      (error: unknown) => (error instanceof ServiceError ? error.refusal.code : String(error)),
    ),
  );
}

describe('carriers of a session', () => {
  const ephemeral = (name: string): MultiRequest =>
    single(create(name, { data: null, kind: 'ephemeral' }));

  it('take it over from one another: what the earlier one sends is refused', async () => {
    const { ensemble, here, there } = await started();
    const credential = await opened(ensemble, here);
    const [first, second] = [here.server.service, there.server.service];
    const { carrier, view } = await ensemble.settle(first.sessions.attach(credential, 5_000));
    assert.equal(view.timeoutMs, 10_000);
    const told: string[] = [];
    first.sessions.onLeft(credential.session, carrier, (why) => told.push(why));
    const as = (name?: string) => ({
      identities: [],
      credential,
      ...(name !== undefined && { carrier: name }),
    });
    assert.equal(await codeOf(ensemble, first.write(ephemeral('/a'), as(carrier), soon)), 'done');
    const moved = await ensemble.settle(second.sessions.attach(credential, 5_000));
    assert.notEqual(moved.carrier, carrier);
    await ensemble.until(() => told.length > 0);
    assert.deepEqual(told, ['moved']);
    assert.equal(
      await codeOf(ensemble, first.write(ephemeral('/b'), as(carrier), soon)),
      'sessionMoved',
    );
    assert.equal(
      await codeOf(ensemble, second.write(ephemeral('/b'), as(moved.carrier), soon)),
      'done',
    );
    // A credential alone speaks for the session anywhere, and moves nothing.
    assert.equal(await codeOf(ensemble, first.write(ephemeral('/c'), as(), soon)), 'done');
  });

  it('need the secret', async () => {
    const { ensemble, here } = await started();
    const { session } = await opened(ensemble, here);
    const wrong = { session, secret: utf8('another of 16 by') };
    assert.equal(
      await codeOf(ensemble, here.server.service.sessions.attach(wrong, 5_000)),
      'sessionExpired',
    );
  });

  it('are told of the end of the session, on every peer, also when they listen late', async () => {
    const { ensemble, here, there } = await started();
    const credential = await opened(ensemble, here);
    const told: string[] = [];
    const listen = ({ server }: Member, name: string): (() => void) =>
      server.service.sessions.onLeft(credential.session, undefined, (why) => {
        told.push(`${name} ${why}`);
      });
    await ensemble.until(
      () => there.server.peer?.applier.state.session(credential.session) !== undefined,
    );
    listen(here, 'here');
    listen(there, 'there');
    listen(there, 'not')();
    await ensemble.settle(there.server.service.sessions.close(credential, 5_000));
    await ensemble.until(() => told.length === 2);
    assert.deepEqual(told.sort(), ['here ended', 'there ended']);
    listen(here, 'late');
    assert.equal(told.at(-1), 'late ended');
  });
});
