import type { JsonObject } from '../http/messages.ts';
import {
  anyPod,
  anyVolumeGroup,
  changeVolumeGroup,
  createPod,
  createVolumeGroup,
  destroyPod,
  destroyVolumeGroup,
  eradicatePod,
  eradicateVolumeGroup,
  recoverPod,
  recoverVolumeGroup,
  renameVolumeGroup,
  volumesInGroup,
  volumesInPod,
} from '../model/containers.ts';
import type { Pod, VolumeGroup } from '../model/records.ts';
import { forEachName, Refusal } from '../model/refusal.ts';
import { objectSpace } from '../model/space.ts';
import {
  destroyedFields,
  priorityRow,
  qosRow,
  readPriority,
  readQos,
  readQosChange,
  reference,
  spaceRow,
  sumSpace,
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

/** `/volume-groups` and `/pods` on one array: nothing is stretched (purity-rest-2.x.md sections 7.7, 7.13). */
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
  {
    path: 'pods',
    since: 1,
    methods: {
      GET: {
        query: list,
        handle: (call) =>
          listReply(call, {
            records: selectForList(call, call.model.pods, podNotFound),
            key: (pod) => pod.name,
            row: (pod) => podRow(call, pod),
            total: totalOf,
          }),
      },
      POST: {
        query: { ...fleetWrite, allow_throttle: 31, names: 0, with_default_protection: 55 },
        body: { quota_limit: 23, tags: { since: 39, fields: tagFields } },
        handle: (call) => {
          const made = forEachName(namesToCreate(call), (name) =>
            createPod(call.model, name, call.body.integer('quota_limit') ?? null),
          );
          return items(made.map((pod) => podRow(call, pod)));
        },
      },
      PATCH: {
        query: { ...fleetWrite, destroy_contents: 3, ids: 0, names: 0 },
        body: { destroyed: 0 },
        handle: (call) => {
          const destroyed = call.body.flag('destroyed');
          if (destroyed === undefined) throw noAttribute();
          const contents = call.query.flag('destroy_contents') === true;
          const names = selectForWrite(call, call.model.pods, podNotFound);
          const changed = forEachName(names, (name) =>
            destroyed ? destroyPod(call.model, name, contents) : recoverPod(call.model, name),
          );
          return items(changed.map((pod) => podRow(call, pod)));
        },
      },
      DELETE: {
        query: { ...fleetWrite, eradicate_contents: 3, ids: 0, names: 0 },
        handle: (call) => {
          const contents = call.query.flag('eradicate_contents') === true;
          forEachName(selectForWrite(call, call.model.pods, podNotFound), (name) =>
            eradicatePod(call.model, name, contents),
          );
          return null;
        },
      },
    },
  },
  {
    path: 'array-connections',
    since: 4,
    methods: {
      GET: {
        query: {
          ...listQuery,
          ...fleetRead,
          continuation_token: 0,
          ids: 40,
          names: 0,
          remote_ids: 40,
          remote_names: 40,
        },
        handle: (call) => {
          forEachName(call.query.names('names') ?? [], (name) => {
            throw new Refusal('Array connection does not exist.', name);
          });
          return listReply<string>(call, { records: [], key: (name) => name, row: (name) => ({ name }) });
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
    ...since(call, 20, { pod: reference(null) }),
  };
}

function podRow(call: Rest2Call, pod: Pod): JsonObject {
  const { model } = call;
  const volumes = volumesInPod(model, anyPod(model, pod.name));
  const array = { id: model.identity.id, name: model.settings.name };
  return {
    id: pod.id,
    name: pod.name,
    arrays: [
      {
        ...array,
        frozen_at: null,
        mediator_status: 'online',
        pre_elected: false,
        progress: null,
        status: 'online',
      },
    ],
    ...destroyedFields(model, pod),
    failover_preferences: [],
    footprint: 0,
    mediator: 'purestorage',
    mediator_version: '1.0',
    source: reference(null),
    space: {
      ...spaceRow(call, sumSpace(volumes.map((volume) => objectSpace(model, volume)))),
      replication: 0,
    },
    ...since(call, 2, {
      link_source_count: 0,
      link_target_count: 0,
      promotion_status: 'promoted',
      requested_promotion_state: 'promoted',
    }),
    ...since(call, 3, { array_count: 1 }),
    ...since(call, 13, { eradication_config: { manual_eradication: 'all-enabled' } }),
    ...since(call, 23, { quota_limit: pod.quotaLimit }),
  };
}

function groupNotFound(name: string): Refusal {
  return new Refusal('Volume group does not exist.', name);
}

function podNotFound(name: string): Refusal {
  return new Refusal('Pod does not exist.', name);
}
