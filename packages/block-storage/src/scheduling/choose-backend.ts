import type { JsonObject, Metadata } from '@cinder-flasharray/store';
import { type BackendReport, isInService } from '@cinder-flasharray/volume-manager';
import { satisfiesSpecs } from './extra-specs.ts';

export interface Placement {
  /** GiB. */
  readonly size: number;
  /** Of each type that it is for; all must fit. */
  readonly extraSpecs: readonly Metadata[];
  /** `host@backend` that the volume must be on: where its source is. */
  readonly onlyHost: string | null;
}

function number(capabilities: JsonObject, key: string, otherwise: number): number {
  const value = capabilities[key];
  if (value === 'infinite' || value === 'unknown') {
    return Number.POSITIVE_INFINITY;
  }
  const parsed = typeof value === 'number' ? value : Number(value);
  return value === undefined || value === null || Number.isNaN(parsed) ? otherwise : parsed;
}

/** GiB that can be promised: physical room times the ratio, less what the operator keeps free. */
export function promisableGib(capabilities: JsonObject): number {
  const total = number(capabilities, 'total_capacity_gb', 0);
  const free = number(capabilities, 'free_capacity_gb', 0);
  const reserved = (total * number(capabilities, 'reserved_percentage', 0)) / 100;
  const ratio = number(capabilities, 'max_over_subscription_ratio', 20);
  return ratio >= 1 ? (free - reserved) * ratio : free - reserved;
}

/** Cinder's capacity rule for thin volumes: neither the promises nor the room itself may run out. */
function hasRoom(capabilities: JsonObject, size: number): boolean {
  const total = number(capabilities, 'total_capacity_gb', 0);
  const free = number(capabilities, 'free_capacity_gb', 0);
  const reserved = (total * number(capabilities, 'reserved_percentage', 0)) / 100;
  const ratio = number(capabilities, 'max_over_subscription_ratio', 20);
  const provisioned = number(capabilities, 'provisioned_capacity_gb', 0);
  if (total <= 0 || free - reserved <= 0) {
    return false;
  }
  if (ratio < 1) {
    return free - reserved >= size;
  }
  return (provisioned + size) / total <= ratio && promisableGib(capabilities) >= size;
}

/**
 * The back end for a new volume: ready, enabled, able to serve the type, with room; the one with the most promisable
 * capacity of those. Null when there is none.
 */
export function chooseBackend(
  reports: readonly BackendReport[],
  disabledHosts: ReadonlySet<string>,
  placement: Placement,
): BackendReport | null {
  let best: { readonly report: BackendReport; readonly room: number } | null = null;
  for (const report of reports) {
    const { capabilities } = report;
    if (
      !isInService(report.condition) ||
      capabilities === null ||
      disabledHosts.has(report.host) ||
      (placement.onlyHost !== null && placement.onlyHost !== report.host) ||
      !placement.extraSpecs.every((specs) => satisfiesSpecs(capabilities, specs)) ||
      !hasRoom(capabilities, placement.size)
    ) {
      continue;
    }
    const room = promisableGib(capabilities);
    if (best === null || room > best.room) {
      best = { report, room };
    }
  }
  return best?.report ?? null;
}
