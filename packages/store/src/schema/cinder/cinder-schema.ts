import { attachmentTables } from './attachments.ts';
import { backupTables } from './backups.ts';
import { groupTables } from './groups.ts';
import { quotaTables } from './quotas.ts';
import { serviceTables } from './services.ts';
import { snapshotTables } from './snapshots.ts';
import { volumeTypeTables } from './volume-types.ts';
import { volumeTables } from './volumes.ts';

/** Alembic's name for the schema of Cinder 21 (Zed), the one this package makes and works on. */
export const cinderRevision = 'c92a3e68beed';

/**
 * Every table and index of Cinder 21 as `cinder-manage db sync` leaves them on SQLite, in an order in which they can
 * be made. SQLite checks foreign keys when rows are written, so a table may refer to one that follows it.
 */
export const cinderSchema: readonly string[] = [
  `CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
  )`,
  ...serviceTables,
  ...groupTables,
  ...volumeTypeTables,
  ...volumeTables,
  ...attachmentTables,
  ...snapshotTables,
  ...quotaTables,
  ...backupTables,
];
