import type { Records, SnapshotRecord, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { saysTrue } from '../../boolean-spec.ts';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverTypeOf, driverVolume } from '../../rows/driver-views.ts';
import { changeUsage, namedType, volumeDeltas } from '../../rows/usage.ts';
import { recordMove } from '../../rows/volume-names.ts';
import { statusByAttachments } from '../../rows/volume-status.ts';
import { operation } from '../../run/definition.ts';
import { quotaTaken } from '../../run/endings.ts';
import { exclusive } from '../../run/resource.ts';
import { releasedLater } from '../connections/release-host.ts';
import { settleVolume } from './settle-volume.ts';

/** Gives a volume another type, on the same back end; its snapshots go with it. A failure leaves it with its old type. */
export const retypeVolume = operation('retype', {
  details: z.object({
    volumeId: z.string(),
    newTypeId: z.string(),
    /** Held what the new type may have; what is counted in the end is what there is. */
    reservation: z.array(z.string()).readonly(),
  }),
  resourceId: ({ volumeId }) => volumeId,
  claim: ({ volumeId }) => ({ kind: 'volume', id: volumeId, status: ['retyping'] }),
  touches: async (records, { volumeId }) => [
    exclusive('volume', volumeId),
    exclusive('connections', volumeId),
    ...(await records.snapshots.ofVolume(volumeId)).map(({ id }) => exclusive('snapshot', id)),
  ],
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId, newTypeId }) => {
    const volume = await records.volumes.get(volumeId);
    const newType = await records.volumeTypes.get(newTypeId);
    if (volume === null || newType === null) {
      return null;
    }
    return {
      volume,
      newType,
      type: await driverTypeOf(records, newType),
      given: await driverVolume(records, volume),
    };
  },
  perform: (driver, { volume, given, type }, call) =>
    driver.volumes.retype(given, type, { ending: releasedLater(volume, call) }),
  interrupted: 'again',
  done: ({ volume, newType }, update, { reservation }) => ({
    write: async (records) => {
      await recordMove(records, volume, update.providerId);
      const snapshots = await records.snapshots.ofVolume(volume.id);
      await moveUsage(records, volume, snapshots, newType.id);
      await records.volumes.update(volume.id, {
        volumeTypeId: newType.id,
        multiattach: saysTrue(newType.extraSpecs.multiattach),
        replicationStatus: update.replicationStatus,
        // Whatever an earlier move has left half way, it is where its type wants it now.
        previousStatus: null,
      });
      await records.volumes.setMetadata(volume.id, update.metadata, 'merge');
      for (const snapshot of snapshots) {
        await records.snapshots.update(snapshot.id, { volumeTypeId: newType.id });
      }
      await restoreStatus(records, volume);
    },
    reservation: { ids: reservation, how: 'roll-back' },
    message: null,
    next: [],
    refresh: true,
    answer: undefined,
  }),
  moved: ({ volume }, { volumeName }) =>
    volumeName === null || volumeName === volume.providerId
      ? null
      : (records) => recordMove(records, volume, volumeName),
  failed: ({ volume }, failure, { reservation }) => ({
    write: async (records) => {
      if (failure.volumeName !== null) {
        await recordMove(records, volume, failure.volumeName);
      }
      // A move that a failover overtook may have left it on the other array.
      await (failure.code === 'volume-missing'
        ? records.volumes.updateWhere(
            volume.id,
            { status: ['retyping'] },
            { status: 'error', previousStatus: 'retyping' },
          )
        : restoreStatus(records, volume));
    },
    reservation: { ids: reservation, how: 'roll-back' },
    message: null,
    next: [],
    refresh: true,
    undoLater: null,
    error: failure,
  }),
  leftHalfWay: ({ volumeId, newTypeId }) => settleVolume.of({ volumeId, otherTypeId: newTypeId }),
  abandoned: ({ reservation }) => quotaTaken(reservation),
  kind: 'cast',
  backend: 'shared',
});

/** What counts against the old type's own quota counts against the new one's: the volume, and its snapshots. */
async function moveUsage(
  records: Records,
  volume: VolumeRecord,
  snapshots: readonly SnapshotRecord[],
  newTypeId: string,
): Promise<void> {
  // Written again after a crash, it is of the new type already.
  if ((await records.volumes.summary(volume.id))?.volumeTypeId === newTypeId) {
    return;
  }
  const [from, to] = [await namedType(records, volume.volumeTypeId), await namedType(records, newTypeId)];
  const charged = snapshots.filter(({ useQuota }) => useQuota);
  const counted = {
    ...(volume.useQuota ? { volumes: 1 } : {}),
    snapshots: charged.length,
    gigabytes:
      (volume.useQuota ? volume.size : 0) + charged.reduce((sum, { volumeSize }) => sum + volumeSize, 0),
  };
  const moved = { ...volumeDeltas(to, counted) };
  for (const [resource, amount] of Object.entries(volumeDeltas(from, counted))) {
    moved[resource] = (moved[resource] ?? 0) - amount;
  }
  await changeUsage(records, volume.projectId, moved);
}

async function restoreStatus(records: Records, volume: VolumeRecord): Promise<void> {
  const status = statusByAttachments(await records.attachments.ofVolume(volume.id));
  await records.volumes.updateWhere(volume.id, { status: ['retyping'] }, { status });
}
