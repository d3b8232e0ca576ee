import type { WatchEvent } from '../../../model/watch-event.ts';
import { zxidHigh, zxidLow, type Zxid } from '../../../model/zxid.ts';
import { JuteWriter } from '../../../wire/jute/jute-writer.ts';
import { eventType, notificationXid, ok, syncConnected } from '../../../wire/jute/protocol.ts';

const unsigned = 0xffff_ffff;

/** Encodes watch events. One event goes to many connections, one after the other: it is encoded once. */
export class Notifications {
  readonly #writer = new JuteWriter();
  #event: object | undefined;
  #bytes: Uint8Array = new Uint8Array(0);

  /** With the zxid of the change, as ZooKeeper since 3.9 (ZOOKEEPER-4655); -1 for what a client had missed. */
  encode(event: Pick<WatchEvent, 'type' | 'path'>, zxid: Zxid | undefined): Uint8Array {
    if (event === this.#event) return this.#bytes;
    const to = this.#writer;
    to.beginFrame();
    to.int(notificationXid);
    if (zxid === undefined) to.words(unsigned, unsigned);
    else to.words(zxidHigh(zxid), zxidLow(zxid));
    to.int(ok);
    to.int(eventType[event.type]);
    to.int(syncConnected);
    to.text(event.path);
    to.endFrame();
    const [bytes = new Uint8Array(0)] = to.take();
    this.#event = event;
    this.#bytes = bytes;
    return bytes;
  }
}
