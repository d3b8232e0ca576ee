import assert from 'node:assert/strict';
import { pemBlocks } from '../../../src/base/pem.ts';

const block = (label: string, body: string): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

describe('PEM', () => {
  it('gives the blocks of one kind, whatever stands between them', () => {
    const text = `words\n${block('A', '1')}${block('B', '2')} more ${block('A', 'x-y\n3')}end`;
    assert.deepEqual(pemBlocks(text, 'A'), [block('A', '1'), block('A', 'x-y\n3')]);
    assert.deepEqual(pemBlocks(text, 'C'), []);
  });

  it('leaves out what has no end', () => {
    const begun = '-----BEGIN A-----\n';
    assert.deepEqual(pemBlocks(`${block('A', '1')}${begun}`, 'A'), [block('A', '1')]);
    assert.deepEqual(pemBlocks(begun.repeat(50_000), 'A'), []);
  });
});
