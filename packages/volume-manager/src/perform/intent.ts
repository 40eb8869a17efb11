import type { JsonObject, Reservation } from '@cinder-flasharray/store';

/**
 * One accepted piece of work: written to the journal in the same transaction as the status change that accepts it,
 * removed in the one that writes its result. What is left at start is driven to its end. The names are those of
 * Cinder's volume RPC methods.
 */
export type Intent =
  | {
      readonly operation: 'create_volume';
      readonly volumeId: string;
    }
  | { readonly operation: 'delete_volume'; readonly volumeId: string; readonly cascade: boolean }
  | {
      readonly operation: 'extend_volume';
      readonly volumeId: string;
      /** GiB. */
      readonly newSize: number;
      readonly reservation: Reservation;
    }
  | { readonly operation: 'create_snapshot'; readonly snapshotId: string }
  | { readonly operation: 'delete_snapshot'; readonly snapshotId: string }
  | {
      readonly operation: 'retype';
      readonly volumeId: string;
      readonly newTypeId: string;
      /** Of the new type's own quota, and of the old one's. */
      readonly reservation: Reservation;
    }
  | {
      readonly operation: 'manage_existing';
      readonly volumeId: string;
      /** `{ "source-name": ... }` as the request had it. */
      readonly reference: JsonObject;
    }
  | {
      readonly operation: 'manage_existing_snapshot';
      readonly snapshotId: string;
      readonly reference: JsonObject;
    }
  | { readonly operation: 'unmanage_volume'; readonly volumeId: string }
  | { readonly operation: 'unmanage_snapshot'; readonly snapshotId: string }
  | { readonly operation: 'create_group'; readonly groupId: string }
  | { readonly operation: 'create_group_from_src'; readonly groupId: string }
  | {
      readonly operation: 'update_group';
      readonly groupId: string;
      /** Volume ids. */
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | { readonly operation: 'delete_group'; readonly groupId: string }
  | { readonly operation: 'create_group_snapshot'; readonly groupSnapshotId: string }
  | { readonly operation: 'delete_group_snapshot'; readonly groupSnapshotId: string }
  | { readonly operation: 'revert_to_snapshot'; readonly volumeId: string; readonly snapshotId: string }
  | {
      readonly operation: 'attachment_update';
      readonly volumeId: string;
      readonly attachmentId: string;
      readonly connector: JsonObject;
      /** The attachment was created with the connector: when interrupted it ends in `error_attaching`. */
      readonly madeWithConnector: boolean;
    }
  | { readonly operation: 'attachment_delete'; readonly volumeId: string; readonly attachmentId: string }
  | { readonly operation: 'initialize_connection'; readonly volumeId: string; readonly connector: JsonObject }
  | {
      readonly operation: 'terminate_connection';
      readonly volumeId: string;
      readonly connector: JsonObject | null;
    }
  | {
      readonly operation: 'failover_host';
      /** `node1@puredriver-1`. */
      readonly host: string;
      /** `backend_id`; `default`: back to the primary; null: the best target. */
      readonly secondaryId: string | null;
      /** Replication status of the service before. */
      readonly previousStatus: string;
    }
  | {
      readonly operation: 'tag_attachment';
      readonly volumeId: string;
      /** Null: the last attachment is gone. */
      readonly attachment: { readonly instanceUuid: string | null } | null;
    };

export type Operation = Intent['operation'];

/** The intent of one operation. */
export type IntentOf<O extends Operation> = Extract<Intent, { readonly operation: O }>;

/** An intent that is in the journal. */
export interface Journaled<O extends Operation> {
  readonly entryId: string;
  readonly intent: IntentOf<O>;
}
