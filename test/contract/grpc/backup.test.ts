import assert from 'node:assert/strict';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { zxidToDecimal } from '../../../src/model/zxid.ts';
import { CopyReader, type CopyItem } from '../../../src/wire/copy-format.ts';
import { put } from '../../support/client.ts';
import { borrowEnsemble, type PeerProcess, type TestEnsemble } from '../../support/ensemble.ts';
import { cluster, collected, GrpcClient, richErrorOf } from '../../support/grpc-client.ts';

describe('gRPC: copies', () => {
  let ensemble: TestEnsemble;
  let peer: PeerProcess;
  let client: GrpcClient;

  before(async () => {
    ensemble = await borrowEnsemble();
    peer = ensemble.peer(2);
    client = new GrpcClient(peer.grpc);
  });
  after(async () => {
    client.close();
    await ensemble.stop();
  });

  async function byGrpc(after = '0'): Promise<Buffer> {
    const { messages, error } = await collected(client.stream(cluster.TakeBackup, { after }));
    assert.equal(error, undefined);
    return Buffer.concat(messages.map(({ data }) => data));
  }

  async function byHttp(query = ''): Promise<Buffer> {
    const answer = await fetch(`${peer.http}/v1/backup${query}`);
    assert.equal(answer.status, 200);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** All that is in it; when it was taken is no part of that, nor is the sum over it. */
  function partsOf(bytes: Buffer): readonly unknown[] {
    const reader = new CopyReader(systemHash);
    const items: CopyItem[] = [...reader.feed(bytes)];
    reader.end();
    return items.map((item) => {
      if (item.item === 'header') return { ...item.header, takenAtMs: 0 };
      if (item.item !== 'trailer') return item;
      return { chunks: item.trailer.chunks, entries: item.trailer.entries };
    });
  }

  it('are the same that HTTP gives, of everything and of the log alone', async () => {
    await put(peer, '/copied', 'x'.repeat(200_000));
    const whole = partsOf(await byGrpc());
    assert.deepEqual(whole, partsOf(await byHttp()));
    assert.ok(whole.length >= 2);
    const { upTo } = whole[0] as Extract<CopyItem, { item: 'header' }>['header'];
    const after = zxidToDecimal(upTo.zxid);
    await put(peer, '/later', 'y'.repeat(200_000));
    const log = partsOf(await byGrpc(after));
    assert.deepEqual(log, partsOf(await byHttp(`?after=${after}`)));
    assert.ok(JSON.stringify(log).length < 2 * JSON.stringify(whole).length);
  });

  it('are refused where nobody could go on from what is asked for', async () => {
    const far = await collected(client.stream(cluster.TakeBackup, { after: '9007199254740993' }));
    assert.equal(richErrorOf(far.error).reason, 'BEHIND');
    const none = await collected(
      client.stream(cluster.TakeBackup, { after: '18446744073709551615' }),
    );
    assert.equal(richErrorOf(none.error).reason, 'BADARGUMENTS');
  });

  it('are given back when their client leaves, so that others may take theirs', async () => {
    for (let round = 0; round < 6; round++) {
      const stream = client.stream(cluster.TakeBackup, {});
      const ended = new Promise((resolve) => {
        stream.on('error', resolve);
      });
      stream.once('data', () => {
        stream.cancel();
      });
      await ended;
    }
    assert.ok((await byGrpc()).length > 0);
  });
});
