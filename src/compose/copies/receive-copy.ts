import { systemHash } from '../../adapters/system/hash.ts';
import type { CopyReceiver, CopyReport } from '../../config/copy-tools.ts';
import type { LogPosition } from '../../model/log-entry.ts';
import { zxidEquals } from '../../model/zxid.ts';
import {
  CopyReader,
  UnusableCopy,
  type CopyHeader,
  type CopyTrailer,
} from '../../wire/copy-format.ts';
import { CopyProof, FileInTheMaking, ofFile, reportOf } from './copy-file.ts';

/** What a log that comes in must go on from. */
export interface Continued {
  readonly clusterId: string;
  readonly at: LogPosition;
}

export interface ReceivingOptions {
  readonly part: string;
  /** Its name, once it is known what is in it. */
  readonly name: (header: CopyHeader) => string;
  /** It must be of this ensemble. */
  readonly clusterId?: string | undefined;
  readonly after?: Continued | undefined;
  readonly onWhole?: (header: CopyHeader) => void;
}

/** Takes a copy in and checks it as it comes. */
export class ReceivedCopy implements CopyReceiver {
  readonly #options: ReceivingOptions;
  readonly #file: FileInTheMaking;
  readonly #reader = new CopyReader(systemHash);
  readonly #proof: CopyProof;
  #header: CopyHeader | undefined;
  #trailer: CopyTrailer | undefined;
  #bytes = 0;

  constructor(options: ReceivingOptions) {
    this.#options = options;
    this.#proof = new CopyProof(options.after?.at);
    this.#file = ofFile(options.part, () => new FileInTheMaking(options.part));
  }

  get bytes(): number {
    return this.#bytes;
  }

  get bytesExpected(): number | undefined {
    return this.#header?.snapshot?.bytes;
  }

  write(bytes: Uint8Array): void {
    this.#run(() => {
      for (const item of this.#reader.feed(bytes)) {
        if (item.item === 'header') this.#begin(item.header);
        if (item.item === 'trailer') this.#trailer = item.trailer;
        this.#proof.take(item);
      }
      this.#file.write(bytes);
      this.#bytes += bytes.length;
    });
  }

  finish(): CopyReport | undefined {
    return this.#run(() => {
      this.#reader.end();
      const header = this.#header;
      const trailer = this.#trailer;
      if (header === undefined || trailer === undefined) throw new UnusableCopy('it is cut off');
      if (header.snapshot === null && zxidEquals(header.upTo.zxid, header.after)) {
        this.#file.abandon();
        return undefined;
      }
      this.#file.finish(this.#options.name(header));
      this.#options.onWhole?.(header);
      return reportOf(header, trailer, this.#bytes);
    });
  }

  abandon(): void {
    this.#file.abandon();
  }

  #begin(header: CopyHeader): void {
    this.#header = header;
    const { after, clusterId } = this.#options;
    if (clusterId !== undefined && header.clusterId !== clusterId) {
      throw new UnusableCopy(
        `it is of the ensemble ${header.clusterId}, and what is there already of ${clusterId}. Name a peer of that one, or another directory`,
      );
    }
    if (after === undefined) return;
    if (!zxidEquals(header.after, after.at.zxid)) {
      throw new UnusableCopy('it begins elsewhere than it was asked to');
    }
  }

  #run<Value>(run: () => Value): Value {
    try {
      return ofFile(this.#options.part, run);
    } catch (error) {
      this.#file.abandon();
      throw error;
    }
  }
}
