import { softDeletable } from './columns.ts';

/** Snapshots. Source: Cinder 21 (Zed), alembic head c92a3e68beed. */
export const snapshotTables: readonly string[] = [
  `CREATE TABLE snapshots (
    ${softDeletable},
    id VARCHAR(36) NOT NULL,
    volume_id VARCHAR(36) NOT NULL,
    user_id VARCHAR(255),
    project_id VARCHAR(255),
    status VARCHAR(255),
    progress VARCHAR(255),
    volume_size INTEGER,
    scheduled_at DATETIME,
    display_name VARCHAR(255),
    display_description VARCHAR(255),
    provider_location VARCHAR(255),
    encryption_key_id VARCHAR(36),
    volume_type_id VARCHAR(36) NOT NULL,
    cgsnapshot_id VARCHAR(36),
    provider_id VARCHAR(255),
    provider_auth VARCHAR(255),
    group_snapshot_id VARCHAR(36),
    use_quota BOOLEAN,
    PRIMARY KEY (id),
    CONSTRAINT snapshots_volume_id_fkey FOREIGN KEY(volume_id) REFERENCES volumes (id),
    FOREIGN KEY(cgsnapshot_id) REFERENCES cgsnapshots (id),
    FOREIGN KEY(group_snapshot_id) REFERENCES group_snapshots (id)
  )`,
  'CREATE INDEX ix_snapshots_group_snapshot_id ON snapshots (group_snapshot_id)',
  'CREATE INDEX ix_snapshots_cgsnapshot_id ON snapshots (cgsnapshot_id)',
  'CREATE INDEX ix_snapshots_volume_id ON snapshots (volume_id)',
  `CREATE TABLE snapshot_metadata (
    ${softDeletable},
    id INTEGER NOT NULL,
    snapshot_id VARCHAR(36) NOT NULL,
    "key" VARCHAR(255),
    value VARCHAR(255),
    PRIMARY KEY (id),
    FOREIGN KEY(snapshot_id) REFERENCES snapshots (id)
  )`,
  'CREATE INDEX ix_snapshot_metadata_snapshot_id ON snapshot_metadata (snapshot_id)',
];
