import { softDeletable } from './columns.ts';

/** Attachments, and what drivers remember per initiator. Source: Cinder 21 (Zed), alembic head c92a3e68beed. */
export const attachmentTables: readonly string[] = [
  `CREATE TABLE volume_attachment (
    ${softDeletable},
    id VARCHAR(36) NOT NULL,
    volume_id VARCHAR(36) NOT NULL,
    attached_host VARCHAR(255),
    instance_uuid VARCHAR(36),
    mountpoint VARCHAR(255),
    attach_time DATETIME,
    detach_time DATETIME,
    attach_mode VARCHAR(36),
    attach_status VARCHAR(255),
    connection_info TEXT,
    connector TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(volume_id) REFERENCES volumes (id)
  )`,
  'CREATE INDEX ix_volume_attachment_volume_id ON volume_attachment (volume_id)',
  `CREATE TABLE attachment_specs (
    ${softDeletable},
    id INTEGER NOT NULL,
    attachment_id VARCHAR(36) NOT NULL,
    "key" VARCHAR(255),
    value VARCHAR(255),
    PRIMARY KEY (id),
    FOREIGN KEY(attachment_id) REFERENCES volume_attachment (id)
  )`,
  'CREATE INDEX ix_attachment_specs_attachment_id ON attachment_specs (attachment_id)',
  `CREATE TABLE driver_initiator_data (
    created_at DATETIME,
    updated_at DATETIME,
    id INTEGER NOT NULL,
    initiator VARCHAR(255) NOT NULL,
    namespace VARCHAR(255) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    value VARCHAR(255),
    PRIMARY KEY (id),
    UNIQUE (initiator, namespace, "key")
  )`,
  'CREATE INDEX ix_driver_initiator_data_initiator ON driver_initiator_data (initiator)',
];
