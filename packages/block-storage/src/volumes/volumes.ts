import type { BlockStorageDependencies } from '../dependencies.ts';
import { volumeFor } from '../rows/volume-for.ts';
import {
  deleteVolumeMetadata,
  extendVolume,
  resetVolumeStatus,
  revertVolume,
  setVolumeMetadata,
  updateVolume,
} from './change-volume.ts';
import { createVolume } from './create-volume.ts';
import { deleteVolume } from './delete-volume.ts';
import { legacyAttachOperations } from './legacy-attach.ts';
import { migrateVolume, retypeVolume } from './retype-volume.ts';
import type { VolumeOperations } from './volume-operations.ts';

export function volumeOperations(dependencies: BlockStorageDependencies): VolumeOperations {
  const { store } = dependencies;
  return {
    ...legacyAttachOperations(dependencies),
    create: (context, request) => createVolume(dependencies, context, request),
    get: (context, id) => volumeFor(store, context, id),
    list: (context, filter, page) =>
      store.volumes.list(
        filter.projectId === null && !context.isAdmin ? { ...filter, projectId: context.projectId } : filter,
        page,
      ),
    update: (context, id, change) => updateVolume(dependencies, context, id, change),
    delete: (context, id, options) => deleteVolume(dependencies, context, id, options),
    extend: (context, id, newSize, options) => extendVolume(dependencies, context, id, newSize, options),
    revert: (context, id, snapshotId) => revertVolume(dependencies, context, id, snapshotId),
    retype: (context, id, request) => retypeVolume(dependencies, context, id, request),
    migrate: (context, id, host) => migrateVolume(dependencies, context, id, host),
    resetStatus: (context, id, change) => resetVolumeStatus(dependencies, context, id, change),
    setMetadata: (context, id, metadata, how) => setVolumeMetadata(dependencies, context, id, metadata, how),
    deleteMetadata: (context, id, key) => deleteVolumeMetadata(dependencies, context, id, key),
    setBootable: async (context, id, bootable) => {
      await volumeFor(store, context, id);
      await store.volumes.update(id, { bootable });
    },
    setReadonly: async (context, id, readonly) => {
      await volumeFor(store, context, id);
      await store.volumes.setAdminMetadata(id, 'readonly', readonly ? 'True' : 'False');
    },
  };
}
