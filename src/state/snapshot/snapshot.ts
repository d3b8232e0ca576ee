import { assert } from '../../base/assert.ts';
import { ByteWriter } from '../../base/bytes.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { RecordedWrite } from '../replicated/recorded-write.ts';
import type { ReplicatedState } from '../replicated/replicated-state.ts';
import type { Session } from '../replicated/sessions.ts';
import {
  recordKind,
  writeAclRecord,
  writeHeader,
  writeRecordedWrite,
  writeSessionRecord,
  writeZnodeRecord,
  znodeWords,
} from './snapshot-format.ts';
import { field, type Field } from '../tree/znode-records.ts';

/** What is kept of old images between two calls of `next` is cut into chunks of this. */
const keptChunkBytes = 1_048_576;

/**
 * Writes the state as it stood at one zxid, a chunk at a time, while txns go on being applied. Before a znode that was
 * not written yet changes or goes, its old image is written (copy on write); sessions and recorded writes are immutable
 * values, so a list of them is a copy. At most one at a time.
 */
export class SnapshotWriter {
  readonly zxid: Zxid;
  readonly #state: ReplicatedState;
  readonly #buffer = new ByteWriter(keptChunkBytes + 65_536);
  readonly #full: Uint8Array[] = [];
  readonly #sessions: readonly Session[];
  readonly #writes: readonly RecordedWrite[];
  /** Ids from here on are of znodes made later. */
  readonly #idEnd: number;
  /** A bit per id: its image is written, or it had none. */
  readonly #written: Uint8Array;
  readonly #acls = new Set<number>();
  readonly #words = new Uint32Array(znodeWords);
  #nextSession = 0;
  #nextWrite = 0;
  #nextId = 1;
  #ended = false;

  constructor(state: ReplicatedState, digest: string) {
    const { tree, sessions, writes } = state;
    assert(tree.beforeChange === undefined, 'one snapshot is taken at a time');
    this.zxid = state.lastApplied;
    this.#state = state;
    this.#sessions = [...sessions.values()];
    this.#writes = [...writes.values()];
    this.#idEnd = tree.znodes.records.idEnd;
    this.#written = new Uint8Array(Math.ceil(this.#idEnd / 8));
    tree.znodes.reusesIds = false;
    tree.beforeChange = (id) => {
      this.#keep(id);
    };
    writeHeader(this.#buffer, {
      zxid: state.lastApplied,
      timeMs: state.lastTimeMs,
      idEnd: this.#idEnd,
      znodes: tree.count,
      sessions: this.#sessions.length,
      writes: this.#writes.length,
      digest,
    });
  }

  /** Gives the next chunk, of about `bytesMax` (one record more at the most); undefined after the last. */
  next(bytesMax: number): Uint8Array | undefined {
    const kept = this.#full.shift();
    if (kept !== undefined) return kept;
    if (!this.#ended) this.#fill(bytesMax);
    return this.#buffer.length === 0 ? undefined : this.#takeBuffer();
  }

  /** Gives up: the tree stops keeping old images. Also fine after the end. */
  abandon(): void {
    if (!this.#ended) this.#end();
    this.#full.length = 0;
    this.#buffer.reset();
  }

  #fill(bytesMax: number): void {
    const buffer = this.#buffer;
    while (buffer.length < bytesMax && this.#nextSession < this.#sessions.length) {
      writeSessionRecord(buffer, this.#sessions[this.#nextSession++] as Session);
    }
    while (buffer.length < bytesMax && this.#nextWrite < this.#writes.length) {
      writeRecordedWrite(buffer, this.#writes[this.#nextWrite++] as RecordedWrite);
    }
    while (buffer.length < bytesMax && this.#nextId < this.#idEnd) this.#write(this.#nextId++);
    if (buffer.length >= bytesMax) return;
    buffer.u8(recordKind.end);
    this.#end();
  }

  #end(): void {
    const { tree } = this.#state;
    tree.beforeChange = undefined;
    tree.znodes.reusesIds = true;
    this.#ended = true;
  }

  #keep(id: number): void {
    if (id >= this.#idEnd) return;
    this.#write(id);
    if (this.#buffer.length >= keptChunkBytes) this.#full.push(this.#takeBuffer());
  }

  #write(id: number): void {
    const byte = id >>> 3;
    const bit = 1 << (id & 7);
    const written = this.#written[byte] as number;
    if ((written & bit) !== 0) return;
    this.#written[byte] = written | bit;
    const { tree } = this.#state;
    const { znodes } = tree;
    if (!znodes.isLive(id)) return;
    const { records } = znodes;
    const acl = records.get(id, field.acl);
    if (!this.#acls.has(acl)) {
      this.#acls.add(acl);
      writeAclRecord(this.#buffer, acl, tree.acls.acl(acl));
    }
    const words = this.#words;
    for (let column = 0; column < znodeWords; column++) {
      words[column] = records.get(id, column as Field);
    }
    writeZnodeRecord(this.#buffer, {
      id,
      parent: tree.parent(id),
      acl,
      words,
      name: znodes.name(id),
      kind: znodes.kind(id),
      data: znodes.dataView(id),
    });
  }

  #takeBuffer(): Uint8Array {
    const chunk = this.#buffer.take();
    this.#buffer.reset();
    return chunk;
  }
}
