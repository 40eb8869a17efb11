import { describe, expect, test } from 'vitest';
import { runWorld, type WorldOptions } from './world.ts';

const options: WorldOptions = {
  seed: 11,
  site: 'one',
  faults: 'storm',
  operations: 40,
  skip: new Set(),
  traceLines: 100_000,
};

describe('a simulated world', () => {
  test('of the same seed happens the same, line by line', async () => {
    const [first, second] = [await runWorld(options), await runWorld(options)];
    expect(first.trace.length).toBeGreaterThan(100);
    expect(second.trace).toEqual(first.trace);
    expect(second.digest).toBe(first.digest);
  });

  test('of another seed happens otherwise', async () => {
    const [first, second] = [await runWorld(options), await runWorld({ ...options, seed: 12 })];
    expect(second.digest).not.toBe(first.digest);
  });

  test('does the operations that are not left out, and no others', async () => {
    const all = Array.from({ length: 80 }, (_, index) => index + 1);
    const skip = new Set(all.filter((number) => number !== 1));
    const report = await runWorld({ ...options, faults: 'none', skip });
    expect(report.counts.operations).toBe(1);
    expect(report.counts.requests).toBeLessThan(30);
    expect(report.findings).toEqual([]);
  });

  test('in which the process dies is served by more than one life of it', async () => {
    const report = await runWorld({ ...options, faults: 'dies' });
    expect(report.counts.deaths).toBeGreaterThan(1);
    expect(report.trace.some((line) => line.includes('the process dies'))).toBe(true);
  });
});
