import { createHash } from 'node:crypto';
import { toHex } from '../base/hex.ts';
import type { LogEntry, LogPosition } from '../model/log-entry.ts';
import { CopyWriter, type CopyHash, type CopyHeader } from './copy-format.ts';

/** What a copy is made of, piece by piece. */
interface CopySource {
  readonly begins: Omit<CopyHeader, keyof TakenBy | 'snapshot'> & {
    readonly snapshot: {
      readonly at: LogPosition;
      readonly chunks: number;
      readonly bytes: number;
      readonly sha256: Uint8Array;
    } | null;
  };
  next(): Promise<CopySourcePiece | undefined>;
}

type CopySourcePiece =
  | { readonly piece: 'chunk'; readonly bytes: Uint8Array }
  | { readonly piece: 'entries'; readonly entries: readonly LogEntry[] };

/** The peer that a copy is taken from, and when. */
type TakenBy = Pick<CopyHeader, 'program' | 'serverId' | 'takenAtMs'>;

const nodeHash: CopyHash = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  sha256Stream: () => {
    const hash = createHash('sha256');
    return {
      update: (bytes) => {
        hash.update(bytes);
      },
      digest: () => hash.digest(),
    };
  },
};

/** Gives the bytes of a copy as all doors send them, its trailer last. The next piece is read when the next bytes are asked for. */
export async function* copyBytes(copy: CopySource, by: TakenBy): AsyncGenerator<Uint8Array> {
  const writer = new CopyWriter(nodeHash);
  const { snapshot } = copy.begins;
  const shown = snapshot === null ? null : { ...snapshot, sha256: toHex(snapshot.sha256) };
  yield writer.header({ ...copy.begins, ...by, snapshot: shown });
  for (;;) {
    const piece = await copy.next();
    if (piece === undefined) break;
    yield piece.piece === 'chunk' ? writer.chunk(piece.bytes) : writer.entries(piece.entries);
  }
  yield writer.trailer();
}
