import assert from 'node:assert/strict';
import { runCommand } from '../../../src/cli/run-cli.ts';
import { RecordingTerminal } from '../../support/cli/recording-terminal.ts';

async function helpOf(...command: readonly string[]): Promise<string> {
  const terminal = new RecordingTerminal();
  const unused = {
    startPeer: () => Promise.reject(new Error('not here')),
    inspect: () => Promise.resolve(),
    keyTools: () => Promise.reject(new Error('not here')),
    copyTools: () => Promise.reject(new Error('not here')),
    importZooKeeper: () => Promise.reject(new Error('not here')),
  };
  const code = await runCommand(['node', 'quoll', ...command, '--help'], unused, terminal);
  assert.equal(code, 0, command.join(' '));
  return terminal.output;
}

function commandsIn(help: string): string[] {
  const [, after = ''] = help.split('\nCommands:');
  const [list = ''] = after.split('\n\n');
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'help');
}

/** `quoll …` as typed in an example: what stands before it, behind a pipe or in a comment, is left out. */
const typedIn = (text: string): string[][] =>
  [...text.matchAll(/\bquoll ((?:[^|&#$()\n]| \| )*)/g)].map(([, rest = '']) =>
    (rest.split(' -- ')[0] ?? '').trim().split(/\s+/),
  );

describe('the help', () => {
  const helps = new Map<string, string>();
  before(async () => {
    helps.set('', await helpOf());
    for (const name of commandsIn(helps.get('') ?? '')) {
      helps.set(name, await helpOf(name));
      for (const below of commandsIn(helps.get(name) ?? '')) {
        helps.set(`${name} ${below}`, await helpOf(name, below));
      }
    }
  });

  it('is there for every command that the product has', () => {
    const promised = [
      ...['server', 'dev', 'get', 'set', 'create', 'delete', 'ls', 'tree', 'stat', 'watch', 'lock'],
      ...['elect', 'txn', 'session', 'status', 'inspect', 'tls'],
    ];
    for (const name of promised) assert.ok(helps.has(name), name);
    for (const name of ['new', 'revoke', 'show', 'check']) {
      assert.ok(helps.has(`tls ${name}`), name);
    }
    for (const name of ['open', 'touch', 'close']) assert.ok(helps.has(`session ${name}`), name);
  });

  it('shows examples of every command', () => {
    for (const [name, help] of helps) {
      if (!commandsIn(help).length) assert.match(help, /^Examples:\n {2}\S/m, name);
    }
  });

  it('shows only commands and options that there are', () => {
    let seen = 0;
    for (const [where, help] of helps) {
      for (const [command = '', ...words] of typedIn(
        help.split(/^Examples:|^Begin here:/m)[1] ?? '',
      )) {
        const below = helps.get(`${command} ${words[0] ?? ''}`);
        const described = below ?? helps.get(command);
        assert.ok(described !== undefined, `quoll ${command} in the help of ${where}`);
        for (const option of words.flatMap((word) => /^--?[a-z][a-z-]*/.exec(word) ?? [])) {
          assert.ok(
            described.includes(` ${option}`) &&
              new RegExp(`(^|[ ,])${option}[ ,\n]`, 'm').test(described),
            `${option} of quoll ${command}, in the help of "${where}"`,
          );
        }
        seen++;
      }
    }
    assert.ok(seen > 30, `only ${String(seen)} were found`);
  });

  it('explains the exit codes', () => {
    assert.match(helps.get('') ?? '', /Exit codes: 0 [^]*\b5 [^]*\b6 /);
  });
});
