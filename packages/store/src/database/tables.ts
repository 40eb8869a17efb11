import type { Generated } from 'kysely';

/** SQLite's booleans. */
type Flag = 0 | 1;

/** UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
type Timestamp = string;

interface Timestamped {
  created_at: Timestamp | null;
  updated_at: Timestamp | null;
}

interface SoftDeletable extends Timestamped {
  deleted_at: Timestamp | null;
  deleted: Flag | null;
}

/** Key and value pairs in rows of their own, each deleted softly. */
interface PairColumns extends SoftDeletable {
  id: Generated<number>;
  key: string | null;
  value: string | null;
}

interface VolumesTable extends SoftDeletable {
  id: string;
  ec2_id: string | null;
  user_id: string | null;
  project_id: string | null;
  host: string | null;
  size: number | null;
  availability_zone: string | null;
  status: string | null;
  attach_status: string | null;
  scheduled_at: Timestamp | null;
  launched_at: Timestamp | null;
  terminated_at: Timestamp | null;
  display_name: string | null;
  display_description: string | null;
  provider_location: string | null;
  provider_auth: string | null;
  snapshot_id: string | null;
  volume_type_id: string;
  source_volid: string | null;
  bootable: Flag | null;
  provider_geometry: string | null;
  _name_id: string | null;
  encryption_key_id: string | null;
  migration_status: string | null;
  replication_status: string | null;
  replication_extended_status: string | null;
  replication_driver_data: string | null;
  consistencygroup_id: string | null;
  provider_id: string | null;
  multiattach: Flag | null;
  previous_status: string | null;
  cluster_name: string | null;
  group_id: string | null;
  service_uuid: string | null;
  shared_targets: Flag | null;
  use_quota: Flag | null;
}

interface SnapshotsTable extends SoftDeletable {
  id: string;
  volume_id: string;
  user_id: string | null;
  project_id: string | null;
  status: string | null;
  progress: string | null;
  volume_size: number | null;
  scheduled_at: Timestamp | null;
  display_name: string | null;
  display_description: string | null;
  provider_location: string | null;
  encryption_key_id: string | null;
  volume_type_id: string;
  cgsnapshot_id: string | null;
  provider_id: string | null;
  provider_auth: string | null;
  group_snapshot_id: string | null;
  use_quota: Flag | null;
}

interface VolumeAttachmentTable extends SoftDeletable {
  id: string;
  volume_id: string;
  attached_host: string | null;
  instance_uuid: string | null;
  mountpoint: string | null;
  attach_time: Timestamp | null;
  detach_time: Timestamp | null;
  attach_mode: string | null;
  attach_status: string | null;
  connection_info: string | null;
  connector: string | null;
}

interface TransfersTable extends SoftDeletable {
  id: string;
  volume_id: string;
}

interface VolumeTypesTable extends SoftDeletable {
  id: string;
  name: string | null;
  qos_specs_id: string | null;
  is_public: Flag | null;
  description: string | null;
}

interface VolumeTypeProjectsTable extends Timestamped {
  id: Generated<number>;
  deleted_at: Timestamp | null;
  volume_type_id: string | null;
  project_id: string | null;
  /** 0, or the row's own id once deleted, so that the unique key lets a later row in. */
  deleted: number | null;
}

interface EncryptionTable extends SoftDeletable {
  encryption_id: string | null;
  volume_type_id: string;
}

interface GroupTypesTable extends SoftDeletable {
  id: string;
  name: string;
  description: string | null;
  is_public: Flag | null;
}

interface GroupTypeProjectsTable extends Timestamped {
  id: Generated<number>;
  deleted_at: Timestamp | null;
  group_type_id: string | null;
  project_id: string | null;
  deleted: Flag | null;
}

interface GroupsTable extends SoftDeletable {
  id: string;
  user_id: string | null;
  project_id: string | null;
  cluster_name: string | null;
  host: string | null;
  availability_zone: string | null;
  name: string | null;
  description: string | null;
  group_type_id: string | null;
  status: string | null;
  group_snapshot_id: string | null;
  source_group_id: string | null;
  replication_status: string | null;
}

interface GroupSnapshotsTable extends SoftDeletable {
  id: string;
  group_id: string;
  user_id: string | null;
  project_id: string | null;
  name: string | null;
  description: string | null;
  status: string | null;
  group_type_id: string | null;
}

interface GroupVolumeTypeMappingTable extends SoftDeletable {
  id: Generated<number>;
  volume_type_id: string;
  group_id: string;
}

