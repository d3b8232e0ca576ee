import assert from 'node:assert/strict';
import { inOurWords } from '../../../src/cli/other-words.ts';
import { runCommand } from '../../../src/cli/run-cli.ts';
import { RecordingTerminal } from '../../support/cli/recording-terminal.ts';

describe("other programs' words", () => {
  for (const [typed, ours] of [
    ['put /a x', 'set --create /a x'],
    ['--url http://h:1 -o json put /a x', '--url http://h:1 -o json set --create /a x'],
    ['rm -r /a', 'delete -r /a'],
    ['rmr /a', 'delete --recursive /a'],
    ['getdata /a', 'get /a'],
    ['version', '--version'],
    ['help mkdir', 'help create'],
    // Ours, and what is no command's word.
    ['get put', 'get put'],
    ['lock l -- put', 'lock l -- put'],
  ] as const) {
    it(`${typed}: ${ours}`, () => {
      assert.equal(inOurWords(typed.split(' ')).join(' '), ours);
    });
  }

  for (const word of ['acl', 'getAcl', 'setAcl', 'addauth', 'mv', 'ls2', 'endpoint', 'quit']) {
    it(`${word}: says what to type`, async () => {
      const terminal = new RecordingTerminal();
      const unused = {
        startPeer: () => Promise.reject(new Error('not here')),
        inspect: () => Promise.resolve(),
        keyTools: () => Promise.reject(new Error('not here')),
        copyTools: () => Promise.reject(new Error('not here')),
        importZooKeeper: () => Promise.reject(new Error('not here')),
      };
      assert.equal(await runCommand(['node', 'quoll', word, '/a'], unused, terminal), 2);
      assert.match(terminal.errors, new RegExp(`no command ${word}\n {2}\\S`));
    });
  }
});
