import { assertNever } from '@cinder-flasharray/common';
import type { JournalEntry, JsonObject, Records, VolumeRecord } from '@cinder-flasharray/store';
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
import { backendHostOf } from './driver-records.ts';
import type { Intent, IntentOf, Journaled, Operation } from './intent.ts';
import { readIntent, writeIntent } from './journal.ts';
import type { Perform } from './perform.ts';
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

  /** Work on one volume goes in the order it was accepted; different volumes go side by side. */
  async resume(backendHost: string): Promise<void> {
    const { logger } = this.#dependencies;
    const queues = await this.#leftOf(backendHost);
    if (queues.length === 0) {
      return;
    }
    logger.info({ backend: backendHost, volumes: queues.length }, 'taking up unfinished work');
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
      const volumeId =
        'volumeId' in intent ? intent.volumeId : await this.#volumeOfSnapshot(intent.snapshotId);
      const volume = volumeId === null ? null : await store.volumes.get(volumeId);
      const host = volume === null ? first : hostOf(volume, first);
      if (host === backendHost) {
        const queue = queues.get(volumeId ?? entry.id) ?? [];
        queue.push(entry);
        queues.set(volumeId ?? entry.id, queue);
      }
    }
    return [...queues.values()];
  }

  async #volumeOfSnapshot(snapshotId: string): Promise<string | null> {
    return (await this.#dependencies.store.snapshots.get(snapshotId))?.volumeId ?? null;
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

function hostOf(volume: VolumeRecord, otherwise: string | undefined): string | undefined {
  return volume.host === null ? otherwise : backendHostOf(volume.host);
}
