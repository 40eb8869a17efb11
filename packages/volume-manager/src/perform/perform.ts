import type { ManageableRequest, ManageableSnapshot, ManageableVolume } from '@cinder-flasharray/driver';
import type { JsonObject, Records } from '@cinder-flasharray/store';
import type { IntentOf, Journaled, Operation } from './intent.ts';

/**
 * Drives the array: method for method Cinder's volume RPC. Each takes journaled work, acts, writes the
 * result and removes the journal entry. Safe to call again with the same entry after a crash.
 *
 * Casts settle without an error when the array refuses: the record's status tells. Calls throw `BlockStorageError`.
 */
export interface Perform {
  /** Writes an intent, in the transaction of the records given. */
  journal<O extends Operation>(records: Records, intent: IntentOf<O>): Promise<Journaled<O>>;

  // Casts.
  createVolume(work: Journaled<'create_volume'>): Promise<void>;
  deleteVolume(work: Journaled<'delete_volume'>): Promise<void>;
  extendVolume(work: Journaled<'extend_volume'>): Promise<void>;
  createSnapshot(work: Journaled<'create_snapshot'>): Promise<void>;
  deleteSnapshot(work: Journaled<'delete_snapshot'>): Promise<void>;
  revertToSnapshot(work: Journaled<'revert_to_snapshot'>): Promise<void>;

  /** Takes over what the array has under another name. */
  manageExisting(work: Journaled<'manage_existing'>): Promise<void>;
  manageExistingSnapshot(work: Journaled<'manage_existing_snapshot'>): Promise<void>;
  unmanageVolume(work: Journaled<'unmanage_volume'>): Promise<void>;
  unmanageSnapshot(work: Journaled<'unmanage_snapshot'>): Promise<void>;
  retype(work: Journaled<'retype'>): Promise<void>;
  createGroup(work: Journaled<'create_group'>): Promise<void>;
  createGroupFromSrc(work: Journaled<'create_group_from_src'>): Promise<void>;
  updateGroup(work: Journaled<'update_group'>): Promise<void>;
  deleteGroup(work: Journaled<'delete_group'>): Promise<void>;
  createGroupSnapshot(work: Journaled<'create_group_snapshot'>): Promise<void>;
  deleteGroupSnapshot(work: Journaled<'delete_group_snapshot'>): Promise<void>;

  // Calls.
  /** What is on the array of a back end (`host@backend`). */
  getManageableVolumes(
    backendHost: string,
    request: Omit<ManageableRequest, 'managed'>,
  ): Promise<readonly ManageableVolume[]>;
  getManageableSnapshots(
    backendHost: string,
    request: Omit<ManageableRequest, 'managed'>,
  ): Promise<readonly ManageableSnapshot[]>;
  /** Connects and writes connector, connection info and status; the volume and attachment end `attaching`. */
  attachmentUpdate(work: Journaled<'attachment_update'>): Promise<void>;
  /** Disconnects, soft-deletes the attachment and recomputes the volume's status. */
  attachmentDelete(work: Journaled<'attachment_delete'>): Promise<void>;
  /** @returns `{ driver_volume_type, data }` */
  initializeConnection(work: Journaled<'initialize_connection'>): Promise<JsonObject>;
  terminateConnection(work: Journaled<'terminate_connection'>): Promise<void>;

  /** Takes up everything the journal holds for a back end (`host@backend`). Resolves when it has reached its end. */
  resume(backendHost: string): Promise<void>;
  /** Fails a back end over, or back. */
  failoverHost(work: Journaled<'failover_host'>): Promise<void>;
}

/** Runs casts in the background, and lets a stop wait for them. */
export interface Background {
  /** Starts `work`; an error that escapes it is logged, never thrown. @throws BlockStorageError `stopping` */
  run(name: string, work: () => Promise<void>): void;
  /** Refuses new work and waits for what runs, until the deadline. */
  drain(deadlineMilliseconds: number): Promise<void>;
}
