import { assertNever } from '@cinder-flasharray/common';
import type { ManageableRequest, ManageableSnapshot, ManageableVolume } from '@cinder-flasharray/driver';
import type { JournalEntry, JsonObject, Records } from '@cinder-flasharray/store';
import { backendHostOf } from '../rows/backend-host.ts';
import { extendVolume, revertToSnapshot } from './change-volume.ts';
import {
  attachmentDelete,
  attachmentUpdate,
  initializeConnection,
  tagAttachment,
  terminateConnection,
  undoAttachmentUpdate,
  undoInitializeConnection,
} from './connections.ts';
import { createVolume } from './create-volume.ts';
import { deleteVolume } from './delete-volume.ts';
import type { PerformDependencies } from './dependencies.ts';
import { failoverHost } from './failover.ts';
import { createGroupSnapshot, deleteGroupSnapshot } from './group-snapshots.ts';
import { createGroup, createGroupFromSrc, deleteGroup, updateGroup } from './groups.ts';
import type { Intent, IntentOf, Journaled, Operation } from './intent.ts';
import { readIntent, writeIntent } from './journal.ts';
import {
  getManageableSnapshots,
  getManageableVolumes,
  manageExisting,
  manageExistingSnapshot,
  unmanageSnapshot,
  unmanageVolume,
} from './manage.ts';
import type { Perform } from './perform.ts';
import { retype } from './retype.ts';
import { createSnapshot, deleteSnapshot } from './snapshots.ts';

/** Volumes whose leftovers are taken up at the same time. */
const resumeWidth = 8;

/** Drives the array through the back ends of this process. */
export class VolumePerformer implements Perform {
  readonly #dependencies: PerformDependencies;

  constructor(dependencies: PerformDependencies) {
    this.#dependencies = dependencies;
  }

  journal<O extends Operation>(records: Records, intent: IntentOf<O>): Promise<Journaled<O>> {
    return writeIntent(records, intent);
  }

