import { describe, expect, test } from 'vitest';
import { formatTimestamp, parseJsonObject, parseTimestamp } from './values.ts';

describe('a time', () => {
  test('is written with six digits of a second, in UTC', () => {
    expect(formatTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 67))).toBe('2026-01-02 03:04:05.067000');
  });

  test.each([
    ['2026-11-21 00:00:07.518307', '2026-11-21T00:00:07.518Z'],
    ['2026-11-21 00:00:07', '2026-11-21T00:00:07.000Z'],
    ['2026-11-21 00:00:07.5', '2026-11-21T00:00:07.500Z'],
  ])('%s is read to the millisecond', (text, expected) => {
    expect(parseTimestamp(text)?.toISOString()).toBe(expected);
  });

  test.each(['', '2026-11-21', '2026-11-21T00:00:07Z', '2026-13-41 00:00:00', '2026-11-21 00:00:07.1234567'])(
    '"%s" is none',
    (text) => {
      expect(parseTimestamp(text)).toBeNull();
    },
  );
});

test('JSON is an object or refused', () => {
  expect(parseJsonObject('{"a": [1]}')).toEqual({ a: [1] });
  for (const text of ['', '[]', 'null', '1', '{"a"']) {
    expect(parseJsonObject(text), text).toBeNull();
  }
});
