import assert from 'node:assert/strict';
import { complaintsAbout } from '../../scripts/commit-msg.mjs';

const areas = new Set(['zab', 'server', 'http', 'adapters', 'sqlite', 'peer-tcp', 'docs']);
const small = { areas, changedLines: 3, isMerge: false };
const large = { ...small, changedLines: 300 };
const merge = { ...large, isMerge: true };

const why = '\n\nAn older leader may still be heard.\n';
const subject = 'zab: refuse proposals from an older epoch';

describe('the check of commit messages', () => {
  const good = [
    { what: 'a small change with a subject alone', message: `${subject}\n`, commit: small },
    { what: 'a large one that says why', message: subject + why, commit: large },
    { what: 'two areas', message: `http, server: one name for it${why}`, commit: large },
    { what: 'an area within an area', message: 'adapters/sqlite: close once', commit: small },
    { what: 'a subject of 72 columns', message: `docs: ${'é'.repeat(66)}`, commit: small },
    { what: 'a merge that is named by what it brings', message: subject, commit: merge },
    { what: 'a merge of many areas', message: 'Merge: rooms for the doors', commit: merge },
    { what: 'what another commit takes in', message: `fixup! ${subject}`, commit: large },
    { what: 'a revert', message: `Revert "${subject}"\n\nThis reverts abc.`, commit: large },
    {
      what: 'comments and a diff that git shows below',
      message: `${subject}\n# On branch main\n# ------------------------ >8 ------------------------\ndiff`,
      commit: small,
    },
  ];
  for (const { what, message, commit } of good) {
    it(`lets pass ${what}`, () => {
      assert.deepEqual(complaintsAbout(message, commit), []);
    });
  }

  const bad = [
    { what: 'no area', message: 'refuse older epochs', commit: small, told: /`area: what`/ },
    { what: 'an area that is none', message: 'stuff: mend it', commit: small, told: /"stuff"/ },
    { what: 'one of two that is none', message: 'zab, x: mend', commit: small, told: /"x"/ },
    { what: '73 columns', message: `docs: ${'x'.repeat(67)}`, commit: small, told: /73 columns/ },
    { what: 'a large change without a why', message: subject, commit: large, told: /300 lines/ },
    {
      what: 'a body of comments alone',
      message: `${subject}\n\n# On branch main\n`,
      commit: large,
      told: /a body/,
    },
    { what: 'a body without a gap', message: `${subject}\nwhy`, commit: small, told: /second/ },
    { what: "git's name of a merge", message: "Merge branch 'x'", commit: merge, told: /brings/ },
    { what: 'nothing', message: '\n# nothing\n', commit: small, told: /`area: what`/ },
  ];
  for (const { what, message, commit, told } of bad) {
    it(`complains of ${what}`, () => {
      const complaints = complaintsAbout(message, commit);
      assert.equal(complaints.length, 1, complaints.join('\n'));
      assert.match(complaints[0] ?? '', told);
    });
  }
});
