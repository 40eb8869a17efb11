import { describe, expect, test } from 'vitest';
import { Failovers, type Switch } from './oracle-of-failovers.ts';

const types = [
  { name: 'plain', replication: null },
  { name: 'mirror-sync', replication: 'sync' },
  { name: 'mirror-async', replication: 'async' },
  { name: 'mirror-trisync', replication: 'trisync' },
] as const;
const at = (seconds: number): number => Date.UTC(2026, 0, 1, 0, 0, seconds);
const row = (seconds: number) => ({
  created_at: `2026-01-01 00:00:${String(seconds).padStart(2, '0')}.000000`,
});
const failovers = (
  switches: readonly Switch[],
  name: 'sync' | 'async' | 'trisync' = 'trisync',
  isTrue = true,
) => new Failovers({ name, types }, switches, isTrue);
const toPeer: Switch = { at: at(20), from: 'default', to: 'fa2' };
const toThird: Switch = { at: at(20), from: 'default', to: 'fa3' };

describe('what a failover may cost', () => {
  test.each([
    ['plain', toPeer, true],
    ['mirror-sync', toPeer, false],
    ['mirror-trisync', toPeer, false],
    ['mirror-async', toPeer, true],
    ['mirror-sync', toThird, true],
    ['mirror-trisync', toThird, true],
    [null, toPeer, true],
  ])('a volume of type %s, by the switch %o: %s', (type, one, expected) => {
    expect(failovers([one]).mayLose(row(10), type)).toBe(expected);
  });

  test('nothing that was made after the last of them is lost', () => {
    expect(failovers([toPeer]).mayLose(row(21), 'plain')).toBe(false);
    expect(failovers([toPeer]).mayLose(row(20), 'plain')).toBe(true);
    expect(failovers([]).mayLose(row(1), 'plain')).toBe(false);
  });

  test('a clock that was stepped tells nothing', () => {
    expect(failovers([toPeer], 'trisync', false).mayLose(row(21), 'plain')).toBe(true);
  });

  test('a copy of an earlier time comes to asynchronous volumes, from an array that has copies', () => {
    expect(failovers([toPeer], 'async').mayBringBack(row(1), ['mirror-async'])).toBe(true);
    expect(failovers([toThird]).mayBringBack(row(1), ['mirror-trisync'])).toBe(true);
    expect(failovers([toPeer]).mayBringBack(row(1), ['mirror-trisync'])).toBe(false);
    expect(failovers([toThird]).mayBringBack(row(1), ['plain'])).toBe(false);
  });

  test('a moment is disturbed while the back end is away, or goes', () => {
    const away = failovers([toPeer, { at: at(40), from: 'fa2', to: 'default' }]);
    expect([at(1), at(30), at(41)].map((moment) => away.disturbed(moment, moment))).toEqual([
      false,
      true,
      false,
    ]);
    expect(away.disturbed(at(10), at(20))).toBe(true);
    expect(away.wentBetween(at(21), at(39))).toBe(false);
  });
});
