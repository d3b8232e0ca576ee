import { parseZxid } from '../../../model/zxid.ts';
import type { Copy } from '../../../service/copying.ts';
import { copyBytes } from '../../../wire/copy-stream.ts';
import type { AnswerStream, Exchange } from '../exchange/exchange.ts';
import { noStore } from '../exchange/headers.ts';
import { badRequest } from '../exchange/problem.ts';

export const backupParameters = ['after', 'timeout'] as const;

const contentType = 'application/vnd.quoll.copy';
/** Whoever has taken nothing for so long by the end is cut off. */
const endGraceMs = 30_000;

/**
 * Answers `GET /v1/backup`: all that this peer has applied, at one zxid; or, `after` a zxid, the log from there on. The
 * format says by itself whether all of it has come (docs/copies.md).
 */
export async function takeBackup(exchange: Exchange): Promise<void> {
  const query = exchange.query(backupParameters);
  const after = query.text('after');
  const position = after === undefined ? undefined : parseZxid(after);
  if (after !== undefined && position === undefined) {
    throw badRequest('"after" must be a zxid, a decimal number, as a copy or X-Zxid says it');
  }
  const asking = { caller: exchange.caller(), timeoutMs: exchange.timeoutMs(query) };
  const copy = await exchange.door.service.copies.open(asking, position);
  if (exchange.isOver || exchange.method === 'HEAD') {
    copy.close();
    if (!exchange.isOver) {
      exchange.send({ status: 200, headers: ['Content-Type', contentType, ...noStore] });
    }
    return;
  }
  await new BackupAnswer(exchange, copy).run();
}

/** One copy on its way: the next piece is read once its client has taken the one before. */
class BackupAnswer {
  readonly #exchange: Exchange;
  readonly #copy: Copy;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(exchange: Exchange, copy: Copy) {
    this.#exchange = exchange;
    this.#copy = copy;
  }

  async run(): Promise<void> {
    try {
      this.#exchange.keepOpen(() => {
        this.#end();
      });
    } catch (error) {
      this.#end();
      throw error;
    }
    const stream = this.#exchange.stream(contentType, () => {
      this.#wake?.();
    });
    try {
      const { service, clock } = this.#exchange.door;
      const { version: program, serverId } = service.describe();
      const by = { program, serverId, takenAtMs: clock.wall() };
      for await (const bytes of copyBytes(this.#copy, by)) {
        await this.#send(stream, bytes);
        if (this.#isOver) break;
      }
    } catch (error) {
      // The copy lacks its trailer: whoever takes it knows that it is not whole.
      this.#exchange.door.logger.log('warn', 'backupBroken', { cause: String(error) });
    }
    this.#end();
    stream.end(endGraceMs);
  }

  /** Resolves when the client takes more. */
  async #send(stream: AnswerStream, bytes: Uint8Array): Promise<void> {
    const takesMore = stream.writeSized({
      bytes: bytes.length,
      whole: () => bytes,
      parts: () => [bytes],
    });
    if (takesMore || this.#isOver) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#copy.close();
    this.#wake?.();
  }
}
