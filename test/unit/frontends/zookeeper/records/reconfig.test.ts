import assert from 'node:assert/strict';
import {
  readReconfig,
  wishOf,
  type Reconfig,
} from '../../../../../src/frontends/zookeeper/records/reconfig.ts';
import { JuteReader } from '../../../../../src/wire/jute/jute-reader.ts';
import { JuteOut } from '../../../../support/zookeeper/jute.ts';

const config = 'server.1=127.0.0.1:2888:3888:participant;127.0.0.1:2181\nversion=100000000';
const server = '127.0.0.1:1:2;3';
type Case = readonly [
  number | undefined,
  { joining?: string; leaving?: string; newMembers?: string; after?: bigint },
];

// What ZooKeeper 3.8, an ensemble of one, says to somebody who may not write /zookeeper/config; undefined where it is NOAUTH.
const cases: readonly Case[] = [
  [undefined, {}],
  [undefined, { joining: '' }],
  [undefined, { leaving: '' }],
  [undefined, { joining: 'server.999=0.0.0.0:1234:2345:observer;3456' }],
  [undefined, { joining: 'server.9=[::1]:1:2:observer;[::1]:3' }],
  [undefined, { leaving: '7' }],
  [undefined, { newMembers: config }],
  [undefined, { after: 0x1_0000_0000n }],
  [-8, { joining: 'nonsense' }],
  [-8, { joining: 'some thing not right' }],
  [-8, { joining: 'server.2=127.0.0.1:1;3' }],
  [-8, { joining: 'server.2=127.0.0.1:1:2' }],
  [-8, { joining: 'server.2=127.0.0.1:1:2:nonsense;3' }],
  [-8, { joining: 'server.2=' }],
  [-8, { leaving: '1' }],
  [-8, { leaving: '1,2' }],
  [-8, { newMembers: 'nonsense' }],
  [-8, { newMembers: 'foo=bar' }],
  [-8, { newMembers: 'server.2=hh' }],
  [-5, { joining: `server.x=${server}` }],
  [-5, { joining: 'server.2=127.0.0.1:99999:2;3' }],
  [-5, { leaving: 'x' }],
  [-5, { newMembers: '' }],
  [-5, { newMembers: `server.x=${server}` }],
  [-5, { newMembers: 'version=3' }],
  [-103, { newMembers: 'nonsense', after: 77n }],
  [-103, { joining: `server.9=${server}`, after: 77n }],
  [-103, { after: 0n }],
  [-103, { after: -2n }],
  [-8, { newMembers: 'server.1=1,'.repeat(10_000) }],
];

type Wanted = Case[1];

function asked({ joining, leaving, newMembers, after = -1n }: Wanted): Reconfig {
  const texts = [joining, leaving, newMembers];
  const record = texts.reduce((to, text) => to.buffer(text ?? null), new JuteOut()).long(after);
  const bytes = record.bytes();
  return readReconfig(new JuteReader().open(bytes, 0, bytes.length));
}

describe('zookeeper: reconfig', () => {
  for (const [error, wanted] of cases) {
    const shown = JSON.stringify({ ...wanted, after: String(wanted.after ?? -1n) }).slice(0, 100);
    it(`says ${String(error)} to ${shown}`, () => {
      const wish = wishOf(asked(wanted), config);
      assert.equal(typeof wish === 'number' ? wish : undefined, error);
    });
  }

  /** The steps in short. */
  function steps(wanted: Wanted): string[] {
    const wish = wishOf(asked(wanted), config);
    assert.ok(typeof wish === 'object', JSON.stringify(wish));
    return wish.steps.map((step) => {
      if (step.step !== 'put') return `${step.step} ${'id' in step ? String(step.id) : ''}`;
      const { id, host, quorumPort, electionPort, role, client } = step.member;
      return [id, host, quorumPort, electionPort, role, client].join(' ');
    });
  }

  it('makes a step of each line that it finds sense in, whatever stands before the number', () => {
    for (const line of ['2', 'server.2', 'foo.2', 'a.b.2', '+2', ' server.2 = '].map((name) =>
      name.includes('=') ? `${name}${server}` : `${name}=${server}`,
    )) {
      assert.deepEqual(steps({ joining: line }), ['2 127.0.0.1 1 2 participant 3'], line);
    }
    assert.deepEqual(
      steps({ joining: `server.2=${server},,server.3=[::1]:1:2:OBSERVER;[::1]:3` }),
      ['2 127.0.0.1 1 2 participant 3', '3 ::1 1 2 observer [::1]:3'],
    );
  });

  it('leaves a number that no server of ours has to the service, which refuses it', () => {
    assert.deepEqual(steps({ joining: `server.-1=${server}` }), ['-1 127.0.0.1 1 2 participant 3']);
    assert.deepEqual(steps({ newMembers: `server.999=${server}` }), [
      '999 127.0.0.1 1 2 participant 3',
    ]);
  });

  it('lets go who is there, and does not miss who is not', () => {
    assert.deepEqual(steps({ leaving: '1, 7', joining: `server.2=${server}` }), [
      'remove 1',
      '2 127.0.0.1 1 2 participant 3',
    ]);
  });

  it('passes over the version, groups and weights of a whole configuration', () => {
    const whole = `server.1=${server}\ngroup.1=1\nweight.1=1\nversion=100000000`;
    assert.deepEqual(steps({ newMembers: whole }), ['1 127.0.0.1 1 2 participant 3']);
  });
});
