import type {
  AttachmentFilter,
  AttachmentRecord,
  AttachmentSortKey,
  JsonObject,
  MessageRecord,
  Metadata,
  Page,
  PageRequest,
  ServiceRecord,
  SnapshotFilter,
  SnapshotRecord,
  SnapshotSortKey,
  VolumeFilter,
  VolumeRecord,
  VolumeSortKey,
  VolumeTypeRecord,
} from '@cinder-flasharray/store';
import type {
  GroupOperations,
  GroupSnapshotOperations,
  GroupTypeOperations,
} from './groups/group-operations.ts';
import type { ManageOperations } from './manage/manage-operations.ts';
import type { QosSpecsOperations } from './qos-specs/qos-specs-operations.ts';
import type { RequestContext } from './request-context.ts';

export interface CreateVolumeRequest {
  /** GiB; may be left out when there is a source, whose size it then is. */
  readonly size: number | null;
  readonly displayName: string | null;
  readonly displayDescription: string | null;
  /** Name or id; null: the source's type, else the default type. */
  readonly volumeType: string | null;
  readonly availabilityZone: string | null;
  readonly metadata: Metadata;
  /** At most one of the two. */
  readonly snapshotId: string | null;
  readonly sourceVolid: string | null;
  /** The group it joins. */
  readonly groupId: string | null;
  /** The old way to ask for multiattach; the type's extra spec decides. */
  readonly multiattach: boolean;
}

export interface DetailChange {
  readonly displayName?: string | null;
  readonly displayDescription?: string | null;
  readonly metadata?: Metadata;
}

export interface VolumeOperations {
  create(context: RequestContext, request: CreateVolumeRequest): Promise<VolumeRecord>;
  /** Volumes of other projects are not found, except for admins. */
  get(context: RequestContext, id: string): Promise<VolumeRecord>;
  /** Filters by the caller's project unless `filter.projectId` is null and the caller is admin. */
  list(
    context: RequestContext,
    filter: VolumeFilter,
    page: PageRequest<VolumeSortKey>,
  ): Promise<Page<VolumeRecord>>;
  update(context: RequestContext, id: string, change: DetailChange): Promise<VolumeRecord>;
  /** `force` (admin): whatever the status. `cascade`: with its snapshots. */
  delete(
    context: RequestContext,
    id: string,
    options: { readonly cascade: boolean; readonly force: boolean },
  ): Promise<void>;
  /** `online`: the microversion (3.42) allows extending volumes in use. */
  extend(
    context: RequestContext,
    id: string,
    newSize: number,
    options: { readonly online: boolean },
  ): Promise<void>;
  /** To the latest snapshot only. */
  revert(context: RequestContext, id: string, snapshotId: string): Promise<void>;
  /**
   * Gives the volume another type, on the same back end: hosts never copy data, so `on-demand` changes nothing but
   * the words of the refusal.
   */
  retype(
    context: RequestContext,
    id: string,
    request: {
      /** Name or id. */
      readonly newType: string;
      readonly migrationPolicy: 'never' | 'on-demand';
    },
  ): Promise<void>;
  /** Always refused, as Cinder refuses what it cannot do: the array moves no volume to another back end. */
  migrate(context: RequestContext, id: string, host: string): Promise<void>;
  /** Admin. Null leaves a status as it is. */
  resetStatus(
    context: RequestContext,
    id: string,
    change: {
      readonly status: string | null;
      readonly attachStatus: string | null;
      readonly migrationStatus: string | null;
    },
  ): Promise<void>;
  setMetadata(
    context: RequestContext,
    id: string,
    metadata: Metadata,
    how: 'merge' | 'replace',
  ): Promise<Metadata>;
  deleteMetadata(context: RequestContext, id: string, key: string): Promise<void>;
  setBootable(context: RequestContext, id: string, bootable: boolean): Promise<void>;
  setReadonly(context: RequestContext, id: string, readonly: boolean): Promise<void>;

