import type { DriverVolume, FailoverResult } from '@cinder-flasharray/driver';
import type {
  DeferredWork,
  Records,
  ServiceRecord,
  VolumeRecord,
  VolumeStatus,
} from '@cinder-flasharray/store';
import { z } from 'zod';
import { saysTrue } from '../../boolean-spec.ts';
import { typesWithVolumeGroups, wasMoving } from '../../rows/broken-off-move.ts';
import { currentArray, primaryArray } from '../../rows/current-array.ts';
import { driverVolume, readOnce } from '../../rows/driver-views.ts';
import { operation, type Work } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { clearGroupCopy } from '../originals/clear-group-copy.ts';
import { removeOriginal } from '../originals/remove-original.ts';
import { removeProtectionGroup } from '../originals/remove-protection-group.ts';
import { deleteVolume } from '../volumes/delete-volume.ts';
import { settleVolume } from '../volumes/settle-volume.ts';
import { unmanageVolume } from '../volumes/unmanage-volume.ts';
import {
  isReplicated,
  loseWithSnapshots,
  recordGroups,
  recordVolumes,
  type Turn,
  whereItWas,
} from './failover-rows.ts';
import { bringBack, comingBack, removalOf } from './failover-snapshots.ts';

/**
 * Fails a back end over to a replication target, or back. It has the back end alone: what runs ends first, and what
 * comes runs on the array that is current then. The records are changed when the arrays are; one that dies half way is
 * done again.
 */
export const failoverHost = operation('failover_host', {
  details: z.object({
    /** `node1@puredriver-1`. */
    host: z.string(),
    /** `backend_id`; `default`: back to the primary; null: the best target. */
    secondaryId: z.string().nullable(),
    /** Replication status of the service before. */
    previousStatus: z.string(),
  }),
  resourceId: ({ host }) => host,
  claim: () => null,
  touches: async () => [],
  host: async (_records, { host }) => host,
  load: async (records, { host, secondaryId }) => {
    const service = await records.services.find(host, 'cinder-volume');
    if (service === null) {
      return null;
    }
    const volumes: VolumeRecord[] = [];
    for await (const page of records.volumes.ofBackend(host)) {
      volumes.push(...page);
    }
    const lookups = readOnce(records);
    const replicated: VolumeRecord[] = [];
    const given: DriverVolume[] = [];
    const coming: VolumeRecord[] = [];
    for (const [index, volume] of volumes.entries()) {
      if (!isReplicated(volume)) {
        continue;
      }
      const view = await driverVolume(lookups, volume);
      if (volume.replicationStatus === null && !saysTrue(view.type?.extraSpecs.replication_enabled)) {
        // Nobody has told yet, as for one that is being taken over: its type does.
        volumes[index] = { ...volume, replicationStatus: 'disabled' };
      } else if (volume.status === 'creating' && saysTrue(view.type?.extraSpecs.replication_enabled)) {
        // It is on no array that counts yet: its creation goes on where the back end works then.
        coming.push(volume);
      } else {
        replicated.push(volume);
        given.push(view);
      }
    }
    const there = volumes.filter((volume) => !coming.includes(volume));
    const volumeTypes = secondaryId === primaryArray ? await typesWithVolumeGroups(records) : [];
    return {
      service,
      volumes: there,
      replicated,
      coming,
      given,
      volumeTypes,
      secondaryId,
      leftSnapshots: await records.snapshots.leftBehindOf(host),
      deferred: await records.journal.deferred(host),
    };
  },
  perform: (driver, { given, volumeTypes, secondaryId }, call) =>
    driver.failoverHost(given, secondaryId, {
      volumeTypes,
      progress: (progress) => call.progress(progress),
    }),
  interrupted: 'again',
  done: ({ service, volumes, replicated, coming, leftSnapshots, deferred }, result) => ({
    write: async (records) => {
      await recordOutcome(records, { service, volumes, replicated, coming }, result);
      await bringBack(records, comingBack(leftSnapshots, result));
      await records.journal.removeDeferred(due(deferred, result).map(({ id }) => id));
    },
    reservation: null,
    message: null,
    // The array that moves and deletes began on is the current one again.
    next: [
      ...volumes
        .filter((volume) => wasMoving(volume) && beganOn(result.activeBackendId, volume))
        .map(({ id }) => settleVolume.of({ volumeId: id })),
      ...volumes.flatMap((volume) => brokenOffRemoval(volume, result.activeBackendId)?.work ?? []),
      ...comingBack(leftSnapshots, result).flatMap((snapshot) => removalOf(snapshot)?.work ?? []),
      ...due(deferred, result).map(({ work }) => work),
    ],
    refresh: true,
    answer: undefined,
  }),
  failed: ({ service }, failure, { previousStatus }) => ({
    write: async (records) => {
      const reason = failure.message;
      const row = await records.services.find(service.host, 'cinder-volume');
      // What changes nothing leaves the service as it was; anything else keeps new volumes away until somebody looks.
      await records.services.update(
        service.id,
        failure.nothingMade
          ? {
              replicationStatus: previousStatus,
              ...(row?.disabled === true
                ? {}
                : { disabledReason: `failover refused: ${reason}`.slice(0, 255) }),
            }
          : {
              replicationStatus: 'failover-error',
              disabled: true,
              disabledReason: reason.slice(0, 255),
            },
      );
    },
    reservation: null,
    message: null,
    next: [],
    refresh: false,
    undoLater: null,
    error: failure,
  }),
  abandoned: () => nothingTaken(),
  kind: 'cast',
  backend: 'alone',
});

