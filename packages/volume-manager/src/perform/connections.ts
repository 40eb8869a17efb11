import type { ConnectionInfo } from '@cinder-flasharray/driver';
import type { AttachmentRecord, JsonObject, VolumeRecord } from '@cinder-flasharray/store';
import { BlockStorageError } from '../errors.ts';
import { attachmentConnectionInfo, legacyConnectionInfo } from '../rows/connection-info.ts';
import { sharesHost } from '../rows/connector-identity.ts';
import { driverVolume } from '../rows/driver-views.ts';
import { recomputeVolumeStatus } from '../rows/volume-status.ts';
import { driverFailure, driverOf, finish, type PerformDependencies, volumeLock } from './dependencies.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

const backendError = (text: string): string =>
  `Bad or unexpected response from the storage volume backend API: ${text}`;

/**
 * Takes back a connection that an attach may have made and nobody will use. A connection that another attachment of
 * the volume relies on stays. @returns whether the array now certainly has no connection of ours left over
 */
async function undoConnection(
  dependencies: PerformDependencies,
  volume: VolumeRecord,
  connector: JsonObject,
  attachmentId: string | null,
): Promise<boolean> {
  const { store, logger } = dependencies;
  if (sharesHost(await store.attachments.ofVolume(volume.id), connector, attachmentId)) {
    return true;
  }
  try {
    const driver = driverOf(dependencies, volume);
    await withRetries(dependencies, async () =>
      driver.terminateConnection(await driverVolume(store, volume), connector),
    );
    return true;
  } catch (error) {
    logger.error(
      { volume: volume.id, error: driverFailure(error) },
      'could not take back the connection of a failed attach',
    );
    return false;
  }
}

/** Connects. The volume and the attachment end `attaching`; the host's part is not done yet. */
export async function attachmentUpdate(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'attachment_update'>,
): Promise<void> {
  const { store, locks, clock, logger, background } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    const attachment = await store.attachments.get(intent.attachmentId);
    if (volume === null || attachment === null) {
      await store.journal.remove(entryId);
      throw new BlockStorageError('attachment-not-found', `Attachment ${intent.attachmentId} is gone.`);
    }
    let info: ConnectionInfo;
    try {
      const driver = driverOf(dependencies, volume);
      await driver.createExport(await driverVolume(store, volume), intent.connector);
      info = await withRetries(dependencies, async () =>
        driver.initializeConnection(await driverVolume(store, volume), intent.connector),
      );
    } catch (error) {
      const failure = driverFailure(error);
      logger.error(
        { volume: volume.id, attachment: attachment.id, error: failure },
        'could not connect the volume',
      );
      const undone =
        failure.nothingMade || (await undoConnection(dependencies, volume, intent.connector, attachment.id));
      await endUndoneAttach(dependencies, entryId, attachment, intent.madeWithConnector, undone);
      throw failure.code === 'invalid-connector'
        ? new BlockStorageError('invalid-input', `Invalid input received: ${failure.message}`, {
            cause: failure,
          })
        : new BlockStorageError(
            'backend-failure',
            `Unable to update attachment.(${backendError(`Driver initialize connection failed (error: ${failure.message}).`)}).`,
            { cause: failure },
          );
    }
    const connectionInfo = await attachmentConnectionInfo(store, info, volume, attachment.id);
    const tagging = await store.transaction(async (records) => {
      await records.attachments.update(attachment.id, {
        connector: intent.connector,
        connectionInfo,
        attachStatus: 'attaching',
        attachedHost: textOr(intent.connector.host, ''),
        mountpoint: textOr(intent.connector.mountpoint, 'na'),
        attachTime: new Date(clock.now()),
      });
      await records.volumes.update(volume.id, { status: 'attaching', attachStatus: 'attaching' });
      await records.journal.remove(entryId);
      return await records.journal.add({
        operation: 'tag_attachment',
        resourceId: volume.id,
        details: { volumeId: volume.id, attachment: { instanceUuid: attachment.instanceUuid } },
      });
    });
    logger.info(
      { volume: volume.id, attachment: attachment.id, host: attachment.attachedHost },
      'volume connected',
    );
    background.run('tag_attachment', () =>
      tagAttachment(dependencies, {
        entryId: tagging.id,
        intent: {
          operation: 'tag_attachment',
          volumeId: volume.id,
          attachment: { instanceUuid: attachment.instanceUuid },
        },
      }),
    );
  });
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** When the array did not answer, the entry stays: the connection is taken back at the next start. */
async function endUndoneAttach(
  { store }: PerformDependencies,
  entryId: string,
  attachment: AttachmentRecord,
  madeWithConnector: boolean,
  undone: boolean,
): Promise<void> {
  await store.transaction(async (records) => {
    await records.attachments.update(attachment.id, {
      attachStatus: madeWithConnector ? 'error_attaching' : 'reserved',
      connector: null,
      connectionInfo: null,
      attachedHost: null,
      attachTime: null,
    });
    await recomputeVolumeStatus(records, attachment.volumeId);
    if (undone) {
      await records.journal.remove(entryId);
    }
  });
}

/** An interrupted attach that nobody got the answer of. An attachment that has been connected since is left alone. */
export async function undoAttachmentUpdate(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'attachment_update'>,
): Promise<void> {
  const { store, locks, logger } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    const attachment = await store.attachments.get(intent.attachmentId);
    if (volume === null || (attachment !== null && attachment.connector !== null)) {
      await store.journal.remove(entryId);
      return;
    }
    const undone = await undoConnection(dependencies, volume, intent.connector, intent.attachmentId);
    if (attachment !== null) {
      await endUndoneAttach(dependencies, entryId, attachment, intent.madeWithConnector, undone);
    } else if (undone) {
      await store.journal.remove(entryId);
    }
    logger.info(
      { volume: volume.id, attachment: intent.attachmentId, undone },
      'took back an interrupted attach',
    );
  });
}

