/**
 * What this project adds to Cinder's tables, version by version: steps are only ever appended. Names begin with
 * `flasharray_`, so that a look at the database tells whose they are, and Cinder never meets them.
 */
export const ownMigrations: readonly (readonly string[])[] = [
  [
    // AUTOINCREMENT: the sequence must go on rising after the newest entry was removed.
    `CREATE TABLE flasharray_journal (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id VARCHAR(36) NOT NULL UNIQUE,
      operation VARCHAR(255) NOT NULL,
      resource_id VARCHAR(36) NOT NULL,
      details TEXT NOT NULL,
      created_at DATETIME NOT NULL,
      updated_at DATETIME
    )`,
    // The default order of the lists, of one project and of all, and a back end's volumes.
    'CREATE INDEX flasharray_ix_volumes_project ON volumes (deleted, project_id, created_at, id)',
    'CREATE INDEX flasharray_ix_volumes_created ON volumes (deleted, created_at, id)',
    'CREATE INDEX flasharray_ix_volumes_host ON volumes (deleted, host, size)',
    'CREATE INDEX flasharray_ix_volumes_type ON volumes (deleted, volume_type_id)',
    'CREATE INDEX flasharray_ix_snapshots_project ON snapshots (deleted, project_id, created_at, id)',
    'CREATE INDEX flasharray_ix_snapshots_created ON snapshots (deleted, created_at, id)',
    'CREATE INDEX flasharray_ix_attachments_created ON volume_attachment (deleted, created_at, id)',
    'CREATE INDEX flasharray_ix_messages_project ON messages (deleted, project_id, created_at, id)',
  ],
  [
    // Who works on an entry, and when somebody is to try again.
    'ALTER TABLE flasharray_journal ADD COLUMN owner VARCHAR(36)',
    'ALTER TABLE flasharray_journal ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE flasharray_journal ADD COLUMN not_before DATETIME',
    'ALTER TABLE flasharray_journal ADD COLUMN last_error TEXT',
  ],
  [
    // Which array has the protection group of a consistency group: `backend_id`, `default`, `::` for all arrays of the pod,
    // or empty for none.
    `CREATE TABLE flasharray_protection_groups (
      group_id VARCHAR(36) NOT NULL PRIMARY KEY,
      backend_id VARCHAR(255) NOT NULL
    )`,
    // Snapshots that a failover has left on another array than the one that their volume is worked on.
    `CREATE TABLE flasharray_snapshots_left_behind (
      snapshot_id VARCHAR(36) NOT NULL PRIMARY KEY,
      backend_id VARCHAR(255) NOT NULL,
      previous_status VARCHAR(255) NOT NULL
    )`,
    // What the copies that back ends work on were made of.
    `CREATE TABLE flasharray_originals (
      volume_id VARCHAR(36) NOT NULL PRIMARY KEY,
      backend_id VARCHAR(255) NOT NULL,
      name VARCHAR(255) NOT NULL,
      volume_type_id VARCHAR(36) NOT NULL
    )`,
    // Work that waits until a back end works on an array again.
    `CREATE TABLE flasharray_deferred_work (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      host VARCHAR(255) NOT NULL,
      backend_id VARCHAR(255) NOT NULL,
      operation VARCHAR(255) NOT NULL,
      details TEXT NOT NULL
    )`,
  ],
  [
    // Copies on other arrays that back ends have worked on, and came back from.
    `CREATE TABLE flasharray_copies (
      volume_id VARCHAR(36) NOT NULL,
      backend_id VARCHAR(255) NOT NULL,
      name VARCHAR(255) NOT NULL,
      PRIMARY KEY (volume_id, backend_id, name)
    )`,
  ],
];
