import type { FlashArray } from '@cinder-flasharray/flasharray';
import { settleInTurn } from '../contract/at-a-time.ts';
import type { DriverVolume } from '../contract/records.ts';
import { nameInPod, parseArrayName } from '../names/array-name.ts';
import type { Replication } from './replication.ts';

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
): Promise<readonly DriverVolume[]> {
  if (volumes.length === 0) {
    return [];
  }
  const { pod, ghostPod } = replication.config;
  const live = new Set((await array.pods.volumes(pod)).map((name) => name.toLowerCase()));
  const isMissing = async (volume: DriverVolume): Promise<boolean> => {
    const { own } = parseArrayName(nameOf(volume));
    if (live.has(nameInPod(pod, own).toLowerCase())) {
      return false;
    }
    const inGhost = nameInPod(`${ghostPod}-${volume.id}`, own);
    return (await array.volumes.find(inGhost)).kind !== 'live';
  };
  const outcomes = await settleInTurn(volumes, isMissing);
  return volumes.filter((_, index) => {
    const outcome = outcomes[index];
    if (outcome?.status === 'rejected') {
      throw outcome.reason;
    }
    return outcome?.value === true;
  });
}
