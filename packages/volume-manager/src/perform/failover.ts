import type { DriverError, DriverVolume, FailedOverVolume, FailoverResult } from '@cinder-flasharray/driver';
import type { Records, VolumeRecord } from '@cinder-flasharray/store';
import type { Backend } from '../backends/backend.ts';
import { driverVolume } from '../rows/driver-views.ts';
import { driverFailure, finish, type PerformDependencies } from './dependencies.ts';
import type { Journaled } from './intent.ts';

/** The primary, in the words of `cinder failover-host --backend_id`. */
const primary = 'default';

/** Volumes whose type has no replication are lost to a failover. A status that was never told counts as replicated. */
const notReplicated = new Set(['disabled', 'not-capable']);

/**
 * Fails a back end over to a replication target, or back. The driver may not be set up: a lost primary is what a
 * failover is for. The records are changed when the arrays are: a failover that dies half way is done again.
 */
export async function failoverHost(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'failover_host'>,
): Promise<void> {
  const { store, backends, logger } = dependencies;
  const backend = backends.get(intent.host);
  if (backend === undefined) {
    await store.journal.remove(entryId);
    return;
  }
  const { secondaryId } = intent;
  const volumes = await volumesOf(dependencies, backend.host);
  const replicated = volumes.filter(({ replicationStatus }) => !notReplicated.has(replicationStatus ?? ''));
  logger.info(
    { backend: backend.host, target: secondaryId ?? 'the best one', volumes: replicated.length },
    secondaryId === primary ? 'failing back' : 'failing over',
  );
  let result: FailoverResult;
  try {
    const asked: DriverVolume[] = [];
    for (const volume of replicated) {
      asked.push(await driverVolume(store, volume));
    }
    result = await backend.driver.failoverHost(asked, secondaryId);
  } catch (error) {
    await refuse(dependencies, backend, entryId, intent.previousStatus, driverFailure(error));
    return;
  }
  const isBack = result.activeBackendId === primary;
  await finish(dependencies, entryId, async (records) => {
    await recordVolumes(records, replicated, result.volumes, isBack);
    if (!isBack) {
      const others = volumes.filter((volume) => !replicated.includes(volume));
      await loseVolumes(records, others, 'not-capable');
    }
    await recordGroups(records, volumes, result.volumes, isBack);
    const service = await records.services.find(backend.host, 'cinder-volume');
    await records.services.update(
      backend.service.id,
      isBack
        ? {
            replicationStatus: 'enabled',
            activeBackendId: '',
            ...(service?.frozen === true ? {} : { disabled: false, disabledReason: '' }),
          }
        : {
            replicationStatus: 'failed-over',
            activeBackendId: result.activeBackendId,
            disabled: true,
            disabledReason: 'failed-over',
          },
    );
  });
  tell(dependencies, backend, result, volumes.length - replicated.length);
  await backend.setUp();
  dependencies.refreshSoon(backend.host);
}

async function volumesOf({ store }: PerformDependencies, host: string): Promise<readonly VolumeRecord[]> {
  const volumes: VolumeRecord[] = [];
  for await (const page of store.volumes.ofBackend(host)) {
    volumes.push(...page);
  }
  return volumes;
}

/** A target that cannot be it changes nothing; any other failure keeps new volumes away until somebody has looked. */
async function refuse(
  dependencies: PerformDependencies,
  backend: Backend,
  entryId: string,
  previousStatus: string,
  failure: DriverError,
): Promise<void> {
  dependencies.logger.error({ backend: backend.host, error: failure }, 'the failover did not take place');
  await finish(dependencies, entryId, async (records) => {
    await records.services.update(
      backend.service.id,
      failure.code === 'invalid-replication-target'
        ? { replicationStatus: previousStatus }
        : {
            replicationStatus: 'failover-error',
            disabled: true,
            disabledReason: failure.message.slice(0, 255),
          },
    );
  });
}

async function recordVolumes(
  records: Records,
  volumes: readonly VolumeRecord[],
  outcomes: readonly FailedOverVolume[],
  isBack: boolean,
): Promise<void> {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  for (const volume of volumes) {
    const outcome = byId.get(volume.id);
    if (outcome?.kind === 'error') {
      await loseVolumes(records, [volume], 'failover-error');
    } else {
      await records.volumes.update(volume.id, { replicationStatus: isBack ? 'enabled' : 'failed-over' });
    }
  }
}

/** A group is what its volumes are: one that is lost makes a group of the rest only. */
async function recordGroups(
  records: Records,
  volumes: readonly VolumeRecord[],
  outcomes: readonly FailedOverVolume[],
  isBack: boolean,
): Promise<void> {
  const failed = new Set(outcomes.flatMap(({ id, kind }) => (kind === 'error' ? [id] : [])));
  const isLost = ({ id, replicationStatus }: VolumeRecord): boolean =>
    failed.has(id) || (!isBack && notReplicated.has(replicationStatus ?? ''));
  for (const id of new Set(volumes.flatMap(({ groupId }) => groupId ?? []))) {
    const members = volumes.filter(({ groupId }) => groupId === id);
    const isReplicated = members.some(({ replicationStatus }) => !notReplicated.has(replicationStatus ?? ''));
    if (members.some(isLost)) {
      await records.groups.update(id, {
        status: 'error',
        replicationStatus: isReplicated ? 'error' : 'not-capable',
      });
    } else if (isReplicated) {
      await records.groups.update(id, { replicationStatus: isBack ? 'enabled' : 'failed-over' });
    }
  }
}

/** What is not on the array that is worked on cannot be used: the record says so, with its snapshots. */
async function loseVolumes(
  records: Records,
  volumes: readonly VolumeRecord[],
  replicationStatus: string,
): Promise<void> {
  for (const volume of volumes) {
    await records.volumes.update(volume.id, {
      status: 'error',
      ...(volume.status === 'error' ? {} : { previousStatus: volume.status }),
      replicationStatus,
    });
    for (const snapshot of await records.snapshots.ofVolume(volume.id)) {
      await records.snapshots.update(snapshot.id, { status: 'error' });
    }
  }
}

/** What the operator wants to know, in one line, and why of each volume that is lost. */
function tell(
  { logger }: PerformDependencies,
  { host }: Backend,
  { activeBackendId, volumes }: FailoverResult,
  notReplicatedVolumes: number,
): void {
  const failed = volumes.filter((volume) => volume.kind === 'error');
  for (const { id, reason } of failed) {
    logger.error({ backend: host, volume: id, reason }, 'this volume cannot be used now');
  }
  const isBack = activeBackendId === primary;
  logger.warn(
    {
      backend: host,
      activeBackendId,
      failedOver: volumes.length - failed.length,
      failed: failed.length,
      notReplicated: isBack ? 0 : notReplicatedVolumes,
    },
    isBack
      ? 'failed back: volumes in error have their newest data on the other array only; docs/replication.md tells how to bring it back'
      : 'failed over: attach the volumes again; new volumes are refused until the back end is enabled or fails back',
  );
}