  /** `os-reserve` and its reverse. */
  reserve(context: RequestContext, id: string): Promise<void>;
  unreserve(context: RequestContext, id: string): Promise<void>;
  /** `os-begin_detaching` and its reverse. */
  beginDetaching(context: RequestContext, id: string): Promise<void>;
  rollDetaching(context: RequestContext, id: string): Promise<void>;
  /** `os-attach`: records an attachment that the caller made. */
  attach(
    context: RequestContext,
    id: string,
    attachment: {
      readonly instanceUuid: string | null;
      readonly hostName: string | null;
      readonly mountpoint: string;
      readonly mode: 'rw' | 'ro';
    },
  ): Promise<void>;
  /** `os-detach`. */
  detach(context: RequestContext, id: string, attachmentId: string | null): Promise<void>;
  /** `os-force_detach` (admin): ends the connections, then the attachment. */
  forceDetach(
    context: RequestContext,
    id: string,
    attachmentId: string | null,
    connector: JsonObject | null,
  ): Promise<void>;
  /** `os-initialize_connection`: `{ driver_volume_type, data }`. */
  initializeConnection(context: RequestContext, id: string, connector: JsonObject): Promise<JsonObject>;
  /** `os-terminate_connection`; a null connector ends every connection. */
  terminateConnection(context: RequestContext, id: string, connector: JsonObject | null): Promise<void>;
}

export interface SnapshotOperations {
  create(
    context: RequestContext,
    request: {
      readonly volumeId: string;
      readonly displayName: string | null;
      readonly displayDescription: string | null;
      readonly metadata: Metadata;
      /** Also of a volume in use. */
      readonly force: boolean;
    },
  ): Promise<SnapshotRecord>;
  get(context: RequestContext, id: string): Promise<SnapshotRecord>;
  list(
    context: RequestContext,
    filter: SnapshotFilter,
    page: PageRequest<SnapshotSortKey>,
  ): Promise<Page<SnapshotRecord>>;
  update(context: RequestContext, id: string, change: DetailChange): Promise<SnapshotRecord>;
  delete(context: RequestContext, id: string, options: { readonly force: boolean }): Promise<void>;
  resetStatus(context: RequestContext, id: string, status: string): Promise<void>;
  setMetadata(
    context: RequestContext,
    id: string,
    metadata: Metadata,
    how: 'merge' | 'replace',
  ): Promise<Metadata>;
  deleteMetadata(context: RequestContext, id: string, key: string): Promise<void>;
}

export interface AttachmentOperations {
  /** Without a connector the volume is only reserved; with one it is connected before the answer. */
  create(
    context: RequestContext,
    request: {
      readonly volumeId: string;
      readonly instanceUuid: string | null;
      readonly connector: JsonObject | null;
      /** 3.54. */
      readonly mode: 'rw' | 'ro' | null;
    },
  ): Promise<AttachmentRecord>;
  get(context: RequestContext, id: string): Promise<AttachmentRecord>;
  list(
    context: RequestContext,
    filter: AttachmentFilter,
    page: PageRequest<AttachmentSortKey>,
  ): Promise<Page<AttachmentRecord>>;
  /** Connects; the record's `connectionInfo` is what the host needs. */
  update(context: RequestContext, id: string, connector: JsonObject): Promise<AttachmentRecord>;
  complete(context: RequestContext, id: string): Promise<void>;
  /** @returns the attachments the volume still has */
  delete(context: RequestContext, id: string): Promise<readonly AttachmentRecord[]>;
}

