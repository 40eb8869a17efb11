import type { AttachmentRecord, JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
import { BlockStorageError, operations, recomputeVolumeStatus } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { invalidVolume } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { requireAdmin } from '../request/require-admin.ts';
import { volumeFor, volumeSummaryFor } from '../rows/volume-for.ts';
import type { VolumeOperations } from './volume-operations.ts';

type LegacyOperations = Pick<
  VolumeOperations,
  | 'reserve'
  | 'unreserve'
  | 'beginDetaching'
  | 'rollDetaching'
  | 'attach'
  | 'detach'
  | 'forceDetach'
  | 'initializeConnection'
  | 'terminateConnection'
>;

/** The actions that came before the attachments API. */
export function legacyAttachOperations(dependencies: BlockStorageDependencies): LegacyOperations {
  const { store, runner } = dependencies;

  const swap = async (
    context: RequestContext,
    id: string,
    from: readonly VolumeRecord['status'][],
    to: (volume: VolumeRecord) => Parameters<Records['volumes']['update']>[1],
    doing: string,
  ): Promise<void> => {
    await store.transaction(async (records) => {
      const volume = await volumeFor(records, context, id);
      if (!(await records.volumes.updateWhere(id, { status: from }, to(volume)))) {
        throw invalidVolume(
          `Volume ${id} status must be ${from.join(' or ')} to ${doing}, but the current status is ${volume.status}.`,
        );
      }
    });
  };

  const terminate = async (
    context: RequestContext,
    id: string,
    connector: JsonObject | null,
  ): Promise<void> => {
    const work = await store.transaction(async (records) => {
      await volumeSummaryFor(records, context, id);
      return await runner.accept(records, operations.terminate_connection.of({ volumeId: id, connector }));
    });
    await runner.run(work);
  };

  return {
    reserve: async (context, id) => {
      const { multiattach } = await volumeFor(store, context, id);
      const from = multiattach ? (['available', 'in-use'] as const) : (['available'] as const);
      await swap(context, id, from, () => ({ status: 'attaching' }), 'reserve');
    },
    unreserve: (context, id) =>
      swap(
        context,
        id,
        ['attaching'],
        ({ attachments }) => ({ status: attachments.some(isAttached) ? 'in-use' : 'available' }),
        'unreserve',
      ),
    beginDetaching: (context, id) =>
      swap(context, id, ['in-use'], () => ({ status: 'detaching' }), 'begin detaching'),
    rollDetaching: (context, id) =>
      swap(context, id, ['detaching'], () => ({ status: 'in-use' }), 'roll detaching'),

    attach: async (context, id, attachment) => {
      await store.transaction(async (records) => {
        const volume = await volumeFor(records, context, id);
        if (volume.adminMetadata.readonly === 'True' && attachment.mode === 'rw') {
          throw invalidVolume(`Invalid attaching mode 'rw' for volume ${id}: the volume is read-only.`);
        }
        const from = volume.multiattach
          ? (['available', 'attaching', 'reserved', 'in-use'] as const)
          : (['available', 'attaching', 'reserved'] as const);
        const accepted = await records.volumes.updateWhere(
          id,
          { status: from },
          { status: 'in-use', attachStatus: 'attached' },
        );
        if (!accepted) {
          throw invalidVolume(
            `Volume ${id} status must be ${from.join(' or ')} to attach, but the current status is ${volume.status}.`,
          );
        }
        await records.attachments.insert({
          id: dependencies.randomUuid(),
          volumeId: id,
          attachedHost: attachment.hostName,
          instanceUuid: attachment.instanceUuid,
          mountpoint: attachment.mountpoint,
          attachTime: new Date(dependencies.clock.now()),
          detachTime: null,
          attachMode: attachment.mode,
          attachStatus: 'attached',
          connectionInfo: null,
          connector: null,
        });
        await records.volumes.setAdminMetadata(id, 'attached_mode', attachment.mode);
      });
    },

    detach: async (context, id, attachmentId) => {
      const attachment = await attachmentToDetach(store, await volumeFor(store, context, id), attachmentId);
      if (attachment === null) {
        await store.transaction(async (records) => {
          await recomputeVolumeStatus(records, id);
        });
      } else {
        await endAttachment(dependencies, id, attachment);
      }
    },

    forceDetach: async (context, id, attachmentId, connector) => {
      requireAdmin(context, 'volume_extension:volume_admin_actions:force_detach');
      const volume = await volumeFor(store, context, id);
      const attachment = await attachmentToDetach(store, volume, attachmentId);
      if (attachment === null || attachment.connector === null) {
        await terminate(context, id, connector);
      }
      if (attachment !== null) {
        await endAttachment(dependencies, id, attachment);
      } else {
        await store.transaction(async (records) => {
          await recomputeVolumeStatus(records, id);
        });
      }
    },

    initializeConnection: async (context, id, connector) => {
      const work = await store.transaction(async (records) => {
        const volume = await volumeSummaryFor(records, context, id);
        if (!['available', 'attaching', 'reserved', 'in-use'].includes(volume.status)) {
          throw invalidVolume(
            `Unable to initialize the connection for volume ${id}: its status is ${volume.status}.`,
          );
        }
        return await runner.accept(records, operations.initialize_connection.of({ volumeId: id, connector }));
      });
      return await runner.run(work);
    },

    terminateConnection: terminate,
  };
}

const isAttached = ({ attachStatus }: AttachmentRecord): boolean => attachStatus === 'attached';

/** The one that is meant; null when there is none at all, which is fine. */
async function attachmentToDetach(
  records: Records,
  volume: VolumeRecord,
  attachmentId: string | null,
): Promise<AttachmentRecord | null> {
  if (attachmentId !== null) {
    const named = await records.attachments.get(attachmentId);
    if (named === null || named.volumeId !== volume.id) {
      throw new BlockStorageError(
        'attachment-not-found',
        `Volume attachment could not be found with filter: attachment_id = ${attachmentId}.`,
      );
    }
    return named;
  }
  if (volume.attachments.length > 1) {
    throw invalidVolume('Detach volume failed: More than one attachment, but no attachment_id provided.');
  }
  return volume.attachments[0] ?? null;
}

async function endAttachment(
  { store, runner }: BlockStorageDependencies,
  volumeId: string,
  attachment: AttachmentRecord,
): Promise<void> {
  const work = await store.transaction((records) =>
    runner.accept(records, operations.attachment_delete.of({ volumeId, attachmentId: attachment.id })),
  );
  await runner.run(work);
}
