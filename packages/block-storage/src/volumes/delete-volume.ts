import type { VolumeStatus } from '@cinder-flasharray/store';
import { operations, statusBefore } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { invalidSnapshot, invalidVolume } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { requireRemovableVolume } from '../rows/require-on-current-array.ts';
import { volumeFor } from '../rows/volume-for.ts';

const deletable: readonly VolumeStatus[] = [
  'available',
  'error',
  'error_restoring',
  'error_extending',
  'error_managing',
];

const refusal = (cascade: boolean): string =>
  'Volume status must be available or error or error_restoring or error_extending or error_managing and must not be ' +
  `migrating, attached, belong to a group, ${cascade ? '' : 'have snapshots, '}awaiting a transfer, or be disassociated ` +
  'from snapshots after volume transfer.';

/** Starts the deletion; with `cascade` that of its snapshots too. A volume that never got a host goes at once. */
export async function deleteVolume(
  dependencies: BlockStorageDependencies,
  context: RequestContext,
  id: string,
  { cascade, force }: { readonly cascade: boolean; readonly force: boolean },
): Promise<void> {
  const { store, runner, backends } = dependencies;
  if (force) {
    requireAdmin(context, 'volume_extension:volume_admin_actions:force_delete');
  }
  const work = await store.transaction(async (records) => {
    const volume = await volumeFor(records, context, id);
    await requireRemovableVolume(records, backends, volume);
    const managing = volume.status === 'error_managing';
    const accepted = await records.volumes.updateWhere(
      id,
      {
        ...(force ? {} : { status: deletable, notMigrating: true }),
        withoutAttachments: true,
        withoutGroup: true,
        ...(cascade ? {} : { withoutSnapshots: true }),
      },
      { status: managing ? 'error_managing_deleting' : 'deleting', previousStatus: statusBefore(volume) },
    );
    if (!accepted) {
      throw invalidVolume(refusal(cascade));
    }
    if (managing) {
      // It could not be taken over, so it is not ours to delete.
      return await runner.accept(records, operations.unmanage_volume.of({ volumeId: id }));
    }
    for (const snapshot of cascade ? await records.snapshots.ofVolume(id) : []) {
      const taken = await records.snapshots.updateWhere(
        snapshot.id,
        { status: ['available', 'error', 'error_deleting', 'deleting'] },
        { status: 'deleting' },
      );
      if (!taken) {
        throw invalidSnapshot(`Failed to update snapshot ${snapshot.id}: it is ${snapshot.status}.`);
      }
    }
    await records.workers.set('Volume', id, 'deleting', null);
    return await runner.accept(records, operations.delete_volume.of({ volumeId: id, cascade }));
  });
  runner.start(work);
}
