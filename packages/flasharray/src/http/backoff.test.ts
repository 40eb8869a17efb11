import { describe, expect, test } from 'vitest';
import { backoff, retryAfter } from './backoff.ts';

describe('backoff', () => {
  test.each([
    [1, 0, 0],
    [1, 0.5, 125],
    [2, 0.5, 250],
    [3, 0.5, 500],
    [9, 0.5, 2500],
    [9, 0.9999, 4999],
  ])('after attempt %i with random %d waits %i ms', (attempt, random, expected) => {
    expect(backoff(attempt, random)).toBe(expected);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);

  test.each([
    ['2', 2_000],
    ['0', 0],
    ['3600', 30_000],
    ['Thu, 01 Jan 2026 12:00:05 GMT', 5_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('%s gives %s ms', (header, expected) => {
    expect(retryAfter(header, now)).toBe(expected);
  });
});
