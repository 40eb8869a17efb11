import type { OverQuota, Records, Reservation } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';

/** Counts what is written down in the same transaction. @throws BlockStorageError `over-quota` in Cinder's words */
export async function chargeQuota(
  records: Records,
  projectId: string,
  deltas: Readonly<Record<string, number>>,
): Promise<void> {
  const outcome = await records.quotas.charge(projectId, deltas);
  if (outcome.kind === 'over-quota') {
    throw overQuota(outcome, deltas);
  }
}

/**
 * Holds back what work that may fail will need.
 * @throws BlockStorageError `over-quota` in Cinder's words
 */
export async function reserveQuota(
  records: Records,
  projectId: string,
  deltas: Readonly<Record<string, number>>,
): Promise<Reservation> {
  const outcome = await records.quotas.reserve(projectId, deltas);
  if (outcome.kind === 'over-quota') {
    throw overQuota(outcome, deltas);
  }
  return outcome.reservation;
}

function overQuota(outcome: OverQuota, deltas: Readonly<Record<string, number>>): BlockStorageError {
  const resource =
    outcome.resources.find((name) => name.startsWith('gigabytes')) ?? outcome.resources[0] ?? '';
  const limit = outcome.limits[resource] ?? 0;
  if (resource.startsWith('gigabytes')) {
    const usage = outcome.usages[resource] ?? { inUse: 0, reserved: 0 };
    return new BlockStorageError(
      'over-quota',
      'VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. ' +
        `Requested ${deltas[resource] ?? 0}G, quota is ${limit}G and ${usage.inUse + usage.reserved}G has been consumed.`,
    );
  }
  const kind = resource.startsWith('snapshots') ? 'Snapshot' : 'Volume';
  return new BlockStorageError(
    'over-quota',
    `${kind}LimitExceeded: Maximum number of ${kind.toLowerCase()}s allowed (${limit}) exceeded for quota '${resource}'.`,
  );
}

/** @throws BlockStorageError `over-quota` when one volume of that size is more than the project may have */
export async function checkVolumeSize(records: Records, projectId: string, size: number): Promise<void> {
  const limit = (await records.quotas.limits(projectId)).per_volume_gigabytes ?? -1;
  if (limit >= 0 && size > limit) {
    throw new BlockStorageError(
      'over-quota',
      `VolumeSizeExceedsLimit: Requested volume size ${size}G is larger than maximum allowed limit ${limit}G.`,
    );
  }
}