/** Disconnects, unless another attachment needs the connection, and ends the attachment. */
export async function attachmentDelete(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'attachment_delete'>,
): Promise<void> {
  const { store, locks, logger, background } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    const attachment = await store.attachments.get(intent.attachmentId);
    if (volume === null || attachment === null) {
      await store.journal.remove(entryId);
      return;
    }
    const { connector } = attachment;
    try {
      if (
        connector !== null &&
        !sharesHost(await store.attachments.ofVolume(volume.id), connector, attachment.id)
      ) {
        const driver = driverOf(dependencies, volume);
        await withRetries(dependencies, async () =>
          driver.terminateConnection(await driverVolume(store, volume), connector),
        );
        await driver.removeExport(await driverVolume(store, volume));
      }
    } catch (error) {
      const failure = driverFailure(error);
      logger.error(
        { volume: volume.id, attachment: attachment.id, error: failure },
        'could not disconnect the volume',
      );
      await finish(dependencies, entryId, async (records) => {
        await records.attachments.update(attachment.id, { attachStatus: 'error_detaching' });
      });
      throw new BlockStorageError(
        'backend-failure',
        backendError(`Terminate volume connection failed: ${failure.message}`),
        { cause: failure },
      );
    }
    const tagging = await store.transaction(async (records) => {
      await records.attachments.delete(attachment.id);
      const left = await recomputeVolumeStatus(records, volume.id);
      await records.journal.remove(entryId);
      if (left.length > 0 || connector === null) {
        return null;
      }
      await records.volumes.setAdminMetadata(volume.id, 'attached_mode', null);
      return await records.journal.add({
        operation: 'tag_attachment',
        resourceId: volume.id,
        details: { volumeId: volume.id, attachment: null },
      });
    });
    logger.info({ volume: volume.id, attachment: attachment.id }, 'volume detached');
    if (tagging !== null) {
      background.run('tag_attachment', () =>
        tagAttachment(dependencies, {
          entryId: tagging.id,
          intent: { operation: 'tag_attachment', volumeId: volume.id, attachment: null },
        }),
      );
    }
  });
}

/** The older way: connects without recording an attachment. */
export async function initializeConnection(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'initialize_connection'>,
): Promise<JsonObject> {
  const { store, locks, logger } = dependencies;
  return await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    if (volume === null) {
      await store.journal.remove(entryId);
      throw new BlockStorageError('volume-not-found', `Volume ${intent.volumeId} could not be found.`);
    }
    try {
      const driver = driverOf(dependencies, volume);
      await driver.createExport(await driverVolume(store, volume), intent.connector);
      const info = await withRetries(dependencies, async () =>
        driver.initializeConnection(await driverVolume(store, volume), intent.connector),
      );
      await store.journal.remove(entryId);
      return await legacyConnectionInfo(store, info, volume);
    } catch (error) {
      const failure = driverFailure(error);
      logger.error({ volume: volume.id, error: failure }, 'could not connect the volume');
      const undone =
        failure.nothingMade || (await undoConnection(dependencies, volume, intent.connector, null));
      if (undone) {
        await store.journal.remove(entryId);
      }
      throw failure.code === 'invalid-connector'
        ? new BlockStorageError('invalid-input', `Invalid input received: ${failure.message}`, {
            cause: failure,
          })
        : new BlockStorageError('backend-failure', 'Unable to fetch connection information from backend.', {
            cause: failure,
          });
    }
  });
}

/** A volume that is in use by that host keeps its connection: the call was a repeat. */
export async function undoInitializeConnection(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'initialize_connection'>,
): Promise<void> {
  const { store, locks } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    if (volume === null || (await undoConnection(dependencies, volume, intent.connector, null))) {
      await store.journal.remove(entryId);
    }
  });
}

/** A null connector ends every connection of the volume. */
export async function terminateConnection(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'terminate_connection'>,
): Promise<void> {
  const { store, locks, logger } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    if (volume === null) {
      await store.journal.remove(entryId);
      return;
    }
    try {
      const driver = driverOf(dependencies, volume);
      await withRetries(dependencies, async () =>
        driver.terminateConnection(await driverVolume(store, volume), intent.connector),
      );
    } catch (error) {
      const failure = driverFailure(error);
      logger.error({ volume: volume.id, error: failure }, 'could not disconnect the volume');
      await store.journal.remove(entryId);
      throw failure.code === 'invalid-connector'
        ? new BlockStorageError('invalid-input', `Invalid input received: ${failure.message}`, {
            cause: failure,
          })
        : new BlockStorageError(
            'backend-failure',
            backendError(`Terminate volume connection failed: ${failure.message}`),
            { cause: failure },
          );
    }
    await store.journal.remove(entryId);
  });
}

/** What the array shows about the attachment, for its administrators. Failures are logged by the driver. */
export async function tagAttachment(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'tag_attachment'>,
): Promise<void> {
  const { store, locks, logger } = dependencies;
  await locks.run(volumeLock(intent.volumeId), async () => {
    const volume = await store.volumes.get(intent.volumeId);
    try {
      if (volume !== null) {
        await driverOf(dependencies, volume).tagAttachment(
          await driverVolume(store, volume),
          intent.attachment,
        );
      }
    } catch (error) {
      logger.warn({ volume: intent.volumeId, error: driverFailure(error) }, 'could not tag the volume');
    }
    await store.journal.remove(entryId);
  });
}
