import { systemClock } from '@cinder-flasharray/common';
import type { SimulatorControl } from '@cinder-flasharray/simulator';
import { openStore } from '@cinder-flasharray/store';

/** How large an array is, and the records of it. */
export interface Population {
  readonly volumes: number;
  readonly snapshotsPerVolume: number;
  readonly hosts: number;
}

const volumePrefix = 'volume-00000000-0000-4000-8000-';
const batch = 2_000;

const volumeId = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const snapshotId = (number: number): string => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`;

/** Volumes, snapshots and hosts on the array, all of them as the driver would have named them. */
export async function fillArray(
  control: SimulatorControl,
  array: string,
  population: Population,
): Promise<void> {
  const { volumes, snapshotsPerVolume, hosts } = population;
  await control.admin(array, {
    kind: 'seedVolumes',
    count: volumes,
    prefix: volumePrefix,
    digits: 12,
    suffix: '-cinder',
  });
  await control.admin(array, {
    kind: 'seedSnapshots',
    volumePrefix,
    perVolume: snapshotsPerVolume,
    suffix: 's',
  });
  await control.admin(array, {
    kind: 'seedHosts',
    count: hosts,
    prefix: 'bench',
    connections: Math.min(20, Math.floor(volumes / hosts / 2)),
  });
}

/**
 * The rows of the same volumes and snapshots, written while no service runs.
 * @param templateId a volume that the service has made: the new rows are like it
 */
export async function fillDatabase(
  path: string,
  templateId: string,
  { volumes, snapshotsPerVolume }: Population,
): Promise<void> {
  const store = await openStore({ path, clock: systemClock });
  try {
    const template = await store.volumes.get(templateId);
    if (template === null) {
      throw new Error(`no volume ${templateId}`);
    }
    await store.quotas.setLimits(template.projectId, { volumes: -1, snapshots: -1, gigabytes: -1 });
    for (let first = 1; first <= volumes; first += batch) {
      await store.transaction(async (records) => {
        for (let number = first; number < Math.min(first + batch, volumes + 1); number += 1) {
          const id = volumeId(number);
          const providerId = `volume-${id}-cinder`;
          await records.volumes.insert({ ...template, id, providerId, displayName: `bench ${number}` });
          for (let snapshot = 1; snapshot <= snapshotsPerVolume; snapshot += 1) {
            await records.snapshots.insert({
              id: snapshotId((number - 1) * snapshotsPerVolume + snapshot),
              volumeId: id,
              projectId: template.projectId,
              userId: template.userId,
              status: 'available',
              progress: '100%',
              volumeSize: template.size,
              displayName: null,
              displayDescription: null,
              providerId: `${providerId}.s${snapshot}`,
              volumeTypeId: template.volumeTypeId,
              groupSnapshotId: null,
              cgsnapshotId: null,
              useQuota: true,
              metadata: {},
            });
          }
        }
      });
    }
  } finally {
    await store.close();
  }
}
