import type { ReplicatedSnapshot } from '../port/protection-groups.ts';

/** By the start of the transfer; of two that started together the one with the higher number is the newer. */
export function newestFirst(snapshots: readonly ReplicatedSnapshot[]): readonly ReplicatedSnapshot[] {
  return snapshots.toSorted(
    (one, other) =>
      other.started - one.started || other.name.localeCompare(one.name, 'en', { numeric: true }),
  );
}
