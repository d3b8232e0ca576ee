import assert from 'node:assert/strict';
import {
  formatPosition,
  positionFrom,
} from '../../../../../src/frontends/http/exchange/position.ts';
import { refusedAs } from '../../../../support/http/refusals.ts';

describe('places of a stream', () => {
  it('are read as they are written, and nothing else is', () => {
    for (const text of ['0', '5', '1099511627777', '1099511627777.1', '9223372036854775807.12']) {
      assert.equal(formatPosition(positionFrom(text, 'from')), text);
    }
    for (const text of [
      '',
      'x',
      '-1',
      '01',
      '1.0',
      '1.',
      '.1',
      '1.x',
      '9223372036854775808',
      '1 ',
    ]) {
      assert.throws(() => positionFrom(text, 'from'), refusedAs('badArguments'), text);
    }
  });
});
