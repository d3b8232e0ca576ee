import {
  ByteReader,
  ByteWriter,
  bytesEqual,
  fromUtf8,
  MalformedBytes,
  utf8,
} from '../base/bytes.ts';
import { toHex } from '../base/hex.ts';
import {
  writeChain,
  type ChainHash,
  type EntryKind,
  type LogEntry,
  type LogPosition,
} from '../model/log-entry.ts';
import type { Membership } from '../model/membership.ts';
import { formatZxid, readZxid, writeZxid, zxidFromBigint, type Zxid } from '../model/zxid.ts';
import { choice, readChain } from './values.ts';

// A copy (docs/copies.md): a line that names the format, then frames, each
//   kind (1) | length of the body (4) | body | the first 8 bytes of SHA-256 over all of that
// The header comes first, then the chunks of a snapshot, then runs of the log after it, then the trailer, whose hash is over
// every byte before it.

const magicWord = 'quoll copy ';
/** Raised when older programs would misread it. */
export const copyVersion = 1;
const magic = utf8(`${magicWord}${String(copyVersion)}\n`);
/** Enough for a version of many digits. */
const magicLengthMax = 32;

const headBytes = 5;
const checkBytes = 8;
/** Of a frame: above what any writer makes. */
const bodyBytesMax = 64 * 1_048_576;

const frame = choice<'header' | 'chunk' | 'entries' | 'trailer'>({
  header: 1,
  chunk: 2,
  entries: 3,
  trailer: 4,
});
const entryKind = choice<EntryKind>({ txn: 0, epochStart: 1, membership: 2 });

type FrameKind = 'header' | 'chunk' | 'entries' | 'trailer';

export interface CopyHeader {
  /** Of the program that wrote it. */
  readonly program: string;
  /** By the clock of the peer. */
  readonly takenAtMs: number;
  readonly serverId: number;
  readonly clusterId: string;
  readonly epoch: number;
  /** Null: a piece of the log alone. */
  readonly snapshot: {
    readonly at: LogPosition;
    readonly chunks: number;
    readonly bytes: number;
    /** In hex. */
    readonly sha256: string;
  } | null;
  readonly after: Zxid;
  readonly upTo: LogPosition;
  readonly membership: Membership | null;
}

export interface CopyTrailer {
  /** Of every byte before the trailer, in hex. */
  readonly sha256: string;
  readonly chunks: number;
  readonly entries: number;
}

export type CopyItem =
  | { readonly item: 'header'; readonly header: CopyHeader }
  | { readonly item: 'chunk'; readonly bytes: Uint8Array }
  | { readonly item: 'entries'; readonly entries: readonly LogEntry[] }
  | { readonly item: 'trailer'; readonly trailer: CopyTrailer };

/** What the format needs of SHA-256. */
export interface CopyHash {
  sha256(bytes: Uint8Array): Uint8Array;
  sha256Stream(): { update(bytes: Uint8Array): void; digest(): Uint8Array };
}

/** Thrown for a copy that cannot be used, in words that follow its name: "it is cut off". */
export class UnusableCopy extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'UnusableCopy';
  }
}

/** Makes the bytes of a copy, frame by frame. */
export class CopyWriter {
  readonly #hash: CopyHash;
  readonly #whole: ReturnType<CopyHash['sha256Stream']>;
  #chunks = 0;
  #entries = 0;

  constructor(hash: CopyHash) {
    this.#hash = hash;
    this.#whole = hash.sha256Stream();
  }

  header(header: CopyHeader): Uint8Array {
    this.#whole.update(magic);
    const first = this.#frame('header', utf8(JSON.stringify(plainHeader(header))));
    return new ByteWriter(magic.length + first.length).raw(magic).raw(first).take();
  }

  chunk(bytes: Uint8Array): Uint8Array {
    this.#chunks++;
    return this.#frame('chunk', bytes);
  }

