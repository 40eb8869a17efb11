import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { FailedOverVolume, FailoverResult } from '../contract/records.ts';
import { isInPod, replicationOf } from '../volume-types/replication-kind.ts';
import type { FailoverRequest } from './failover.ts';

/**
 * Back to the primary, which has to answer. Volumes of the pod are there as they were on the other side; asynchronous
 * replication goes one way, so what was written on the target is not on the primary, and the operator has to bring it
 * back.
 * @throws DriverError `invalid-replication-target` when nothing has failed over
 */
export async function failBack(request: FailoverRequest): Promise<FailoverResult> {
  const { section, arrays, replication, primaryId, currentId } = request;
  if (currentId === primaryId) {
    throw new DriverError(
      'invalid-replication-target',
      'Unable to failback to "default", this can only be done after a failover has completed.',
      { nothingMade: true },
    );
  }
  try {
    await arrays.get(primaryId);
  } catch (error) {
    throw arrayFailure(`Failing back to the primary array of back end ${section}`, error, {
      nothingMade: true,
    });
  }
  const array = arrays.find(currentId)?.identity.name ?? currentId;
  const fromSyncPeer = replication.isSyncPeer(currentId);
  const volumes = request.volumes.flatMap(({ id, type }): readonly FailedOverVolume[] =>
    fromSyncPeer && isInPod(replicationOf(type))
      ? []
      : [
          {
            id,
            kind: 'error',
            reason: `what was written to it since the failover is on array ${array} only: bring it back by hand`,
          },
        ],
  );
  return { activeBackendId: 'default', volumes };
}
