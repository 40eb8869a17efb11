import type { ConnectionInfo } from '@cinder-flasharray/driver';
import type {
  AttachmentRecord,
  JsonObject,
  Metadata,
  Records,
  Store,
  VolumeRecord,
} from '@cinder-flasharray/store';
import { saysTrue } from '../boolean-spec.ts';
import { BlockStorageError } from '../errors.ts';
import { driverFailure, driverOf, finish, type PerformDependencies, volumeLock } from './dependencies.ts';
import { driverVolume } from './driver-records.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

/** What Cinder's manager adds to every connection. No volume of this service is encrypted. */
async function managerData(store: Store, volume: VolumeRecord): Promise<JsonObject> {
  const type = await store.volumeTypes.get(volume.volumeTypeId);
  const qos = type === null || type.qosSpecsId === null ? null : await store.qosSpecs.get(type.qosSpecsId);
  return {
    qos_specs: qos === null || qos.consumer === 'back-end' ? null : hypervisorLimits(qos.specs, volume.size),
    access_mode: accessMode(volume.adminMetadata),
    encrypted: false,
    cacheable: saysTrue(type?.extraSpecs.cacheable),
  };
}

/** Keys that end in `_per_gb` are multiplied by the size (`_per_gb_min` is the least of it), as Cinder does. */
function hypervisorLimits(specs: Metadata, size: number): JsonObject {
  return Object.fromEntries(
    Object.entries(specs).flatMap(([key, text]) => {
      if (key.endsWith('_per_gb_min')) {
        return [];
      }
      if (!key.endsWith('_per_gb')) {
        return [[key, text]];
      }
      const grown = Math.max(Number(text) * size, Number(specs[`${key}_min`] ?? 0));
      return [[key.slice(0, -'_per_gb'.length), String(grown)]];
    }),
  );
}

function accessMode(adminMetadata: Metadata): string {
  return adminMetadata.attached_mode ?? (adminMetadata.readonly === 'True' ? 'ro' : 'rw');
}

/** `{ driver_volume_type, data }` as `os-initialize_connection` answers. */
async function legacyConnectionInfo(
  store: Store,
  info: ConnectionInfo,
  volume: VolumeRecord,
): Promise<JsonObject> {
  return {
    driver_volume_type: info.driver_volume_type,
    data: { ...info.data, ...(await managerData(store, volume)) },
  };
}

/** One flat object, as attachments keep it. */
async function attachmentConnectionInfo(
  store: Store,
  info: ConnectionInfo,
  volume: VolumeRecord,
  attachmentId: string,
): Promise<JsonObject> {
  return {
    ...info.data,
    ...(await managerData(store, volume)),
    driver_volume_type: info.driver_volume_type,
    attachment_id: attachmentId,
  };
}

/** What tells machines apart in connectors, whatever the protocol. */
const identities = ['initiator', 'nqn', 'wwpns', 'host'] as const;

/** The first identity that both connectors have decides. */
function isSameMachine(one: JsonObject, other: JsonObject): boolean {
  const shared = identities.find((key) => isGiven(one[key]) && isGiven(other[key]));
  return shared !== undefined && spelling(one[shared]) === spelling(other[shared]);
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value !== '';
}

function spelling(value: unknown): string {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts
    .map((text) => String(text).toLowerCase())
    .sort()
    .join(' ');
}

/** Whether another attachment of the volume relies on the connection to the same host. */
function sharesHost(
  attachments: readonly AttachmentRecord[],
  connector: JsonObject,
  except: string | null,
): boolean {
  return attachments.some(
    ({ id, connector: other, attachedHost }) =>
      id !== except &&
      (other === null
        ? attachedHost !== null && attachedHost !== '' && attachedHost === connector.host
        : isSameMachine(other, connector)),
  );
}

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

/**
 * The volume's status by the attachments it has left, as Cinder computes it: `in-use` when one is attached, else the
 * first of attaching, detaching, reserved; `available` without any.
 */
export async function recomputeVolumeStatus(
  records: Records,
  volumeId: string,
): Promise<readonly AttachmentRecord[]> {
  const left = await records.attachments.ofVolume(volumeId);
  const statuses = new Set(left.map(({ attachStatus }) => attachStatus));
  if (statuses.has('attached')) {
    await records.volumes.update(volumeId, { status: 'in-use', attachStatus: 'attached' });
  } else if (statuses.has('attaching')) {
    await records.volumes.update(volumeId, { status: 'attaching', attachStatus: 'attaching' });
  } else if (statuses.has('detaching')) {
    await records.volumes.update(volumeId, { status: 'detaching', attachStatus: 'detaching' });
  } else if (statuses.has('reserved')) {
    await records.volumes.update(volumeId, { status: 'reserved', attachStatus: 'reserved' });
  } else {
    await records.volumes.update(volumeId, { status: 'available', attachStatus: 'detached' });
  }
  return left;
}
