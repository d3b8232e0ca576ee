import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CopiedTree, CopyProgress, CopyReport, CopyTools } from '../../config/copy-tools.ts';
import type { CopyHeader, CopyTrailer } from '../../wire/copy-format.ts';
import { CopiedState, treeOf } from './copied-state.ts';
import { CopyFailed, ofFile, readCopy, reportOf } from './copy-file.ts';
import { FollowedDirectory } from './followed.ts';
import { ReceivedCopy } from './receive-copy.ts';
import { describeSurvivor, recoverSurvivor } from './recover-survivor.ts';
import { restoreCopy } from './restore-copy.ts';

/** What `quoll backup`, `restore` and `recover` do to files. */
export const copyTools: CopyTools = {
  receive: (file) => {
    ofFile(file, () => statSync(dirname(resolve(file))));
    return new ReceivedCopy({ part: `${file}.part`, name: () => file });
  },
  verify: verifyCopy,
  follow: (directory) => new FollowedDirectory(directory),
  restore: restoreCopy,
  survivor: describeSurvivor,
  recover: recoverSurvivor,
};

/** Checks all of a copy, what it restores to with it. */
function verifyCopy(file: string, progress: CopyProgress): CopyReport & Partial<CopiedTree> {
  return ofFile(file, () => {
    let header: CopyHeader | undefined;
    let trailer: CopyTrailer | undefined;
    let copied: CopiedState | undefined = new CopiedState();
    for (const item of readCopy(file, progress)) {
      if (item.item === 'header') {
        ({ header } = item);
        if (header.snapshot === null) copied = undefined;
      } else if (item.item === 'trailer') ({ trailer } = item);
      copied?.take(item, () => true);
    }
    if (header === undefined || trailer === undefined) {
      throw new CopyFailed(`The copy ${file} can't be used: it is cut off.`);
    }
    const report = reportOf(header, trailer, statSync(file).size);
    return copied === undefined ? report : { ...report, ...treeOf(copied.state) };
  });
}
