import { SqlAttachmentStore } from './attachments/sql-attachment-store.ts';
import type { RecordsSource } from './database/records-source.ts';
import type { Session } from './database/session.ts';
import { SqlGroupSnapshotStore } from './groups/sql-group-snapshot-store.ts';
import { SqlGroupStore } from './groups/sql-group-store.ts';
import { SqlGroupTypeStore } from './groups/sql-group-type-store.ts';
import { SqlInitiatorDataStore } from './initiator-data/sql-initiator-data-store.ts';
import { SqlJournalStore } from './journal/sql-journal-store.ts';
import { SqlMessageStore } from './messages/sql-message-store.ts';
import { SqlQosSpecsStore } from './qos-specs/sql-qos-specs-store.ts';
import { SqlQuotaStore } from './quotas/sql-quota-store.ts';
import { SqlServiceStore } from './services/sql-service-store.ts';
import { SqlSnapshotStore } from './snapshots/sql-snapshot-store.ts';
import type { Records } from './store.ts';
import { SqlVolumeTypeStore } from './volume-types/sql-volume-type-store.ts';
import { SqlVolumeStore } from './volumes/sql-volume-store.ts';
import { SqlWorkerStore } from './workers/sql-worker-store.ts';

/** The records over one session: the store's own, or a transaction's. */
export function sqlRecords(session: Session, source: RecordsSource): Records {
  return {
    volumes: new SqlVolumeStore(session, source),
    snapshots: new SqlSnapshotStore(session, source),
    attachments: new SqlAttachmentStore(session, source),
    volumeTypes: new SqlVolumeTypeStore(session, source),
    qosSpecs: new SqlQosSpecsStore(session, source),
    groupTypes: new SqlGroupTypeStore(session, source),
    groups: new SqlGroupStore(session, source),
    groupSnapshots: new SqlGroupSnapshotStore(session, source),
    services: new SqlServiceStore(session, source),
    workers: new SqlWorkerStore(session, source),
    quotas: new SqlQuotaStore(session, source),
    initiatorData: new SqlInitiatorDataStore(session, source),
    journal: new SqlJournalStore(session, source),
    messages: new SqlMessageStore(session, source),
  };
}
