import { gibibytesToBytes } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { BackendArrays } from '../arrays/backend-arrays.ts';
import { settleInTurn } from '../contract/at-a-time.ts';
import { arrayFailure } from '../contract/driver-error.ts';
import type { DriverVolume, FailedOverVolume } from '../contract/records.ts';
import type { Patience } from './patience.ts';

/**
 * What becomes of volumes whose copies have been worked on, on the array that they were copied from: they are as old as
 * the copy, and get the size of their records.
 */
export async function outdatedVolumes(
  {
    arrays,
    currentId,
    nameOf,
  }: {
    readonly arrays: BackendArrays;
    readonly currentId: string;
    readonly nameOf: (volume: DriverVolume) => string;
  },
  array: FlashArray,
  volumes: readonly DriverVolume[],
  patience: Patience,
): Promise<readonly FailedOverVolume[]> {
  const left = arrays.find(currentId)?.identity.name ?? currentId;
  const outcomes = await settleInTurn(volumes, (volume) =>
    patience.through(() => growToRecord(array, volume, nameOf(volume))),
  );
  return volumes.map(({ id }, index): FailedOverVolume => {
    const outcome = outcomes[index];
    const reason = `what was written to it since the failover is on array ${left} only: bring it back by hand`;
    return {
      id,
      kind: 'outdated',
      reason:
        outcome?.status === 'rejected'
          ? `${reason}. ${arrayFailure(`Extending volume ${id}`, outcome.reason).message}`
          : reason,
    };
  });
}

/** It may have been extended on the other array. One that is not there is told as every other one. */
async function growToRecord(array: FlashArray, { size }: DriverVolume, name: string): Promise<void> {
  const state = await array.volumes.find(name);
  if (state.kind === 'live' && state.volume.size < gibibytesToBytes(size)) {
    await array.volumes.extend(name, gibibytesToBytes(size));
  }
}
