import type {
  TakeBackupRequest__Output,
  TakeBackupResponse,
} from '../../../generated/quoll/v1/cluster.ts';
import type { Copy } from '../../../service/copying.ts';
import { copyBytes } from '../../../wire/copy-stream.ts';
import { zxidOf } from '../messages/numbers.ts';
import type { GrpcDoor } from '../operations/door.ts';
import type { CallTerms } from '../operations/operation.ts';
import type { StreamSink, StreamSource } from './answer-stream.ts';

/** Well below what clients take in a message unless they are told otherwise, which is 4 MiB. */
const messageBytesMax = 65_536;

/** Sends a copy, the same bytes that `GET /v1/backup` gives: the next piece is read when the client has taken enough. */
export function takeBackup(
  door: GrpcDoor,
  { after }: TakeBackupRequest__Output,
  asking: CallTerms,
  sink: StreamSink<TakeBackupResponse>,
): StreamSource {
  const backup = new BackupStream(door, sink);
  void backup.run(door.service.copies.open(asking, zxidOf(after, 'after')));
  return backup;
}

class BackupStream implements StreamSource {
  readonly #door: GrpcDoor;
  readonly #sink: StreamSink<TakeBackupResponse>;
  #copy: Copy | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(door: GrpcDoor, sink: StreamSink<TakeBackupResponse>) {
    this.#door = door;
    this.#sink = sink;
  }

  async run(opening: Promise<Copy>): Promise<void> {
    try {
      const copy = await opening;
      if (this.#isOver) copy.close();
      else await this.#send((this.#copy = copy));
      this.#sink.end();
    } catch (error) {
      // It lacks its trailer: whoever takes it knows that it is not whole.
      if (this.#copy !== undefined) {
        this.#door.logger.log('warn', 'backupBroken', { cause: String(error) });
      }
      this.#sink.fail(error);
    }
  }

  drained(): void {
    this.#wake?.();
  }

  close(): void {
    this.#isOver = true;
    this.#copy?.close();
    this.#wake?.();
  }

  async #send(copy: Copy): Promise<void> {
    const { service, clock } = this.#door;
    const { version: program, serverId } = service.describe();
    const by = { program, serverId, takenAtMs: clock.wall() };
    for await (const bytes of copyBytes(copy, by)) {
      for (let at = 0; at < bytes.length && !this.#isOver; at += messageBytesMax) {
        const data = Buffer.from(bytes.subarray(at, at + messageBytesMax));
        if (!this.#sink.send({ data })) await this.#room();
      }
      if (this.#isOver) break;
    }
  }

  /** Resolves when the client takes more, or is gone. */
  async #room(): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
