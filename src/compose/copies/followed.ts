import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CopyReceiver, FollowedCopy } from '../../config/copy-tools.ts';
import { compareZxid, zxidToBigint, zxidToDecimal, type Zxid } from '../../model/zxid.ts';
import type { CopyHeader } from '../../wire/copy-format.ts';
import { checkCopy, headerOf, ofFile, type CopyFile } from './copy-file.ts';
import { ReceivedCopy, type Continued } from './receive-copy.ts';

// A copy that is followed is a directory: states (`….state`), and pieces of the log between them (`…-….log`), each a copy of
// its own. Names are zxids of equal length, so that they stand in order.

const stateName = /^[0-9a-f]{16}\.state$/;
const logName = /^[0-9a-f]{16}-[0-9a-f]{16}\.log$/;
const partName = 'unfinished.part';

/** Lists what the directory holds, by where it ends. Reads no more than the headers. */
export function filesIn(directory: string): readonly CopyFile[] {
  const names = ofFile(directory, () => readdirSync(directory)).filter(
    (name) => stateName.test(name) || logName.test(name),
  );
  return names
    .map((name) => {
      const file = join(directory, name);
      return { file, header: headerOf(file) };
    })
    .sort((left, right) => inOrder(left.header, right.header));
}

/** A state stands behind the log that leads to the same place. */
function inOrder(left: CopyHeader, right: CopyHeader): number {
  const byZxid = compareZxid(left.upTo.zxid, right.upTo.zxid);
  return byZxid === 0 ? Number(left.snapshot !== null) - Number(right.snapshot !== null) : byZxid;
}

export class FollowedDirectory implements FollowedCopy {
  readonly #directory: string;
  #end: Continued | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    ofFile(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
    const last = filesIn(directory).at(-1);
    if (last === undefined) return;
    this.#end = endOf(last.header);
    // Its log goes on from here: so it must be whole.
    ofFile(last.file, () => {
      checkCopy(last.file);
    });
  }

  get after(): string | undefined {
    return this.#end === undefined ? undefined : zxidToDecimal(this.#end.at.zxid);
  }

  receive(kind: 'state' | 'log'): CopyReceiver {
    const after = this.#end;
    return new ReceivedCopy({
      part: join(this.#directory, partName),
      name: (header) => join(this.#directory, nameOf(header)),
      after: kind === 'log' ? after : undefined,
      clusterId: after?.clusterId,
      onWhole: (header) => {
        this.#end = endOf(header);
      },
    });
  }
}

function endOf({ clusterId, upTo }: CopyHeader): Continued {
  return { clusterId, at: upTo };
}

function nameOf({ snapshot, after, upTo }: CopyHeader): string {
  return snapshot === null
    ? `${padded(after)}-${padded(upTo.zxid)}.log`
    : `${padded(upTo.zxid)}.state`;
}

function padded(zxid: Zxid): string {
  return zxidToBigint(zxid).toString(16).padStart(16, '0');
}