  entries(entries: readonly LogEntry[]): Uint8Array {
    this.#entries += entries.length;
    const body = new ByteWriter(65_536);
    for (const { chain, zxid, kind, payload } of entries) {
      writeChain(body, chain);
      writeZxid(body, zxid);
      entryKind.write(body, kind);
      body.bytes(payload);
    }
    return this.#frame('entries', body.take());
  }

  trailer(): Uint8Array {
    const trailer: CopyTrailer = {
      sha256: toHex(this.#whole.digest()),
      chunks: this.#chunks,
      entries: this.#entries,
    };
    return this.#sealed('trailer', utf8(JSON.stringify(trailer)));
  }

  #frame(kind: FrameKind, body: Uint8Array): Uint8Array {
    const bytes = this.#sealed(kind, body);
    this.#whole.update(bytes);
    return bytes;
  }

  #sealed(kind: FrameKind, body: Uint8Array): Uint8Array {
    const to = new ByteWriter(headBytes + body.length + checkBytes);
    frame.write(to, kind);
    to.u32(body.length).raw(body);
    const check = this.#hash.sha256(to.take()).subarray(0, checkBytes);
    return to.raw(check).take();
  }
}

/**
 * Reads a copy out of the pieces that it comes in, and checks each frame, the order of them and, with the trailer, the
 * whole. Keeps no more than a frame. Throws `UnusableCopy`.
 */
export class CopyReader {
  readonly #hash: CopyHash;
  readonly #whole: ReturnType<CopyHash['sha256Stream']>;
  #waiting: Uint8Array = new Uint8Array(0);
  #stage: 'magic' | 'header' | 'chunks' | 'entries' | 'over' = 'magic';
  #chunks = 0;
  #entries = 0;

  constructor(hash: CopyHash) {
    this.#hash = hash;
    this.#whole = hash.sha256Stream();
  }

  /** True once the trailer was read: all of it is there, and as it was written. */
  get isWhole(): boolean {
    return this.#stage === 'over';
  }

