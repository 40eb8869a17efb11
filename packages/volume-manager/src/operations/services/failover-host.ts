import type { DriverVolume } from '@cinder-flasharray/driver';
import type { Records, ServiceRecord, VolumeRecord, VolumeStatus } from '@cinder-flasharray/store';
import { z } from 'zod';
import { saysTrue } from '../../boolean-spec.ts';
import { typesWithVolumeGroups, wasMoving } from '../../rows/broken-off-move.ts';
import { currentArray, primaryArray } from '../../rows/current-array.ts';
import { driverVolume, readOnce } from '../../rows/driver-views.ts';
import { isInPod } from '../../rows/volume-names.ts';
import { operation, type Work } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { attachesUnderWay } from '../connections/attaches-under-way.ts';
import { releasedOn } from '../connections/release-host.ts';
import { dueOf } from '../originals/due.ts';
import { bringBack, removalOf } from '../snapshots/left-behind.ts';
import { deleteVolume } from '../volumes/delete-volume.ts';
import { settleVolume } from '../volumes/settle-volume.ts';
import { unmanageVolume } from '../volumes/unmanage-volume.ts';
import { recordGroups, recordVolumes } from './failover-rows.ts';
import { comingBack } from './failover-snapshots.ts';
import { type Fate, fatesOf, isReplicated, type Switchover } from './switchover.ts';
import { tellFates } from './tell-fates.ts';

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
      attaches: await attachesUnderWay(records, volumes),
      leftSnapshots: await records.snapshots.leftBehindOf(host),
      deferred: await records.journal.deferred(host),
    };
  },
  perform: async (driver, { service, volumes, replicated, given, volumeTypes, secondaryId }, call) => {
    const left = driver.servesPod;
    const result = await driver.failoverHost(given, secondaryId, {
      volumeTypes,
      progress: (progress) => call.progress(progress),
    });
    const switchover: Switchover = {
      host: service.host,
      left: currentArray(service),
      current: result.activeBackendId,
      servesPod: { left, current: driver.servesPod },
    };
    const fates = fatesOf(volumes, replicated, result.volumes, switchover);
    tellFates(call.logger, volumes, fates, switchover);
    return {
      switchover,
      fates,
      // Where an attach may have made a host: on the array that is left, and on its peers in the pod.
      others: driver.arrays.flatMap(({ id, servesPod }) =>
        id !== result.activeBackendId && (id === currentArray(service) || (left && servesPod)) ? [id] : [],
      ),
    };
  },
  interrupted: 'again',
  done: ({ service, volumes, coming, attaches, leftSnapshots, deferred }, { switchover, fates, others }) => {
    const { current, servesPod } = switchover;
    const removals = volumes.flatMap((volume) => brokenOffRemoval(volume, fates, current) ?? []);
    const snapshots = comingBack(leftSnapshots, fates, current);
    const due = dueOf(deferred, { current, servesPod: servesPod.current });
    return {
      write: async (records) => {
        await recordOutcome(records, { service, volumes, coming, fates, removals }, switchover);
        await bringBack(records, snapshots);
        await records.journal.removeDeferred(due.map(({ id }) => id));
      },
      reservation: null,
      message: null,
      // The array that moves and deletes began on is the current one again.
      next: [
        ...volumes
          .filter((volume) => wasMoving(volume) && beganOn(current, volume))
          .map(({ id }) => settleVolume.of({ volumeId: id })),
        ...removals.map(({ work }) => work),
        ...snapshots.flatMap((snapshot) => removalOf(snapshot)?.work ?? []),
        ...attaches.flatMap(({ volume, connector }) => releasedOn(others, volume, connector, false)),
        ...due.map(({ work }) => work),
      ],
      refresh: true,
      answer: undefined,
    };
  },
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

async function recordOutcome(
  records: Records,
  {
    service,
    volumes,
    coming,
    fates,
    removals,
  }: {
    readonly service: Pick<ServiceRecord, 'id' | 'host'>;
    readonly volumes: readonly VolumeRecord[];
    readonly coming: readonly VolumeRecord[];
    readonly fates: ReadonlyMap<string, Fate>;
    readonly removals: readonly Removal[];
  },
  switchover: Switchover,
): Promise<void> {
  const { left, current, servesPod } = switchover;
  const isBack = current === primaryArray;
  const lost = await recordVolumes(records, volumes, fates, switchover);
  for (const { id, providerId } of coming) {
    // What the array that is left has of it is seen to there, should it come to nothing here. The pod is here as well.
    const isHere = isBack || (isInPod({ providerId }) && servesPod.left && servesPod.current);
    if (providerId !== null) {
      await records.volumes.update(id, { replicationDriverData: isHere ? null : left });
    }
  }
  for (const { volume, status } of removals) {
    await records.volumes.update(volume.id, { status });
  }
  await recordGroups(records, volumes, lost, switchover);
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
          activeBackendId: current,
          disabled: true,
          disabledReason: 'failed-over',
        },
  );
}

/** Whether an array may have what a move has left half way: the primary always, another one where the record says so. */
function beganOn(backendId: string, { replicationDriverData: there }: VolumeRecord): boolean {
  return backendId === primaryArray || backendId === there;
}

interface Removal {
  readonly volume: VolumeRecord;
  readonly status: VolumeStatus;
  readonly work: Work<unknown>;
}

/** A delete or an unmanage that was accepted, and that a failover away from the array that is current now has broken off. */
function brokenOffRemoval(
  volume: VolumeRecord,
  fates: ReadonlyMap<string, Fate>,
  current: string,
): Removal | null {
  const { id, status, previousStatus, replicationDriverData: there } = volume;
  // An older self on any array of the pod is what was to go.
  const isOlderSelf = fates.get(id)?.kind === 'outdated' && (there === primaryArray || isInPod(volume));
  if (status !== 'error' || there === null || (there !== current && !isOlderSelf)) {
    return null;
  }
  switch (previousStatus) {
    case 'deleting':
      return { volume, status: previousStatus, work: deleteVolume.of({ volumeId: id, cascade: true }) };
    case 'unmanaging':
      return { volume, status: previousStatus, work: unmanageVolume.of({ volumeId: id }) };
    default:
      return null;
  }
}