  createVolume(work: Journaled<'create_volume'>): Promise<void> {
    return createVolume(this.#dependencies, work);
  }

  deleteVolume(work: Journaled<'delete_volume'>): Promise<void> {
    return deleteVolume(this.#dependencies, work);
  }

  extendVolume(work: Journaled<'extend_volume'>): Promise<void> {
    return extendVolume(this.#dependencies, work);
  }

  createSnapshot(work: Journaled<'create_snapshot'>): Promise<void> {
    return createSnapshot(this.#dependencies, work);
  }

  deleteSnapshot(work: Journaled<'delete_snapshot'>): Promise<void> {
    return deleteSnapshot(this.#dependencies, work);
  }

  revertToSnapshot(work: Journaled<'revert_to_snapshot'>): Promise<void> {
    return revertToSnapshot(this.#dependencies, work);
  }

  retype(work: Journaled<'retype'>): Promise<void> {
    return retype(this.#dependencies, work);
  }

  manageExisting(work: Journaled<'manage_existing'>): Promise<void> {
    return manageExisting(this.#dependencies, work);
  }

  manageExistingSnapshot(work: Journaled<'manage_existing_snapshot'>): Promise<void> {
    return manageExistingSnapshot(this.#dependencies, work);
  }

  unmanageVolume(work: Journaled<'unmanage_volume'>): Promise<void> {
    return unmanageVolume(this.#dependencies, work);
  }

  unmanageSnapshot(work: Journaled<'unmanage_snapshot'>): Promise<void> {
    return unmanageSnapshot(this.#dependencies, work);
  }

  createGroup(work: Journaled<'create_group'>): Promise<void> {
    return createGroup(this.#dependencies, work);
  }

  createGroupFromSrc(work: Journaled<'create_group_from_src'>): Promise<void> {
    return createGroupFromSrc(this.#dependencies, work);
  }

  updateGroup(work: Journaled<'update_group'>): Promise<void> {
    return updateGroup(this.#dependencies, work);
  }

  deleteGroup(work: Journaled<'delete_group'>): Promise<void> {
    return deleteGroup(this.#dependencies, work);
  }

  createGroupSnapshot(work: Journaled<'create_group_snapshot'>): Promise<void> {
    return createGroupSnapshot(this.#dependencies, work);
  }

  deleteGroupSnapshot(work: Journaled<'delete_group_snapshot'>): Promise<void> {
    return deleteGroupSnapshot(this.#dependencies, work);
  }

  getManageableVolumes(
    backendHost: string,
    request: Omit<ManageableRequest, 'managed'>,
  ): Promise<readonly ManageableVolume[]> {
    return getManageableVolumes(this.#dependencies, backendHost, request);
  }

  getManageableSnapshots(
    backendHost: string,
    request: Omit<ManageableRequest, 'managed'>,
  ): Promise<readonly ManageableSnapshot[]> {
    return getManageableSnapshots(this.#dependencies, backendHost, request);
  }

  attachmentUpdate(work: Journaled<'attachment_update'>): Promise<void> {
    return attachmentUpdate(this.#dependencies, work);
  }

  attachmentDelete(work: Journaled<'attachment_delete'>): Promise<void> {
    return attachmentDelete(this.#dependencies, work);
  }

  initializeConnection(work: Journaled<'initialize_connection'>): Promise<JsonObject> {
    return initializeConnection(this.#dependencies, work);
  }

  terminateConnection(work: Journaled<'terminate_connection'>): Promise<void> {
    return terminateConnection(this.#dependencies, work);
  }

  failoverHost(work: Journaled<'failover_host'>): Promise<void> {
    return failoverHost(this.#dependencies, work);
  }

  /** A failover that was interrupted: it does not wait for the array that it leaves. */
  async resumeFailover(backendHost: string): Promise<void> {
    for (const entry of await this.#dependencies.store.journal.list()) {
      if (entry.operation === 'failover_host' && entry.resourceId === backendHost) {
        await this.#takeUp(entry);
      }
    }
  }

  /** Work on one volume goes in the order it was accepted; different volumes go side by side. */
  async resume(backendHost: string): Promise<void> {
    const { logger } = this.#dependencies;
    const queues = await this.#leftOf(backendHost);
    if (queues.length === 0) {
      return;
    }
    logger.info({ backend: backendHost, records: queues.length }, 'taking up unfinished work');
    const waiting = queues.values();
    const worker = async (): Promise<void> => {
      for (const queue of waiting) {
        for (const entry of queue) {
          await this.#takeUp(entry);
        }
      }
    };
    await Promise.all(Array.from({ length: resumeWidth }, worker));
    logger.info({ backend: backendHost }, 'unfinished work done');
  }

  /** Entries of a back end's volumes, queued per volume. Entries whose volume is gone go with the first back end. */
  async #leftOf(backendHost: string): Promise<readonly (readonly JournalEntry[])[]> {
    const { store, backends } = this.#dependencies;
    const [first] = backends.keys();
    const queues = new Map<string, JournalEntry[]>();
    for (const entry of await store.journal.list()) {
      const intent = readIntent(entry);
      if (intent.operation === 'failover_host') {
        continue;
      }
      const { key, host } = await this.#placeOf(intent);
      if ((host === null ? first : backendHostOf(host)) === backendHost) {
        const queue = queues.get(key ?? entry.id) ?? [];
        queue.push(entry);
        queues.set(key ?? entry.id, queue);
      }
    }
    return [...queues.values()];
  }

  /** The record whose work goes in order, and where it is; nulls for what is gone. */
  async #placeOf(
    intent: Exclude<Intent, { readonly operation: 'failover_host' }>,
  ): Promise<{ readonly key: string | null; readonly host: string | null }> {
    const { store } = this.#dependencies;
    if ('groupId' in intent || 'groupSnapshotId' in intent) {
      const groupId =
        'groupId' in intent
          ? intent.groupId
          : ((await store.groupSnapshots.get(intent.groupSnapshotId))?.groupId ?? null);
      const group = groupId === null ? null : await store.groups.get(groupId);
      return { key: groupId, host: group?.host ?? null };
    }
    const volumeId =
      'volumeId' in intent
        ? intent.volumeId
        : ((await store.snapshots.get(intent.snapshotId))?.volumeId ?? null);
    const volume = volumeId === null ? null : await store.volumes.get(volumeId);
    return { key: volumeId, host: volume?.host ?? null };
  }

  /** A failure is the record's status; what is left in the journal is for the next start. */
  async #takeUp(entry: JournalEntry): Promise<void> {
    const { logger } = this.#dependencies;
    logger.info({ operation: entry.operation, resource: entry.resourceId }, 'taking up');
    try {
      await this.#drive(entry.id, readIntent(entry));
    } catch (error) {
      logger.error(
        {
          operation: entry.operation,
          resource: entry.resourceId,
          error: error instanceof Error ? error : new Error(String(error)),
        },
        'could not finish what was left',
      );
    }
  }

  #drive(entryId: string, intent: Intent): Promise<void> {
    const dependencies = this.#dependencies;
    switch (intent.operation) {
      case 'create_volume':
        return createVolume(dependencies, { entryId, intent });
      case 'delete_volume':
        return deleteVolume(dependencies, { entryId, intent });
      case 'extend_volume':
        return extendVolume(dependencies, { entryId, intent });
      case 'create_snapshot':
        return createSnapshot(dependencies, { entryId, intent });
      case 'delete_snapshot':
        return deleteSnapshot(dependencies, { entryId, intent });
      case 'retype':
        return retype(dependencies, { entryId, intent });
      case 'manage_existing':
        return manageExisting(dependencies, { entryId, intent });
      case 'manage_existing_snapshot':
        return manageExistingSnapshot(dependencies, { entryId, intent });
      case 'unmanage_volume':
        return unmanageVolume(dependencies, { entryId, intent });
      case 'unmanage_snapshot':
        return unmanageSnapshot(dependencies, { entryId, intent });
      case 'create_group':
        return createGroup(dependencies, { entryId, intent });
      case 'create_group_from_src':
        return createGroupFromSrc(dependencies, { entryId, intent });
      case 'update_group':
        return updateGroup(dependencies, { entryId, intent });
      case 'delete_group':
        return deleteGroup(dependencies, { entryId, intent });
      case 'create_group_snapshot':
        return createGroupSnapshot(dependencies, { entryId, intent });
      case 'delete_group_snapshot':
        return deleteGroupSnapshot(dependencies, { entryId, intent });
      case 'failover_host':
        return failoverHost(dependencies, { entryId, intent });
      case 'revert_to_snapshot':
        return revertToSnapshot(dependencies, { entryId, intent });
      case 'attachment_update':
        return undoAttachmentUpdate(dependencies, { entryId, intent });
      case 'attachment_delete':
        return attachmentDelete(dependencies, { entryId, intent });
      case 'initialize_connection':
        return undoInitializeConnection(dependencies, { entryId, intent });
      case 'terminate_connection':
        return terminateConnection(dependencies, { entryId, intent });
      case 'tag_attachment':
        return tagAttachment(dependencies, { entryId, intent });
      default:
        return assertNever(intent);
    }
  }
}
