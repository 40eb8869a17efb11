import { softDeletable } from './columns.ts';

/** Volume types, who may use them, and their quality of service. Source: Cinder 21 (Zed), alembic head c92a3e68beed. */
export const volumeTypeTables: readonly string[] = [
  `CREATE TABLE quality_of_service_specs (
    ${softDeletable},
    id VARCHAR(36) NOT NULL,
    specs_id VARCHAR(36),
    "key" VARCHAR(255),
    value VARCHAR(255),
    PRIMARY KEY (id),
    CHECK (deleted IN (0, 1)),
    FOREIGN KEY(specs_id) REFERENCES quality_of_service_specs (id)
  )`,
  'CREATE INDEX ix_quality_of_service_specs_specs_id ON quality_of_service_specs (specs_id)',
  `CREATE TABLE volume_types (
    ${softDeletable},
    id VARCHAR(36) NOT NULL,
    name VARCHAR(255),
    qos_specs_id VARCHAR(36),
    is_public BOOLEAN,
    description VARCHAR(255),
    PRIMARY KEY (id),
    FOREIGN KEY(qos_specs_id) REFERENCES quality_of_service_specs (id)
  )`,
  'CREATE INDEX ix_volume_types_qos_specs_id ON volume_types (qos_specs_id)',
  `CREATE TABLE volume_type_projects (
    id INTEGER NOT NULL,
    created_at DATETIME,
    updated_at DATETIME,
    deleted_at DATETIME,
    volume_type_id VARCHAR(36),
    project_id VARCHAR(255),
    deleted INTEGER,
    PRIMARY KEY (id),
    UNIQUE (volume_type_id, project_id, deleted),
    FOREIGN KEY(volume_type_id) REFERENCES volume_types (id)
  )`,
  `CREATE TABLE volume_type_extra_specs (
    ${softDeletable},
    id INTEGER NOT NULL,
    volume_type_id VARCHAR(36) NOT NULL,
    "key" VARCHAR(255),
    value VARCHAR(255),
    PRIMARY KEY (id),
    CONSTRAINT volume_type_extra_specs_ibfk_1 FOREIGN KEY(volume_type_id) REFERENCES volume_types (id)
  )`,
  'CREATE INDEX ix_volume_type_extra_specs_volume_type_id ON volume_type_extra_specs (volume_type_id)',
  `CREATE TABLE encryption (
    ${softDeletable},
    cipher VARCHAR(255),
    control_location VARCHAR(255),
    key_size INTEGER,
    provider VARCHAR(255),
    volume_type_id VARCHAR(36) NOT NULL,
    encryption_id VARCHAR(36),
    PRIMARY KEY (encryption_id),
    CHECK (deleted IN (0, 1))
  )`,
  `CREATE TABLE default_volume_types (
    created_at DATETIME,
    updated_at DATETIME,
    deleted_at DATETIME,
    volume_type_id VARCHAR(36),
    project_id VARCHAR(255) NOT NULL,
    deleted BOOLEAN,
    PRIMARY KEY (project_id),
    FOREIGN KEY(volume_type_id) REFERENCES volume_types (id),
    CHECK (deleted IN (0, 1))
  )`,
  'CREATE INDEX ix_default_volume_types_volume_type_id ON default_volume_types (volume_type_id)',
];