interface QualityOfServiceSpecsTable extends SoftDeletable {
  id: string;
  /** Null in the row that carries the name; its id in the others. */
  specs_id: string | null;
  key: string | null;
  value: string | null;
}

interface ServicesTable extends SoftDeletable {
  id: Generated<number>;
  host: string | null;
  binary: string | null;
  topic: string | null;
  report_count: number;
  disabled: Flag | null;
  availability_zone: string | null;
  disabled_reason: string | null;
  modified_at: Timestamp | null;
  rpc_current_version: string | null;
  object_current_version: string | null;
  replication_status: string | null;
  frozen: Flag | null;
  active_backend_id: string | null;
  cluster_name: string | null;
  uuid: string | null;
}

interface WorkersTable extends SoftDeletable {
  id: Generated<number>;
  resource_type: string;
  resource_id: string;
  status: string;
  service_id: number | null;
  race_preventer: Generated<number>;
}

interface QuotasTable extends SoftDeletable {
  id: Generated<number>;
  project_id: string | null;
  resource: string;
  /** -1: unlimited. */
  hard_limit: number | null;
  allocated: number | null;
}

interface QuotaClassesTable extends SoftDeletable {
  id: Generated<number>;
  class_name: string | null;
  resource: string | null;
  hard_limit: number | null;
}

interface QuotaUsagesTable extends SoftDeletable {
  id: Generated<number>;
  project_id: string | null;
  resource: string | null;
  in_use: number;
  reserved: number;
  until_refresh: number | null;
  /** 1 in a live row, null in a deleted one: the unique key then covers live rows only. */
  race_preventer: Flag | null;
}

interface ReservationsTable extends SoftDeletable {
  id: Generated<number>;
  uuid: string;
  usage_id: number | null;
  project_id: string | null;
  resource: string | null;
  delta: number;
  expire: Timestamp | null;
  allocated_id: number | null;
}

interface MessagesTable extends SoftDeletable {
  id: string;
  project_id: string;
  request_id: string | null;
  resource_type: string | null;
  resource_uuid: string | null;
  event_id: string;
  message_level: string;
  expires_at: Timestamp | null;
  detail_id: string | null;
  action_id: string | null;
}

interface DriverInitiatorDataTable extends Timestamped {
  id: Generated<number>;
  initiator: string;
  namespace: string;
  key: string;
  value: string | null;
}

interface JournalTable extends Timestamped {
  sequence: Generated<number>;
  id: string;
  operation: string;
  resource_id: string;
  details: string;
  owner: string | null;
  attempts: number;
  not_before: string | null;
  last_error: string | null;
}

/** The tables this package reads and writes, with Cinder's own column names. Source: Cinder 21 (Zed) schema. */
export interface Database {
  volumes: VolumesTable;
  volume_metadata: PairColumns & { volume_id: string };
  volume_admin_metadata: PairColumns & { volume_id: string };
  volume_glance_metadata: PairColumns & { volume_id: string | null; snapshot_id: string | null };
  volume_attachment: VolumeAttachmentTable;
  transfers: TransfersTable;
  snapshots: SnapshotsTable;
  snapshot_metadata: PairColumns & { snapshot_id: string };
  volume_types: VolumeTypesTable;
  volume_type_extra_specs: PairColumns & { volume_type_id: string };
  volume_type_projects: VolumeTypeProjectsTable;
  encryption: EncryptionTable;
  group_types: GroupTypesTable;
  group_type_specs: PairColumns & { group_type_id: string };
  group_type_projects: GroupTypeProjectsTable;
  groups: GroupsTable;
  group_snapshots: GroupSnapshotsTable;
  group_volume_type_mapping: GroupVolumeTypeMappingTable;
  quality_of_service_specs: QualityOfServiceSpecsTable;
  services: ServicesTable;
  workers: WorkersTable;
  quotas: QuotasTable;
  quota_classes: QuotaClassesTable;
  quota_usages: QuotaUsagesTable;
  reservations: ReservationsTable;
  messages: MessagesTable;
  driver_initiator_data: DriverInitiatorDataTable;
  alembic_version: { version_num: string };
  flasharray_journal: JournalTable;
  flasharray_protection_groups: { group_id: string; backend_id: string };
  flasharray_snapshots_left_behind: { snapshot_id: string; backend_id: string; previous_status: string };
  flasharray_originals: { volume_id: string; backend_id: string; name: string; volume_type_id: string };
  flasharray_copies: { volume_id: string; backend_id: string; name: string };
  flasharray_deferred_work: {
    id: Generated<number>;
    host: string;
    backend_id: string;
    operation: string;
    details: string;
  };
  flasharray_schema: { version: number };
}
