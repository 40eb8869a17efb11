import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import { stateAfter } from '../contract/state-after.ts';
import { parseArrayName } from '../names/array-name.ts';
import { isSame } from '../names/same-name.ts';

/** Makes the protection group of a consistency group. One that is there already is ours: its name has our UUID. */
export async function createProtectionGroup(array: FlashArray, name: string): Promise<void> {
  try {
    await array.protectionGroups.create(name);
  } catch (error) {
    if (!isArrayError(error, 'already-exists', 'destroyed')) {
      throw arrayFailure(`Creating protection group ${name}`, error);
    }
    try {
      // Taken back, never eradicated: its snapshots may be somebody's last copy.
      if ((await array.protectionGroups.find(name)) === 'destroyed') {
        await array.protectionGroups.recover(name);
      }
    } catch (later) {
      throw arrayFailure(`Recovering protection group ${name}`, later);
    }
  }
}

/** Members must be where the group is: in its pod, or outside of any. @param volumes full names */
export function refuseForeignMembers(name: string, volumes: readonly string[]): void {
  const { pod } = parseArrayName(name);
  const foreign = volumes.find((volume) => !isSame(parseArrayName(volume).pod ?? '', pod ?? ''));
  if (foreign !== undefined) {
    throw new DriverError(
      'driver',
      `Volume ${foreign} cannot join protection group ${name}: ${pod === null ? 'it is in a pod, and the group is in none' : `it is not in pod ${pod}`}.`,
      { nothingMade: true },
    );
  }
}

/** Snapshots and volumes stay. A group that is gone or destroyed already is fine. */
export async function deleteProtectionGroup(
  array: FlashArray,
  logger: Logger,
  name: string,
  eradicate: boolean,
): Promise<Removal> {
  return await remove(`protection group ${name}`, logger, eradicate, {
    destroy: () => array.protectionGroups.destroy(name),
    eradicate: () => array.protectionGroups.eradicate(name),
  });
}

/** With all its parts. A snapshot that is gone or destroyed already is fine. */
export async function deleteProtectionGroupSnapshot(
  array: FlashArray,
  logger: Logger,
  name: string,
  eradicate: boolean,
): Promise<Removal> {
  return await remove(`protection group snapshot ${name}`, logger, eradicate, {
    destroy: () => array.protectionGroups.destroySnapshot(name),
    eradicate: () => array.protectionGroups.eradicateSnapshot(name),
  });
}

/**
 * Snapshots a group, in which the given volumes are: any that the array lacks in it is added first, so that nothing is
 * reported that was not taken. Two rounds. A live snapshot of that name is an earlier try's.
 * @returns `taken-before` when an earlier try took it
 */
export async function createProtectionGroupSnapshot(
  array: FlashArray,
  group: string,
  suffix: string,
  volumes: readonly string[],
): Promise<'taken' | 'taken-before'> {
  const name = `${group}.${suffix}`;
  const doing = `Creating protection group snapshot ${name}`;
  try {
    const present = new Set(
      (await array.protectionGroups.volumes(group)).map((volume) => volume.toLowerCase()),
    );
    const missing = volumes.filter((volume) => !present.has(volume.toLowerCase()));
    await array.protectionGroups.changeVolumes(group, { add: missing, remove: [] });
    await array.protectionGroups.createSnapshot(group, suffix);
    return 'taken';
  } catch (error) {
    const state = await stateAfter(doing, error, () => array.protectionGroups.findSnapshot(name));
    if (state === 'live' && isArrayError(error, 'already-exists')) {
      return 'taken-before';
    }
    if (state === 'destroyed') {
      throw new DriverError(
        'name-taken',
        `${doing} failed: a destroyed snapshot of that name is pending eradication.`,
        { cause: error },
      );
    }
    throw arrayFailure(doing, error, { nothingMade: state === 'absent' });
  }
}

/** `absent`: the array did not have it. */
export type Removal = 'removed' | 'absent';

async function remove(
  what: string,
  logger: Logger,
  eradicate: boolean,
  how: { readonly destroy: () => Promise<void>; readonly eradicate: () => Promise<void> },
): Promise<Removal> {
  let outcome: Removal = 'removed';
  try {
    await how.destroy();
  } catch (error) {
    if (!isArrayError(error, 'not-found', 'destroyed')) {
      throw arrayFailure(`Deleting ${what}`, error);
    }
    outcome = error.code === 'not-found' ? 'absent' : 'removed';
    logger.info({ reason: error.message }, `the ${what} is not live on the array`);
  }
  if (!eradicate) {
    return outcome;
  }
  try {
    await how.eradicate();
  } catch (error) {
    if (isArrayError(error, 'eradication-disabled')) {
      logger.warn({ reason: error.message }, `the array does not allow eradication of ${what}`);
    } else if (!isArrayError(error, 'not-found')) {
      throw arrayFailure(`Eradicating ${what}`, error);
    }
  }
  return outcome;
}
