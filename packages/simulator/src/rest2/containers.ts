import type { JsonObject } from '../http/messages.ts';
import {
  anyVolumeGroup,
  changeVolumeGroup,
  createVolumeGroup,
  destroyVolumeGroup,
  eradicateVolumeGroup,
  recoverVolumeGroup,
  renameVolumeGroup,
  volumesInGroup,
} from '../model/rules/containers.ts';
import { podNameOf } from '../model/rules/pod-members.ts';
import { forEachName, Refusal } from '../model/rules/refusal.ts';
import { objectSpace, sumSpace } from '../model/rules/space.ts';
import type { VolumeGroup } from '../model/state/records.ts';
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
  since,
} from './endpoint.ts';
import { invalidCombination, noAttribute } from './errors.ts';
import { listReply } from './list.ts';
import { namesToCreate, selectForList, selectForWrite } from './select.ts';
import { tagFields } from './tags.ts';

const list = {
  ...listQuery,
  ...fleetRead,
  continuation_token: 0,
  destroyed: 0,
  ids: 0,
  names: 0,
  total_only: 0,
} as const;
const priorityShape = {
  since: 10,
  fields: { priority_adjustment_operator: 0, priority_adjustment_value: 0 },
} as const;

/** `/volume-groups` (purity-rest-2.x.md section 7.7). */
export const containerEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'volume-groups',
    since: 1,
    methods: {
      GET: {
        query: list,
        handle: (call) =>
          listReply(call, {
            records: selectForList(call, call.model.volumeGroups, groupNotFound),
            key: (group) => group.name,
            row: (group) => groupRow(call, group),
            total: totalOf,
          }),
      },
      POST: {
        query: { ...fleetWrite, names: 0 },
        body: {
          priority_adjustment: priorityShape,
          qos: qosShape(),
          tags: { since: 39, fields: tagFields },
        },
        handle: (call) => {
          const made = forEachName(namesToCreate(call), (name) => {
            const qos = readQos(call.body.object('qos'), name);
            const priority = readPriority(call.body.object('priority_adjustment'));
            return createVolumeGroup(call.model, name, {
              ...(qos === undefined ? {} : { qos }),
              ...(priority === undefined ? {} : { priority }),
            });
          });
          return items(made.map((group) => groupRow(call, group)));
        },
      },
      PATCH: {
        query: { ...fleetWrite, destroy_contents: 3, ids: 0, names: 0 },
        body: { destroyed: 0, name: 0, priority_adjustment: priorityShape, qos: qosShape() },
        handle: patchGroups,
      },
      DELETE: {
        query: { ...fleetWrite, eradicate_contents: 3, ids: 0, names: 0 },
        handle: (call) => {
          const contents = call.query.flag('eradicate_contents') === true;
          forEachName(selectForWrite(call, call.model.volumeGroups, groupNotFound), (name) =>
            eradicateVolumeGroup(call.model, name, contents),
          );
          return null;
        },
      },
    },
  },
];

function patchGroups(call: Rest2Call): JsonObject {
  const { model, body, query } = call;
  const names = selectForWrite(call, model.volumeGroups, groupNotFound);
  if (body.isEmpty) throw noAttribute();
  const newName = body.text('name');
  const destroyed = body.flag('destroyed');
  if (newName !== undefined && (destroyed !== undefined || names.length > 1)) throw invalidCombination();
  const contents = query.flag('destroy_contents') === true;
  const changed = forEachName(names, (name) => {
    if (destroyed === true) return destroyVolumeGroup(model, name, contents);
    if (destroyed === false) return recoverVolumeGroup(model, name);
    const { id } = anyVolumeGroup(model, name);
    const qos = readQosChange(body.object('qos'), name);
    const priority = readPriority(body.object('priority_adjustment'));
    changeVolumeGroup(model, name, {
      ...(qos === undefined ? {} : { qos }),
      ...(priority === undefined ? {} : { priority }),
    });
    if (newName !== undefined) renameVolumeGroup(model, name, newName);
    return model.volumeGroups.byId(id) ?? anyVolumeGroup(model, name);
  });
  return items(changed.map((group) => groupRow(call, group)));
}

function groupRow(call: Rest2Call, group: VolumeGroup): JsonObject {
  const { model } = call;
  const volumes = volumesInGroup(model, group);
  return {
    id: group.id,
    name: group.name,
    ...destroyedFields(model, group),
    qos: qosRow(group.qos),
    space: spaceRow(call, sumSpace(volumes.map((volume) => objectSpace(model, volume)))),
    volume_count: volumes.length,
    ...since(call, 10, { priority_adjustment: priorityRow(group.priority) }),
    ...since(call, 20, { pod: reference(podOf(call, group)) }),
  };
}

function podOf({ model }: Rest2Call, group: VolumeGroup) {
  return model.pods.byName(podNameOf(group.name) ?? '') ?? null;
}

function groupNotFound(name: string): Refusal {
  return new Refusal('Volume group does not exist.', name);
}
