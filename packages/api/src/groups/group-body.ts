import { z } from 'zod';
import { badRequest } from '../http/api-error.ts';
import { readBody, readObject } from '../http/body.ts';
import { availabilityZone, listOf, name, optionalText, optionalUuid, text } from '../http/fields.ts';
import { literal } from '../http/shown-value.ts';

const createShape = {
  group_type: name,
  volume_types: listOf(text, 1),
  name: optionalText,
  description: optionalText,
  availability_zone: availabilityZone,
} as const;

interface NamedGroup {
  readonly name: string | null;
  readonly description: string | null;
}

interface NewGroup extends NamedGroup {
  readonly groupType: string;
  readonly volumeTypes: readonly string[];
  readonly availabilityZone: string | null;
}

/** @throws ApiError 400 */
export function newGroupOf(body: unknown, minor: number): NewGroup {
  const asked = readBody(body, 'group', createShape, minor);
  return {
    groupType: asked.group_type,
    volumeTypes: asked.volume_types,
    name: asked.name ?? null,
    description: asked.description ?? null,
    availabilityZone: asked.availability_zone ?? null,
  };
}

const sourceShape = {
  name: optionalText,
  description: optionalText,
  group_snapshot_id: optionalUuid,
  source_group_id: optionalUuid,
} as const;

/** What `create-from-src` asks for. @throws ApiError 400 unless there is exactly one source */
export function groupFromSourceOf(
  argument: unknown,
  minor: number,
): NamedGroup & { readonly groupSnapshotId: string | null; readonly sourceGroupId: string | null } {
  const asked = readObject(argument, 'create-from-src', sourceShape, minor);
  const [groupSnapshotId, sourceGroupId] = [asked.group_snapshot_id ?? null, asked.source_group_id ?? null];
  if ((groupSnapshotId === null) === (sourceGroupId === null)) {
    const rule =
      groupSnapshotId === null
        ? `${literal(argument)} is not valid under any of the given schemas`
        : `${literal(argument)} is valid under each of {'required': ['source_group_id']}, ` +
          "{'required': ['group_snapshot_id']}";
    throw badRequest(
      `Invalid input for field/attribute create-from-src. Value: ${literal(argument)}. ${rule}`,
    );
  }
  return { name: asked.name ?? null, description: asked.description ?? null, groupSnapshotId, sourceGroupId };
}

/** Ids with commas between them, as many as there are. */
const volumeIds = z.string().nullish();

/** Fields of a change, of groups and consistency groups. */
export const groupChangeShape = {
  name: optionalText,
  description: optionalText,
  add_volumes: volumeIds,
  remove_volumes: volumeIds,
} as const;

export type AskedGroupChange = z.output<z.ZodObject<typeof groupChangeShape>>;

export interface GroupChange {
  readonly name?: string;
  readonly description?: string;
  readonly addVolumes?: readonly string[];
  readonly removeVolumes?: readonly string[];
}

/** @throws ApiError 400 */
export function groupChangeOf(body: unknown, minor: number): GroupChange {
  const asked = readBody(body, 'group', groupChangeShape, minor);
  if (Object.values(asked).every((value) => value === undefined)) {
    throw badRequest(
      `Invalid input for field/attribute group. Value: ${literal(asked)}. ` +
        `${literal(asked)} is not valid under any of the given schemas`,
    );
  }
  return changeOf(asked);
}

/**
 * What is null or empty changes nothing.
 * @throws ApiError 400 when a volume is to come and to go
 */
export function changeOf(asked: AskedGroupChange): GroupChange {
  const [addVolumes, removeVolumes] = [idsOf(asked.add_volumes), idsOf(asked.remove_volumes)];
  const both = addVolumes.filter((id) => removeVolumes.includes(id));
  if (both.length > 0) {
    throw badRequest(`Invalid volume: UUIDs ${literal(both)} are in both add and remove volume list.`);
  }
  return {
    ...(asked.name == null ? {} : { name: asked.name }),
    ...(asked.description == null ? {} : { description: asked.description }),
    ...(addVolumes.length === 0 ? {} : { addVolumes }),
    ...(removeVolumes.length === 0 ? {} : { removeVolumes }),
  };
}

/** What stands between commas. */
export function idsOf(text: string | null | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}
