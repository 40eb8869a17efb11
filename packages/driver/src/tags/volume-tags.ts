import type { Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';

/** Namespace that Pure Storage's own OpenStack integration uses. */
export const tagNamespace = 'openstack-integration.purestorage.com';

export type VolumeTags = Readonly<Record<string, string>>;

/** Tags of a volume from its creation on. */
export function creationTags(volume: { readonly projectId: string }): VolumeTags {
  return { ProjectId: volume.projectId, VolType: 'Data', DataStoreType: 'Direct Access' };
}

/** Tags of an attached volume. */
export function attachmentTags(
  volume: { readonly projectId: string; readonly bootable: boolean },
  instanceUuid: string | null,
): VolumeTags {
  return {
    ProjectId: volume.projectId,
    VolType: volume.bootable ? 'Boot' : 'Data',
    DataStoreType: 'Direct Access',
    ...(instanceUuid === null ? {} : { VmId: instanceUuid }),
  };
}

/** Tags are for people who look at the array: a failure is logged and fails nothing. */
export async function writeTags(
  array: FlashArray,
  logger: Logger,
  volume: string,
  tags: VolumeTags,
): Promise<void> {
  await attempt(array, logger, volume, () => array.tags.set(volume, tagNamespace, tags));
}

/** The instance's tag goes with the attachment: a detached volume belongs to no VM. */
export async function removeInstanceTag(array: FlashArray, logger: Logger, volume: string): Promise<void> {
  await attempt(array, logger, volume, () => array.tags.remove(volume, tagNamespace, ['VmId']));
}

/** All tags of ours: an unmanaged volume belongs to nobody here. */
export async function removeTags(array: FlashArray, logger: Logger, volume: string): Promise<void> {
  const keys = ['ProjectId', 'VolType', 'DataStoreType', 'VmId'];
  await attempt(array, logger, volume, () => array.tags.remove(volume, tagNamespace, keys));
}

async function attempt(
  array: FlashArray,
  logger: Logger,
  volume: string,
  write: () => Promise<void>,
): Promise<void> {
  if (!array.capabilities.tags) {
    return;
  }
  try {
    await write();
  } catch (error) {
    if (!isArrayError(error)) {
      throw error;
    }
    logger.warn({ volume, code: error.code, error }, 'could not write tags');
  }
}
