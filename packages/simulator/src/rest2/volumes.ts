import type { JsonObject } from '../http/messages.ts';
import { volumeConnectionCount } from '../model/rules/connections-of.ts';
import { splitVolumeName, volumeGroupOf } from '../model/rules/names.ts';
import { joinGroups, liveGroup, removeVolumeMember } from '../model/rules/protection-groups.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { requireRemovable } from '../model/rules/safe-mode.ts';
import { parseVolumeSize } from '../model/rules/sizes.ts';
import { objectSpace } from '../model/rules/space.ts';
import { tagsOf } from '../model/rules/tags-of.ts';
import { anyVolume, liveVolume } from '../model/rules/volume-lookup.ts';
import {
  createVolume,
  destroyVolume,
  eradicateVolume,
  moveToPod,
  moveToVolumeGroup,
  recoverVolume,
  renameVolume,
  resizeVolume,
  setVolumePriority,
  setVolumeQos,
  sourceNow,
} from '../model/rules/volumes.ts';
import type { Volume } from '../model/state/records.ts';
import type { BodyReader } from './body-reader.ts';
import {
  destroyedFields,
  priorityRow,
  qosRow,
  readPriority,
  readQos,
  readQosChange,
  reference,
  spaceRow,
  totalOf,
} from './common-rows.ts';
import {
  type EndpointDefinition,
  fleetRead,
  fleetWrite,
  items,
  listQuery,
  qosShape,
  type Rest2Call,
  referenceShape,
  since,
} from './endpoint.ts';
import { invalidCombination, invalidParameter, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { namesToCreate, relationNames, selectForList, selectForWrite } from './select.ts';
import { putTagRows, tagFields } from './tags.ts';

const priorityShape = {
  since: 10,
  fields: { priority_adjustment_operator: 0, priority_adjustment_value: 0 },
} as const;
const groupChange = {
  add_to_protection_group_names: 23,
  add_to_protection_group_ids: 26,
  remove_from_protection_group_names: 23,
  remove_from_protection_group_ids: 26,
} as const;

/** `/volumes` (purity-rest-2.x.md section 7.1). */
export const volumesEndpoint: EndpointDefinition = {
  path: 'volumes',
  since: 0,
  methods: {
    GET: {
      query: {
        ...listQuery,
        ...fleetRead,
        continuation_token: 1,
        destroyed: 0,
        ids: 0,
        names: 0,
        total_only: 0,
      },
      handle: (call) =>
        listReply(call, {
          records: selectForList(call, call.model.volumes, notFound),
          key: (volume) => volume.name,
          row: (volume) => volumeRow(call, volume),
          tags: (volume) => tagsOf(call.model, volume.id),
          total: totalOf,
        }),
    },
    POST: {
      query: {
        ...fleetWrite,
        names: 0,
        overwrite: 0,
        add_to_protection_group_names: 16,
        add_to_protection_group_ids: 26,
        with_default_protection: 16,
        allow_throttle: 31,
      },
      body: {
        destroyed: 0,
        priority_adjustment: priorityShape,
        protocol_endpoint: { since: 33, fields: { container_version: 0 } },
        provisioned: 0,
        qos: qosShape(),
        source: referenceShape(),
        subtype: 0,
        tags: { since: 39, fields: tagFields },
        workload: { since: 40, fields: { id: 0, name: 0, configuration: 0 } },
      },
      handle: postVolumes,
    },
    PATCH: {
      query: { ...fleetWrite, ...groupChange, ids: 0, names: 0, truncate: 0 },
      body: {
        destroyed: 0,
        name: 0,
        pod: referenceShape(),
        priority_adjustment: priorityShape,
        protocol_endpoint: { since: 33, fields: { container_version: 0 } },
        provisioned: 0,
        qos: qosShape(),
        requested_promotion_state: 2,
        // Known, and changes nothing (section 12).
        source: referenceShape(),
        volume_group: referenceShape(),
        workload: { since: 40, fields: { id: 0, name: 0 } },
      },
      handle: patchVolumes,
    },
    DELETE: {
      query: { ...fleetWrite, ids: 0, names: 0 },
      handle: (call) => {
        forEachName(selectForWrite(call, call.model.volumes, notFound), (name) =>
          eradicateVolume(call.model, name),
        );
        return null;
      },
    },
  },
};

/** A row of `/volumes` as this version shows it. */
export function volumeRow(call: Rest2Call, volume: Volume): JsonObject {
  const { model } = call;
  const pod = splitVolumeName(volume.name).pod;
  const group = volumeGroupOf(volume.name);
  return {
    id: volume.id,
    name: volume.name,
    connection_count: volumeConnectionCount(model, volume),
    created: volume.created,
    ...destroyedFields(model, volume),
    host_encryption_key_status: 'none',
    provisioned: volume.size,
    qos: qosRow(volume.qos),
    serial: volume.serial,
    space: spaceRow(call, objectSpace(model, volume)),
    pod: reference(pod === null ? null : (model.pods.byName(pod) ?? null)),
    ...since(call, 2, { promotion_status: 'promoted', requested_promotion_state: 'promoted' }),
    source: reference(sourceNow(model, volume)),
    subtype: 'regular',
    volume_group: reference(group === null ? null : (model.volumeGroups.byName(group) ?? null)),
    ...since(call, 10, {
      priority: volume.priority.operator === '-' ? -volume.priority.value : volume.priority.value,
      priority_adjustment: priorityRow(volume.priority),
    }),
  };
}

function postVolumes(call: Rest2Call): JsonObject {
  const { model, query, body } = call;
  const overwrite = query.flag('overwrite') === true;
  const groups = groupNames(call, 'add_to_protection_group');
  if (overwrite && (groups !== undefined || query.has('with_default_protection'))) {
    // purity-rest-2.x.md section 7.1: protection group parameters are forbidden with overwrite.
    throw invalidCombination();
  }
  if (query.has('with_default_protection')) query.flag('with_default_protection');
  const source = body.object('source');
  const provisioned = body.integer('provisioned');
  if (source !== undefined && provisioned !== undefined) throw invalidCombination();
  if (body.has('subtype') && body.text('subtype') !== 'regular') throw invalidParameter('subtype');
  const made = forEachName(namesToCreate(call), (name) => {
    const sourceName = source === undefined ? undefined : sourceOf(call, source);
    const qos = readQos(body.object('qos'), name);
    const priority = readPriority(body.object('priority_adjustment'));
    const volume = createVolume(model, name, {
      ...(provisioned === undefined ? {} : { size: parseVolumeSize(provisioned, name, 'refused') }),
      ...(sourceName === undefined ? {} : { source: sourceName }),
      ...(qos === undefined ? {} : { qos }),
      ...(priority === undefined ? {} : { priority }),
      overwrite,
      groups: groups ?? [],
      // Default protection came with REST 2.16; older clients get it without asking on an array that has it.
      defaultProtection: query.flag('with_default_protection') ?? model.offersRest2(16),
    });
    putTagRows(call, [{ kind: 'volume', id: volume.id }], body.objects('tags') ?? []);
    return volume;
  });
  return items(made.map((volume) => volumeRow(call, volume)));
}

function sourceOf(call: Rest2Call, source: BodyReader): string {
  const name = source.text('name');
  if (name !== undefined) return name;
  const id = source.text('id') ?? '';
  const found = call.model.volumes.byId(id) ?? call.model.snapshots.byId(id);
  if (found === undefined) throw new Refusal('No such volume or snapshot.', id);
  return found.name;
}

function patchVolumes(call: Rest2Call): JsonObject {
  const { model, body } = call;
  const names = selectForWrite(call, model.volumes, notFound);
  if (
    body.has('destroyed') &&
    ['name', 'provisioned', 'qos', 'pod', 'volume_group'].some((key) => body.has(key))
  ) {
    throw invalidCombination();
  }
  if (body.has('name') && names.length > 1) throw invalidCombination();
  const ids = forEachName(names, (name) => patchVolume(call, name));
  return items(ids.flatMap((id) => model.volumes.byId(id) ?? []).map((volume) => volumeRow(call, volume)));
}

function patchVolume(call: Rest2Call, name: string): string {
  const { model, body, query } = call;
  const { id } = anyVolume(model, name);
  const destroyed = body.flag('destroyed');
  if (destroyed !== undefined) {
    if (destroyed) destroyVolume(model, name);
    else recoverVolume(model, name);
    return id;
  }
  // Everything is read before anything is changed: a bad value leaves the volume as it was.
  const provisioned = body.integer('provisioned');
  const size = provisioned === undefined ? undefined : parseVolumeSize(provisioned, name, 'refused');
  const qos = readQosChange(body.object('qos'), name);
  const priority = readPriority(body.object('priority_adjustment'));
  const pod = body.object('pod')?.text('name');
  const group = body.object('volume_group')?.text('name');
  const newName = body.text('name');
  const promotion = body.text('requested_promotion_state');
  if (promotion !== undefined && promotion !== 'promoted') {
    throw invalidParameter('requested_promotion_state');
  }
  const isMoved = pod !== undefined || group !== undefined;
  const leaving = isMoved ? (groupNames(call, 'remove_from_protection_group') ?? []) : [];
  const groupsChanged = isMoved ? leaving.length > 0 : changeGroups(call, name);
  const changes = [size, qos, priority, pod, group, newName, promotion];
  if (!groupsChanged && changes.every((change) => change === undefined)) throw noAttribute();
  liveVolume(model, name);
  const current = () => model.volumes.byId(id)?.name ?? name;
  if (size !== undefined) resizeVolume(model, name, size, { truncate: query.flag('truncate') === true });
  if (qos !== undefined) setVolumeQos(model, name, qos);
  if (priority !== undefined) setVolumePriority(model, name, priority);
  if (pod !== undefined) moveToPod(model, name, pod, leaving);
  if (group !== undefined) moveToVolumeGroup(model, current(), group, pod === undefined ? leaving : []);
  if (isMoved) joinAfterMove(call, current());
  if (newName !== undefined) renameVolume(model, current(), newName);
  return id;
}

/** A volume leaves its old groups with the move, and joins new ones where it has come to. */
function joinAfterMove(call: Rest2Call, name: string): void {
  const add = groupNames(call, 'add_to_protection_group') ?? [];
  joinGroups(call.model, add, [liveVolume(call.model, name)], () => {});
}

function changeGroups(call: Rest2Call, name: string): boolean {
  const { model } = call;
  const add = groupNames(call, 'add_to_protection_group');
  const remove = groupNames(call, 'remove_from_protection_group');
  if (add === undefined && remove === undefined) return false;
  const volume = liveVolume(model, name);
  for (const group of remove ?? []) requireRemovable(liveGroup(model, group), name);
  for (const group of remove ?? []) removeVolumeMember(model, group, name);
  joinGroups(model, add ?? [], [volume], () => {});
  return true;
}

function groupNames(call: Rest2Call, side: string): readonly string[] | undefined {
  return relationNames(
    call,
    side,
    call.model.protectionGroups,
    (name) => new Refusal('Protection group does not exist.', name),
  )?.map((name) => liveGroup(call.model, name).name);
}

function notFound(name: string): Refusal {
  return new Refusal('Volume does not exist.', name);
}
