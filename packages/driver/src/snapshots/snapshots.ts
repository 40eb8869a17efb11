import { type Bytes, gibibytesToBytes, type Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { DriverVolume } from '../contract/records.ts';
import { stateAfter } from '../contract/state-after.ts';

/**
 * One round. A live snapshot of that name is the one an earlier try made: names carry the snapshot's UUID.
 * @returns its size, which is that of the volume on the array and may be another than on record
 */
export async function createSnapshot(array: FlashArray, volume: string, suffix: string): Promise<Bytes> {
  const name = `${volume}.${suffix}`;
  const doing = `Creating snapshot ${name}`;
  try {
    return (await array.snapshots.create(volume, suffix)).size;
  } catch (error) {
    const seen: { size: Bytes | null } = { size: null };
    const state = await stateAfter(doing, error, async () => {
      const found = await array.snapshots.find(name);
      seen.size = found.kind === 'live' ? found.snapshot.size : null;
      return found.kind;
    });
    switch (state) {
      case 'live':
        if (isArrayError(error, 'already-exists') && seen.size !== null) {
          return seen.size;
        }
        throw arrayFailure(doing, error);
      case 'destroyed':
        throw isArrayError(error, 'already-exists', 'destroyed')
          ? new DriverError(
              'name-taken',
              `${doing} failed: a destroyed snapshot of that name is pending eradication.`,
              {
                cause: error,
              },
            )
          : arrayFailure(doing, error);
      case 'absent':
        throw arrayFailure(doing, error, { nothingMade: true });
      case 'unknown':
        throw arrayFailure(doing, error);
    }
  }
}

/** One round. A snapshot that is gone, destroyed, or went with its volume is fine. */
export async function deleteSnapshot(
  array: FlashArray,
  logger: Logger,
  name: string,
  eradicate: boolean,
): Promise<void> {
  try {
    await array.snapshots.destroy(name);
  } catch (error) {
    if (!isArrayError(error, 'not-found', 'destroyed')) {
      throw arrayFailure(`Deleting snapshot ${name}`, error);
    }
    logger.warn({ snapshot: name, code: error.code }, 'the snapshot to delete is not live on the array');
  }
  if (!eradicate) {
    return;
  }
  try {
    await array.snapshots.eradicate(name);
  } catch (error) {
    if (isArrayError(error, 'eradication-disabled')) {
      logger.warn(
        { snapshot: name },
        'the array does not allow eradication: the snapshot goes when its time is up',
      );
      return;
    }
    if (!isArrayError(error, 'not-found')) {
      throw arrayFailure(`Eradicating snapshot ${name}`, error);
    }
  }
}

/**
 * Two rounds: both must be there, because some arrays make the target of an overwrite when it is missing; then the
 * overwrite. A volume that has grown since the snapshot was taken keeps its size.
 */
export async function revertToSnapshot(
  array: FlashArray,
  volume: Pick<DriverVolume, 'size'>,
  volumeName: string,
  snapshotName: string,
): Promise<void> {
  const doing = `Reverting volume ${volumeName} to snapshot ${snapshotName}`;
  try {
    const [target, source] = await Promise.all([
      array.volumes.find(volumeName),
      array.snapshots.find(snapshotName),
    ]);
    if (target.kind !== 'live') {
      throw new DriverError(
        'driver',
        `${doing} failed: the volume is ${target.kind} on array ${array.identity.name}.`,
      );
    }
    if (source.kind !== 'live') {
      throw new DriverError(
        'driver',
        `${doing} failed: the snapshot is ${source.kind} on array ${array.identity.name}.`,
      );
    }
    const reverted = await array.volumes.overwrite(volumeName, snapshotName);
    const size = gibibytesToBytes(volume.size);
    if (reverted.size < size) {
      await array.volumes.extend(volumeName, size);
    }
  } catch (error) {
    throw arrayFailure(doing, error);
  }
}
