import type { Metadata, VolumeRecord } from '@cinder-flasharray/store';
import type { ApiRequest } from '../http/route.ts';
import { isoTime, linksOf } from '../http/view.ts';

/** Statuses that users see under another name. */
const shownStatus: Readonly<Record<string, string>> = {
  managing: 'creating',
  error_managing: 'error',
  error_managing_deleting: 'deleting',
};

/** `id`, `name` and links: what the short list shows. */
export function volumeSummary(request: ApiRequest, volume: VolumeRecord): Readonly<Record<string, unknown>> {
  return { id: volume.id, name: volume.displayName, links: linksOf(request, 'volumes', volume.id) };
}

const visibleAdminKeys = ['readonly', 'attached_mode'];

/** Admin metadata shows through and wins over the user's own keys. Source: Cinder's add_visible_admin_metadata. */
function shownMetadata({ metadata, adminMetadata }: VolumeRecord): Metadata {
  const visible = Object.entries(adminMetadata).filter(([key]) => visibleAdminKeys.includes(key));
  return { ...metadata, ...Object.fromEntries(visible) };
}

function attachmentsOf(
  request: ApiRequest,
  volume: VolumeRecord,
): readonly Readonly<Record<string, unknown>>[] {
  return volume.attachments
    .filter(({ attachStatus }) => attachStatus === 'attached')
    .map((attachment) => ({
      id: volume.id,
      attachment_id: attachment.id,
      volume_id: volume.id,
      server_id: attachment.instanceUuid,
      host_name: request.context.isAdmin ? attachment.attachedHost : null,
      device: attachment.mountpoint,
      attached_at: isoTime(attachment.attachTime),
    }));
}

/**
 * A volume as the microversion shows it.
 * @param typeName the name of its type
 * @param full with the attributes of `os-vol-*`, which the answer to a create does not have
 * @param consistencyGroups groups of the old API, which shows them under their old name
 */
export function volumeView(
  request: ApiRequest,
  volume: VolumeRecord,
  typeName: string | null,
  { full, consistencyGroups }: { readonly full: boolean; readonly consistencyGroups: ReadonlySet<string> },
): Readonly<Record<string, unknown>> {
  const { minor, context } = request;
  const { isAdmin } = context;
  return {
    id: volume.id,
    status: shownStatus[volume.status] ?? volume.status,
    size: volume.size,
    availability_zone: volume.availabilityZone,
    created_at: isoTime(volume.createdAt),
    updated_at: isoTime(volume.updatedAt),
    name: volume.displayName,
    description: volume.displayDescription,
    volume_type: typeName,
    snapshot_id: volume.snapshotId,
    source_volid: volume.sourceVolid,
    metadata: shownMetadata(volume),
    links: linksOf(request, 'volumes', volume.id),
    user_id: volume.userId,
    bootable: volume.bootable ? 'true' : 'false',
    encrypted: volume.encryptionKeyId !== null,
    replication_status: volume.replicationStatus,
    consistencygroup_id:
      volume.groupId !== null && consistencyGroups.has(volume.groupId)
        ? volume.groupId
        : volume.consistencygroupId,
    multiattach: volume.multiattach,
    attachments: attachmentsOf(request, volume),
    ...(isAdmin ? { migration_status: volume.migrationStatus } : {}),
    ...(minor >= 13 ? { group_id: volume.groupId } : {}),
    ...(minor >= 21 && isAdmin ? { provider_id: volume.providerId } : {}),
    ...(minor >= 48
      ? {
          shared_targets: minor >= 69 ? volume.sharedTargets : (volume.sharedTargets ?? false),
          service_uuid: volume.serviceUuid,
        }
      : {}),
    ...(minor >= 61 && isAdmin ? { cluster_name: volume.clusterName } : {}),
    ...(minor >= 63 ? { volume_type_id: volume.volumeTypeId } : {}),
    ...(minor >= 64 && volume.encryptionKeyId !== null ? { encryption_key_id: volume.encryptionKeyId } : {}),
    ...(minor >= 65 ? { consumes_quota: volume.useQuota } : {}),
    ...(full
      ? {
          'os-vol-tenant-attr:tenant_id': volume.projectId,
          ...(isAdmin
            ? {
                'os-vol-mig-status-attr:migstat': volume.migrationStatus,
                'os-vol-mig-status-attr:name_id': volume.nameId,
                'os-vol-host-attr:host': volume.host,
              }
            : {}),
        }
      : {}),
  };
}
