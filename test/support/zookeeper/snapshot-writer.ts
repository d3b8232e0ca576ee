import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Adler32 } from '../../../src/adapters/zookeeper-data/adler32.ts';

const pieceBytes = 1_048_576;
const open = 1n;

/** Writes a data directory as a ZooKeeper leaves it that has one snapshot: so many znodes of that data, 1,000 to a parent. */
export function writeZooKeeperData(directory: string, znodes: number, data: string): void {
  const files = join(directory, 'version-2');
  mkdirSync(files, { recursive: true });
  const to = new SnapshotFile(join(files, 'snapshot.100000010'));
  to.text('ZKSN').int(2).long(-1n);
  to.int(0);
  // One ACL: world, anyone, all permissions.
  to.int(1).long(open).int(1).int(31).string('world').string('anyone');
  to.znode('', '');
  to.znode('/zookeeper', '');
  to.znode('/zookeeper/quota', '');
  for (let count = 0, parent = 0; count < znodes; parent++) {
    to.znode(`/service-${String(parent)}`, '');
    count++;
    for (let child = 0; child < 999 && count < znodes; child++, count++) {
      to.znode(`/service-${String(parent)}/n-${String(child).padStart(10, '0')}`, data);
    }
  }
  to.string('/');
  to.end();
}

/** What is put in is in ZooKeeper's own format, jute. */
class SnapshotFile {
  readonly #descriptor: number;
  readonly #sum = new Adler32();
  #piece = Buffer.alloc(2 * pieceBytes);
  #length = 0;

  constructor(file: string) {
    this.#descriptor = openSync(file, 'wx');
  }

  text(value: string): this {
    this.#length += this.#piece.write(value, this.#length);
    return this.#flush();
  }

  int(value: number): this {
    this.#length = this.#piece.writeInt32BE(value, this.#length);
    return this;
  }

  long(value: bigint): this {
    this.#length = this.#piece.writeBigInt64BE(value, this.#length);
    return this;
  }

  string(value: string): this {
    return this.int(Buffer.byteLength(value)).text(value);
  }

  znode(path: string, data: string): void {
    this.string(path).string(data).long(open);
    // czxid, mzxid, ctime, mtime; version, cversion, aversion; owner; pzxid.
    this.long(0x1_0000_0001n)
      .long(0x1_0000_0001n)
      .long(1_700_000_000_000n)
      .long(1_700_000_000_000n);
    this.int(0).int(0).int(0).long(0n).long(0x1_0000_0001n);
  }

  end(): void {
    this.#write();
    const { value } = this.#sum;
    const end = Buffer.alloc(13);
    end.writeBigInt64BE(BigInt(value), 0);
    end.writeInt32BE(1, 8);
    end.write('/', 12);
    writeSync(this.#descriptor, end);
    closeSync(this.#descriptor);
  }

  #flush(): this {
    if (this.#length >= pieceBytes) this.#write();
    return this;
  }

  #write(): void {
    this.#sum.add(this.#piece, 0, this.#length);
    writeSync(this.#descriptor, this.#piece, 0, this.#length);
    this.#length = 0;
  }
}
