import { describe, expect, test } from 'vitest';
import { parsePortal, plainWwn } from './portal.ts';

describe('portal', () => {
  test.each([
    ['10.9.1.10:3260', { address: '10.9.1.10', port: 3260 }],
    ['[2001:db8::7]:4420', { address: '2001:db8::7', port: 4420 }],
    ['10.9.1.10', null],
    ['2001:db8::7:3260', null],
    ['[10.9.1.10]:3260', null],
    ['10.9.1.999:3260', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parsePortal(text)).toEqual(expected);
  });

  test('a WWN loses its colons and gets capitals', () => {
    expect(plainWwn('52:4a:93:70:4e:e5:68:00')).toBe('524A93704EE56800');
  });
});