export interface VolumeTypeOperations {
  /** Name or id. */
  get(context: RequestContext, nameOrId: string): Promise<VolumeTypeRecord>;
  /** The type a new volume gets when none is asked for. */
  getDefault(context: RequestContext): Promise<VolumeTypeRecord>;
  list(context: RequestContext): Promise<readonly VolumeTypeRecord[]>;
  /** Admin, as everything below. */
  create(
    context: RequestContext,
    request: {
      readonly name: string;
      readonly description: string | null;
      readonly isPublic: boolean;
      readonly extraSpecs: Metadata;
    },
  ): Promise<VolumeTypeRecord>;
  update(
    context: RequestContext,
    id: string,
    change: { readonly name?: string; readonly description?: string | null; readonly isPublic?: boolean },
  ): Promise<VolumeTypeRecord>;
  delete(context: RequestContext, id: string): Promise<void>;
  setExtraSpecs(context: RequestContext, id: string, specs: Metadata): Promise<Metadata>;
  deleteExtraSpec(context: RequestContext, id: string, key: string): Promise<void>;
  accessList(context: RequestContext, id: string): Promise<readonly string[]>;
  addAccess(context: RequestContext, id: string, projectId: string): Promise<void>;
  removeAccess(context: RequestContext, id: string, projectId: string): Promise<void>;
}

/** A service as `os-services` shows it. */
export interface ServiceView {
  readonly service: ServiceRecord;
  readonly state: 'up' | 'down';
  /** Whether the driver answers; null for services without one. */
  readonly backendState: 'up' | 'down' | null;
}

export interface ServiceOperations {
  list(context: RequestContext): Promise<readonly ServiceView[]>;
  /** Disabled back ends get no new volumes. Admin. */
  setDisabled(
    context: RequestContext,
    service: { readonly host: string; readonly binary: string },
    disabled: boolean,
    reason: string | null,
  ): Promise<ServiceRecord>;
  /**
   * Fails a back end over to a replication target, or back with `default`; the work goes on in the background. Admin.
   * @param secondaryId `backend_id` of the target; null: the best one
   */
  failover(context: RequestContext, host: string, secondaryId: string | null): Promise<void>;
  /** No new volumes while its array is worked on. Admin. */
  freeze(context: RequestContext, host: string): Promise<void>;
  thaw(context: RequestContext, host: string): Promise<void>;
}

/** What a back end's extra specs and QoS keys may say (`GET capabilities/{host}`). */
export interface CapabilitiesView {
  readonly namespace: string;
  readonly vendorName: string;
  readonly volumeBackendName: string;
  readonly poolName: string | null;
  readonly driverVersion: string;
  readonly storageProtocol: string;
  readonly displayName: string | null;
  readonly description: string | null;
  readonly visibility: string | null;
  readonly replicationTargets: readonly string[];
  /** By name: title, description, type, and enum, minimum, maximum, default where there are any. */
  readonly properties: Readonly<Record<string, JsonObject>>;
}

/** One schedulable pool: `host@backend#pool` and what the driver reports about it. */
export interface PoolView {
  readonly name: string;
  readonly capabilities: JsonObject;
}

/** `limits.absolute`: resource name to number, as the API calls them. */
export interface LimitsView {
  readonly limits: Readonly<Record<string, number>>;
  readonly usages: Readonly<Record<string, { readonly inUse: number; readonly reserved: number }>>;
}

/** Everything the API can ask for: each method validates, changes the status, and starts or does the work. */
export interface BlockStorage {
  readonly volumes: VolumeOperations;
  readonly snapshots: SnapshotOperations;
  readonly attachments: AttachmentOperations;
  readonly volumeTypes: VolumeTypeOperations;
  readonly qosSpecs: QosSpecsOperations;
  readonly groupTypes: GroupTypeOperations;
  readonly groups: GroupOperations;
  readonly groupSnapshots: GroupSnapshotOperations;
  readonly manage: ManageOperations;
  readonly services: ServiceOperations;
  /** `host`: `host@backend`, with or without pool. Admin. */
  capabilities(context: RequestContext, host: string): Promise<CapabilitiesView>;
  pools(context: RequestContext): Promise<readonly PoolView[]>;
  limits(context: RequestContext, projectId: string): Promise<LimitsView>;
  availabilityZones(
    context: RequestContext,
  ): Promise<readonly { readonly name: string; readonly available: boolean }[]>;
  messages(context: RequestContext): Promise<readonly MessageRecord[]>;
  message(context: RequestContext, id: string): Promise<MessageRecord>;
  deleteMessage(context: RequestContext, id: string): Promise<void>;
}
