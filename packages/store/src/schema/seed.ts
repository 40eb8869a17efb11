import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { cinderRevision } from './cinder/cinder-schema.ts';

/** Limits of the class `default`; -1 is unlimited. Source: the rows Cinder 21's migrations write. */
const defaultQuotaClass = [
  ['volumes', 10],
  ['snapshots', 10],
  ['gigabytes', 1000],
  ['consistencygroups', 10],
  ['per_volume_gigabytes', -1],
  ['groups', 10],
] as const;

/** The rows that Cinder's migrations leave in a new database, as statements. Ids are new for each installation. */
export function seedStatements(source: RecordsSource): readonly string[] {
  const now = `'${timestampNow(source)}'`;
  // Cinder asks whether the database keeps parts of a second by reading this row back.
  const subSecond = `${now.slice(0, -4)}123'`;
  const volumeType = `'${source.uuid()}'`;
  const groupType = `'${source.uuid()}'`;
  return [
    `INSERT INTO alembic_version (version_num) VALUES ('${cinderRevision}')`,
    ...defaultQuotaClass.map(
      ([resource, limit]) =>
        `INSERT INTO quota_classes (created_at, deleted, class_name, resource, hard_limit)
         VALUES (${now}, 0, 'default', '${resource}', ${limit})`,
    ),
    `INSERT INTO workers (created_at, updated_at, deleted, resource_type, resource_id, status, race_preventer)
     VALUES (${now}, ${subSecond}, 0, 'SENTINEL', 'SUB-SECOND', 'OK', 0)`,
    `INSERT INTO volume_types (created_at, updated_at, deleted, id, name, is_public, description)
     VALUES (${now}, ${now}, 0, ${volumeType}, '__DEFAULT__', 1, 'Default Volume Type')`,
    `INSERT INTO group_types (created_at, updated_at, deleted, id, name, is_public, description)
     VALUES (${now}, ${now}, 0, ${groupType}, 'default_cgsnapshot_type', 1,
       'Default group type for migrating cgsnapshot')`,
    `INSERT INTO group_type_specs (created_at, updated_at, deleted, group_type_id, "key", value)
     VALUES (${now}, ${now}, 0, ${groupType}, 'consistent_group_snapshot_enabled', '<is> True')`,
  ];
}