  /** Gives what is complete by now. */
  *feed(bytes: Uint8Array): Generator<CopyItem> {
    this.#waiting = joined(this.#waiting, bytes);
    if (this.#stage === 'magic' && !this.#readMagic()) return;
    for (;;) {
      const item = this.#next();
      if (item === undefined) return;
      yield item;
    }
  }

  /** At the end of the file. */
  end(): void {
    if (this.isWhole) return;
    const isNone = this.#stage === 'magic' && this.#waiting.length === 0;
    throw new UnusableCopy(
      isNone ? 'it is empty' : 'it is cut off: it ends before all of it was written',
    );
  }

  #readMagic(): boolean {
    const end = this.#waiting.indexOf(10);
    if (end < 0 && this.#waiting.length < magicLengthMax) return false;
    const line = textOf(this.#waiting.subarray(0, end < 0 ? magicLengthMax : end));
    const [, version] = /^quoll copy ([1-9][0-9]{0,8})$/.exec(line) ?? [];
    if (version === undefined) throw new UnusableCopy('it is no copy that quoll backup made');
    if (Number(version) > copyVersion) {
      throw new UnusableCopy(
        `it has format ${version}, and this version reads up to ${String(copyVersion)}. Use the version that wrote it, or a newer one`,
      );
    }
    this.#whole.update(this.#waiting.subarray(0, end + 1));
    this.#waiting = this.#waiting.subarray(end + 1);
    this.#stage = 'header';
    return true;
  }

  #next(): CopyItem | undefined {
    if (this.#waiting.length < headBytes) return undefined;
    if (this.#stage === 'over') throw new UnusableCopy('there is more in it after its end');
    const head = new ByteReader(this.#waiting);
    const kind = reading(() => frame.read(head));
    const length = head.u32();
    if (length > bodyBytesMax) throw altered();
    const end = headBytes + length + checkBytes;
    if (this.#waiting.length < end) return undefined;
    const sealed = this.#waiting.subarray(0, end - checkBytes);
    const check = this.#hash.sha256(sealed).subarray(0, checkBytes);
    if (!bytesEqual(check, this.#waiting.subarray(end - checkBytes, end))) throw altered();
    const item = this.#take(kind, sealed.subarray(headBytes));
    if (kind !== 'trailer') this.#whole.update(this.#waiting.subarray(0, end));
    this.#waiting = this.#waiting.subarray(end);
    if (this.isWhole && this.#waiting.length > 0) {
      throw new UnusableCopy('there is more in it after its end');
    }
    return item;
  }

  #take(kind: FrameKind, body: Uint8Array): CopyItem {
    const isExpected =
      kind === 'header'
        ? this.#stage === 'header'
        : kind === 'chunk'
          ? this.#stage === 'chunks'
          : this.#stage === 'chunks' || this.#stage === 'entries';
    if (!isExpected) throw altered();
    switch (kind) {
      case 'header':
        this.#stage = 'chunks';
        return { item: 'header', header: reading(() => headerFrom(JSON.parse(fromUtf8(body)))) };
      case 'chunk':
        this.#chunks++;
        // A copy: it may be kept while what it lay in is read on.
        return { item: 'chunk', bytes: new Uint8Array(body) };
      case 'entries': {
        this.#stage = 'entries';
        const entries = reading(() => entriesFrom(new ByteReader(new Uint8Array(body))));
        this.#entries += entries.length;
        return { item: 'entries', entries };
      }
      case 'trailer': {
        const trailer = reading(() => JSON.parse(fromUtf8(body)) as CopyTrailer);
        const isSame =
          trailer.sha256 === toHex(this.#whole.digest()) &&
          trailer.chunks === this.#chunks &&
          trailer.entries === this.#entries;
        if (!isSame) throw altered();
        this.#stage = 'over';
        return { item: 'trailer', trailer };
      }
    }
  }
}

function altered(): UnusableCopy {
  return new UnusableCopy('it was altered: its checksums do not fit what is in it');
}

function reading<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedBytes || error instanceof SyntaxError) throw altered();
    throw error;
  }
}

function entriesFrom(reader: ByteReader): LogEntry[] {
  const entries: LogEntry[] = [];
  while (reader.remaining > 0) {
    const chain = readChain(reader);
    const zxid = readZxid(reader);
    const kind = entryKind.read(reader);
    entries.push({ chain, zxid, kind, payload: reader.bytes() });
  }
  return entries;
}

interface PlainPosition {
  readonly zxid: string;
  readonly chain: string;
}

/** Zxids in hex, for whoever looks into the file. */
function plainHeader(header: CopyHeader): object {
  const { snapshot } = header;
  return {
    ...header,
    snapshot: snapshot === null ? null : { ...snapshot, at: plainPosition(snapshot.at) },
    after: formatZxid(header.after),
    upTo: plainPosition(header.upTo),
  };
}

function headerFrom(value: unknown): CopyHeader {
  // Its frame's checksum says that it is what a writer of this version wrote.
  const plain = value as Omit<CopyHeader, 'snapshot' | 'after' | 'upTo'> & {
    readonly snapshot:
      (Omit<NonNullable<CopyHeader['snapshot']>, 'at'> & { readonly at: PlainPosition }) | null;
    readonly after: string;
    readonly upTo: PlainPosition;
  };
  const { snapshot } = plain;
  return {
    ...plain,
    snapshot: snapshot === null ? null : { ...snapshot, at: positionFrom(snapshot.at) },
    after: zxidFromBigint(BigInt(plain.after)),
    upTo: positionFrom(plain.upTo),
  };
}

function plainPosition({ zxid, chain }: LogPosition): PlainPosition {
  return { zxid: formatZxid(zxid), chain };
}

function positionFrom({ zxid, chain }: PlainPosition): LogPosition {
  return { zxid: zxidFromBigint(BigInt(zxid)), chain: chain as ChainHash };
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length === 0) return right;
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
