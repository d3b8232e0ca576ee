import assert from 'node:assert/strict';
import {
  errorOfReconfig,
  readReconfig,
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

describe('zookeeper: reconfig', () => {
  for (const [error, wanted] of cases) {
    const shown = JSON.stringify({ ...wanted, after: String(wanted.after ?? -1n) }).slice(0, 100);
    it(`says ${String(error)} to ${shown}`, () => {
      const { joining = null, leaving = null, newMembers = null, after = -1n } = wanted;
      const record = new JuteOut().buffer(joining).buffer(leaving).buffer(newMembers).long(after);
      const bytes = record.bytes();
      const read = readReconfig(new JuteReader().open(bytes, 0, bytes.length));
      assert.equal(errorOfReconfig(read, config), error);
    });
  }
});
