import { softDeletable } from './columns.ts';

/** Quotas, what counts against them, and reservations. Source: Cinder 21 (Zed), alembic head c92a3e68beed. */
export const quotaTables: readonly string[] = [
  `CREATE TABLE quotas (
    id INTEGER NOT NULL,
    created_at DATETIME,
    updated_at DATETIME,
    deleted_at DATETIME,
    deleted BOOLEAN,
    project_id VARCHAR(255),
    resource VARCHAR(255) NOT NULL,
    hard_limit INTEGER,
    allocated INTEGER,
    PRIMARY KEY (id)
  )`,
  `CREATE TABLE quota_classes (
    ${softDeletable},
    id INTEGER NOT NULL,
    class_name VARCHAR(255),
    resource VARCHAR(255),
    hard_limit INTEGER,
    PRIMARY KEY (id),
    CHECK (deleted IN (0, 1))
  )`,
  'CREATE INDEX ix_quota_classes_class_name ON quota_classes (class_name)',
  `CREATE TABLE quota_usages (
    ${softDeletable},
    id INTEGER NOT NULL,
    project_id VARCHAR(255),
    resource VARCHAR(300),
    in_use INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    until_refresh INTEGER,
    race_preventer BOOLEAN,
    PRIMARY KEY (id),
    UNIQUE (project_id, resource, race_preventer)
  )`,
  'CREATE INDEX ix_quota_usages_project_id ON quota_usages (project_id)',
  'CREATE INDEX quota_usage_project_resource_idx ON quota_usages (project_id, resource)',
  `CREATE TABLE reservations (
    ${softDeletable},
    id INTEGER NOT NULL,
    uuid VARCHAR(36) NOT NULL,
    usage_id INTEGER,
    project_id VARCHAR(255),
    resource VARCHAR(255),
    delta INTEGER NOT NULL,
    expire DATETIME,
    allocated_id INTEGER,
    PRIMARY KEY (id),
    CHECK (deleted IN (0, 1)),
    FOREIGN KEY(usage_id) REFERENCES quota_usages (id),
    FOREIGN KEY(allocated_id) REFERENCES quotas (id)
  )`,
  'CREATE INDEX ix_reservations_usage_id ON reservations (usage_id)',
  'CREATE INDEX ix_reservations_allocated_id ON reservations (allocated_id)',
  'CREATE INDEX ix_reservations_project_id ON reservations (project_id)',
  'CREATE INDEX reservations_deleted_uuid_idx ON reservations (deleted, uuid)',
  'CREATE INDEX reservations_deleted_expire_idx ON reservations (deleted, expire)',
];
