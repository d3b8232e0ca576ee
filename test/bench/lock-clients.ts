import { randomBytes } from 'node:crypto';
import type { LockLoadSpec } from './load.ts';
import { PlainHttp } from './plain-http.ts';
import { JuteClient } from './rivals/jute-client.ts';
import { bytesField, fieldsOf, intField } from './rivals/proto-bytes.ts';
import { RawGrpc } from './rivals/raw-grpc.ts';
import type { Protocol } from './services.ts';

/** One who wants the lock, on a connection of its own. */
export interface Contender {
  /** Resolves when it holds the lock. */
  acquire(): Promise<void>;
  release(): Promise<void>;
}

const waitSeconds = 30;
/** Longer than any load, so that nothing has to be kept alive. */
const leaseSeconds = 300;

const contenders: Record<
  Protocol,
  (address: string, spec: LockLoadSpec) => Contender | Promise<Contender>
> = {
  http: overHttp,
  grpc: overGrpc,
  etcd: overEtcd,
  zookeeper: overZooKeeper,
};

export async function contenderAt(address: string, spec: LockLoadSpec): Promise<Contender> {
  return contenders[spec.protocol](address, spec);
}

function overHttp(address: string, { lock }: LockLoadSpec): Contender {
  const client = new PlainHttp(address);
  let lockId = '';
  return {
    async acquire() {
      lockId = newLockId();
      const target = `/v1/locks/${lock}?wait=${String(waitSeconds)}s`;
      // 202 would say that it still waits.
      await client.ask('POST', target, JSON.stringify({ lockId }), [200]);
    },
    release: () => client.ask('DELETE', `/v1/locks/${lock}/${lockId}`, '', [204]),
  };
}

function overGrpc(address: string, { lock }: LockLoadSpec): Contender {
  const client = new RawGrpc(address);
  let place: Buffer = Buffer.alloc(0);
  return {
    async acquire() {
      place = Buffer.concat([bytesField(1, lock), bytesField(2, newLockId())]);
      const request = Buffer.concat([place, intField(7, waitSeconds * 1_000)]);
      const answer = fieldsOf(await client.unary('/quoll.v1.LockService/AcquireLock', request));
      if (fieldsOf(bytesOf(answer, 1)).get(1) !== 1n) {
        throw new Error(`not granted within ${String(waitSeconds)} s`);
      }
    },
    async release() {
      await client.unary('/quoll.v1.LockService/ReleaseLock', place);
    },
  };
}

/** In a lease of its own that lasts for all cycles. */
async function overEtcd(address: string, { lock }: LockLoadSpec): Promise<Contender> {
  const client = new RawGrpc(address);
  const granted = await client.unary('/etcdserverpb.Lease/LeaseGrant', intField(1, leaseSeconds));
  const lease = fieldsOf(granted).get(2);
  if (typeof lease !== 'bigint') throw new Error('a lease without an id');
  const request = Buffer.concat([bytesField(1, lock), intField(2, lease)]);
  let key: Uint8Array = Buffer.alloc(0);
  return {
    async acquire() {
      key = bytesOf(fieldsOf(await client.unary('/v3lockpb.Lock/Lock', request)), 2);
    },
    async release() {
      await client.unary('/v3lockpb.Lock/Unlock', bytesField(1, key));
    },
  };
}

/** ZooKeeper's recipe, in a session that lasts for all cycles. */
async function overZooKeeper(address: string, { lock }: LockLoadSpec): Promise<Contender> {
  const client = await JuteClient.connect(address);
  const folder = `/${lock}`;
  // The first one makes it.
  await client.create(folder, 0).catch(() => undefined);
  let own = '';
  return {
    async acquire() {
      own = await client.create(`${folder}/n-`, 3);
      for (;;) {
        const names = (await client.children(folder)).sort();
        const place = names.indexOf(own.slice(folder.length + 1));
        if (place < 0) throw new Error(`${own} is gone`);
        const before = names[place - 1];
        if (before === undefined) return;
        // The event may come right behind the answer.
        const gone = new Promise<string>((resolve) => (client.onEvent = resolve));
        if (await client.exists(`${folder}/${before}`)) await gone;
      }
    },
    release: () => client.delete(own),
  };
}

function newLockId(): string {
  return randomBytes(16).toString('hex');
}

function bytesOf(fields: Map<number, bigint | Uint8Array>, field: number): Uint8Array {
  const value = fields.get(field);
  if (value instanceof Uint8Array) return value;
  throw new Error(`an answer without field ${String(field)}`);
}
