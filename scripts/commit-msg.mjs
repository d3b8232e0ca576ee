// Whether a commit's message is as CONTRIBUTING.md has it. git calls it, by scripts/hooks/commit-msg, for those who have
// switched it on. Bare Node: a clone that was never built commits too.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { say } from './console.mjs';

const columnsMax = 72;
/** A change of so many lines says enough by its subject. */
const fewLines = 10;

/** What has no folder of its own. */
const furtherAreas = ['ci', 'deps', 'lint', 'mutants', 'release', 'tooling'];

/**
 * Gives what is wrong with a message, in words for who wrote it; nothing when it is as it should be.
 * @param {string} message as git hands it over, with its comments
 * @param {{ areas: ReadonlySet<string>, changedLines: number, isMerge: boolean }} commit
 * @returns {readonly string[]}
 */
export function complaintsAbout(message, { areas, changedLines, isMerge }) {
  const [text = ''] = message.split(/^# -+ >8 -+$/m);
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const [subject = '', second = '', ...body] = lines.join('\n').trim().split('\n');
  // Of these another message remains in the end, or git has written them.
  if (/^(fixup|squash|amend)! |^Revert "/.test(subject)) return [];

  const complaints = [];
  const columns = [...subject].length;
  if (columns > columnsMax) {
    complaints.push(`the subject has ${String(columns)} columns, at most ${String(columnsMax)}`);
  }
  const named = isMerge && /^Merge: \S/.test(subject) ? '' : /^([\w/, -]+): \S/.exec(subject)?.[1];
  if (named === undefined) {
    complaints.push(
      /^merge\b/i.test(subject)
        ? 'a merge is named by what it brings: `Merge: what`, or as any commit: `area: what`'
        : 'the subject is `area: what`, the area a folder',
    );
  }
  for (const area of named?.split(/, |\//) ?? []) {
    if (area !== '' && !areas.has(area)) {
      complaints.push(`there is no area "${area}": take a folder's name`);
    }
  }
  if (second !== '') complaints.push('the second line is empty');
  if (!isMerge && changedLines > fewLines && body.length === 0) {
    complaints.push(`a change of ${String(changedLines)} lines says why, in a body`);
  }
  return complaints;
}

/** Gives what git says, or nothing when it objects. */
function git(...args) {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  return status === 0 ? stdout : '';
}

function knownAreas() {
  const folders = git('ls-files')
    .split('\n')
    .flatMap((file) => file.split('/').slice(0, -1));
  return new Set([...folders.map((folder) => folder.replace(/^\./, '')), ...furtherAreas]);
}

function changedLines() {
  const counts = git('diff', '--cached', '--numstat', '-M').match(/^\d+\t\d+/gm) ?? [];
  return counts.flatMap((line) => line.split('\t')).reduce((sum, count) => sum + Number(count), 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const complaints = complaintsAbout(readFileSync(process.argv[2], 'utf8'), {
    areas: knownAreas(),
    changedLines: changedLines(),
    isMerge: git('rev-parse', '--quiet', '--verify', 'MERGE_HEAD') !== '',
  });
  for (const complaint of complaints) say(`commit message: ${complaint}`);
  if (complaints.length > 0) {
    say('See "Commits" in CONTRIBUTING.md. To commit all the same: --no-verify');
  }
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