/** What has waited for the array that is current now. */
function due(
  deferred: readonly (DeferredWork & { readonly id: number })[],
  { activeBackendId }: FailoverResult,
): readonly { readonly id: number; readonly work: Work<unknown> }[] {
  return deferred.flatMap(({ id, backendId, operation: name, details }) => {
    const found = [clearGroupCopy, removeOriginal, removeProtectionGroup].find(
      (candidate) => candidate.name === name,
    );
    return found === undefined || backendId !== activeBackendId ? [] : [{ id, work: found.read(details) }];
  });
}

async function recordOutcome(
  records: Records,
  {
    service,
    volumes,
    replicated,
    coming,
  }: {
    readonly service: Pick<ServiceRecord, 'id' | 'host' | 'activeBackendId'>;
    readonly volumes: readonly VolumeRecord[];
    readonly replicated: readonly VolumeRecord[];
    readonly coming: readonly VolumeRecord[];
  },
  result: FailoverResult,
): Promise<void> {
  const isBack = result.activeBackendId === primaryArray;
  const left = currentArray(service);
  const turn = { host: service.host, left, current: result.activeBackendId };
  const lost = [...(await recordVolumes(records, replicated, result.volumes, turn))];
  for (const volume of volumes.filter((one) => !replicated.includes(one))) {
    if (await recordOther(records, volume, turn)) {
      lost.push(volume);
    }
  }
  for (const { id, providerId } of coming) {
    // What the array that is left has of it is seen to there, should it come to nothing here.
    if (providerId !== null) {
      await records.volumes.update(id, { replicationDriverData: isBack ? null : left });
    }
  }
  for (const volume of volumes) {
    const removal = brokenOffRemoval(volume, turn.current);
    if (removal !== null) {
      await records.volumes.update(volume.id, { status: removal.status });
    }
  }
  await recordGroups(records, volumes, lost, turn);
  const row = await records.services.find(service.host, 'cinder-volume');
  await records.services.update(
    service.id,
    isBack
      ? {
          replicationStatus: 'enabled',
          activeBackendId: '',
          ...(row?.frozen === true
            ? { disabled: true, disabledReason: 'frozen' }
            : { disabled: false, disabledReason: '' }),
        }
      : {
          replicationStatus: 'failed-over',
          activeBackendId: result.activeBackendId,
          disabled: true,
          disabledReason: 'failed-over',
        },
  );
}

/**
 * A volume without replication stays where it is: on the array that is left, or on the one that is current now.
 * @returns whether it is lost
 */
async function recordOther(
  records: Records,
  volume: VolumeRecord,
  { left, current }: Turn,
): Promise<boolean> {
  const there = volume.replicationDriverData ?? whereItWas(volume, left);
  const isLost = there !== current;
  await (isLost
    ? loseWithSnapshots(records, volume, { replicationStatus: 'not-capable', there })
    : records.volumes.update(volume.id, { replicationDriverData: there === primaryArray ? null : there }));
  return isLost;
}

/** Whether an array may have what a move has left half way: the primary always, another one where the record says so. */
function beganOn(backendId: string, { replicationDriverData: there }: VolumeRecord): boolean {
  return backendId === primaryArray || backendId === there;
}

/** A delete or an unmanage that was accepted, and that a failover away from the array that is current now has broken off. */
function brokenOffRemoval(
  { id, status, previousStatus, replicationDriverData: there }: VolumeRecord,
  current: string,
): { readonly status: VolumeStatus; readonly work: Work<unknown> } | null {
  if (status !== 'error' || there !== current) {
    return null;
  }
  switch (previousStatus) {
    case 'deleting':
      return { status: previousStatus, work: deleteVolume.of({ volumeId: id, cascade: true }) };
    case 'unmanaging':
      return { status: previousStatus, work: unmanageVolume.of({ volumeId: id }) };
    default:
      return null;
  }
}
