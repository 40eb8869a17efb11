import type { FlashArray } from '@cinder-flasharray/flasharray';
import { settleInTurn } from '../contract/at-a-time.ts';
import type { DriverVolume } from '../contract/records.ts';
import { nameInPod, parseArrayName } from '../names/array-name.ts';
import { unmanagedVolumeName } from '../names/unmanaged-name.ts';
import type { Replication } from './replication.ts';

/** A volume that is not where one of the pod has to be. */
export interface MissingVolume {
  readonly volume: DriverVolume;
  /** It was there, and has been destroyed or let go, as it is on all arrays of the pod then. */
  readonly isGone: boolean;
}

/**
 * Volumes of the stretched pod that an array does not have. One that is on its way into the pod or out of it is in a pod
 * of its own, which may be there as well.
 */
export async function missingFromPod(
  array: FlashArray,
  {
    replication,
    nameOf,
  }: { readonly replication: Replication; readonly nameOf: (volume: DriverVolume) => string },
  volumes: readonly DriverVolume[],
): Promise<readonly MissingVolume[]> {
  if (volumes.length === 0) {
    return [];
  }
  const { pod, ghostPod } = replication.config;
  const live = new Set((await array.pods.volumes(pod)).map((name) => name.toLowerCase()));
  const look = async (volume: DriverVolume): Promise<readonly MissingVolume[]> => {
    const { own } = parseArrayName(nameOf(volume));
    const inPod = nameInPod(pod, own);
    if (live.has(inPod.toLowerCase())) {
      return [];
    }
    const inGhost = nameInPod(`${ghostPod}-${volume.id}`, own);
    if ((await array.volumes.find(inGhost)).kind === 'live') {
      return [];
    }
    const isGone =
      (await array.volumes.find(inPod)).kind === 'destroyed' ||
      live.has(unmanagedVolumeName(inPod, 1).toLowerCase());
    return [{ volume, isGone }];
  };
  const outcomes = await settleInTurn(volumes, look);
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'rejected') {
      throw outcome.reason;
    }
    return outcome.value;
  });
}
