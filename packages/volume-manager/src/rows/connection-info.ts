import type { ConnectionInfo, DriverVolumeType } from '@cinder-flasharray/driver';
import type { JsonObject, Metadata, VolumeRecord } from '@cinder-flasharray/store';
import { saysTrue } from '../boolean-spec.ts';

/** What Cinder's manager adds to every connection. No volume of this service is encrypted. */
export function managerData(volume: VolumeRecord, type: DriverVolumeType | null): JsonObject {
  const qos = type?.qos ?? null;
  return {
    qos_specs: qos === null || qos.consumer === 'back-end' ? null : hypervisorLimits(qos.specs, volume.size),
    access_mode: accessMode(volume.adminMetadata),
    encrypted: false,
    cacheable: saysTrue(type?.extraSpecs.cacheable),
  };
}

/** Keys that end in `_per_gb` are multiplied by the size (`_per_gb_min` is the least of it), as Cinder does. */
function hypervisorLimits(specs: Metadata, size: number): JsonObject {
  return Object.fromEntries(
    Object.entries(specs).flatMap(([key, text]) => {
      if (key.endsWith('_per_gb_min')) {
        return [];
      }
      if (!key.endsWith('_per_gb')) {
        return [[key, text]];
      }
      const grown = Math.max(Number(text) * size, Number(specs[`${key}_min`] ?? 0));
      return [[key.slice(0, -'_per_gb'.length), String(grown)]];
    }),
  );
}

function accessMode(adminMetadata: Metadata): string {
  return adminMetadata.attached_mode ?? (adminMetadata.readonly === 'True' ? 'ro' : 'rw');
}

/** `{ driver_volume_type, data }` as `os-initialize_connection` answers. */
export function legacyConnectionInfo(info: ConnectionInfo, added: JsonObject): JsonObject {
  return { driver_volume_type: info.driver_volume_type, data: { ...info.data, ...added } };
}

/** One flat object, as attachments keep it. */
export function attachmentConnectionInfo(
  info: ConnectionInfo,
  added: JsonObject,
  attachmentId: string,
): JsonObject {
  return {
    ...info.data,
    ...added,
    driver_volume_type: info.driver_volume_type,
    attachment_id: attachmentId,
  };
}
