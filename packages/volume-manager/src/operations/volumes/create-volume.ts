import { DriverError, type DriverSnapshot, type DriverVolume } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import { volumeHost } from '../../rows/backend-host.ts';
import { driverSnapshot, driverVolume, type Lookups, readOnce } from '../../rows/driver-views.ts';
import { messageActions, messageDetails } from '../../rows/user-messages.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive, shared } from '../../run/resource.ts';
import { settleVolume } from './settle-volume.ts';

type Origin =
  | { readonly kind: 'none' }
  | { readonly kind: 'snapshot'; readonly snapshot: DriverSnapshot }
  | { readonly kind: 'volume'; readonly volume: DriverVolume }
  /** It was there when the request was accepted, and somebody has forced it away since. */
  | { readonly kind: 'gone'; readonly reason: string };

/** Makes a volume: empty, from a snapshot, or as a clone. Copies of one source are made side by side. */
export const createVolume = operation('create_volume', {
  details: z.object({ volumeId: z.string() }),
  resourceId: ({ volumeId }) => volumeId,
  claim: ({ volumeId }) => ({ kind: 'volume', id: volumeId, status: ['creating'] }),
  touches: async (records, { volumeId }) => {
    const volume = await records.volumes.get(volumeId);
    const snapshotId = volume?.snapshotId ?? null;
    const of = snapshotId === null ? null : await records.snapshots.summary(snapshotId);
    return [
      exclusive('volume', volumeId),
      ...(snapshotId === null ? [] : [shared('snapshot', snapshotId)]),
      ...(of === null ? [] : [shared('volume', of.volumeId)]),
      ...(volume?.sourceVolid == null ? [] : [shared('volume', volume.sourceVolid)]),
      ...(volume?.groupId == null ? [] : [shared('group', volume.groupId)]),
    ];
  },
  host: (records, { volumeId }) => volumeHost(records, volumeId),
  load: async (records, { volumeId }) => {
    const volume = await records.volumes.get(volumeId);
    if (volume === null) {
      return null;
    }
    const lookups = readOnce(records);
    return {
      volume,
      given: await driverVolume(lookups, volume),
      origin: await originOf(records, lookups, volume),
    };
  },
  perform: async (driver, { volume, given, origin }, call) => {
    if (origin.kind === 'gone') {
      throw new DriverError('driver', origin.reason, { nothingMade: volume.providerId === null });
    }
    // The full name is on record before the first call: whatever that call makes can be found again.
    const providerId = given.providerId ?? driver.names.intendedVolume(given);
    if (given.providerId === null) {
      await call.note((records) => records.volumes.update(volume.id, { providerId }));
    }
    const named = { ...given, providerId };
    const update =
      origin.kind === 'snapshot'
        ? await driver.volumes.createFromSnapshot(named, origin.snapshot)
        : origin.kind === 'volume'
          ? await driver.volumes.clone(named, origin.volume)
          : await driver.volumes.create(named);
    return { update, sharedTargets: driver.sharedTargets, launchedAt: new Date(call.now) };
  },
  interrupted: 'again',
  done: ({ volume }, { update, sharedTargets, launchedAt }) => ({
    write: async (records) => {
      const { providerId, replicationStatus } = update;
      await records.volumes.update(volume.id, {
        providerId,
        replicationStatus,
        replicationDriverData: null,
        sharedTargets,
        launchedAt,
      });
      await records.volumes.updateWhere(volume.id, { status: ['creating'] }, { status: 'available' });
      await records.volumes.setMetadata(volume.id, update.metadata, 'merge');
      await records.workers.clear('Volume', volume.id);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: true,
    answer: undefined,
  }),
  failed: ({ volume }, failure) => ({
    write: async (records) => {
      await records.volumes.updateWhere(volume.id, { status: ['creating'] }, { status: 'error' });
      if (failure.nothingMade && volume.replicationDriverData === null) {
        await records.volumes.update(volume.id, { providerId: null });
      }
      await records.workers.clear('Volume', volume.id);
    },
    reservation: null,
    message: {
      resourceType: 'VOLUME',
      resource: volume,
      action: messageActions.createOnBackend,
      detail: messageDetails.driverFailedCreate,
    },
    next: [],
    refresh: true,
    undoLater: null,
    error: failure,
  }),
  leftHalfWay: ({ volumeId }) => settleVolume.of({ volumeId }),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'shared',
});

async function originOf(records: Records, lookups: Lookups, volume: VolumeRecord): Promise<Origin> {
  if (volume.snapshotId !== null) {
    const snapshot = await records.snapshots.get(volume.snapshotId);
    const of = snapshot === null ? null : await records.volumes.get(snapshot.volumeId);
    return snapshot === null || of === null
      ? { kind: 'gone', reason: `Snapshot ${volume.snapshotId} is gone.` }
      : { kind: 'snapshot', snapshot: await driverSnapshot(lookups, snapshot, of) };
  }
  if (volume.sourceVolid !== null) {
    const source = await records.volumes.get(volume.sourceVolid);
    return source === null
      ? { kind: 'gone', reason: `Volume ${volume.sourceVolid} is gone.` }
      : { kind: 'volume', volume: await driverVolume(lookups, source) };
  }
  return { kind: 'none' };
}
