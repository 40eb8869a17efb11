import type { CreateVolumeRequest, DetailChange } from '@cinder-flasharray/block-storage';
import { badRequest } from '../http/api-error.ts';
import { readBody } from '../http/body.ts';
import {
  looseBoolean,
  metadata,
  optionalText,
  optionalUuid,
  optionalWord,
  volumeSize,
} from '../http/fields.ts';

const createShape = {
  size: volumeSize.nullish(),
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  volume_type: optionalWord,
  availability_zone: optionalWord,
  metadata: metadata.nullish(),
  snapshot_id: optionalUuid,
  source_volid: optionalUuid,
  multiattach: looseBoolean.nullish(),
  imageRef: optionalWord,
  image_id: optionalWord,
  consistencygroup_id: optionalUuid,
  group_id: optionalWord,
  backup_id: optionalUuid,
} as const;

const updateShape = {
  name: optionalText,
  display_name: optionalText,
  description: optionalText,
  display_description: optionalText,
  metadata: metadata.optional(),
} as const;

/** Sources of volumes that this service does not serve. */
const unservedSources = ['imageRef', 'image_id', 'backup_id'] as const;

/** @throws ApiError 400 */
export function createRequestOf(body: unknown, minor: number): CreateVolumeRequest {
  const asked = readBody(body, 'volume', createShape, minor);
  for (const key of unservedSources) {
    const value = asked[key];
    // A clear no: an empty volume instead would look like a copy.
    if (value != null && value !== '') {
      throw badRequest(`Invalid input received: ${key} is not supported by this service.`);
    }
  }
  const [size, snapshotId, sourceVolid] = [
    asked.size ?? null,
    asked.snapshot_id ?? null,
    asked.source_volid ?? null,
  ];
  if (size === null && snapshotId === null && sourceVolid === null) {
    throw badRequest(
      'The server could not comply with the request since it is either malformed or otherwise incorrect.',
    );
  }
  return {
    size,
    displayName: asked.name ?? asked.display_name ?? null,
    displayDescription: asked.description ?? asked.display_description ?? null,
    volumeType: emptyIsNull(asked.volume_type),
    availabilityZone: emptyIsNull(asked.availability_zone),
    metadata: asked.metadata ?? {},
    snapshotId,
    sourceVolid,
    // A consistency group of the old API is a group.
    groupId: emptyIsNull(asked.group_id) ?? asked.consistencygroup_id ?? null,
    multiattach: asked.multiattach ?? false,
  };
}

/** @throws ApiError 400 */
export function detailChangeOf(body: unknown, minor: number): DetailChange {
  const asked = readBody(body, 'volume', updateShape, minor);
  const displayName = asked.name === undefined ? asked.display_name : asked.name;
  const displayDescription = asked.description === undefined ? asked.display_description : asked.description;
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(displayDescription === undefined ? {} : { displayDescription }),
    ...(asked.metadata === undefined ? {} : { metadata: asked.metadata }),
  };
}

function emptyIsNull(word: string | null | undefined): string | null {
  return word === undefined || word === '' ? null : word;
}
