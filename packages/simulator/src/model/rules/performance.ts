import type { ArrayModel } from '../state/array-model.ts';
import type { PerformanceSample } from '../state/performance-sample.ts';

/** The most samples of one answer made up for an idle array. */
const mostIdleSamples = 10_000;

/**
 * Samples of the array's performance, oldest first. Without a window: the newest one at most. With a window: those
 * between start and end, one each `resolution` milliseconds. An array without samples of its own is idle: all zeros.
 */
export function performanceSamples(
  model: ArrayModel,
  window: { readonly start: number; readonly end: number; readonly resolution: number } | null,
): readonly PerformanceSample[] {
  const own = model.settings.performanceSamples;
  if (window === null) {
    if (own === null) return [{ time: model.now() }];
    return [...own].sort((left, right) => left.time - right.time).slice(-1);
  }
  const { start, end, resolution } = window;
  if (own === null) return idleSamples(start, Math.min(end, model.now()), resolution);
  const slots = new Map<number, PerformanceSample>();
  for (const sample of [...own].sort((left, right) => left.time - right.time)) {
    if (sample.time >= start && sample.time <= end) slots.set(Math.floor(sample.time / resolution), sample);
  }
  return [...slots.values()];
}

function idleSamples(start: number, end: number, resolution: number): readonly PerformanceSample[] {
  const samples: PerformanceSample[] = [];
  const first = Math.ceil(start / resolution) * resolution;
  for (let time = first; time <= end && samples.length < mostIdleSamples; time += resolution) {
    samples.push({ time });
  }
  return samples;
}
