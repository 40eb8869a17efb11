import type {
  JsonObject,
  Metadata,
  Page,
  PageRequest,
  VolumeFilter,
  VolumeRecord,
  VolumeSortKey,
} from '@cinder-flasharray/store';
import type { DetailChange } from '../request/detail-change.ts';
import type { RequestContext } from '../request/request-context.ts';

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
