import type { AttachmentStore } from './attachments/attachment-store.ts';
import type { GroupSnapshotStore } from './groups/group-snapshot-store.ts';
import type { GroupStore } from './groups/group-store.ts';
import type { GroupTypeStore } from './groups/group-type-store.ts';
import type { InitiatorDataStore } from './initiator-data/initiator-data-store.ts';
import type { JournalStore } from './journal/journal-store.ts';
import type { MessageStore } from './messages/message-store.ts';
import type { PurgedRows, PurgeRequest } from './purge/purge-deleted.ts';
import type { QosSpecsStore } from './qos-specs/qos-specs-store.ts';
import type { QuotaStore } from './quotas/quota-store.ts';
import type { ServiceStore } from './services/service-store.ts';
import type { SnapshotStore } from './snapshots/snapshot-store.ts';
import type { VolumeTypeStore } from './volume-types/volume-type-store.ts';
import type { VolumeStore } from './volumes/volume-store.ts';
import type { WorkerStore } from './workers/worker-store.ts';

/** The records, table by table. Live rows only: deletes are soft, as Cinder's. */
export interface Records {
  readonly volumes: VolumeStore;
  readonly snapshots: SnapshotStore;
  readonly attachments: AttachmentStore;
  readonly volumeTypes: VolumeTypeStore;
  readonly qosSpecs: QosSpecsStore;
  readonly groupTypes: GroupTypeStore;
  readonly groups: GroupStore;
  readonly groupSnapshots: GroupSnapshotStore;
  readonly services: ServiceStore;
  readonly workers: WorkerStore;
  readonly quotas: QuotaStore;
  readonly initiatorData: InitiatorDataStore;
  readonly journal: JournalStore;
  readonly messages: MessageStore;
}

export interface Store extends Records {
  /**
   * Runs `work` in one transaction: all of its writes are kept, or none when it rejects. Transactions run one after
   * the other; `work` must only use the records it is given and must not wait for anything but the database.
   */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>;
  /**
   * Removes rows for good that were deleted before a time and that nothing refers to any more, in small pieces between
   * other work. Live rows stay, whatever their age.
   */
  purgeDeleted(request: PurgeRequest): Promise<PurgedRows>;
  /** Waits for the running transaction, then closes. Safe to repeat. */
  close(): Promise<void>;
}
