import type { AttachmentRecord, JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
import { type Accepted, operations, recomputeVolumeStatus } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';
import { BlockStorageError } from '../errors.ts';
import { answerOf, badResponse, type FailureWords, notDisconnected } from '../request/answer-of.ts';
import { invalidVolume, noSuchAttachment } from '../request/refusals.ts';
import type { RequestContext } from '../request/request-context.ts';
import { volumeFor } from '../rows/volume-for.ts';
import type { AttachmentOperations } from './attachment-operations.ts';

const notConnected: FailureWords = ({ message }) =>
  `Unable to update attachment.(${badResponse(`Driver initialize connection failed (error: ${message}).`)}).`;

/** A connector is kept with the attachment; more than this is no connector. */
const largestConnector = 16_384;

export function attachmentOperations(dependencies: BlockStorageDependencies): AttachmentOperations {
  const { store, runner, randomUuid } = dependencies;

  const connecting = (
    records: Records,
    attachment: AttachmentRecord,
    connector: JsonObject,
    madeWithConnector: boolean,
  ): Promise<Accepted<undefined>> =>
    runner.accept(
      records,
      operations.attachment_update.of({
        volumeId: attachment.volumeId,
        attachmentId: attachment.id,
        connector,
        madeWithConnector,
      }),
    );

  return {
    create: async (context, request) => {
      if (request.connector !== null) {
        checkConnector(request.connector);
      }
      const { attachment, work } = await store.transaction(async (records) => {
        const volume = await volumeFor(records, context, request.volumeId);
        await reserve(records, volume, request.instanceUuid);
        const inserted = await records.attachments.insert({
          id: randomUuid(),
          volumeId: volume.id,
          attachedHost: null,
          instanceUuid: request.instanceUuid,
          mountpoint: null,
          attachTime: null,
          detachTime: null,
          attachMode: request.mode ?? (volume.adminMetadata.readonly === 'True' ? 'ro' : 'rw'),
          attachStatus: 'reserved',
          connectionInfo: null,
          connector: null,
        });
        const { connector } = request;
        return {
          attachment: inserted,
          work: connector === null ? null : await connecting(records, inserted, connector, true),
        };
      });
      if (work === null) {
        return attachment;
      }
      await answerOf(runner.run(work), notConnected);
      return await attachmentFor(store, context, attachment.id);
    },
    get: (context, id) => attachmentFor(store, context, id),
    list: (context, filter, page) =>
      store.attachments.list(
        filter.projectId === null && !context.isAdmin ? { ...filter, projectId: context.projectId } : filter,
        page,
      ),
    update: async (context, id, connector) => {
      const attachment = await attachmentFor(store, context, id);
      if (!['reserved', 'attaching', 'error_attaching'].includes(attachment.attachStatus)) {
        throw new BlockStorageError(
          'invalid-attachment',
          `Invalid input received: Attachment ${id} is ${attachment.attachStatus}; only a reserved one can be given a connector.`,
        );
      }
      checkConnector(connector);
      const work = await store.transaction((records) => connecting(records, attachment, connector, false));
      await answerOf(runner.run(work), notConnected);
      return await attachmentFor(store, context, id);
    },
    complete: async (context, id) => {
      await store.transaction(async (records) => {
        const attachment = await attachmentFor(records, context, id);
        const accepted = await records.attachments.updateWhere(
          id,
          { attachStatus: ['attaching', 'attached'] },
          { attachStatus: 'attached' },
        );
        if (!accepted) {
          throw new BlockStorageError(
            'invalid-attachment',
            `Invalid input received: Attachment ${id} is ${attachment.attachStatus}; only one that is attaching can be completed.`,
          );
        }
        await recomputeVolumeStatus(records, attachment.volumeId);
        await records.volumes.setAdminMetadata(
          attachment.volumeId,
          'attached_mode',
          attachment.attachMode ?? 'rw',
        );
      });
    },
    delete: async (context, id) => {
      const attachment = await attachmentFor(store, context, id);
      const work = await store.transaction((records) =>
        runner.accept(
          records,
          operations.attachment_delete.of({ volumeId: attachment.volumeId, attachmentId: id }),
        ),
      );
      await answerOf(runner.run(work), notDisconnected);
      return await store.attachments.ofVolume(attachment.volumeId);
    },
  };
}

function checkConnector(connector: JsonObject): void {
  if (Object.keys(connector).length === 0) {
    throw new BlockStorageError('invalid-input', 'Invalid input received: The connector must not be empty.');
  }
  if (JSON.stringify(connector).length > largestConnector) {
    throw new BlockStorageError(
      'invalid-input',
      `Invalid input received: The connector is larger than ${largestConnector} bytes.`,
    );
  }
}

/** @throws BlockStorageError `attachment-not-found` */
async function attachmentFor(
  records: Records,
  context: RequestContext,
  id: string,
): Promise<AttachmentRecord> {
  const attachment = await records.attachments.get(id);
  const volume = attachment === null ? null : await records.volumes.summary(attachment.volumeId);
  if (
    attachment === null ||
    volume === null ||
    (!context.isAdmin && volume.projectId !== context.projectId)
  ) {
    throw noSuchAttachment(id);
  }
  return attachment;
}

/**
 * Takes the volume for one more attachment. A volume that is attached already is taken only for multiattach, or for
 * the same instance (a live migration).
 */
async function reserve(records: Records, volume: VolumeRecord, instanceUuid: string | null): Promise<void> {
  const statuses = volume.multiattach
    ? (['available', 'in-use', 'downloading'] as const)
    : (['available', 'downloading'] as const);
  const taken = await records.volumes.updateWhere(
    volume.id,
    { status: statuses, multiattach: volume.multiattach, notMigrating: true },
    { status: 'reserved', ...(volume.attachments.length === 0 ? { attachStatus: 'reserved' } : {}) },
  );
  const migrates =
    volume.status === 'in-use' &&
    instanceUuid !== null &&
    volume.attachments.every((attachment) => attachment.instanceUuid === instanceUuid);
  if (!taken && !migrates) {
    throw invalidVolume(
      `Volume ${volume.id} status must be ${statuses.join(' or ')} to reserve, but the current status is ${volume.status}.`,
    );
  }
}
