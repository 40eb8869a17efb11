import type { AttachmentRecord, JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
import {
  ambiguousDetach,
  attachableStatuses,
  attachmentToDetach,
  notAttachable,
  operations,
  statusByAttachments,
} from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { answerOf, badResponse, notDisconnected } from '../request/answer-of.ts';
import { invalidVolume, noSuchAttachment } from '../request/refusals.ts';
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
    await answerOf(runner.run(work), notDisconnected);
  };

  const detach = async (context: RequestContext, id: string, attachmentId: string | null): Promise<void> => {
    const work = await store.transaction(async (records) => {
      const meant = toDetach(await volumeFor(records, context, id), attachmentId)?.id ?? null;
      return await runner.accept(records, operations.detach_volume.of({ volumeId: id, attachmentId: meant }));
    });
    await answerOf(runner.run(work), notDisconnected);
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
        ({ attachments }) => ({ status: statusByAttachments(attachments) }),
        'unreserve',
      ),
    beginDetaching: (context, id) =>
      swap(context, id, ['in-use'], () => ({ status: 'detaching' }), 'begin detaching'),
    rollDetaching: (context, id) =>
      swap(context, id, ['detaching'], () => ({ status: 'in-use' }), 'roll detaching'),

    attach: async (context, id, attachment) => {
      const work = await store.transaction(async (records) => {
        const volume = await volumeFor(records, context, id);
        if (volume.adminMetadata.readonly === 'True' && attachment.mode === 'rw') {
          throw invalidVolume(`Invalid attaching mode 'rw' for volume ${id}: the volume is read-only.`);
        }
        if (!attachableStatuses(volume).includes(volume.status)) {
          throw invalidVolume(notAttachable(volume));
        }
        const details = { ...attachment, volumeId: id, attachmentId: dependencies.randomUuid() };
        return await runner.accept(records, operations.attach_volume.of(details));
      });
      await answerOf(runner.run(work), ({ message }) => badResponse(message));
    },

    detach,

    forceDetach: async (context, id, attachmentId, connector) => {
      requireAdmin(context, 'volume_extension:volume_admin_actions:force_detach');
      const attachment = toDetach(await volumeFor(store, context, id), attachmentId);
      if (attachment === null || attachment.connector === null) {
        await terminate(context, id, connector);
      }
      await detach(context, id, attachmentId);
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
      return await answerOf(runner.run(work), () => 'Unable to fetch connection information from backend.');
    },

    terminateConnection: terminate,
  };
}

/** The one that is meant; null when there is none at all, which is fine. */
function toDetach(volume: VolumeRecord, attachmentId: string | null): AttachmentRecord | null {
  const attachment = attachmentToDetach(volume, attachmentId);
  switch (attachment) {
    case 'gone':
      throw noSuchAttachment(attachmentId ?? '');
    case 'ambiguous':
      throw invalidVolume(ambiguousDetach);
    case 'none':
      return null;
    default:
      return attachment;
  }
}
