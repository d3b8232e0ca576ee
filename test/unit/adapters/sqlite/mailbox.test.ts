import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import {
  CallReceiver,
  CallSender,
  newMailbox,
  slotBytesMax,
} from '../../../../src/adapters/sqlite/mailbox.ts';
import { ByteWriter } from '../../../../src/base/bytes.ts';
import { zxid } from '../../../../src/model/zxid.ts';

describe('the mailbox of the store', () => {
  let channel: MessageChannel;
  let sender: CallSender;
  let receiver: CallReceiver;

  beforeEach(() => {
    channel = new MessageChannel();
    const memory = newMailbox();
    sender = new CallSender(channel.port1, memory);
    receiver = new CallReceiver(channel.port2, memory);
  });

  afterEach(() => {
    channel.port1.close();
  });

  const append = (id: number, bytes: Uint8Array = new Uint8Array([id & 0xff])): boolean =>
    sender.sendAppend(id, zxid(7, id), new ByteWriter().raw(bytes));

  const post = (id: number): void => {
    sender.send({ calls: [{ id, call: { call: 'freeBytes' } }], bytes: new Uint8Array(0) }, []);
  };

  const taken = (): number | undefined => {
    const next = receiver.take();
    if (next === undefined) return undefined;
    return 'calls' in next ? next.calls[0]?.id : next.id;
  };

  it('brings an append as it was, however large its numbers are', () => {
    const bytes = new Uint8Array(slotBytesMax).map((_, index) => index);
    const id = 2 ** 40 + 1;
    const commit = zxid(2 ** 31 - 1, 2 ** 40 - 1);
    assert.ok(sender.sendAppend(id, commit, new ByteWriter().raw(bytes)));
    assert.deepEqual(receiver.take(), { id, commit, bytes });
    assert.equal(receiver.take(), undefined);
  });

  it('gives what is the receiver’s own: the next append changes nothing of it', () => {
    append(1, new Uint8Array([1, 2, 3]));
    const first = receiver.take();
    for (let id = 2; id < 40; id++) {
      append(id);
      receiver.take();
    }
    assert.deepEqual(first, { id: 1, commit: zxid(7, 1), bytes: new Uint8Array([1, 2, 3]) });
  });

  it('lets a thread that takes nothing any more rest, whatever is sent', () => {
    append(1);
    post(2);
    assert.equal(receiver.rest(5), 'timed-out');
  });

  it('keeps the order of appends and messages', () => {
    append(1);
    post(2);
    post(3);
    append(4);
    assert.deepEqual([taken(), taken(), taken(), taken(), taken()], [1, 2, 3, 4, undefined]);
  });

  it('has no room for an append while as many wait as there are slots, and then has it again', () => {
    const sent: number[] = [];
    let id = 1;
    while (append(id)) sent.push(id++);
    assert.ok(sent.length > 1);
    // In its place in the order, beside one that waits in the very slot that it would have had.
    post(id);
    sent.push(id++);
    assert.equal(taken(), sent.shift());
    assert.equal(taken(), sent.shift());
    assert.ok(append(id), 'the slot of the second is free');
    sent.push(id);
    assert.deepEqual(
      sent.map(() => taken()),
      sent,
    );
    assert.equal(taken(), undefined);
  });

  it('does not sleep over what was sent', () => {
    append(1);
    receiver.sleep(Number.POSITIVE_INFINITY);
    assert.equal(taken(), 1);
    post(2);
    receiver.sleep(Number.POSITIVE_INFINITY);
    assert.equal(taken(), 2);
  });
});
