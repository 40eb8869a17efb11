import { softDeletable } from './columns.ts';

/** Backups: kept empty, so that the schema is whole. Source: Cinder 21 (Zed), alembic head c92a3e68beed. */
export const backupTables: readonly string[] = [
  `CREATE TABLE backups (
    ${softDeletable},
    id VARCHAR(36) NOT NULL,
    volume_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(255),
    project_id VARCHAR(255),
    host VARCHAR(255),
    availability_zone VARCHAR(255),
    display_name VARCHAR(255),
    display_description VARCHAR(255),
    container VARCHAR(255),
    status VARCHAR(255),
    fail_reason VARCHAR(255),
    service_metadata VARCHAR(255),
    service VARCHAR(255),
    size INTEGER,
    object_count INTEGER,
    parent_id VARCHAR(36),
    temp_volume_id VARCHAR(36),
    temp_snapshot_id VARCHAR(36),
    num_dependent_backups INTEGER,
    snapshot_id VARCHAR(36),
    data_timestamp DATETIME,
    restore_volume_id VARCHAR(36),
    encryption_key_id VARCHAR(36),
    PRIMARY KEY (id),
    CHECK (deleted IN (0, 1))
  )`,
  `CREATE TABLE backup_metadata (
    ${softDeletable},
    id INTEGER NOT NULL,
    backup_id VARCHAR(36) NOT NULL,
    "key" VARCHAR(255),
    value VARCHAR(255),
    PRIMARY KEY (id),
    FOREIGN KEY(backup_id) REFERENCES backups (id)
  )`,
  'CREATE INDEX ix_backup_metadata_backup_id ON backup_metadata (backup_id)',
];
