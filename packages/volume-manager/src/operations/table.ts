import type { JournalEntry } from '@cinder-flasharray/store';
import type { Work } from '../run/definition.ts';
import { attachVolume } from './connections/attach-volume.ts';
import { attachmentDelete } from './connections/attachment-delete.ts';
import { attachmentUpdate } from './connections/attachment-update.ts';
import { detachVolume } from './connections/detach-volume.ts';
import { initializeConnection } from './connections/initialize-connection.ts';
import { makeUpConnect } from './connections/make-up-connect.ts';
import { makeUpDisconnect } from './connections/make-up-disconnect.ts';
import { releaseHost } from './connections/release-host.ts';
import { tagAttachment } from './connections/tag-attachment.ts';
import { terminateConnection } from './connections/terminate-connection.ts';
import { undoConnection } from './connections/undo-connection.ts';
import { createGroupSnapshot } from './group-snapshots/create-group-snapshot.ts';
import { deleteGroupSnapshot } from './group-snapshots/delete-group-snapshot.ts';
import { createGroup } from './groups/create-group.ts';
import { createGroupFromSrc } from './groups/create-group-from-src.ts';
import { deleteGroup } from './groups/delete-group.ts';
import { settleGroupCopy } from './groups/settle-group-copy.ts';
import { updateGroup } from './groups/update-group.ts';
import { clearGroupCopy } from './originals/clear-group-copy.ts';
import { clearSnapshot } from './originals/clear-snapshot.ts';
import { removeOriginal } from './originals/remove-original.ts';
import { removeProtectionGroup } from './originals/remove-protection-group.ts';
import { failoverHost } from './services/failover-host.ts';
import { createSnapshot } from './snapshots/create-snapshot.ts';
import { deleteSnapshot } from './snapshots/delete-snapshot.ts';
import { manageExistingSnapshot } from './snapshots/manage-existing-snapshot.ts';
import { unmanageSnapshot } from './snapshots/unmanage-snapshot.ts';
import { createVolume } from './volumes/create-volume.ts';
import { deleteVolume } from './volumes/delete-volume.ts';
import { extendVolume } from './volumes/extend-volume.ts';
import { manageExisting } from './volumes/manage-existing.ts';
import { retypeVolume } from './volumes/retype-volume.ts';
import { revertToSnapshot } from './volumes/revert-to-snapshot.ts';
import { settleVolume } from './volumes/settle-volume.ts';
import { unmanageVolume } from './volumes/unmanage-volume.ts';

/**
 * Every operation of this package, by the name that journal and messages have for it: Cinder's volume RPC methods, and
 * what follows from them (`tag_attachment`, `undo_connection`, `make_up_connect`, `make_up_disconnect`,
 * `release_host`, `clear_group_copy`, `clear_snapshot`, `remove_original`, `remove_protection_group`, `settle_volume`,
 * `settle_group_copy`).
 */
export const operations = {
  create_volume: createVolume,
  delete_volume: deleteVolume,
  extend_volume: extendVolume,
  revert_to_snapshot: revertToSnapshot,
  retype: retypeVolume,
  manage_existing: manageExisting,
  unmanage_volume: unmanageVolume,
  settle_volume: settleVolume,
  create_snapshot: createSnapshot,
  delete_snapshot: deleteSnapshot,
  manage_existing_snapshot: manageExistingSnapshot,
  unmanage_snapshot: unmanageSnapshot,
  attach_volume: attachVolume,
  detach_volume: detachVolume,
  attachment_update: attachmentUpdate,
  attachment_delete: attachmentDelete,
  initialize_connection: initializeConnection,
  terminate_connection: terminateConnection,
  undo_connection: undoConnection,
  make_up_connect: makeUpConnect,
  make_up_disconnect: makeUpDisconnect,
  release_host: releaseHost,
  clear_group_copy: clearGroupCopy,
  clear_snapshot: clearSnapshot,
  remove_original: removeOriginal,
  remove_protection_group: removeProtectionGroup,
  tag_attachment: tagAttachment,
  create_group: createGroup,
  create_group_from_src: createGroupFromSrc,
  settle_group_copy: settleGroupCopy,
  update_group: updateGroup,
  delete_group: deleteGroup,
  create_group_snapshot: createGroupSnapshot,
  delete_group_snapshot: deleteGroupSnapshot,
  failover_host: failoverHost,
} as const satisfies Readonly<
  Record<string, { readonly name: string; read(details: unknown): Work<unknown> }>
>;

/** The work of a journal entry; null: no release of ours can have written it. */
export function workOf({
  operation,
  details,
}: Pick<JournalEntry, 'operation' | 'details'>): Work<unknown> | null {
  const found = Object.values(operations).find(({ name }) => name === operation);
  try {
    return found === undefined ? null : found.read(details);
  } catch {
    return null;
  }
}
